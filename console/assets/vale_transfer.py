"""Vale packages in and out of a style guide; their word lists go to its vocabulary, or on to a glossary."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from console.assets.items import make_id
from console.assets.projection import items_of
from console.errors import InvalidError
from copydesk.assets import Kind, parse
from copydesk.assets.glossary import Term
from copydesk.assets.style_guide import StyleGuide
from copydesk.checks.text import fold_term
from copydesk.errors import ContentError, Problem
from copydesk.vale import Fate, ReportRow, Vocabulary, export_zip
from copydesk.vale_package import read_vale_package

Json = Mapping[str, Any]
ACCEPT, REJECT = "vocabulary_accept", "vocabulary_reject"
BY_AUDIENCE = "severity_by_audience"
_ORDER = (Fate.REFUSED, Fate.KEPT, Fate.OFF, Fate.READ, Fate.ENFORCED)


@dataclass(frozen=True, slots=True)
class ValeReport:
    """What an import made of a package: the style guide's new content, counts of rules, and a row per file.

    `vocabulary` holds the words of the package, whether or not the guide had them before.
    """

    content: dict[str, Any]
    added: int
    changed: int
    unchanged: int
    rows: tuple[ReportRow, ...]
    vocabulary: Vocabulary


def import_package(content: Json, data: bytes, *, keep_present: bool = False) -> ValeReport:
    """Read a zipped Vale package into a style guide.

    Args:
        content: the style guide as it is; rules of the same style and name are replaced.
        keep_present: leave those as they are instead.

    Raises:
        InvalidError: no zip archive, damaged, too large, or nothing of Vale in it.
    """
    try:
        found = read_vale_package(data)
    except ContentError as error:
        raise InvalidError([_of_package(problem) for problem in error.problems]) from error
    rules = items_of(content, "rules")
    places = {str(rule.get("id")): place for place, rule in enumerate(rules)}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for rule in (rule.model_dump(mode="json") for rule in found.rules):
        place = places.get(rule["id"])
        if place is not None and rules[place].get(BY_AUDIENCE):
            # Vale has no such key, so no package can mean to take it away.
            rule[BY_AUDIENCE] = rules[place][BY_AUDIENCE]
        if place is None:
            places[rule["id"]] = len(rules)
            rules.append(rule)
            counts["added"] += 1
        elif keep_present or rules[place] == rule:
            counts["unchanged"] += 1
        else:
            rules[place] = rule
            counts["changed"] += 1
    made = {**content, "rules": rules}
    for name, words in ((ACCEPT, found.vocabulary.accept), (REJECT, found.vocabulary.reject)):
        if words:
            made[name] = _together(content.get(name), words)
    rows = sorted(found.rows, key=lambda row: (_ORDER.index(row.fate), row.path, row.line or 0))
    return ValeReport(made, **counts, rows=tuple(rows), vocabulary=found.vocabulary)


def _of_package(problem: Problem) -> Problem:
    if problem.path:
        return problem
    return Problem("", _("The package %(what_is_wrong)s.", what_is_wrong=problem.message))


def pack_folder(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a folder's files as the zipped package that `import_package` reads.

    Args:
        files: paths within the folder, with their content; of a path that stands twice the last one counts.
    """
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
        for path, data in dict(files).items():
            archive.writestr(path, data)
    return output.getvalue()


def _together(present: Any, words: Iterable[str]) -> list[str]:
    known = [str(word) for word in present] if isinstance(present, list | tuple) else []
    return list(dict.fromkeys((*known, *words)))


def add_words(content: Json, vocabulary: Vocabulary) -> tuple[dict[str, Any], int]:
    """Add a package's words to a glossary: accepted ones as allowed terms, rejected ones as forbidden.

    Words the glossary has a term or variant for are left alone.

    Returns:
        The glossary's new content, and how many terms it gained.
    """
    terms = items_of(content, "terms")
    known = {fold_term(str(word)) for term in terms for word in _words_of(term)}
    taken = [str(term.get("id")) for term in terms]
    before = len(terms)
    for status, words in (("allowed", vocabulary.accept), ("forbidden", vocabulary.reject)):
        for word in words:
            if fold_term(word) in known:
                continue
            known.add(fold_term(word))
            taken.append(make_id(word, taken))
            terms.append(_term(word, taken[-1], status))
    return {**content, "terms": terms}, len(terms) - before


def _words_of(term: Json) -> Sequence[Any]:
    variants = term.get("variants")
    return (term.get("term", ""), *(variants if isinstance(variants, list | tuple) else ()))


def _term(word: str, key: str, status: str) -> dict[str, Any]:
    # A word list says how a word is written, not what its plural is.
    data = {
        "id": key,
        "term": word,
        "status": status,
        "inflect": False,
        "case_rule": "exact" if word != word.lower() else "any",
        "why": _("From the vocabulary of a Vale package."),
    }
    return Term.model_validate(data).model_dump(mode="json")


def export_package(content: Json, name: str) -> bytes:
    """Write a style guide's rules and vocabulary as a zipped Vale package; untouched rules byte for byte.

    Args:
        content: a style guide.
        name: what its vocabulary is called in the package.

    Raises:
        InvalidError: content that does not fit, or a rule that Vale can't express.
    """
    try:
        guide = parse(Kind.STYLE_GUIDE, content)
        assert isinstance(guide, StyleGuide)  # noqa: S101 - what parse returns for this kind
        if not (guide.rules or guide.vocabulary_accept or guide.vocabulary_reject):
            raise InvalidError([Problem("", _("There is no rule and no vocabulary to export yet."))])
        data = export_zip(guide.rules)
    except ContentError as error:
        raise InvalidError(error.problems) from error
    output = io.BytesIO(data)
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
        for list_name, words in (("accept", guide.vocabulary_accept), ("reject", guide.vocabulary_reject)):
            if words:
                path = f"config/vocabularies/{name}/{list_name}.txt"
                info = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, "".join(f"{word}\n" for word in words))
    return output.getvalue()
