"""promptfoo tests into golden cases: variables, and the assertions that a check of ours answers too.

An assertion is taken over only where a check says the same thing. Everything else is reported with what to do
instead, and kept in the notes of the case.
Format: https://www.promptfoo.dev/docs/configuration/test-cases and …/expected-outputs.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from console.golden.reading_files import FileRow, RowNote
from console.golden.variable_fields import read_typed, show
from console.golden.vocabulary import PromptWords, Vocabulary, plain
from copydesk.assets.prompt import VariableType

Json = Mapping[str, Any]
MAX_COMBINATIONS = 200
CASE_FIELDS = ("id", "title", "audience", "channel", "locale", "segment")
TEST_KEYS = frozenset({"vars", "assert", "description", "metadata", "providerOutput"})
_TYPE = re.compile(
    r"(?P<type>(?:not-)?[a-z][a-z-]*)(?:\((?P<threshold>\d+(?:\.\d+)?)\))?(?::(?P<value>[\s\S]*))?"
)
_TYPES = frozenset(
    "contains icontains contains-all icontains-all contains-any icontains-any equals starts-with regex "
    "is-json contains-json is-html contains-html is-xml contains-xml is-sql contains-sql similar llm-rubric "
    "factuality "
    "model-graded-closedqa model-graded-factuality answer-relevance context-recall context-relevance "
    "context-faithfulness classifier moderation cost latency levenshtein perplexity perplexity-score rouge-n "
    "bleu meteor python javascript ruby webhook word-count guardrails is-refusal g-eval select-best".split()
)
_MOST = re.compile(r"output(?:\.trim\(\))?\.length\s*(<=|<)\s*(\d{1,6})")


@dataclass(frozen=True, slots=True)
class FoundTest:
    """The cases of one test, why it was refused, and what of it could not be taken over."""

    cases: tuple[dict[str, Any], ...] = ()
    refused: tuple[RowNote, ...] = ()
    left_out: tuple[RowNote, ...] = ()


@dataclass(slots=True)
class _Taken:
    """What is collected while the assertions of a test are read."""

    facts: list[str] = field(default_factory=list)
    checks: dict[str, str] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)  # (assertion as written, what to do instead)


def is_test(data: Json) -> bool:
    """Tell whether an object is a promptfoo test and no case of ours."""
    return "title" not in data and bool({"vars", "assert"} & set(data))


def read_test(row: FileRow, words: Vocabulary, *, prompt: str) -> FoundTest:
    """Read one promptfoo test (YAML, JSON) or row (CSV).

    Args:
        prompt: which prompt it becomes a case of, unless its metadata names one.
    """
    test = _of_row(row.data) if row.is_text else dict(row.data)
    metadata = test.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    name = str(metadata.pop("prompt", "") or prompt)
    known = words.prompts.get(name)
    if known is None:
        remedy = _("Choose the prompt that these tests are for, or name it in the test's metadata.")
        return FoundTest(refused=(RowNote(row.number, "prompt", name, remedy),))
    values = test.get("vars")
    if not isinstance(values, Mapping):
        remedy = _("The test's variables are in another file; write them into the test.")
        if values is not None:
            return FoundTest(refused=(RowNote(row.number, "vars", show(values)[:120], remedy),))
        values = {}
    taken = _assertions(test.get("assert"), words, known, str(metadata.get("channel") or known.channel))
    left = [
        RowNote(row.number, f"assert {what.partition(':')[0]}", what[:200], do) for what, do in taken.left
    ]
    left += _unread_keys(row.number, test, metadata)
    cases, refused = _cases(row, test, metadata, values, known, taken)
    return FoundTest(cases, refused, tuple(left))


def _of_row(cells: Json) -> dict[str, Any]:
    """Return a CSV row as a test; columns with two underscores are settings, all others variables."""
    test: dict[str, Any] = {"vars": {}, "assert": [], "metadata": {}}
    for column, cell in cells.items():
        text = str(cell)
        if not text.strip() or not column:
            continue
        if column.startswith("__expected"):
            test["assert"].append(assertion_of(text.strip()))
        elif column == "__description":
            test["description"] = text
        elif column == "__providerOutput":
            test["providerOutput"] = text
        elif column.startswith("__metadata:"):
            test["metadata"][column.removeprefix("__metadata:").removesuffix("[]")] = text
        elif column.startswith("__"):
            test[column] = text
        else:
            test["vars"][column] = text
    return test


def assertion_of(text: str) -> dict[str, Any]:
    """Return the assertion of an `__expected` cell: `type: value`, a script, or a text to be equal to."""
    for prefix, kind in (
        ("javascript:", "javascript"),
        ("fn:", "javascript"),
        ("eval:", "javascript"),
        ("grade:", "llm-rubric"),
    ):
        if text.startswith(prefix):
            return {"type": kind, "value": text.removeprefix(prefix).strip()}
    found = _TYPE.fullmatch(text)
    if found and found["type"].removeprefix("not-") in _TYPES:
        value: Any = (found["value"] or "").strip()
        if found["type"].endswith(("-all", "-any")):
            value = [part.strip() for part in value.split(",")]
        return {"type": found["type"], "value": value}
    return {"type": "equals", "value": text}


def _unread_keys(number: int, test: Json, metadata: Json) -> list[RowNote]:
    notes = [
        RowNote(number, key, show(value)[:120], _("Not imported: cases have nothing like it."))
        for key, value in test.items()
        if key not in TEST_KEYS and value not in (None, "", [], {})
    ]
    return notes + [
        RowNote(number, f"metadata {key}", show(value)[:120], _("Kept in the notes of the case."))
        for key, value in metadata.items()
        if key not in {*CASE_FIELDS, "tags"}
    ]


def _cases(
    row: FileRow, test: Json, metadata: Json, values: Json, prompt: PromptWords, taken: _Taken
) -> tuple[tuple[dict[str, Any], ...], tuple[RowNote, ...]]:
    typed: dict[str, list[Any]] = {}
    refused = []
    declared = {variable.name: variable for variable in prompt.variables}
    for name, value in values.items():
        variable = declared.get(name)
        is_list = variable is not None and variable.type is VariableType.LIST
        options = value if isinstance(value, list) and not is_list else [value]
        try:
            typed[name] = [_typed(option, variable) for option in options]
        except ValueError as error:
            refused.append(RowNote(row.number, f"vars {name}", show(value)[:120], str(error)))
    combinations = 1
    for options in typed.values():
        combinations *= len(options)
    if combinations > MAX_COMBINATIONS:
        remedy = _("Its variables make %(n)s cases; write out those that matter.", n=combinations)
        refused.append(RowNote(row.number, "vars", "", remedy))
    if refused:
        return (), tuple(refused)
    made = []
    for number, chosen in enumerate(itertools.product(*typed.values()), start=1):
        variables = dict(zip(typed, chosen, strict=True))
        made.append(_case(row, test, metadata, variables, prompt, taken, number if combinations > 1 else 0))
    return tuple(made), ()


def _typed(value: Any, variable: Any) -> Any:
    if isinstance(value, str) and variable is not None:
        return read_typed(variable, value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    # promptfoo's variables are text to its prompts, so a bare number is the text of it.
    return str(value) if variable is not None and is_number and variable.type in {"text", "choice"} else value


def _case(
    row: FileRow, test: Json, metadata: Json, variables: Json, prompt: PromptWords, taken: _Taken, number: int
) -> dict[str, Any]:
    title = str(test.get("description") or metadata.get("title") or _title(variables, row.number)).strip()
    title = f"{' '.join(title.split())[:480]} ({number})" if number else " ".join(title.split())[:500]
    kept = [f"{key}: {show(value)}" for key, value in metadata.items() if key not in {*CASE_FIELDS, "tags"}]
    notes = [f"promptfoo: {what}" for what, _do in taken.left] + kept
    fixed = test.get("providerOutput")
    tags = metadata.get("tags")
    case: dict[str, Any] = {
        **{name: str(metadata[name]) for name in CASE_FIELDS if metadata.get(name)},
        "title": title,
        "prompt": prompt.name,
        "variables": {name: value for name, value in variables.items() if value is not None},
        "must_mention": list(dict.fromkeys(taken.facts)),
        "expect": {"outcome": None, "checks": dict(taken.checks)},
        "text": None
        if fixed in (None, "")
        else fixed
        if isinstance(fixed, str)
        else json.dumps(fixed, ensure_ascii=False),
        "notes": "\n".join(notes),
        "tags": [str(tag) for tag in tags] if isinstance(tags, list) else [],
    }
    case.setdefault("channel", prompt.channel or None)
    if number and case.get("id"):
        case["id"] = f"{case['id']}-{number}"
    return case


def _title(variables: Json, row: int) -> str:
    shown = ", ".join(show(value) for value in variables.values() if value not in (None, ""))
    return shown[:120] or _("Test %(row)s", row=row)


def _assertions(asserts: Any, words: Vocabulary, prompt: PromptWords, channel: str) -> _Taken:
    taken = _Taken()
    queue = list(asserts) if isinstance(asserts, list) else [asserts] if asserts else []
    while queue:
        item = queue.pop(0)
        if isinstance(item, Mapping) and item.get("type") == "assert-set" and not item.get("threshold"):
            inner = item.get("assert")
            queue[:0] = inner if isinstance(inner, list) else []
        elif isinstance(item, Mapping):
            _assertion(taken, item, words, prompt, channel)
        else:
            taken.left.append((show(item), _("This is no assertion.")))
    return taken


def _assertion(taken: _Taken, item: Json, words: Vocabulary, prompt: PromptWords, channel: str) -> None:
    kind, value = str(item.get("type") or ""), item.get("value")
    values = (
        [str(part) for part in value] if isinstance(value, list) else [] if value is None else [str(value)]
    )
    if kind in {"contains", "icontains", "contains-all", "icontains-all"} or (
        kind in {"contains-any", "icontains-any"} and len(values) == 1
    ):
        for text in values:
            _must_contain(taken, kind, text, words)
    elif kind in {"not-contains", "not-icontains", "not-contains-any", "not-icontains-any"}:
        for text in values:
            _must_not_contain(taken, kind, text, words)
    elif (most := _longest(kind, value)) is not None:
        _at_most(taken, kind, show(value), most, words, prompt, channel)
    elif kind == "word-count":
        _word_count(taken, value, prompt)
    elif kind == "is-json" and value in (None, "") and prompt.output.get("format") == "json":
        taken.checks["limits"] = "pass"
    elif kind == "moderation":
        taken.checks["toxicity"] = "pass"
    else:
        taken.left.append((f"{kind}: {show(value) if value is not None else ''}".strip(": "), _instead(kind)))


def _must_contain(taken: _Taken, kind: str, text: str, words: Vocabulary) -> None:
    facts = [fact.id for fact in words.facts.values() if plain(text) in fact.wordings]
    if len(facts) == 1:
        taken.facts.append(facts[0])
    elif facts:
        remedy = _("Several facts say this: %(facts)s. Choose one on the case.", facts=", ".join(facts))
        taken.left.append((f"{kind}: {text}", remedy))
    else:
        remedy = _("No fact says this. Add it to a fact sheet, then choose it under “must mention”.")
        taken.left.append((f"{kind}: {text}", remedy))


def _must_not_contain(taken: _Taken, kind: str, text: str, words: Vocabulary) -> None:
    check = words.avoided.get(plain(text))
    if check is not None:
        taken.checks[check] = "pass"
    else:
        remedy = _(
            "No rule forbids this. Add it to the glossary as forbidden; then every text is held to it."
        )
        taken.left.append((f"{kind}: {text}", remedy))


def _longest(kind: str, value: Any) -> int | None:
    """Return the most characters that a script of the usual form allows, or None."""
    found = (
        _MOST.fullmatch(str(value).strip().removeprefix("return ").rstrip("; "))
        if kind == "javascript"
        else None
    )
    return None if found is None else int(found[2]) - (found[1] == "<")


def _at_most(
    taken: _Taken, kind: str, shown: str, most: int, words: Vocabulary, prompt: PromptWords, channel: str
) -> None:
    limits = [prompt.output.get("max_characters"), words.channel_limits.get(channel)]
    if any(isinstance(limit, int) and limit <= most for limit in limits):
        taken.checks["limits"] = "pass"
    else:
        remedy = _("Neither prompt nor channel is limited to %(most)s characters. Set it there.", most=most)
        taken.left.append((f"{kind}: {shown}", remedy))


def _word_count(taken: _Taken, value: Any, prompt: PromptWords) -> None:
    limit, most = prompt.output.get("max_words"), value.get("max") if isinstance(value, Mapping) else None
    has_least = isinstance(value, Mapping) and value.get("min")
    if isinstance(limit, int) and isinstance(most, int) and limit <= most and not has_least:
        taken.checks["limits"] = "pass"
    else:
        remedy = _("The prompt's output is not limited like this. Set its words there.")
        taken.left.append((f"word-count: {show(value)}", remedy))


def _instead(kind: str) -> str:
    bare = kind.removeprefix("not-")
    if bare in {"javascript", "python", "ruby", "webhook"}:
        return _("Scripts are not run. Say it as a rule of the style guide, a limit or a fact.")
    if bare in {
        "llm-rubric",
        "model-graded-closedqa",
        "g-eval",
        "factuality",
        "model-graded-factuality",
        "answer-relevance",
    }:
        return _("No model grades texts here. Say it as a rule, a forbidden topic or a fact.")
    if bare in {"regex", "starts-with", "contains-any", "icontains-any", "equals"}:
        return _("Say it as a rule of the style guide or a required phrase of the prompt's output.")
    if bare in {"cost", "latency"}:
        return _("Runs report cost and latency; cases do not set them.")
    return _("There is no check like it. Kept in the notes of the case.")
