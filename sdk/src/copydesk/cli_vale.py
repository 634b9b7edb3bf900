"""`copydesk import-vale`: a Vale package becomes the content of a style guide, with a report on every file.

Exit codes: 0 everything was taken in; 1 something was left out (the rest is written all the same), or the
package can't be read; 2 the command is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from copydesk.assets import Kind, parse
from copydesk.assets.style_guide import StyleGuide
from copydesk.errors import ContentError
from copydesk.file_reading import read_content
from copydesk.vale import Fate, ReportRow, ValeImport

EXIT_OK, EXIT_NO = 0, 1
_SAID = {
    Fate.ENFORCED: "enforced",
    Fate.KEPT: "kept, not enforced",
    Fate.OFF: "switched off",
    Fate.REFUSED: "left out",
    Fate.READ: "read",
}


def register(commands: Any) -> None:
    """Add the command to the parser of `copydesk`."""
    command = commands.add_parser(
        "import-vale",
        help="turn a Vale style, folder or zip archive into a style guide",
        description="Reads the rules, vocabularies and .vale.ini of a Vale package and writes the content of "
        "a style guide, as `copydesk propose` and the console's import take it. Exit code 1 if anything was "
        "left out.",
    )
    command.add_argument("package", type=Path, help="folder or zip archive")
    command.add_argument("--out", type=Path, required=True, help="file to write (JSON)")
    command.add_argument("--title", help="title of the guide; default that of --into, or the package's name")
    command.add_argument(
        "--into", type=Path, metavar="FILE", help="add to the style guide in this file (JSON or YAML)"
    )
    command.add_argument("--json", action="store_true", help="report as JSON")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import a package, write the style guide and report."""
    # The engine is heavy and most commands do without it.
    from copydesk.vale_package import read_vale_package

    if not args.package.exists():
        raise ValueError(f"{args.package} does not exist")
    into = _guide(args.into) if args.into is not None else None
    try:
        found = read_vale_package(args.package)
        guide = merged(found, into, args.title or (into.title if into else args.package.stem))
    except ContentError as error:
        for problem in error.problems:
            print(f"copydesk: {problem.path or args.package}: {problem.message}", file=sys.stderr)
        return EXIT_NO
    text = json.dumps(guide.to_json(), ensure_ascii=False, indent=2) + "\n"
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, "utf-8")
    _report(args, found, guide)
    return EXIT_NO if found.problems else EXIT_OK


def merged(found: ValeImport, into: StyleGuide | None, title: str) -> StyleGuide:
    """Return a style guide with the rules and words of an import; a rule of the same id is replaced in place.

    Args:
        found: the import.
        into: the guide to add to, None for a new one.
        title: the title of the result.

    Raises:
        ContentError: the result does not fit the schema.
    """
    content = into.to_json() if into is not None else {}
    rules = {rule["id"]: rule for rule in content.get("rules", ())}
    rules |= {rule.id: rule.to_json() for rule in found.rules}
    accept = (*content.get("vocabulary_accept", ()), *found.vocabulary.accept)
    reject = (*content.get("vocabulary_reject", ()), *found.vocabulary.reject)
    whole = parse(
        Kind.STYLE_GUIDE,
        {
            **content,
            "title": title,
            "rules": list(rules.values()),
            "vocabulary_accept": list(dict.fromkeys(accept)),
            "vocabulary_reject": list(dict.fromkeys(reject)),
        },
    )
    return cast("StyleGuide", whole)


def _guide(path: Path) -> StyleGuide:
    """Read the style guide in a file.

    Raises:
        ValueError: it is no YAML or JSON of an object, or does not fit the schema.
    """
    content = read_content(path)
    try:
        return cast("StyleGuide", parse(Kind.STYLE_GUIDE, content))
    except ContentError as error:
        raise ValueError(f"{path}: {error}") from error


def _report(args: argparse.Namespace, found: ValeImport, guide: StyleGuide) -> None:
    if args.json:
        body = {"out": str(args.out), "rules": len(guide.rules), "files": [asdict(row) for row in found.rows]}
        print(json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True))
        return
    for row in found.rows:
        print(_line(row))
    print(_summary(found.rows))
    print(f"written to {args.out}: {len(guide.rules)} rules")


def _line(row: ReportRow) -> str:
    where = f"{row.path}:{row.line}" if row.line else row.path
    return f"{_SAID[row.fate]:19} {where}" + (f": {row.message}" if row.message else "")


def _summary(rows: Sequence[ReportRow]) -> str:
    counts = Counter(row.fate for row in rows)
    return ", ".join(f"{counts[fate]} {_SAID[fate]}" for fate in Fate if counts[fate])
