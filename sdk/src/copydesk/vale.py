"""Vale styles in and out: YAML files, folders and zip archives of rules.

An imported rule keeps its YAML byte for byte in `source_yaml`, and is exported as those bytes as long as
nobody edited what they say. Source of the format: https://vale.sh/docs/styles.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from copydesk.assets.style_guide import RuleKind, StyleRule
from copydesk.checks.contract import Severity
from copydesk.errors import ContentError, Problem
from copydesk.vale_files import PackageFile, files_of_folder, files_of_zip, folders_of, is_rule_file
from copydesk.yaml_reading import Loader, YamlLimitError, place_of, read_yaml

MAX_DEPTH = 30
# Of one rule: the longest published rules (lists of names) have some thousands.
MAX_VALUES = 20_000
SEVERITIES: Mapping[str, Severity] = {
    "suggestion": Severity.INFO,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
}
LEVELS = {Severity.INFO: "suggestion", Severity.WARNING: "warning", Severity.ERROR: "error"}
_FLAGS = frozenset({"ignorecase", "nonword", "append", "capitalize", "alpha", "vocab", "custom", "split"})
_WHOLE = frozenset({"limit", "max", "min"})
_NOT_IN_DEFINITION = frozenset({"extends", "message", "level", "description"})
_KINDS = frozenset(RuleKind)
NO_RULE = "is no Vale rule: 'extends' is missing"
# What an import read from the files that a spelling rule names in `ignore`; Vale reads them itself.
IGNORED_WORDS = "ignored_words"


@dataclass(frozen=True, slots=True)
class ValeFile:
    """One rule file: its style (the folder's name), its name without ending, its bytes, its place."""

    style: str
    name: str
    data: bytes
    folders: tuple[str, ...] = field(default=(), compare=False)

    @property
    def path(self) -> str:
        """Where the file lies in a styles folder."""
        return f"{self.style}/{self.name}.yml" if self.style else f"{self.name}.yml"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words to accept and to reject, each once, in the order of their files."""

    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()


class Fate(StrEnum):
    """What became of a file: its rule runs, is kept but not run, was switched off, or is not taken in."""

    ENFORCED = "enforced"
    KEPT = "kept"
    OFF = "off"
    REFUSED = "refused"
    READ = "read"  # a vocabulary or the settings file, or a line of it that has no place here


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What became of one file of a package, or of one line of it (`line` counts from 1).

    `rule_id` is the rule's id in the style guide, None where there is none; `message` says why a rule is kept
    but not run, or what is wrong and how to mend it.
    """

    path: str
    fate: Fate
    message: str = ""
    rule_id: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ValeImport:
    """What an import read: the rules, and for each file left out the reason (`path` is the file).

    `vocabulary` and `rows` are those of a whole package (`copydesk.vale_package`), else empty.
    """

    rules: tuple[StyleRule, ...]
    problems: tuple[Problem, ...] = ()
    vocabulary: Vocabulary = Vocabulary()
    rows: tuple[ReportRow, ...] = ()


class _TextLoader(Loader):
    """Reads every plain value as the text that stands there, so `no: yes` stays a pair of words."""


_TextLoader.yaml_implicit_resolvers = {}
_TextLoader.add_constructor("tag:yaml.org,2002:null", lambda _loader, _node: "")


def _no_repeats(loader: _TextLoader, node: yaml.MappingNode) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(None, None, "a key must be one text", key_node.start_mark)
        pairs[key] = loader.construct_object(value_node, deep=True)
    return pairs


_TextLoader.add_constructor("tag:yaml.org,2002:map", _no_repeats)


def read_folder(folder: Path) -> list[ValeFile]:
    """Read the `.yml` files of a style folder, or of a folder of style folders.

    Raises:
        ContentError: nothing to import there, or more than the limits allow.
    """
    return rule_files(files_of_folder(folder, is_rule_file))


def read_zip(data: bytes) -> list[ValeFile]:
    """Read the rule files of a zip archive; nothing is written to disk.

    Raises:
        ContentError: no zip archive, damaged, encrypted, too large, or nothing to import in it.
    """
    return rule_files(files_of_zip(data, is_rule_file))


def rule_files(files: Iterable[PackageFile]) -> list[ValeFile]:
    """Take files as rules: the style is the folder they lie in.

    Raises:
        ContentError: there are none.
    """
    found = [
        ValeFile(file.path.parent.name, file.path.stem, file.data, folders_of(file.path)) for file in files
    ]
    if not found:
        raise ContentError("vale", [Problem("", "holds no .yml file of a Vale style")])
    return found


def import_rules(files: Iterable[ValeFile]) -> ValeImport:
    """Turn rule files into style rules.

    Args:
        files: the files of one or several styles; a rule may extend another one of them as `Style.Rule`.

    A file that is no rule is left out with its reason; nothing else is lost: unknown keys stay in
    `definition`, the bytes in `source_yaml`.
    """
    rules: list[StyleRule] = []
    problems: list[Problem] = []
    parsed: dict[str, dict[str, Any]] = {}
    kept: list[ValeFile] = []
    for file in files:
        try:
            parsed[f"{file.style}.{file.name}"] = _parsed(file)
            kept.append(file)
        except _FileError as error:
            problems.append(Problem(file.path, str(error)))
    used: set[str] = set()
    for file in kept:  # as a group of rules names it: Style.Group.Rule
        for name in longer_names(file.folders, file.name):
            parsed.setdefault(name, parsed[f"{file.style}.{file.name}"])
    for file in kept:
        try:
            data = _resolved(f"{file.style}.{file.name}", parsed, ())
            rules.append(_rule(file, data, used))
        except _FileError as error:
            problems.append(Problem(file.path, str(error)))
    return ValeImport(tuple(rules), tuple(problems))


def longer_names(folders: Sequence[str], name: str) -> list[str]:
    """Return the names of a rule that say more of its folders than its own, the longest first."""
    return [".".join((*folders[start:], name)) for start in range(len(folders) - 1)]


class _FileError(ValueError):
    """Why one file can't be imported."""


def _parsed(file: ValeFile) -> dict[str, Any]:
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _FileError(f"is not UTF-8 (byte {error.start})") from None
    try:
        data = read_yaml(
            text, max_depth=MAX_DEPTH, max_values=MAX_VALUES, is_alias_allowed=False, loader=_TextLoader
        )
    except YamlLimitError as error:
        raise _FileError(f"{error.problem}{_where(error, text)}") from None
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or error
        raise _FileError(f"is not YAML{_where(error, text)}: {problem}") from None
    except RecursionError:
        raise _FileError("nests too deep") from None
    if not isinstance(data, dict) or not isinstance(data.get("extends"), str):
        raise _FileError(NO_RULE)
    return data


def _where(error: yaml.YAMLError, text: str) -> str:
    place = place_of(error, text)
    return f" in line {place[0]}, column {place[1]}" if place else ""


def _resolved(name: str, parsed: Mapping[str, dict[str, Any]], seen: tuple[str, ...]) -> dict[str, Any]:
    """Apply `extends: Style.Rule`, then `key+` and `key-`."""
    data = parsed[name]
    base_name = data["extends"]
    if base_name in _KINDS:
        base: dict[str, Any] = {}
    elif base_name not in parsed:
        known = ", ".join(sorted(_KINDS))
        raise _FileError(f"extends {base_name!r}, which is neither in this import nor a kind ({known})")
    elif base_name in (*seen, name):
        raise _FileError(f"extends itself through {' -> '.join((*seen, name, base_name))}")
    else:
        base = _resolved(base_name, parsed, (*seen, name))
    merged = dict(base)
    for key, value in data.items():
        if key == "extends" and base:
            continue
        if key.endswith("+"):
            merged[key[:-1]] = _with(merged.get(key[:-1]), value, key)
        elif key.endswith("-"):
            merged[key[:-1]] = _without(merged.get(key[:-1]), value, key)
        else:
            merged[key] = value
    return merged


def _with(current: Any, added: Any, key: str) -> Any:
    if isinstance(added, dict) and isinstance(current, dict | None):
        return {**(current or {}), **added}
    if isinstance(current, list | None) and not isinstance(added, dict):
        return [*(current or []), *(added if isinstance(added, list) else [added])]
    raise _FileError(f"can't add {key!r}: it is no list and no pairs in what it extends")


def _without(current: Any, removed: Any, key: str) -> Any:
    # Lists, not sets: what a file names may be pairs or lists itself.
    gone = list(removed) if isinstance(removed, list | dict) else [removed]
    if isinstance(current, list):
        return [item for item in current if item not in gone]
    if isinstance(current, dict):
        return {name: item for name, item in current.items() if name not in gone}
    raise _FileError(f"can't take {key!r} away: what it extends has no such list")


def _rule(file: ValeFile, data: Mapping[str, Any], used: set[str]) -> StyleRule:
    level = str(data.get("level") or "warning")
    if level not in SEVERITIES:
        raise _FileError(f"has the unknown level {level!r}; known: {', '.join(SEVERITIES)}")
    definition = {key: _typed(key, value) for key, value in data.items() if key not in _NOT_IN_DEFINITION}
    message = data.get("message") or ""
    description = data.get("description") or ""
    if not isinstance(message, str) or not isinstance(description, str):
        raise _FileError("has a message or description that is no text")
    source = file.data.decode("utf-8")
    try:
        return StyleRule.model_validate(
            {
                "id": _identifier(file, used),
                "title": file.name,
                "why": description,
                "kind": data["extends"],
                "severity": SEVERITIES[level],
                "message": message.strip(),
                "definition": definition,
                "source_yaml": source,
                "style": file.style,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _FileError(f"{where}: {first['msg']}") from None


def _identifier(file: ValeFile, used: set[str]) -> str:
    base = re.sub(r"[^a-z0-9_.-]+", "-", f"{file.style}.{file.name}".lower()).strip("-.")[:60] or "rule"
    name = base
    number = 2
    while name in used:
        name = f"{base}-{number}"
        number += 1
    used.add(name)
    return name


def _typed(key: str, value: Any) -> Any:
    """Give the few keys that are no text their type; fractions stay text (JSON has no floats)."""
    if isinstance(value, str):
        if key in _FLAGS and value.lower() in {"true", "yes", "on", "false", "no", "off"}:
            return value.lower() in {"true", "yes", "on"}
        if key in _WHOLE and value.isdecimal() and value.isascii() and len(value) < 10:
            return int(value)
    return value


def export_rule(rule: StyleRule) -> bytes:
    """Return a rule as Vale YAML: the imported bytes where the rule still says what they say, else new ones.

    Raises:
        ContentError: the severity is one that Vale does not have.
    """
    if rule.source_yaml is not None and _is_untouched(rule):
        return rule.source_yaml.encode("utf-8")
    if rule.severity not in LEVELS:
        message = "Vale knows suggestion, warning and error; choose info, warning or error for the export"
        raise ContentError("vale", [Problem(f"{rule.id}.severity", message)])
    data: dict[str, Any] = {"extends": str(rule.kind), "message": rule.message or rule.title}
    data["level"] = LEVELS[rule.severity]
    if rule.why:
        data["description"] = rule.why
    data |= _written(rule.definition)
    written: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    return written.encode("utf-8")


def _is_untouched(rule: StyleRule) -> bool:
    """Tell whether message, severity, kind, reason and definition are what the source says.

    A rule that extends another one can't be compared without it; its source stands until it is edited, which
    clears `source_yaml`.
    """
    file = ValeFile(rule.style, rule.title, (rule.source_yaml or "").encode("utf-8"))
    try:
        data = _parsed(file)
        if data["extends"] not in _KINDS:
            return True
        original = _rule(file, _resolved("rule", {"rule": data}, ()), set())
    except _FileError:
        return False
    same = ("kind", "severity", "message", "why")
    is_same = all(getattr(rule, name) == getattr(original, name) for name in same)
    return is_same and _written(rule.definition) == original.definition


def _written(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Vale's YAML says of a definition."""
    return {key: value for key, value in definition.items() if key != IGNORED_WORDS}


def export_zip(rules: Iterable[StyleRule]) -> bytes:
    """Return rules as a zip archive of style folders; the same rules give the same bytes.

    Raises:
        ContentError: a rule that Vale can't express.
    """
    output = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for rule in sorted(rules, key=lambda item: item.id):
            style = _file_name(rule.style) or "Copydesk"
            name = _file_name(rule.title if rule.source_yaml is not None else rule.id) or rule.id
            path = f"{style}/{name}.yml"
            if path.lower() in taken:
                path = f"{style}/{rule.id}.yml"
            taken.add(path.lower())
            info = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, export_rule(rule))
    return output.getvalue()


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-.")
