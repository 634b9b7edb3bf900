"""One form per kind of item, and one per part of an asset's head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from console.assets.descriptor_forms import DescriptorGroupForm
from console.assets.fields import LinesField, NumberField, PairsField, WordsField, choices
from console.assets.forms import ContentForm, HeadForm
from copydesk.assets import Kind
from copydesk.assets.fallbacks import Fallback, Fallbacks
from copydesk.assets.forbidden_topics import ForbiddenTopics, Topic
from copydesk.assets.glossary import Glossary, Term
from copydesk.assets.limits import ChannelLimit, CheckSetting, Limits
from copydesk.assets.style_guide import Criterion, StyleGuide, Tone, VoiceExamples

SERIF = {"class": "serif"}
LONG: dict[str, Any] = {"class": "serif", "rows": 8}
VOICE_HINT = _l(
    "One text per line; one of several paragraphs ends with a line of +++. Fifty of a hundred words or more "
    "on either side teach the check a voice."
)
DATE = {"type": "date"}
SCOPE_HEADING = _l("Where it applies (empty: everywhere)")
SCOPE_NAMES = ("scope__audiences", "scope__channels", "scope__locales", "scope__prompts")
SEVERITIES = (
    ("info", _l("Note")),
    ("warning", _l("Warning")),
    ("error", _l("Error: fails a text")),
    ("blocker", _l("Blocker: fails a text whatever the gate says")),
)
ID_HINT = _l("For findings and reports; empty: made for you.")


class ScopedForm(ContentForm):
    """An item that may apply only somewhere."""

    scope__audiences = WordsField(_l("Audiences"), description=_l("Between commas."))
    scope__channels = WordsField(_l("Channels"), description=_l("Between commas."))
    scope__locales = WordsField(_l("Locales"), description=_l("Such as en-GB, de."))
    scope__prompts = WordsField(_l("Prompts"), description=_l("Names of prompts, between commas."))


class TermForm(ScopedForm):
    """A term of a glossary."""

    model = Term
    nullable = frozenset({"severity"})
    id = StringField(_l("Id"), description=ID_HINT)
    term = StringField(_l("Term"), render_kw=SERIF)
    status = SelectField(
        _l("Status"),
        choices=choices(
            ("preferred", _l("Preferred: write this")),
            ("allowed", _l("Allowed")),
            ("deprecated", _l("Deprecated: warns")),
            ("forbidden", _l("Forbidden: fails a text")),
        ),
    )
    use_instead = StringField(_l("Use instead"), render_kw=SERIF)
    severity = SelectField(
        _l("Severity"), choices=choices(("", _l("As the status says")), *SEVERITIES), default=""
    )
    language = StringField(_l("Language"), default="en")
    part_of_speech = SelectField(
        _l("Part of speech"),
        choices=choices(
            ("", _l("Any")),
            ("noun", _l("Noun")),
            ("verb", _l("Verb")),
            ("adjective", _l("Adjective")),
            ("adverb", _l("Adverb")),
            ("name", _l("Name")),
            ("phrase", _l("Phrase")),
        ),
    )
    variants = LinesField(
        _l("Variants"), description=_l("One per line. For a preferred term: the spellings to replace by it.")
    )
    case_rule = SelectField(
        _l("Upper and lower case"),
        choices=choices(("any", _l("Does not matter")), ("exact", _l("Exactly as written"))),
    )
    inflect = BooleanField(_l("Match its word forms too"), default=True)
    match_disguised = BooleanField(_l("Match disguised spellings (f0rb1dden, f o r b i d d e n)"))
    match_in_compounds = BooleanField(_l("Match inside longer words"))
    why = TextAreaField(_l("Why"), render_kw={"rows": 3, **SERIF})
    example_good = TextAreaField(_l("Good example"), render_kw={"rows": 2, **SERIF})
    example_bad = TextAreaField(_l("Bad example"), render_kw={"rows": 2, **SERIF})
    equivalents = PairsField(_l("In other languages"), description=_l("A line each, such as: de => Zelt"))
    groups = (
        (
            _l("The word"),
            ("term", "status", "use_instead", "severity", "language", "part_of_speech", "variants"),
        ),
        (_l("Reason and examples"), ("why", "example_good", "example_bad", "equivalents")),
        (_l("Matching"), ("case_rule", "inflect", "match_disguised", "match_in_compounds", "id")),
        (SCOPE_HEADING, SCOPE_NAMES),
    )


class QuickTermForm(ContentForm):
    """A term in one line, above the table; the rest of it is as new terms are."""

    model = Term
    term = StringField(_l("Term"), render_kw=SERIF)
    status = SelectField(
        _l("Status"),
        choices=choices(
            ("preferred", _l("Preferred")),
            ("allowed", _l("Allowed")),
            ("deprecated", _l("Deprecated")),
            ("forbidden", _l("Forbidden")),
        ),
    )
    use_instead = StringField(_l("Use instead"), render_kw=SERIF)
    why = StringField(_l("Why"))
    groups = (("", ("term", "status", "use_instead", "why")),)


class ToneForm(ContentForm):
    """How to speak to one audience."""

    model = Tone
    audience = StringField(_l("Audience"), description=_l("Its id, such as newcomer."))
    guidance = TextAreaField(_l("Guidance"), render_kw=LONG)
    contractions = SelectField(
        _l("Contractions (it's, we'll)"),
        choices=choices(("allow", _l("Allowed")), ("avoid", _l("Avoid")), ("expect", _l("Expected"))),
    )
    person = SelectField(
        _l("Person"),
        choices=choices(
            ("any", _l("Any")),
            ("second", _l("Second: you")),
            ("first_plural", _l("First plural: we")),
            ("third", _l("Third")),
        ),
    )
    sentence_words_max = NumberField(_l("Words per sentence, at most"))
    reading_grade_max = NumberField(_l("Reading grade, at most"), description=_l("US school grade."))
    exclamations_max = NumberField(_l("Exclamation marks, at most"))
    emoji_max = NumberField(_l("Emoji, at most"))
    questions_max = NumberField(_l("Questions, at most"))
    passives_max = NumberField(_l("Passives, at most"))
    hedges_max = NumberField(_l("Hedging words, at most"), description=_l("Perhaps, might, somewhat."))
    groups = (
        (_l("Who, and how"), ("audience", "person", "guidance")),
        (
            _l("Bands"),
            (
                "contractions",
                "sentence_words_max",
                "reading_grade_max",
                "exclamations_max",
                "emoji_max",
                "questions_max",
                "passives_max",
                "hedges_max",
            ),
        ),
    )


class CriterionForm(ScopedForm):
    """Something no rule can measure, which a judging model is asked about."""

    model = Criterion
    id = StringField(_l("Id"), description=ID_HINT)
    title = StringField(_l("Criterion"), description=_l("A few words, such as: warm, not pushy."))
    question = TextAreaField(_l("What the text must do"), render_kw={"rows": 3, **SERIF})
    pass_when = TextAreaField(_l("It passes when"), render_kw={"rows": 3, **SERIF})
    fail_when = TextAreaField(_l("It fails when"), render_kw={"rows": 3, **SERIF})
    severity = SelectField(_l("Severity"), choices=choices(*SEVERITIES), default="warning")
    groups = (
        (_l("Criterion"), ("title", "question", "severity", "id")),
        (_l("Where the line is"), ("pass_when", "fail_when")),
        (SCOPE_HEADING, SCOPE_NAMES),
    )


class StyleHeadForm(HeadForm):
    """The prose of a style guide and its vocabulary."""

    model = StyleGuide
    markdown = frozenset({"introduction"})
    introduction = TextAreaField(_l("Introduction"), render_kw={"rows": 16})
    vocabulary_accept = LinesField(
        _l("Accepted words"), description=_l("One per line: right whatever a rule says.")
    )
    vocabulary_reject = LinesField(_l("Rejected words"), description=_l("One per line: always found."))
    groups = (
        (_l("Text"), ("title", "introduction")),
        (_l("Vocabulary"), ("vocabulary_accept", "vocabulary_reject")),
    )


class VoiceForm(ContentForm):
    """Labelled texts that teach the voice check."""

    model = VoiceExamples
    on_brand = LinesField(_l("Sounds like us"), description=VOICE_HINT, render_kw=LONG)
    off_brand = LinesField(
        _l("Does not sound like us"),
        description=VOICE_HINT,
        render_kw=LONG,
    )
    groups = ((_l("Examples"), ("on_brand", "off_brand")),)


class TopicForm(ScopedForm):
    """A forbidden topic."""

    model = Topic
    id = StringField(_l("Id"), description=ID_HINT)
    title = StringField(_l("Topic"))
    definition = TextAreaField(_l("What it is"), render_kw={"rows": 3, **SERIF})
    action = SelectField(
        _l("When the examples match"),
        choices=choices(("review", _l("Review: warns")), ("block", _l("Block: fails a text"))),
    )
    max_background_false_positive_rate = StringField(
        _l("False alarms on approved text, at most"), description=_l("A share, such as 0.02."), default="0.02"
    )
    block_terms = LinesField(_l("Terms that always block"), description=_l("One per line."))
    positives = LinesField(
        _l("Texts on the topic"), description=_l("One per line; ten make it reliable."), render_kw=LONG
    )
    near_misses = LinesField(
        _l("Near misses that are fine"), description=_l("One per line; ten make it reliable."), render_kw=LONG
    )
    groups = (
        (_l("The topic"), ("title", "action", "definition", "block_terms")),
        (_l("Examples on both sides"), ("positives", "near_misses")),
        (_l("Fine tuning"), ("max_background_false_positive_rate", "id")),
        (SCOPE_HEADING, SCOPE_NAMES),
    )


class TopicsHeadForm(HeadForm):
    """Title and background of a list of topics."""

    model = ForbiddenTopics
    background = LinesField(
        _l("Approved texts"), description=_l("One per line: what topics are told apart from."), render_kw=LONG
    )
    groups = ((_l("Text"), ("title", "background")),)


class GlossaryHeadForm(HeadForm):
    """Title of a glossary."""

    model = Glossary
    groups = ((_l("Text"), ("title",)),)


class FallbackForm(ContentForm):
    """Approved copy for one prompt, audience and locale."""

    model = Fallback
    liquid = frozenset({"text"})
    prompt = StringField(_l("Prompt"))
    audience = StringField(_l("Audience"), description=_l("Empty: all."), filters=[lambda v: v or None])
    locale = StringField(_l("Locale"), description=_l("Empty: all."), filters=[lambda v: v or None])
    text = TextAreaField(_l("Copy"), render_kw={"rows": 12})
    groups = ((_l("For"), ("prompt", "audience", "locale")), (_l("Text"), ("text",)))


class FallbacksHeadForm(HeadForm):
    """Title of a set of fallbacks."""

    model = Fallbacks
    groups = ((_l("Text"), ("title",)),)


class ChannelForm(ScopedForm):
    """What one channel can carry."""

    model = ChannelLimit
    id = StringField(_l("Id"), description=ID_HINT)
    channel = StringField(_l("Channel"))
    min_characters = NumberField(_l("Characters, at least"))
    max_characters = NumberField(_l("Characters, at most"))
    max_words = NumberField(_l("Words, at most"))
    max_sentences = NumberField(_l("Sentences, at most"))
    max_links = NumberField(_l("Links, at most"))
    allowed_link_hosts = LinesField(
        _l("Links may go to"), description=_l("One host per line; empty: anywhere.")
    )
    allow_html = BooleanField(_l("HTML allowed"))
    allow_markdown = BooleanField(_l("Markdown allowed"))
    allow_emoji = BooleanField(_l("Emoji allowed"), default=True)
    required_phrases = LinesField(_l("Phrases every text must hold"), description=_l("One per line."))
    severity = SelectField(_l("Severity"), choices=choices(*SEVERITIES), default="error")
    groups = (
        (_l("Channel"), ("channel", "severity", "id")),
        (
            _l("Lengths, in characters as readers see them"),
            ("min_characters", "max_characters", "max_words", "max_sentences"),
        ),
        (
            _l("Links and form"),
            ("max_links", "allowed_link_hosts", "allow_html", "allow_markdown", "allow_emoji"),
        ),
        (_l("Content"), ("required_phrases",)),
        (SCOPE_HEADING, SCOPE_NAMES),
    )


class CheckForm(ContentForm):
    """How one check is run."""

    model = CheckSetting
    check = SelectField(_l("Check"))
    enabled = BooleanField(_l("Runs"), default=True)
    engine = StringField(_l("Engine"), description=_l("Empty: the check's own."))
    review_threshold = StringField(
        _l("Review threshold"),
        description=_l("0 to 1; empty: the engine's own."),
        filters=[lambda v: v or None],
    )
    block_threshold = StringField(
        _l("Block threshold"),
        description=_l("0 to 1; empty: the engine's own."),
        filters=[lambda v: v or None],
    )
    enforced_at = SelectField(
        _l("Enforced"),
        choices=choices(("runtime", _l("In services at runtime")), ("console", _l("In the console only"))),
    )
    on_not_run = SelectField(
        _l("When it can't run"),
        choices=choices(
            ("review", _l("Review: warns")), ("block", _l("Block: fails a text")), ("allow", _l("Allow"))
        ),
        default="review",
    )
    groups = (
        (_l("Check"), ("check", "enabled", "enforced_at", "on_not_run")),
        (_l("Engine"), ("engine", "review_threshold", "block_threshold")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from copydesk.checks.registry import CHECK_NAMES

        self.check.choices = choices(*((name, name.replace("_", " ").capitalize()) for name in CHECK_NAMES))


class LimitsHeadForm(HeadForm):
    """Title of a set of limits."""

    model = Limits
    groups = ((_l("Text"), ("title",)),)


FORMS: Mapping[tuple[str, str], type[ContentForm]] = {
    (Kind.STYLE_GUIDE, "tones"): ToneForm,
    (Kind.STYLE_GUIDE, "criteria"): CriterionForm,
    (Kind.STYLE_GUIDE, "descriptors"): DescriptorGroupForm,
    (Kind.GLOSSARY, "terms"): TermForm,
    (Kind.FORBIDDEN_TOPICS, "topics"): TopicForm,
    (Kind.FALLBACKS, "fallbacks"): FallbackForm,
    (Kind.LIMITS, "channels"): ChannelForm,
    (Kind.LIMITS, "checks"): CheckForm,
}
HEADS: Mapping[str, type[HeadForm]] = {
    Kind.STYLE_GUIDE: StyleHeadForm,
    Kind.GLOSSARY: GlossaryHeadForm,
    Kind.FORBIDDEN_TOPICS: TopicsHeadForm,
    Kind.FALLBACKS: FallbacksHeadForm,
    Kind.LIMITS: LimitsHeadForm,
}
