"""The words people read for kinds, fields and values of assets; the same in forms, tables and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from copydesk.assets import Kind

KIND_TITLES: Mapping[str, Any] = {
    Kind.STYLE_GUIDE: _l("Style guides"),
    Kind.GLOSSARY: _l("Glossary"),
    Kind.PROMPT: _l("Prompts"),
    Kind.FORBIDDEN_TOPICS: _l("Forbidden topics"),
    Kind.FACT_SHEET: _l("Fact sheets"),
    Kind.FALLBACKS: _l("Fallbacks"),
    Kind.LIMITS: _l("Limits and checks"),
}
KIND_SINGULAR: Mapping[str, Any] = {
    Kind.STYLE_GUIDE: _l("Style guide"),
    Kind.GLOSSARY: _l("Glossary"),
    Kind.PROMPT: _l("Prompt"),
    Kind.FORBIDDEN_TOPICS: _l("List of forbidden topics"),
    Kind.FACT_SHEET: _l("Fact sheet"),
    Kind.FALLBACKS: _l("Set of fallbacks"),
    Kind.LIMITS: _l("Limits and check settings"),
}
KIND_ABOUT: Mapping[str, Any] = {
    Kind.STYLE_GUIDE: _l(
        "How we write: prose for people, a tone per audience, and rules that a check enforces."
    ),
    Kind.GLOSSARY: _l("The words to use, to avoid and never to use."),
    Kind.PROMPT: _l(
        "What a model is asked: blocks of text with variables, and the model they were tested with."
    ),
    Kind.FORBIDDEN_TOPICS: _l("What generated text must stay away from, by terms and by examples."),
    Kind.FACT_SHEET: _l("What may be claimed: prices, guarantees, times and dates as typed facts."),
    Kind.FALLBACKS: _l("Approved copy that replaces a generated text which must not be used."),
    Kind.LIMITS: _l("What each channel can carry, and how each check is set."),
}
KIND_ICONS: Mapping[str, str] = {
    Kind.STYLE_GUIDE: "book-open",
    Kind.GLOSSARY: "languages",
    Kind.PROMPT: "message-square-text",
    Kind.FORBIDDEN_TOPICS: "ban",
    Kind.FACT_SHEET: "badge-check",
    Kind.FALLBACKS: "life-buoy",
    Kind.LIMITS: "ruler",
}

FIELDS: Mapping[str, Any] = {
    "id": _l("Id"),
    "title": _l("Title"),
    "introduction": _l("Introduction"),
    "vocabulary_accept": _l("Accepted word"),
    "vocabulary_reject": _l("Rejected word"),
    "audience": _l("Audience"),
    "guidance": _l("Guidance"),
    "contractions": _l("Contractions"),
    "person": _l("Person"),
    "sentence_words_max": _l("Words per sentence, at most"),
    "reading_grade_max": _l("Reading grade, at most"),
    "exclamations_max": _l("Exclamation marks, at most"),
    "emoji_max": _l("Emoji, at most"),
    "questions_max": _l("Questions, at most"),
    "passives_max": _l("Passives, at most"),
    "hedges_max": _l("Hedging words, at most"),
    "why": _l("Why"),
    "kind": _l("Kind"),
    "severity": _l("Severity"),
    "message": _l("Message"),
    "definition": _l("Definition"),
    "good": _l("Good example"),
    "bad": _l("Bad example"),
    "owner": _l("Owner"),
    "effective_from": _l("In force from"),
    "effective_to": _l("In force until"),
    "source_yaml": _l("Source"),
    "severity_by_audience": _l("Severity per audience"),
    "style": _l("Vale style"),
    "on_brand": _l("On brand"),
    "off_brand": _l("Off brand"),
    "term": _l("Term"),
    "status": _l("Status"),
    "language": _l("Language"),
    "part_of_speech": _l("Part of speech"),
    "use_instead": _l("Use instead"),
    "variants": _l("Variant"),
    "inflect": _l("Match word forms"),
    "inflections": _l("Word form"),
    "case_rule": _l("Upper and lower case"),
    "match_disguised": _l("Match disguised spellings"),
    "match_in_compounds": _l("Match inside compounds"),
    "example_good": _l("Good example"),
    "example_bad": _l("Bad example"),
    "equivalents": _l("Equivalent"),
    "audiences": _l("Only audience"),
    "channels": _l("Only channel"),
    "locales": _l("Only locale"),
    "prompts": _l("Only prompt"),
    "purpose": _l("Purpose"),
    "channel": _l("Channel"),
    "retries": _l("Retries"),
    "name": _l("Name"),
    "type": _l("Type"),
    "required": _l("Required"),
    "default": _l("Default"),
    "choices": _l("Choice"),
    "max_characters": _l("Characters, at most"),
    "min_characters": _l("Characters, at least"),
    "description": _l("Description"),
    "is_personal": _l("Personal data"),
    "role": _l("Role"),
    "text": _l("Text"),
    "format": _l("Format"),
    "json_schema": _l("JSON schema"),
    "max_words": _l("Words, at most"),
    "max_sentences": _l("Sentences, at most"),
    "max_links": _l("Links, at most"),
    "required_phrases": _l("Required phrase"),
    "single_line": _l("One line only"),
    "model": _l("Model"),
    "temperature": _l("Temperature"),
    "top_p": _l("Top p"),
    "max_tokens": _l("Tokens, at most"),
    "seed_policy": _l("Seed policy"),
    "seed": _l("Seed"),
    "allowed_alternates": _l("Allowed alternate model"),
    "on_other_model": _l("With another model"),
    "terms": _l("Word for people"),
    "block_terms": _l("Block term"),
    "positives": _l("Forbidden example"),
    "near_misses": _l("Near miss that is fine"),
    "action": _l("Action"),
    "max_background_false_positive_rate": _l("False alarms on approved text, at most"),
    "background": _l("Approved text"),
    "subject": _l("Subject"),
    "subject_aliases": _l("Subject also called"),
    "attribute": _l("Attribute"),
    "attribute_aliases": _l("Attribute also called"),
    "value": _l("Value"),
    "tolerance": _l("Tolerance"),
    "valid_from": _l("Valid from"),
    "valid_to": _l("Valid until"),
    "source": _l("Source"),
    "required_wording": _l("Required wording"),
    "claim_words": _l("Licensed claim word"),
    "guarded_claims": _l("Guarded claim word"),
    "unverified": _l("Unverified facts"),
    "common_claims": _l("Superlatives and guarantees"),
    "prompt": _l("Prompt"),
    "locale": _l("Locale"),
    "allowed_link_hosts": _l("Allowed link host"),
    "allow_html": _l("HTML allowed"),
    "allow_markdown": _l("Markdown allowed"),
    "allow_emoji": _l("Emoji allowed"),
    "check": _l("Check"),
    "enabled": _l("Enabled"),
    "engine": _l("Engine"),
    "review_threshold": _l("Review threshold"),
    "block_threshold": _l("Block threshold"),
    "enforced_at": _l("Enforced at"),
    "on_not_run": _l("When it can't run"),
}

CHECKS: Mapping[str, Any] = {
    "limits": _l("Format and length"),
    "glossary": _l("Glossary"),
    "style_rules": _l("Style rules"),
    "forbidden_topics": _l("Forbidden topics"),
    "personal_data": _l("Personal data"),
    "facts": _l("Facts"),
    "toxicity": _l("Toxicity"),
    "brand_voice": _l("Brand voice"),
    "inclusive_language": _l("Inclusive language"),
    "injection": _l("Injected instructions"),
}


def check_label(name: str) -> str:
    """Return what a check is called; one nobody named is shown as it is."""
    return str(CHECKS[name]) if name in CHECKS else name.replace("_", " ").capitalize()


def label(name: str) -> str:
    """Return the words for a field; one nobody named is shown as it is."""
    return str(FIELDS[name]) if name in FIELDS else name.replace("_", " ").capitalize()


def kind_title(kind: str) -> str:
    """Return the heading of a kind's list."""
    return str(KIND_TITLES[kind])


def kind_singular(kind: str) -> str:
    """Return what one asset of a kind is called."""
    return str(KIND_SINGULAR[kind])


def count_words(name: str, count: int) -> str:
    """Return how many items a list holds, in words."""
    match name:
        case "terms":
            return ngettext("%(num)d term", "%(num)d terms", count)
        case "rules":
            return ngettext("%(num)d rule", "%(num)d rules", count)
        case "topics":
            return ngettext("%(num)d topic", "%(num)d topics", count)
        case "facts":
            return ngettext("%(num)d fact", "%(num)d facts", count)
        case "blocks":
            return ngettext("%(num)d block", "%(num)d blocks", count)
        case "fallbacks":
            return ngettext("%(num)d text", "%(num)d texts", count)
        case "channels":
            return ngettext("%(num)d channel", "%(num)d channels", count)
    return ngettext("%(num)d entry", "%(num)d entries", count)
