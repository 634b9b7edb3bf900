"""Personal values of labelled cases are hidden wherever many cases are read; only their own page shows them.

A hidden text is as long as the text, so the places of findings hold in it too.
"""

from __future__ import annotations

import re
from dataclasses import replace

from console.quality.cases import Label
from console.quality.judging import Judgement
from copydesk.checks.contract import Span
from copydesk.checks.personal_data import NAME as PERSONAL_DATA
from copydesk.checks.personal_values import find_personal_values

DOT = "•"
# As findings mask them: so many characters at the end stay, of an address the first letter.
_KEPT_AT_END = {"card": 4, "iban": 4, "phone": 2}
_HIDDEN = re.compile(r"\w")
# What may be personal where nothing says which words are meant: digits, and words with an @.
_DOUBTFUL = re.compile(r"\S*[@＠]\S*|\d[\d\W]*\d|\d")


def hidden_text(text: str, locale: str | None = None) -> str:
    """Return a text of the same length with its personal values hidden.

    Args:
        text: any text.
        locale: whose phone numbers to expect, such as `en-GB`; None: those of the US, the UK and Germany.
    """
    for value in find_personal_values(text, locale):
        is_address = value.kind == "email"
        text = _hide(text, value.span, first=int(is_address), last=_KEPT_AT_END.get(value.kind, 0))
    return text


def hidden_label(label: Label) -> Label:
    """Return a label whose text hides its personal values, those too that the check does not find.

    Of a case that holds personal data by its label, the words that are meant are hidden; where it names none
    and nothing is found, all digits and all words with an @ are.
    """
    text = hidden_text(label.text, label.context.locale)
    if label.check == PERSONAL_DATA and label.expects_finding:
        if label.span is not None:
            text = _hide(text, label.span)
        elif text == label.text:
            for found in _DOUBTFUL.finditer(text):
                text = _hide(text, Span(*found.span()))
    return replace(label, text=text)


def hidden_judgement(judgement: Judgement) -> Judgement:
    """Return a judgement whose text hides its personal values."""
    return replace(judgement, label=hidden_label(judgement.label))


def _hide(text: str, span: Span, *, first: int = 0, last: int = 0) -> str:
    """Put a dot for each letter and digit of a place but its first and last ones; what divides them stays."""
    places = [found.start() for found in _HIDDEN.finditer(text, span.start, span.end)]
    hidden = set(places[first : len(places) - last])
    return "".join(DOT if place in hidden else character for place, character in enumerate(text))
