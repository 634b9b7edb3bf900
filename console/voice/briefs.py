"""From golden cases to requests without any word of the brand: what a model writes unless it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Final

from console.generation.masking import Masker, StandIns, masked_messages
from console.generation.requests import GenerationRequest
from console.golden.content import GoldenCase
from copydesk.assets.prompt import Block, Prompt, Role
from copydesk.canonical import digest
from copydesk.checks.locales import is_english
from copydesk.errors import CopydeskError
from copydesk.rendering import Message, render
from copydesk.templating import DEFAULT_LOCALE

# A voice match needs a hundred words; asked for a hundred, models write fewer.
ASKED_WORDS: Final = 150
MIN_TOKENS: Final = 500
# Warm enough that one brief gives another text each time.
TEMPERATURE: Final = "0.8"


@dataclass(frozen=True, slots=True)
class Brief:
    """What one golden case asks for, in the words of its prompt; `place` names the case to a reader."""

    place: str
    prompt: str
    text: str
    pin: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a batch, numbered from 0."""

    number: int
    brief: Brief
    request: GenerationRequest


def is_brief(case: GoldenCase) -> bool:
    """Tell whether a case may give a brief: one to write for, in the language the voice match reads."""
    return case.text is None and is_english(case.locale)


def briefs_of(
    cases: Sequence[GoldenCase], prompts: Mapping[str, Prompt], masker: Masker | None = None
) -> tuple[Brief, ...]:
    """Return the briefs of golden cases, each wording once; cases that can't be rendered give none.

    Args:
        cases: of the newest golden sets.
        prompts: by name.
        masker: keeps personal values out of briefs, which a model is sent; None: they have all.
    """
    found: dict[str, Brief] = {}
    for case in cases:
        prompt = prompts.get(case.prompt)
        if prompt is None or not is_brief(case):
            continue
        try:
            text = _wording(prompt, case, masker)
        except CopydeskError:
            continue
        found.setdefault(text, Brief(case.title, case.prompt, text, prompt.model.to_json()))
    return tuple(found.values())


def _wording(prompt: Prompt, case: GoldenCase, masker: Masker | None) -> str:
    """Render the part of a prompt that is the brief, without how to write it and without examples."""
    blocks = brief_blocks(prompt)
    if not blocks:
        return _told(prompt, case, masker)
    asked = prompt.model_copy(update={"blocks": blocks})
    if masker is None:
        said = render(asked, case.variables, case.locale).messages
    else:
        said, _values = masked_messages(masker, asked, case.variables, case.locale or DEFAULT_LOCALE)
    return "\n\n".join(message.content for message in said)


def _told(prompt: Prompt, case: GoldenCase, masker: Masker | None) -> str:
    """Return what a prompt is for and what it is given, where no block of it is a brief."""
    values: dict[str, object] = dict(case.variables)
    locale = case.locale or DEFAULT_LOCALE
    known = masker.stand_ins(prompt, case.variables, locale) if masker is not None else StandIns({}, {})
    values |= {name: value for name, value in known.typed.items() if name in values}
    given = [f"{name.replace('_', ' ')}: {value}" for name, value in sorted(values.items())]
    text = "\n".join([prompt.purpose or prompt.title, *given])
    if masker is None:
        return text
    (said,), _values = masker.messages(prompt, [Message("user", text)], known, locale)
    return said.content


def brief_blocks(prompt: Prompt) -> tuple[Block, ...]:
    """Return the user's blocks behind the last example; what the system says is how the brand writes."""
    last_answer = max(
        (i for i, block in enumerate(prompt.blocks) if block.role == Role.ASSISTANT), default=-1
    )
    return tuple(block for block in prompt.blocks[last_answer + 1 :] if block.role == Role.USER)


def requests_of(briefs: Sequence[Brief], batch_id: int, limit: int) -> Iterator[Entry]:
    """Yield requests, brief after brief and round after round; the same batch gives the same ones.

    Args:
        briefs: at least one.
        batch_id: makes every batch's requests its own, so that another batch brings other texts.
        limit: how many requests there are at most.
    """
    rounds = ((brief, number) for number in count() for brief in briefs)
    for number, (brief, turn) in enumerate(islice(rounds, limit)):
        yield Entry(number, brief, _request(brief, f"{batch_id}:{turn}"))


def _request(brief: Brief, repeat: str) -> GenerationRequest:
    asked = f"{brief.text}\n\nWrite a text of about {ASKED_WORDS} words."
    parameters: dict[str, Any] = {
        "model": brief.pin["model"],
        "temperature": TEMPERATURE,
        "top_p": "1",
        "max_tokens": max(int(brief.pin["max_tokens"]), MIN_TOKENS),
    }
    if brief.pin["seed_policy"] != "none":
        moved = hashlib.sha256(f"{repeat}\n{brief.text}".encode()).digest()[:4]
        parameters["seed"] = int.from_bytes(moved, "big") % 2**31
    messages = ({"role": "user", "content": asked},)
    key = digest({"parameters": parameters, "messages": list(messages), "repeat": repeat})
    return GenerationRequest(messages, parameters, key)
