"""A whole Vale package in: styles, vocabularies and `.vale.ini`, with a report on every file.

Source of the layout: https://vale.sh/docs/styles, https://vale.sh/docs/keys/vocab, https://vale.sh/docs/vale-ini.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import yaml
from pydantic import TypeAdapter, ValidationError

from copydesk.assets.base import NonEmptyLine
from copydesk.assets.style_guide import RuleKind, StyleRule
from copydesk.checks.style_rules import rule_problems
from copydesk.checks.style_rules.compiling import NotEnforcedError, compile_rule
from copydesk.checks.style_rules.definition import MAX_TOKENS, Definition, DefinitionError, quoted
from copydesk.checks.style_rules.patterns import Flags, NeedsBacktrackingError, PatternError, parse
from copydesk.checks.style_rules.wording import first_upper
from copydesk.checks.style_rules.writing import words_of
from copydesk.errors import ContentError, Problem
from copydesk.vale import (
    IGNORED_WORDS,
    NO_RULE,
    Fate,
    ReportRow,
    ValeImport,
    Vocabulary,
    import_rules,
    rule_files,
)
from copydesk.vale_files import (
    MAX_ARCHIVE_BYTES,
    PackageFile,
    files_of_folder,
    files_of_zip,
    folders_of,
    is_rule_file,
    is_wanted,
)
from copydesk.vale_settings import ValeSettings, read_settings
from copydesk.yaml_reading import compose_yaml

MAX_WORDS = 20_000
MAX_WORD_CHARS = 200
_PACKAGE = "package"
_WORD: TypeAdapter[str] = TypeAdapter(NonEmptyLine)
_ANY_CASE = "(?i)"
_DICTIONARY = ".dic"
# "C++" and "Node.js" are words although they could be read as patterns.
_PLAIN = re.compile(r"[\w .#+&/'’-]+")


def read_vale_package(data: bytes | Path) -> ValeImport:
    """Read a Vale style, a folder of styles, or a whole styles path with vocabularies and `.vale.ini`.

    Args:
        data: the bytes of a zip archive, or the path of a folder or of a zip archive.

    Returns:
        The rules that can be kept, the vocabulary, and in `rows` what became of every file. `problems` are
        the refused ones.

    Raises:
        ContentError: it can't be read at all, is larger than the limits, or holds nothing of a Vale package.
    """
    files = _files(data, is_wanted)
    report = _Report()
    settings = _settings(files, report)
    vocabulary = _vocabulary(files, settings, report)
    sources = [file for file in files if is_rule_file(file.path)]
    if not sources and not vocabulary.accept and not vocabulary.reject and not report.rows:
        message = "holds no rule (.yml), no accept.txt or reject.txt and no .vale.ini of Vale"
        raise ContentError("vale", [Problem("", message)])
    rules = _with_word_lists(_rules(sources, settings, report), data, report)
    rows = tuple(sorted(report.rows, key=lambda row: (row.path, row.line or 0)))
    problems = tuple(
        Problem(f"{row.path}:{row.line}" if row.line else row.path, row.message)
        for row in rows
        if row.fate is Fate.REFUSED
    )
    return ValeImport(rules, problems, vocabulary, rows)


@dataclass(slots=True)
class _Report:
    rows: list[ReportRow] = field(default_factory=list)

    def add(
        self, path: str, fate: Fate, message: str = "", rule: StyleRule | None = None, line: int | None = None
    ) -> None:
        self.rows.append(ReportRow(path, fate, message, rule.id if rule else None, line))

    def path_of(self, rule: StyleRule) -> str:
        """Return the path of a rule's file."""
        return next(row.path for row in self.rows if row.rule_id == rule.id)


def _files(data: bytes | Path, wanted: Callable[[PurePosixPath], bool]) -> list[PackageFile]:
    if isinstance(data, bytes):
        return files_of_zip(data, wanted)
    if data.is_dir():
        return files_of_folder(data, wanted)
    if not data.is_file():
        raise ContentError("vale", [Problem(str(data), "is neither a folder nor a file")])
    if data.stat().st_size > MAX_ARCHIVE_BYTES:
        message = f"is larger than {MAX_ARCHIVE_BYTES} bytes; import one style at a time"
        raise ContentError("vale", [Problem(str(data), message)])
    return files_of_zip(data.read_bytes(), wanted)


def _settings(files: Sequence[PackageFile], report: _Report) -> ValeSettings:
    """Read the settings file nearest to the root, if there is one."""
    found = [file for file in files if file.path.suffix == ".ini" or file.path.name.endswith("vale.ini")]
    if not found:
        return ValeSettings()
    first = min(found, key=lambda file: (len(file.path.parts), str(file.path)))
    settings = read_settings(first.data)
    report.add(str(first.path), Fate.READ, settings.summary())
    for line, message in settings.remarks:
        report.add(str(first.path), Fate.READ, message, line=line)
    for line, message in settings.mistakes:
        report.add(str(first.path), Fate.REFUSED, message, line=line)
    return settings


def _vocabulary(files: Sequence[PackageFile], settings: ValeSettings, report: _Report) -> Vocabulary:
    words: dict[str, dict[str, None]] = {"accept": {}, "reject": {}}
    for file in files:
        if file.path.suffix != ".txt":
            continue
        name = file.path.parent.name
        if settings.vocabularies and name not in settings.vocabularies:
            report.add(str(file.path), Fate.OFF, f"Vocab in the settings does not name {name!r}")
            continue
        list_words = words[file.path.stem.lower()]
        before = len(list_words)
        for line, word, problem in _lines(file):
            if problem:
                report.add(str(file.path), Fate.REFUSED, problem, line=line)
            elif len(list_words) < MAX_WORDS:
                list_words[word] = None
            else:
                message = f"the list is longer than {MAX_WORDS} words; the rest is left out"
                report.add(str(file.path), Fate.REFUSED, message, line=line)
                break
        report.add(str(file.path), Fate.READ, f"{len(list_words) - before} words to {file.path.stem.lower()}")
    return Vocabulary(tuple(words["accept"]), tuple(words["reject"]))


def _lines(file: PackageFile) -> Iterator[tuple[int, str, str]]:
    """Yield number, word and what is wrong with it; a line that stands for a few words yields each."""
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield file.data.count(b"\n", 0, error.start) + 1, "", "is not UTF-8; save the list as UTF-8"
        return
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        words = _words(stripped)
        if words is None:
            yield number, "", f"{stripped[:80]!r} is a pattern for many words; write the words out"
            continue
        for word in words:
            yield number, word, _fault(word)


def _fault(word: str) -> str:
    """Return what keeps a word out of a vocabulary, an empty text where nothing does."""
    try:
        _WORD.validate_python(word)
    except ValidationError as error:
        return f"{word[:80]!r} is no word: {error.errors()[0]['msg']}"
    return ""


def _words(line: str) -> list[str] | None:
    """Return the words a line of a vocabulary stands for, None where they are not a handful."""
    if _PLAIN.fullmatch(line):
        return [line] if len(line) <= MAX_WORD_CHARS else None
    try:
        branches = parse(line)
    except PatternError:
        return None
    found: list[str] = []
    for nodes in branches:
        words = words_of(tuple(node for node in nodes if not isinstance(node, Flags)))
        if words is None:
            return None
        found += words if line[:4] != _ANY_CASE else (form for word in words for form in _in_any_case(word))
    is_fine = all(word.strip() == word and 0 < len(word) <= MAX_WORD_CHARS for word in found)
    return found if is_fine else None


def _in_any_case(word: str) -> tuple[str, ...]:
    """Return a word as written, in small letters, with a large beginning and in large letters, each once."""
    small = word.lower()
    return tuple(dict.fromkeys((word, small, first_upper(small), word.upper())))


def _rules(sources: Sequence[PackageFile], settings: ValeSettings, report: _Report) -> tuple[StyleRule, ...]:
    if not sources:
        return ()
    result = import_rules(rule_files(sources))
    paths = {(file.path.parent.name, file.path.stem): file.path for file in sources}
    labels = {f"{style}/{name}.yml": path for (style, name), path in paths.items()}
    # A repository holds other YAML too; it is told apart by its folder, where no file is a rule.
    styles = {paths[(rule.style, rule.title)].parent for rule in result.rules}
    for problem in result.problems:
        label = labels.get(problem.path, PurePosixPath(problem.path))
        if problem.message == NO_RULE and styles and label.parent not in styles:
            report.add(str(label), Fate.READ, "is no rule, and none lies beside it")
        else:
            report.add(str(label), Fate.REFUSED, problem.message, line=_line_in(problem.message))
    kept = []
    for rule in result.rules:
        label = paths[(rule.style, rule.title)]
        path, folders = str(label), folders_of(label)
        if reason := settings.why_off(rule.style, rule.title, folders):
            report.add(path, Fate.OFF, reason, rule)
            continue
        changed = _with_level(rule, settings, folders)
        fate, message, line = _fate(changed)
        report.add(path, fate, message, changed if fate is not Fate.REFUSED else None, line)
        if fate is not Fate.REFUSED:
            kept.append(changed)
    return tuple(kept)


def _with_word_lists(
    rules: Sequence[StyleRule], data: bytes | Path, report: _Report
) -> tuple[StyleRule, ...]:
    """Add to spelling rules the words of the files they name: lists to ignore, dictionaries of their own."""
    named = {rule.id: _word_lists_of(rule) for rule in rules}
    names = {path.name for paths in named.values() for path in paths}
    lists: list[PackageFile] = []
    try:
        lists = _files(data, lambda path: path.name in names) if names else []
    except ContentError as error:  # one of them is too large; the rules stand without
        for problem in error.problems:
            report.add(problem.path, Fate.READ, f"{problem.message}; no list of words is taken")
    return tuple(_with_words_of(rule, named[rule.id], lists, report) for rule in rules)


def _word_lists_of(rule: StyleRule) -> tuple[PurePosixPath, ...]:
    if rule.kind is not RuleKind.SPELLING:
        return ()
    try:
        definition = Definition(rule.definition)
        names = (*definition.texts("ignore"), *(f"{name}.dic" for name in definition.texts("dictionaries")))
    except DefinitionError:
        return ()
    return tuple(map(PurePosixPath, names))


def _with_words_of(
    rule: StyleRule, paths: Sequence[PurePosixPath], lists: Sequence[PackageFile], report: _Report
) -> StyleRule:
    words: dict[str, None] = {}
    for path in paths:
        ending = path.parts
        found = next((file for file in lists if file.path.parts[-len(ending) :] == ending), None)
        if found is None:
            if path.suffix != _DICTIONARY:  # of a language: ours is used
                message = f"names words to ignore in {path}, which is not in the package"
                report.add(report.path_of(rule), Fate.READ, message, rule, line=_line_of_ignore(rule))
            continue
        added = _listed(found)
        if len(words) + len(added) > MAX_TOKENS:
            message = f"holds {len(added)} words; {rule.id} takes {MAX_TOKENS} at most, so none of these"
            report.add(str(found.path), Fate.READ, message)
            continue
        words |= dict.fromkeys(added)
        report.add(str(found.path), Fate.READ, f"{len(added)} words that {rule.id} ignores")
    if not words:
        return rule
    return rule.model_copy(update={"definition": {**rule.definition, IGNORED_WORDS: list(words)}})


def _listed(file: PackageFile) -> list[str]:
    """Return the words of a list, one a line; of a Hunspell dictionary without its count and flags."""
    lines = [line.strip() for line in file.data.decode("utf-8-sig", "replace").splitlines()]
    words = [line for line in lines if line and not line.startswith("#")]
    if file.path.suffix == _DICTIONARY:
        return [line.partition("/")[0] for line in words if not line.isdecimal()]
    return words


def _line_of_ignore(rule: StyleRule) -> int | None:
    return _line_of(rule.source_yaml or "", Problem("definition.ignore", ""))


def _with_level(rule: StyleRule, settings: ValeSettings, folders: Sequence[str]) -> StyleRule:
    severity = settings.severity(rule.style, rule.title, folders)
    if severity is None or severity is rule.severity:
        return rule
    return rule.model_copy(update={"severity": severity})


def _fate(rule: StyleRule) -> tuple[Fate, str, int | None]:
    try:
        compile_rule(rule, _PACKAGE)
    except NotEnforcedError as error:
        return Fate.KEPT, str(error), None
    except NeedsBacktrackingError as error:
        return Fate.KEPT, f"{error}; the rule is kept, not enforced", None
    except (DefinitionError, PatternError):
        wrong = [problem for problem in rule_problems(rule) if not problem.is_warning]
        problem = wrong[0] if wrong else Problem("", "can't be compiled")
        key = problem.path.removeprefix("definition").strip(".")
        message = f"{key}: {problem.message}" if key else problem.message
        return Fate.REFUSED, message, _line_of(rule.source_yaml or "", problem)
    return Fate.ENFORCED, "", None


def _line_in(message: str) -> int | None:
    """Return the line that a message of the YAML reader names."""
    _, found, rest = message.partition(" in line ")
    number = rest.split(",", 1)[0]
    return int(number) if found and number.isdecimal() else None


def _line_of(source: str, problem: Problem) -> int | None:
    """Return the line of the value a problem quotes, else of its key, from 1."""
    try:
        node = compose_yaml(source)
    except yaml.YAMLError:
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    key = [*problem.path.split("."), ""][1]
    for name, value in node.value:
        if name.value.rstrip("+-") == key:
            named = (i for i in _scalars(value) if problem.message.startswith(f"{quoted(i.value)} "))
            return int(next(named, name).start_mark.line) + 1
    return None


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
