"""`copydesk propose` and `copydesk gate`: bring content from files into review, and wait for the verdict.

Exit codes: 0 done, or the gate is met; 1 the content is refused, or the gate is not met; 2 the command is
wrong; 3 the console could not be reached or turned us away, or the run did not end in time; 5 the run ended
without a result (failed or cancelled).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.assets import Kind, parse
from copydesk.ci_api import ConsoleApi, RefusedError
from copydesk.ci_summary import run_summary
from copydesk.errors import CopydeskError, FetchError
from copydesk.file_reading import read_content as read_content_file

EXIT_OK, EXIT_NO, EXIT_UNREACHABLE, EXIT_IMPOSSIBLE = 0, 1, 3, 5
SUFFIXES = (".yml", ".yaml", ".json")
ACTIVE = frozenset({"queued", "running"})
POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One asset as a file: its kind is the folder, its name the file's stem."""

    kind: Kind
    name: str
    path: Path
    content: Mapping[str, Any]


def register(commands: Any) -> None:
    """Add the commands to the parser of `copydesk`."""
    propose = commands.add_parser(
        "propose",
        help="save assets from files, build a candidate, start a run",
        description="Reads <folder>/<kind>/<name>.yml (or .yaml, .json), saves what changed as revisions, "
        "pins the newest revisions into a candidate and starts a run.",
    )
    propose.add_argument("folder", type=Path, help="folder with one folder per kind of asset")
    propose.add_argument("--message", required=True, help="what changes and why, for the revisions")
    propose.add_argument("--title", help="title of the candidate; default the message")
    propose.add_argument("--golden-set", required=True, help="name of the golden set to run on")
    propose.add_argument("--repeats", type=int, default=1, help="samples per case, 1 to 10")
    propose.add_argument(
        "--request-review", action="store_true", help="wait for the run, then request review"
    )
    propose.set_defaults(run=_propose)
    gate = commands.add_parser("gate", help="wait for a run; exit code 1 if its gate is not met")
    gate.add_argument("run_id", type=int, help="the run's id, as `propose` prints it")
    gate.set_defaults(run=_gate)
    for command in (propose, gate):
        _add_options(command)


def _add_options(command: argparse.ArgumentParser) -> None:
    env = os.environ.get
    command.add_argument("--url", default=env("COPYDESK_URL"), help="the console's address [COPYDESK_URL]")
    command.add_argument("--workspace", default=env("COPYDESK_WORKSPACE"), help="[COPYDESK_WORKSPACE]")
    command.add_argument("--policy", default=env("COPYDESK_POLICY"), help="[COPYDESK_POLICY]")
    command.add_argument(
        "--timeout", type=float, default=3600.0, metavar="SECONDS", help="how long to wait for the run"
    )
    command.add_argument(
        "--summary",
        type=Path,
        default=env("GITHUB_STEP_SUMMARY"),
        help="append a Markdown summary to this file [GITHUB_STEP_SUMMARY]",
    )
    command.add_argument("--json", action="store_true", help="answer as JSON")


def read_content(folder: Path) -> tuple[ContentFile, ...]:
    """Read every asset below a folder, by kind and name.

    Raises:
        ValueError: no folder, no asset in it, a folder that is no kind, or a file that is not YAML or JSON.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    found = []
    for path in sorted(p for p in folder.glob("*/*") if p.suffix in SUFFIXES):
        if path.parent.name not in set(Kind):
            raise ValueError(f"{path.parent} is no kind of asset; known: {', '.join(Kind)}")
        found.append(_read_file(Kind(path.parent.name), path))
    if not found:
        raise ValueError(f"{folder} holds no asset; expected files such as {folder}/glossary/house.yml")
    return tuple(found)


def _read_file(kind: Kind, path: Path) -> ContentFile:
    return ContentFile(kind, path.stem, path, read_content_file(path))


def _propose(args: argparse.Namespace) -> int:
    with _api(args) as api:
        try:
            files = [(file, _normal(file)) for file in read_content(args.folder)]
            saved = [name for file, content in files if (name := _save(api, file, content, args.message))]
            candidate = api.post("candidates", {"title": (args.title or args.message)[:200]})
            body = {"candidate_id": candidate["id"], "golden_set": args.golden_set, "repeats": args.repeats}
            run = api.post("runs", body)
            if not args.request_review:
                return _proposed(args, saved, candidate, run, None)
            run = _await(api, run["id"], args.timeout)
            if run["state"] != "complete":
                return _verdict(args, run)
            review = api.post("reviews", {"run_id": run["id"], "note": args.message})
            return _proposed(args, saved, candidate, run, review)
        except RefusedError as error:
            return _say_no(error)


def _gate(args: argparse.Namespace) -> int:
    with _api(args) as api:
        return _verdict(args, _await(api, args.run_id, args.timeout))


def _save(api: ConsoleApi, file: ContentFile, content: Mapping[str, Any], message: str) -> str | None:
    """Bring one file in: its revision's name, or None when the console holds this very content already.

    Raises:
        RefusedError: the content is refused, or somebody's draft of it is open in the console.
    """
    known = api.find_asset(file.kind, file.name)
    if known is None:
        known = api.create_asset(file.kind, file.name, content)
    elif not known["has_draft"]:
        if _is_same(file.kind, known["content"], content):
            return None
        known = api.put_draft(file.kind, file.name, content, known["lock"])
    elif not _is_same(file.kind, known["content"], content):
        # Their unsaved work is never overwritten; a draft of this very content is ours from a broken run.
        text = f"{file.path}: {known['saved_by']} has an open draft of it; save or discard that one first"
        raise RefusedError(409, "draft_open", text, ())
    try:
        made = api.save_revision(file.kind, file.name, message, known["lock"])
    except RefusedError as error:
        if error.code == "unchanged":
            # The console completes what it freezes, so only it can tell that nothing changed.
            api.discard_draft(file.kind, file.name, known["lock"])
            return None
        raise RefusedError(error.status, error.code, f"{file.path}: {error.title}", error.places) from error
    return f"{file.kind}/{file.name} r{made['number']}"


def _normal(file: ContentFile) -> dict[str, Any]:
    """Return the content as it is frozen: every field present.

    Raises:
        RefusedError: it does not fit its schema.
    """
    try:
        return _normal_of(file.kind, file.content)
    except CopydeskError as error:
        raise RefusedError(422, "invalid", f"{file.path}: {error}", ()) from error


def _is_same(kind: Kind, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    try:
        return _normal_of(kind, theirs) == ours
    except CopydeskError:
        return False


def _normal_of(kind: Kind, content: Mapping[str, Any]) -> dict[str, Any]:
    return parse(kind, content).to_json()


def _await(api: ConsoleApi, run_id: int, timeout_s: float) -> dict[str, Any]:
    """Poll a run until it ended.

    Raises:
        FetchError: it did not end in time, or the console went away.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        run = api.get(f"runs/{run_id}")
        if run["state"] not in ACTIVE:
            return run
        if time.monotonic() >= deadline:
            done = run["progress"]
            far = f"{done['done']} of {done['total']} samples"
            raise FetchError(f"run {run_id} is not ready after {timeout_s:.0f} s ({far})")
        time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))


def _proposed(
    args: argparse.Namespace,
    saved: Sequence[str],
    candidate: Mapping[str, Any],
    run: Mapping[str, Any],
    review: Mapping[str, Any] | None,
) -> int:
    lines = [f"saved      {name}" for name in saved] or ["saved      nothing, the console holds this already"]
    lines.append(f"candidate  {candidate['number']}: {candidate['title']}")
    lines.append(f"run        {run['id']}")
    if review is not None:
        lines.append(f"review     {args.url.rstrip('/')}{review['url']}")
    body = {"saved": list(saved), "candidate": candidate["id"], "run": run["id"]}
    _print(args, body | {"review": review["id"] if review else None}, "\n".join(lines))
    if run["state"] == "complete":
        _append_summary(args, run)
    return EXIT_OK


def _verdict(args: argparse.Namespace, run: Mapping[str, Any]) -> int:
    if run["state"] != "complete":
        print(f"copydesk: run {run['id']} {run['state']}: {run['failure'] or 'no reason'}", file=sys.stderr)
        return EXIT_IMPOSSIBLE
    summary = run_summary(run)
    _append_summary(args, run)
    _print(args, {"run": run["id"], "is_met": run["gate"]["is_met"], "gate": run["gate"]}, summary)
    return EXIT_OK if run["gate"]["is_met"] else EXIT_NO


def _append_summary(args: argparse.Namespace, run: Mapping[str, Any]) -> None:
    if args.summary:
        with Path(args.summary).open("a", encoding="utf-8") as file:
            file.write(run_summary(run) + "\n")


def _say_no(error: RefusedError) -> int:
    print(f"copydesk: {error.title}", file=sys.stderr)
    for pointer, detail in error.places:
        print(f"  {pointer or '.'}: {detail}", file=sys.stderr)
    return EXIT_NO


def _api(args: argparse.Namespace) -> ConsoleApi:
    for name in ("url", "workspace", "policy"):
        if not getattr(args, name):
            raise ValueError(f"--{name} is missing (or COPYDESK_{name.upper()})")
    # From the environment only: a token on a command line shows in every process list.
    token = os.environ.get("COPYDESK_API_TOKEN")
    if not token:
        raise ValueError("COPYDESK_API_TOKEN is not set: make an API token on your account's page")
    return ConsoleApi(args.url, args.workspace, args.policy, token)


def _print(args: argparse.Namespace, body: Mapping[str, Any], text: str) -> None:
    print(json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) if args.json else text)
