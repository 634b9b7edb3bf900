"""Rules and topics prove themselves by their own examples before a revision may hold them."""

from __future__ import annotations

from typing import Any

import pytest

from console.assets import measuring
from console.assets.preparation import prepare
from console.demo.content import load_demo
from copydesk.assets import Kind, parse_assets
from copydesk.checks.encoder import encoder_status
from copydesk.errors import ContentError
from tests.factories.assets import SMALL, add_asset, asset_of
from tests.factories.console import World

BASE = "/w/acme/assets"
API = "/api/v1/workspaces/acme/assets"
GUIDE = f"{BASE}/style_guide/style-guide"
TOPICS = f"{BASE}/forbidden_topics/forbidden-topics"

CURES = (
    "This cream cures eczema.",
    "It heals your back pain.",
    "Doctors say it ends migraine.",
    "One spoon a day lowers your blood pressure.",
    "The lotion makes arthritis go away.",
    "Our tea stops diabetes.",
)
# The same kind of sentence on both sides: nothing can tell them apart.
TENTS = (
    "The tent weighs 1.9 kg.",
    "The tent packs down to 40 cm.",
    "The tent sleeps two people.",
    "The tent stands in ten minutes.",
    "The tent keeps the rain out.",
    "The tent comes with 14 pegs.",
)


def _topic(positives: tuple[str, ...], **more: Any) -> dict[str, Any]:
    return {"id": "one", "title": "One topic", "positives": list(positives), **more}


def _list(*topics: dict[str, Any], background: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"title": "Topics", "topics": list(topics), "background": list(background)}


HOPELESS = _list(
    _topic(TENTS, max_background_false_positive_rate="0"),
    background=tuple(text.replace("tent", "shelter") for text in TENTS),
)


@pytest.fixture
def _encoder() -> None:
    if not encoder_status().is_available:
        pytest.skip(str(encoder_status().reason))


def _guide(**rule: Any) -> dict[str, Any]:
    whole = {"id": "hype", "title": "No hype", "kind": "existence", "definition": {"tokens": ["amazing"]}}
    return {"title": "House style", "rules": [{**whole, **rule}]}


def test_a_failing_example_names_rule_example_and_remedy() -> None:
    guide = _guide(bad=["An amazing tent.", "A dull tent."], good=["A tent.", "It is amazing how light."])
    with pytest.raises(ContentError) as caught:
        prepare(Kind.STYLE_GUIDE, guide)

    assert [(p.path, p.message) for p in caught.value.problems] == [
        (
            "rules.0.bad.1",
            "“No hype” does not find its bad example “A dull tent.”. "
            "Widen the rule until it does, or take the example out.",
        ),
        (
            "rules.0.good.1",
            "“No hype” finds “amazing” in its good example “It is amazing how light.”. "
            "Add an exception, narrow the rule, or take the example out.",
        ),
    ]


def test_the_vocabulary_of_the_guide_holds_for_the_examples() -> None:
    guide = _guide(definition={"tokens": ["Tarn"]}, good=["The Tarn Light."])
    with pytest.raises(ContentError):
        prepare(Kind.STYLE_GUIDE, guide)
    prepare(Kind.STYLE_GUIDE, {**guide, "vocabulary_accept": ["Tarn"]})


@pytest.mark.parametrize(
    "token", ["(unclosed", "a{2000}", r"(\w+)\2"], ids=["broken", "too often", "no group of that number"]
)
def test_a_pattern_that_nothing_can_run_is_refused_at_its_field(token: str) -> None:
    with pytest.raises(ContentError) as caught:
        prepare(Kind.STYLE_GUIDE, _guide(definition={"tokens": [token]}, bad=["a a"]))
    assert [problem.path for problem in caught.value.problems] == ["rules.0.definition.tokens"]


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "sequence", "definition": {"tokens": [{"tag": "NN"}]}, "bad": ["Anything."]},
        {"kind": "existence", "definition": {"tokens": ["amazing"], "unheard_of": "1"}},
    ],
    ids=["a kind that is kept, not enforced", "a key that means nothing"],
)
def test_what_is_merely_suspicious_keeps_nothing_from_being_saved(world: World, rule: dict[str, Any]) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide(**rule), frozen=False)
    client = world.client("editor")

    assert client.get(f"{GUIDE}/items/rules/edit/hype").status_code == 200
    assert client.post(f"{GUIDE}/save", data={"base": 1, "message": "Import"}).status_code == 303


def test_a_failing_example_is_refused_by_the_api_with_its_place(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, _guide(bad=["A dull tent."]), frozen=False)
    answer = world.client("editor").post(
        f"{API}/style_guide/style-guide/revisions", json={"base_lock": 1, "message": "x"}
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["rules.0.bad.0"]


@pytest.mark.usefixtures("_encoder")
def test_a_topic_that_approved_text_looks_like_is_refused_everywhere(world: World) -> None:
    add_asset(world, Kind.FORBIDDEN_TOPICS, HOPELESS, frozen=False)
    client = world.client("editor")

    page = client.post(f"{TOPICS}/save", data={"base": 1, "message": "New topic"})
    assert page.status_code == 422
    assert "Mend what is listed" in page.text
    assert "One topic" in page.text
    answer = client.post(
        f"{API}/forbidden_topics/forbidden-topics/revisions", json={"base_lock": 1, "message": "x"}
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["topics.0.positives"]
    with world.session() as session:
        assert asset_of(session, world, Kind.FORBIDDEN_TOPICS).last_revision_number == 0


@pytest.mark.usefixtures("_encoder")
def test_a_topic_is_saved_with_its_recall_and_false_alarms_shown(world: World) -> None:
    add_asset(world, Kind.FORBIDDEN_TOPICS, _list(_topic(CURES)), frozen=False)
    with world.session() as session:
        asset = asset_of(session, world, Kind.FORBIDDEN_TOPICS)
        assets = measuring.topic_assets(session, asset, asset.draft.content)
    (measure,) = measuring.measure_topics(assets, "forbidden-topics").done
    report = measure.report
    assert report
    assert not measure.refusal
    client = world.client("editor")

    page = client.get(f"{TOPICS}/save").text
    assert f"{round(report.recall * 6)} of 6" in page
    assert f"of {report.n_background}, limit 2.0%" in page
    form = client.get(f"{TOPICS}/items/topics/edit/one").text
    assert "Left out one by one" in form
    assert client.get(f"{TOPICS}/measures").status_code == 200
    assert client.post(f"{TOPICS}/save", data={"base": 1, "message": "New topic"}).status_code == 303


def test_the_demo_companys_topics_may_be_saved() -> None:
    """Weak topics are shown as such; a release of the engine must not keep people from saving their own."""
    assets = load_demo().policy_assets()
    for name in assets.forbidden_topics:
        measuring.refuse_poor_topics(assets, name)


@pytest.mark.usefixtures("_encoder")
def test_a_topic_of_few_examples_says_from_how_many_it_can_be_relied_on() -> None:
    assets = parse_assets({Kind.FORBIDDEN_TOPICS: {"list": _list(_topic(CURES))}})
    (measure,) = measuring.measure_topics(assets, "list").done
    assert not measure.refusal
    assert "learns from 6 texts on the topic and 0 near misses" in measure.weakness
    assert "from 10 of each" in measure.weakness


def test_a_topic_that_nothing_could_find_is_refused(world: World) -> None:
    add_asset(world, Kind.FORBIDDEN_TOPICS, _list(_topic(CURES[:2])), frozen=False)
    client = world.client("editor")
    page = client.post(f"{TOPICS}/save", data={"base": 1, "message": "New topic"})
    assert page.status_code == 422
    assert "no block terms and 2 of at least 3 texts" in page.text
    assert "it would never be found" in client.get(f"{TOPICS}/items/topics/edit/one").text


def test_topics_of_block_terms_alone_are_not_measured() -> None:
    content = SMALL[Kind.FORBIDDEN_TOPICS]
    assets = parse_assets({Kind.FORBIDDEN_TOPICS: {"list": content}})
    measures = measuring.measure_topics(assets, "list")

    assert measures.is_complete
    assert [m.reason for m in measures.done] == ["Found by its block terms alone."]
    measuring.refuse_poor_topics(assets, "list")


def test_other_kinds_have_no_measures(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    assert world.client("editor").get(f"{BASE}/glossary/glossary/measures").status_code == 404
