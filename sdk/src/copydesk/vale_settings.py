"""What an import takes from `.vale.ini`: which styles, rules and vocabularies are on, and levels of rules.

Source of the format: https://vale.sh/docs/vale-ini.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from copydesk.checks.contract import Severity
from copydesk.vale import SEVERITIES, longer_names

BUILT_IN = "Vale"
_PROSE = re.compile(r"\*(?:\.(?:\{[\w,. ]+\}|\w+))?")
_OFF = frozenset({"no", "false", "off"})
_ON = frozenset({"yes", "true", "on"})
# What has its own place in Copydesk or none; said once, nothing is lost by it.
_ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "minalertlevel": "is not taken over: suggestions come in as info, which never fails a text",
        "packages": "names styles that Vale downloads; import their folders or archives too",
        "skippedscopes": "is not taken over: code is always skipped",
        "ignoredscopes": "is not taken over: code is always skipped",
        "wordtemplate": "is not taken over: words always stand between word boundaries",
        "transform": "is not taken over: generated copy is text, Markdown or HTML",
        "lang": "is not taken over: give rules a locale in their scope",
    }
)
_EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ValeSettings:
    """The settings; `styles` None means that all styles are on.

    `rules` maps `Style.Rule` to `no`, `yes` or a level; `remarks` are lines (from 1) not taken over and why,
    `mistakes` lines that say nothing.
    """

    styles: frozenset[str] | None = None
    vocabularies: frozenset[str] = frozenset()
    rules: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    remarks: tuple[tuple[int, str], ...] = ()
    mistakes: tuple[tuple[int, str], ...] = ()

    def why_off(self, style: str, name: str, folders: Sequence[str] = ()) -> str:
        """Return why a rule is switched off, an empty text where it is on.

        Args:
            style: the folder of the rule.
            name: the rule's name.
            folders: all folders of the rule, where its style has groups: `Style.Group.Rule`.
        """
        called = self._called(style, name, folders)
        value = self.rules.get(called)
        if value == "no":
            return f"switched off by {called} in the settings"
        if value is None and self.styles is not None and self.styles.isdisjoint((*folders, style)):
            return f"BasedOnStyles in the settings does not name {style!r}"
        return ""

    def severity(self, style: str, name: str, folders: Sequence[str] = ()) -> Severity | None:
        """Return the severity that the settings give a rule, None where they give none."""
        return SEVERITIES.get(self.rules.get(self._called(style, name, folders), ""))

    def _called(self, style: str, name: str, folders: Sequence[str]) -> str:
        """Return what the settings call a rule."""
        return next((long for long in longer_names(folders, name) if long in self.rules), f"{style}.{name}")

    def summary(self) -> str:
        """Return what was taken over, in one line."""
        styles = "all styles" if self.styles is None else ", ".join(sorted(self.styles)) or "no style"
        return f"settings: {styles} on, {len(self.rules)} rules with a setting of their own"


def read_settings(data: bytes) -> ValeSettings:
    """Read a `.vale.ini`; what can't be taken over is a remark, never an error.

    Args:
        data: the file.
    """
    reader = _Reader()
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        reader.read(number, line.strip())
    styles = frozenset(reader.styles) if reader.has_styles else None
    return ValeSettings(
        styles,
        frozenset(reader.vocabularies),
        MappingProxyType(reader.rules),
        tuple(reader.remarks),
        tuple(reader.mistakes),
    )


class _Reader:
    def __init__(self) -> None:
        self.is_taken = True
        self.has_styles = False
        self.styles: set[str] = set()
        self.vocabularies: set[str] = set()
        self.rules: dict[str, str] = {}
        self.remarks: list[tuple[int, str]] = []
        self.mistakes: list[tuple[int, str]] = []

    def read(self, number: int, line: str) -> None:
        if not line or line[0] in "#;":
            return
        if line[0] == "[":
            name = line.strip("[] ")
            self.is_taken = _PROSE.fullmatch(name) is not None
            if not self.is_taken:
                self.remarks.append((number, f"section [{name[:60]}] is not taken over, it is not for prose"))
            return
        key, sign, value = (part.strip() for part in line.partition("="))
        if not sign:
            self.mistakes.append((number, f"{line[:60]!r} is no setting; write key = value"))
        elif self.is_taken:
            self._take(number, key, value)

    def _take(self, number: int, key: str, value: str) -> None:
        low = key.lower()
        if low == "basedonstyles":
            self.has_styles = True
            self.styles.update(name.strip() for name in value.split(",") if name.strip())
        elif low == "vocab":
            self.vocabularies.update(name.strip() for name in value.split(",") if name.strip())
        elif "." in key:
            self._take_rule(number, key, value.lower())
        elif low != "stylespath":
            reason = _ELSEWHERE.get(low, "is not taken over")
            self.remarks.append((number, f"{key[:60]} {reason}"))

    def _take_rule(self, number: int, key: str, value: str) -> None:
        if key.startswith(f"{BUILT_IN}."):
            what = "is Vale's own rule; add a rule of kind spelling or repetition, or use the vocabulary"
            self.remarks.append((number, f"{key[:60]} {what}"))
        elif value in _OFF or value in _ON:
            self.rules[key] = "no" if value in _OFF else "yes"
        elif value in SEVERITIES:
            self.rules[key] = value
        else:
            known = ", ".join(("YES", "NO", *SEVERITIES))
            self.mistakes.append((number, f"{key[:60]} = {value[:40]} is unknown; use {known}"))
