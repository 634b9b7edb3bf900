"""The words people read for checks, results and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from console.judge.judging import NAME

# What each check does, in two sentences.
ABOUT: Mapping[str, Any] = {
    "limits": _l(
        "Measures each text against what its channel can carry: characters, words, sentences, links, "
        "markup and required phrases. Structured output is held to its JSON Schema."
    ),
    "glossary": _l(
        "Finds forbidden and outdated terms, in their word forms and in disguise, and says what to write "
        "instead. The longest match wins, and inside another word a term counts only where its entry says so."
    ),
    "style_rules": _l(
        "Runs the style guide's rules over sentences, headings and lists, the way Vale does. Code, "
        "addresses and the rules' own exceptions are left alone."
    ),
    "forbidden_topics": _l(
        "Blocks a topic's terms, and asks for review where a sentence reads like the topic's examples. "
        "The examples are told apart from your approved copy by a trained model per topic."
    ),
    "personal_data": _l(
        "Finds e-mail addresses, phone, card and account numbers and other identifiers, with their "
        "checksums. Its findings mask the value; your own published contacts are left alone."
    ),
    "facts": _l(
        "Compares numbers, prices, dates and named values with the fact sheet, bound to what they are said "
        "of. Wrong values block; unverified ones and superlatives without a source are reviewed."
    ),
    "toxicity": _l(
        "Scores how rude, hateful or threatening a text reads, as a whole and by sentence. From one "
        "score on it asks for review, from a higher one on it blocks."
    ),
    "brand_voice": _l(
        "Holds each text to its audience's tone: sentence length, reading grade, person, contractions. "
        "Texts of a hundred words and more are compared with your on-brand and off-brand examples too."
    ),
    "inclusive_language": _l(
        "Finds words that leave people out and offers a considerate alternative. Words that are only "
        "sometimes wrong are reported when their counterpart is missing."
    ),
    "injection": _l(
        "Looks for instructions to the model inside variables, after undoing invisible and look-alike "
        "characters. It stops well-worn phrases and is no protection: prompts keep free text out of the "
        "system message, can show where a value ends, and a model may follow it all the same."
    ),
}

RESULTS: Mapping[str, Any] = {
    "hit": _l("Found, rightly"),
    "clean": _l("Left alone, rightly"),
    "miss": _l("Missed"),
    "false_alarm": _l("False alarm"),
    "not_run": _l("Not run"),
    "lacking": _l("Can't be judged"),
    "waiting": _l("Not asked yet"),
}
RESULT_KINDS: Mapping[str, str] = {
    "hit": "pass",
    "clean": "pass",
    "miss": "fail",
    "false_alarm": "fail",
    "not_run": "warn",
    "lacking": "warn",
    "waiting": "info",
}
SOURCES: Mapping[str, Any] = {
    "form": _l("Written here"),
    "sample": _l("From a sample"),
    "live": _l("From the editor"),
    "import": _l("From a file"),
    "api": _l("From a program"),
    "demo": _l("Shipped with the demo"),
}
ON_NOT_RUN: Mapping[str, Any] = {
    "block": _l("the text counts as failed"),
    "review": _l("the text counts as a warning"),
    "allow": _l("the check is left out"),
}
ENFORCED: Mapping[str, Any] = {
    "runtime": _l("In the console and by every service at runtime"),
    "console": _l("In the console only"),
}


# What a check with a model or rules of one language reads; the others ask nothing of a locale.
READS: Mapping[str, Any] = {
    "forbidden_topics": _l("Terms in every language, examples in English; other locales are “not run”"),
    "toxicity": _l("English; other locales are “not run”"),
    "brand_voice": _l("English; of other locales only what needs no language, such as sentence length"),
    "inclusive_language": _l("English; other locales are “not run”"),
}


def reads(check: str, engine: str) -> str:
    """Return which languages a check reads, in words; empty where it asks for none, or its engine decides."""
    if check == "toxicity" and engine != "embedded":
        return ""
    return str(READS.get(check, ""))


def about(check: str) -> str:
    """Return what a check does, in two sentences."""
    return str(ABOUT.get(check, ""))


def expectation_label(expects_finding: bool, check: str = "") -> str:
    """Return a label as people read it; a judge fails or passes a text."""
    if check == NAME:
        return _("Must fail") if expects_finding else _("Must pass")
    return _("Must be found") if expects_finding else _("Must be left alone")


def level_label(check: str, level: str, title: str) -> str:
    """Return the name of a threshold."""
    if check == "forbidden_topics":
        return title
    return _("Block") if level == "block" else _("Review")
