"""Personal values of labelled cases are hidden wherever many cases are read; only their own page shows them.

A hidden text is as long as the text, so the places of findings hold in it too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from console.assets.projection import describe
from console.quality.cases import Label
from console.quality.judging import Judgement
from copydesk.checks.contract import Span
from copydesk.checks.injection import NAME as INJECTION
from copydesk.checks.masking import hide_span
from copydesk.checks.personal_data import NAME as PERSONAL_DATA
from copydesk.checks.personal_data import hide_personal_data

# What may be personal where nothing says which words are meant: digits, and words with an @.
_DOUBTFUL = re.compile(r"\S*[@＠]\S*|\d[\d\W]*\d|\d")


def hidden_label(label: Label) -> Label:
    """Return a label whose text hides its personal values, those too that the check does not find.

    Of a case that holds personal data by its label, the words that are meant are hidden; where it names none
    and nothing is found, all digits and all words with an @ are.
    """
    text = hide_personal_data(label.text, label.context.locale)
    if label.check == PERSONAL_DATA and label.expects_finding:
        if label.span is not None:
            text = hide_span(text, label.span)
        elif text == label.text:
            for found in _DOUBTFUL.finditer(text):
                text = hide_span(text, Span(*found.span()))
    return replace(label, text=text)


def hidden_words(value: Any, locale: str | None = None) -> Any:
    """Return JSON data with the personal values in its texts hidden."""
    if isinstance(value, str):
        return hide_personal_data(value, locale)
    if isinstance(value, dict):
        return {name: hidden_words(item, locale) for name, item in value.items()}
    return [hidden_words(item, locale) for item in value] if isinstance(value, list) else value


def variables_read(label: Label) -> tuple[tuple[str, str], ...]:
    """Return the variables, in words, of a case whose check looks in them and not in the text."""
    if label.check != INJECTION:
        return ()
    values = hidden_words(dict(label.context.variables), label.context.locale)
    return tuple((name, describe(value)) for name, value in sorted(values.items()))


def hidden_judgement(judgement: Judgement) -> Judgement:
    """Return a judgement whose text hides its personal values."""
    return replace(judgement, label=hidden_label(judgement.label))
