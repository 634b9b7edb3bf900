"""What each sentence is worth by the fact sheets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.contract import Context
from copydesk.checks.facts import SentenceStanding, sentence_verdicts
from tests.factories.facts import GUARANTEE, PRICE, TIME, check_of, fact

WEIGHT = fact(
    "weight", "weight", {"type": "quantity", "number": "2", "unit": "kilogram"}, status="unverified"
)
CHECK = check_of(PRICE, GUARANTEE, TIME, WEIGHT, guarded=("forever",))


def _standings(text: str, **context: str) -> list[tuple[str, str]]:
    found = sentence_verdicts(CHECK, text, Context(**context))
    return [(text[v.start : v.end], v.standing.value) for v in found]


def test_every_sentence_has_one_verdict_and_the_weightiest_wins() -> None:
    text = (
        "Hello there. The Tarn Tent costs £299.50! It comes with a 2-year guarantee.\n\n"
        "- The Tarn Tent costs £99, with a 2-year guarantee.\n"
        "The weight of the Tarn Tent is 2 kg. The Tarn Tent is the lightest tent. …\n"
        "The Tarn Tent lasts forever. The Tarn Tent costs £299.50."
    )
    assert _standings(text, locale="en-GB") == [
        ("Hello there.", "no_checkable_claim"),
        ("The Tarn Tent costs £299.50!", "supported"),
        ("It comes with a 2-year guarantee.", "supported"),
        ("- The Tarn Tent costs £99, with a 2-year guarantee.", "contradicted"),
        ("The weight of the Tarn Tent is 2 kg.", "unverified"),
        ("The Tarn Tent is the lightest tent.", "unsupported"),
        ("The Tarn Tent lasts forever.", "unsupported"),
        ("The Tarn Tent costs £299.50.", "supported"),
    ]


def test_a_sentence_names_the_facts_it_states_or_offends_against() -> None:
    text = "The Tarn Tent costs £299.50. The Tarn Tent costs £99."
    found = sentence_verdicts(CHECK, text, Context(locale="en-GB"))
    assert [v.facts for v in found] == [("sheet/price",), ("sheet/price",)]


def test_no_sentence_ends_inside_a_date() -> None:
    assert len(_standings("Wir öffnen am 5. Mai. Bis bald.", locale="de-DE")) == 2


def test_a_text_without_claims_or_words_has_no_checkable_claim() -> None:
    assert _standings("A quiet day.") == [("A quiet day.", SentenceStanding.NO_CLAIM.value)]
    assert _standings(" \n … ") == []


def test_asking_changes_nothing_for_the_check() -> None:
    text = "The Tarn Tent costs £99."
    before = CHECK.run(text, Context())
    sentence_verdicts(CHECK, text, Context())
    assert CHECK.run(text, Context()) == before


@given(st.text(alphabet="Tarn Tent costs £299.50!?\n\r\u2028İß5 May", max_size=120))
def test_sentences_are_in_order_inside_the_text(text: str) -> None:
    at = 0
    for verdict in sentence_verdicts(CHECK, text, Context()):
        assert at <= verdict.start < verdict.end <= len(text)
        at = verdict.end
