"""Personal values kept from models and from what is stored, where a workspace's switch says so.

A model sees stand-ins such as `[first_name]` and `[card 1]`. In its text they are filled with the values
again before the checks judge it, since that is what readers would read; what is stored has dots in their
place, as many as letters and digits, so that the places of findings hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.prompt import Prompt, VariableType
from copydesk.checks.contract import CheckResult, Context, Finding
from copydesk.checks.masking import hide_span, reworded
from copydesk.checks.personal_data import KEPT_AT_END, compile_check
from copydesk.rendering import FREE_TEXT, Message, render
from copydesk.variables import fill_variables, sample_values
from models import Workspace

SETTING = "mask_personal_data"
# A single letter stands in too many words to be hidden in all of them.
MIN_HIDDEN_CHARS = 2


def is_masking(workspace: Workspace) -> bool:
    """Tell whether a workspace masks personal data before calls and in stored samples."""
    return workspace.settings.get(SETTING) is True


@dataclass(frozen=True, slots=True)
class StandIns:
    """What a model is shown: `typed` values of variables, and the value behind each stand-in of a text."""

    typed: Mapping[str, object]
    values: Mapping[str, str]


class Masker:
    """Masks by what a policy's prompts declare personal and by what its check of personal data finds.

    What the company publishes about itself (verified facts, approved fallback copy) is no personal data.
    """

    def __init__(self, assets: PolicyAssets) -> None:
        """Collect what the company publishes."""
        self._finder = compile_check(assets, {})

    def stand_ins(self, prompt: Prompt, variables: Mapping[str, Any], locale: str) -> StandIns:
        """Return what stands for the personal variables of one call.

        A text, or an entry of a list, has its variable's name in brackets; any other type a sample value, the
        same for everybody. Other texts that name the same values get the stand-ins too.

        Raises:
            VariableError: the variables do not fit the prompt.
        """
        given = fill_variables(prompt, variables, locale)
        samples = sample_values(prompt.variables, locale)
        typed: dict[str, object] = {}
        values: dict[str, str] = {}
        for variable in prompt.variables:
            value, name = given[variable.name], variable.name
            if not variable.is_personal or value is None:
                continue
            if variable.type is VariableType.TEXT:
                typed[name] = f"[{name}]" if value else value
                values |= {f"[{name}]": str(value)} if value else {}
            elif isinstance(value, list):
                typed[name] = [f"[{name} {n}]" for n in range(1, len(value) + 1)]
                values |= {f"[{name} {n}]": str(item) for n, item in enumerate(value, start=1)}
            else:
                typed[name] = samples[name]
        for variable in prompt.variables:
            if variable.type in FREE_TEXT and not variable.is_personal:
                typed[variable.name] = _swapped(given[variable.name], values)
        return StandIns(typed, values)

    def messages(
        self, prompt: Prompt, rendered: Iterable[Message], known: StandIns, locale: str
    ) -> tuple[tuple[Message, ...], Mapping[str, str]]:
        """Return messages without the personal values that are found in them, and all stand-ins' values.

        What the prompt itself says, in the words that were approved, stays.
        """
        said = [block.text for block in prompt.blocks]
        values = dict(known.values)
        made = []
        for message in rendered:
            content = message.content
            for finding in reversed(self._found(content, locale) if message.role != "system" else ()):
                assert finding.span is not None  # noqa: S101 - personal data always has a place
                start, end = finding.span.start, finding.span.end
                if not any(content[start:end] in text for text in said):
                    stand_in = _stand_in(str(finding.rule_id), content[start:end], values)
                    content = content[:start] + stand_in + content[end:]
            made.append(Message(message.role, content))
        return tuple(made), values

    def may_be_kept(self, text: str, locale: str | None) -> bool:
        """Tell whether a model's text may be kept for later runs: not where it made personal data up."""
        return not self._found(text, locale)

    def hidden(self, text: str, values: Iterable[str], locale: str | None) -> str:
        """Return a text of the same length with personal values hidden: these, and those that are found."""
        for finding in self._found(text, locale):
            assert finding.span is not None  # noqa: S101 - personal data always has a place
            kept = KEPT_AT_END.get(finding.rule_id, 0)
            text = hide_span(text, finding.span, first=int(finding.rule_id == "email"), last=kept)
        found = _any_of(values)
        return found.sub(lambda match: _dots(match[0]), text) if found is not None else text

    def hidden_result(self, result: CheckResult, values: Iterable[str], locale: str | None) -> CheckResult:
        """Return what a check said with no personal value in its words."""
        known = tuple(values)

        def hide(said: str) -> str:
            return self.hidden(said, known, locale)

        findings = tuple(
            replace(reworded(f, hide), suggestion=None if f.suggestion is None else hide(f.suggestion))
            for f in result.findings
        )
        return replace(result, findings=findings, reason=hide(result.reason) if result.reason else None)

    def _found(self, text: str, locale: str | None) -> tuple[Finding, ...]:
        return self._finder.run(text, Context(locale=locale)).findings


def masked_messages(
    masker: Masker, prompt: Prompt, variables: Mapping[str, Any], locale: str
) -> tuple[tuple[Message, ...], Mapping[str, str]]:
    """Render a prompt as a model may see it; returns the messages and the value behind each stand-in.

    Raises:
        VariableError, TemplateError: as `render`.
    """
    known = masker.stand_ins(prompt, variables, locale)
    rendered = render(prompt, variables, locale, known.typed)
    return masker.messages(prompt, rendered.messages, known, locale)


def restored(text: str, values: Mapping[str, str]) -> str:
    """Return a model's text with the values back in the place of their stand-ins, however these are cased."""
    if not values:
        return text
    known = {stand_in.lower(): value for stand_in, value in values.items()}
    stand_ins = re.compile("|".join(map(re.escape, values)), re.IGNORECASE)
    return stand_ins.sub(lambda match: known.get(match[0].lower(), match[0]), text)


def personal_values(prompt: Prompt | None, variables: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts of the variables that a prompt declares personal, as they were given."""
    found: list[str] = []
    for variable in prompt.variables if prompt is not None else ():
        given = variables.get(variable.name) if variable.is_personal else ""
        value = variable.default if given is None else given
        found += [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
    return tuple(found)


def _stand_in(kind: str, value: str, values: dict[str, str]) -> str:
    """Return the stand-in of a value that was found in a message; the same value has the same one."""
    for stand_in, known in values.items():
        if known == value:
            return stand_in
    number = 1
    while (made := f"[{kind.replace('_', ' ')} {number}]") in values:
        number += 1
    values[made] = value
    return made


def _swapped(value: object, values: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_swapped(item, values) for item in value]
    found = _any_of(values.values())
    if not isinstance(value, str) or found is None:
        return value
    stand_ins = {known.lower(): stand_in for stand_in, known in values.items()}
    return found.sub(lambda match: stand_ins.get(match[0].lower(), _dots(match[0])), value)


def _any_of(values: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds these values as whole words, the longest first; None where there is none."""
    wanted = sorted({v.strip() for v in values if len(v.strip()) >= MIN_HIDDEN_CHARS}, key=len, reverse=True)
    if not wanted:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)", re.IGNORECASE)


def _dots(text: str) -> str:
    return re.sub(r"\w", "•", text)
