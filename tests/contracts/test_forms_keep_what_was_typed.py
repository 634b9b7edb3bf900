"""The form keeps what was typed: a value that does not fit is named at its field, and nothing else is lost.

The forms are read off the pages that a person with every role can reach, so that a new one fails here until
it has a row. Each is filled in with values that fit and differ from all others, except the one of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from console.accounts import operations as accounts
from console.permissions import SYSTEM
from models import Role, User, Workspace
from tests.contracts.form_reading import Control, Form, Page, lost, named_wrong
from tests.factories.assets import add_asset
from tests.factories.console import World, make_world
from tests.factories.policies import (
    GOOD,
    approve,
    change_cases,
    change_term,
    propose,
    publish,
    runtime_token,
    write_policy,
)

LONG, ENDLESS = "x" * 4_001, "x" * 100_001
# What is wrong in which field of which form. Forms are named after where they post to; the list, part or type
# stands behind where forms differ by it.
ROWS: tuple[tuple[str, str, str], ...] = (
    ("accounts.create_token runtime", "name", ""),
    ("accounts.create_token runtime", "expires_on", "2020-01-01"),
    ("accounts.create_token api", "name", "x" * 101),
    ("accounts.create_token api", "expires_on", "next week"),
    ("accounts.forgotten", "email", "nobody"),
    ("accounts.invite", "email", "nobody"),
    ("accounts.profile", "name", ""),
    ("accounts.sign_in_post", "email", ""),
    ("accounts.use_link", "name", "x" * 201),
    ("assets.create", "title", ""),
    ("assets.create", "name", "Not A Name"),
    ("assets.edit_item blocks", "text", ENDLESS),
    ("assets.edit_item channels", "max_words", "many"),
    ("assets.edit_item checks", "review_threshold", "2"),
    ("assets.edit_item criteria", "title", ""),
    ("assets.edit_item descriptors", "terms", "only one"),
    ("assets.edit_item facts", "value__minor", "12.345"),
    ("assets.edit_item fallbacks", "text", ENDLESS),
    ("assets.edit_item rules", "effective_from", "soon"),
    ("assets.edit_item rules", "severity_by_audience", "press => huge"),
    ("assets.edit_item terms", "equivalents", "no sign between"),
    ("assets.edit_item terms", "language", "English!"),
    ("assets.edit_item tones", "emoji_max", "-1"),
    ("assets.edit_item topics", "max_background_false_positive_rate", "2 %"),
    ("assets.edit_item variables", "name", "First Name"),
    ("assets.edit_part fact_sheet/head", "title", ""),
    ("assets.edit_part fallbacks/head", "title", ""),
    ("assets.edit_part forbidden_topics/head", "title", ""),
    ("assets.edit_part glossary/head", "title", ""),
    ("assets.edit_part limits/head", "title", ""),
    ("assets.edit_part prompt/head", "retries", "6"),
    ("assets.edit_part prompt/model", "temperature", "warm"),
    ("assets.edit_part prompt/model", "model_name", ""),
    ("assets.edit_part prompt/output", "json_schema", '{"type": '),
    ("assets.edit_part prompt/output", "min_characters", "a few"),
    ("assets.edit_part style_guide/head", "introduction", ENDLESS),
    ("assets.edit_part style_guide/voice", "off_brand", ENDLESS),
    ("assets.new_item blocks", "id", "Not An Id"),
    ("assets.new_item channels", "channel", ""),
    ("assets.new_item checks", "block_threshold", "high"),
    ("assets.new_item criteria", "question", ENDLESS),
    ("assets.new_item descriptors", "title", ""),
    ("assets.new_item facts", "valid_from", "soon"),
    ("assets.new_item facts?type=money", "value__currency", "pounds"),
    ("assets.new_item facts?type=percent", "value__number", "ten"),
    ("assets.new_item facts?type=quantity", "value__unit", ""),
    ("assets.new_item facts?type=duration", "value__number", "two"),
    ("assets.new_item facts?type=date", "value__date", "tomorrow"),
    ("assets.new_item facts?type=enum", "value__values", ""),
    ("assets.new_item facts?type=text", "value__text", ""),
    ("assets.new_item fallbacks", "locale", "English!"),
    ("assets.new_item rules", "title", ""),
    ("assets.new_item rules?type=existence", "scope__locales", "English!"),
    ("assets.new_item rules?type=substitution", "definition__swap", "no sign between"),
    ("assets.new_item rules?type=occurrence", "definition__max", "many"),
    ("assets.new_item rules?type=repetition", "definition__max", "many"),
    ("assets.new_item rules?type=consistency", "definition__either", "no sign between"),
    ("assets.new_item rules?type=conditional", "id", "Not An Id"),
    ("assets.new_item rules?type=capitalization", "effective_to", "never"),
    ("assets.new_item rules?type=metric", "scope__audiences", "All Of Them"),
    ("assets.new_item rules?type=spelling", "bad", ENDLESS),
    ("assets.new_item terms", "term", ""),
    ("assets.new_item tones", "audience", ""),
    ("assets.new_item topics", "title", ""),
    ("assets.new_item variables", "max_characters", "0"),
    ("assets.quick_add terms", "term", ""),
    ("assets.quick_add terms", "why", ENDLESS),
    ("assets.restore", "message", "x" * 501),
    ("assets.save", "message", ""),
    ("golden.case", "title", ""),
    ("golden.case", "var__price", "cheap"),
    ("golden.case", "locale", "English!"),
    ("golden.create", "title", ""),
    ("golden.create", "name", "Not A Name"),
    ("golden.new_case", "var__price", "cheap"),
    ("golden.new_case", "audience", "All Of Them"),
    ("golden.rename", "title", "x" * 501),
    ("golden.restore", "message", "x" * 501),
    ("golden.save", "message", ""),
    ("quality.add_case", "text", ""),
    ("quality.add_case", "quote", "words that are not in it"),
    ("quality.add_case", "locale", "English!"),
    ("quality.edit_case", "quote", "words that are not in it"),
    ("quality.set_judge", "max_calls", "many"),
    ("quality.withdraw_case", "reason", "x" * 2_001),
    ("releases.move", "reason", LONG),
    ("releases.publish", "changelog", LONG),
    ("releases.revoke", "reason", LONG),
    ("reviews.add_waiver", "expires_on", "2020-01-01"),
    ("reviews.add_waiver", "reason", LONG),
    ("reviews.comment", "text", LONG),
    ("reviews.decide", "comment", LONG),
    ("runs.build_candidate", "title", ""),
    ("runs.set_gate", "floor-glossary", "ninety"),
    ("runs.set_gate", "floor-toxicity", "101"),
    ("runs.set_gate", "segment_floor", "most"),
    ("runs.start_run", "repeats", "11"),
    ("settings.add_policy", "slug", "Not A Slug"),
    ("settings.set_prices", "prices-0-prompt", "cheap"),
    ("settings.set_prices", "prices-0-currency", "Euro"),
)
# Forms in which nothing typed can be wrong.
NOTHING_WRONG: Mapping[str, str] = {
    "assets.live_asset": "judges any text as it is typed; the page stays as it is",
}
# Posts that no form on a page makes.
WITHOUT_A_FORM: Mapping[str, str] = {
    "assets.autosave_item": "the form of the item, as it is typed; its text stays in the page",
    "assets.autosave_part": "the form of the part, as it is typed; its text stays in the page",
    "assets.bad_rows": "a button on the report of an import",
    "assets.import_words": "a choice on the report of an import",
    "assets.live_item": "the form of the item, judged as it is typed",
    "assets.live_new_item": "the form of the item, judged as it is typed",
    "assets.live_part": "the form of the part, judged as it is typed",
    "assets.undo": "a button on the answer to a deletion",
    "golden.autosave_case": "the form of the case, as it is typed; its text stays in the page",
    "golden.put_back_cases": "a button on the answer to a deletion",
    "quality.bring_back_case": "a button on the page of a withdrawn case",
    "quality.label_live": "a button beside a live finding; leads to the form of a label",
    "quality.measure": "a button where figures are out of date",
    "quality.measure_judge": "a button where a judge is named",
    "quality.remove_judge": "a button where a judge is named",
    "quality.score_copy": "a button where an engine gives scores",
    "quality.stop_measuring_judge": "a button while a judge is measured",
    "quality.set_threshold": "a choice where an engine gave scores",
    "reviews.revoke_waiver": "a button beside a waiver",
    "runs.cancel_run": "a button on a run under way",
    "voice.stop_writing": "a button while a model writes",
    "voice.take_texts": "a choice where a model wrote texts",
    "voice.write_texts": "a number where golden cases have no text; held in tests/unit/console/voice",
    "workbench.judge": "asked by the page itself",
}
MAX_PAGES_PER_NAME = 2
# What fits, by the name or else the type of a field; everything else takes a few words.
FITTING: Mapping[str, str] = {
    "email": "kept{n}@example.com",
    "number": "{n}",
    "expires_on": "2027-03-01",
    **dict.fromkeys(("valid_from", "effective_from", "date"), "2026-03-01"),
    **dict.fromkeys(("valid_to", "effective_to"), "2027-03-02"),
    **dict.fromkeys(("locale", "locales", "language"), "de-{code}"),
    "currency": "{code}R",
    "severity_by_audience": "press => error\nstaff => off",
    **dict.fromkeys(("equivalents", "swap", "either", "variables"), "de => kept one\nfr => kept <b> & {n}"),
    **dict.fromkeys(("id", "name", "slug", "audience", "audiences", "channel", "channels"), "kept{n}"),
    **dict.fromkeys(("segment", "prompt", "prompts", "rule"), "kept{n}"),
    **dict.fromkeys(("tolerance", "number_max", "temperature", "top_p"), "0.{two}"),
    **dict.fromkeys(("review_threshold", "block_threshold"), "0.{two}"),
    "max_background_false_positive_rate": "0.{two}",
    "minor": "49.99",
    "price": "49.99 GBP",
    "json_schema": '{{"type":   "object"}}',
    **dict.fromkeys(("retries", "repeats"), "2"),
    "quote": "Kept",
    "terms": "kept {n}, kept {n}s\nheld, helds",
    "default": "kept one, kept {n}",
    **dict.fromkeys(("floor", "segment_floor", "paired_alpha"), "{n}.5"),
}
CODES = ("EU", "GB", "CH")


@dataclass(frozen=True)
class Place:
    """A form where it stands."""

    form: Form
    is_signed_in: bool


@dataclass(frozen=True)
class Console:
    """A console with one of everything, and the forms of its pages by name."""

    world: World
    places: Mapping[str, Place]
    posts: frozenset[str]  # endpoints that some form posts to

    def client(self, place: Place) -> FlaskClient:
        """Return a browser that sees the form."""
        return self.world.client("editor2" if place.is_signed_in else None)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Give a console and its forms; `editor2` holds all roles."""
    world = make_world(tmp_path_factory.mktemp("typed"))
    hidden = _fill(world)
    with world.session() as session:
        here = session.get_one(Workspace, world.workspace_id)
        secret = accounts.invite(session, here, email="new@example.com", roles=["viewer"], by=SYSTEM)
    places, posts = _crawl(world, world.client("editor2"), ["/w/acme/", "/account", *hidden])
    strangers, _posts = _crawl(world, world.client(), ["/sign-in", "/forgotten", f"/links/{secret}"])
    found = {name: Place(form, True) for name, form in places.items()}
    yield Console(world, found | {name: Place(form, False) for name, form in strangers.items()}, posts)
    world.close()


def _fill(world: World) -> list[str]:
    """Give every page its forms: versions, an approved change, an open review that misses its gate, drafts.

    Returns:
        addresses to begin at that no page leads to.
    """
    with world.session() as session:
        person = session.get_one(User, world.user_ids["editor2"])
        here = session.get_one(Workspace, world.workspace_id)
        accounts.set_roles(session, here, person, list(Role), by=SYSTEM)
    write_policy(world)
    for term in ("bargain", "steal"):
        review_id = propose(world).review_id
        approve(world, review_id)
        publish(world, review_id)
        change_term(world, term)
    approve(world, propose(world).review_id)
    change_cases(world, [GOOD, "Quite a steal."])
    open_id = propose(world).review_id
    change_cases(world, [GOOD])  # as the approved change was tested
    runtime_token(world)
    for kind in ("style_guide", "forbidden_topics", "fact_sheet"):
        add_asset(world, kind)
    add_asset(world, "glossary", name="second")
    _leave_drafts(world)
    return [
        f"/w/acme/reviews/{open_id}",
        "/w/acme/assets/glossary/house/revisions/1",
        "/w/acme/assets/glossary/second",
        "/w/acme/p/mail/labelled-cases/1",
    ]


def _leave_drafts(world: World) -> None:
    client = world.client("editor2")
    label = {"expects": "finding", "check": "glossary", "text": "A cheap tent", "quote": "cheap"}
    glossary = "/w/acme/assets/glossary"
    for path, data in (
        ("/w/acme/p/mail/labelled-cases", label),
        (f"{glossary}/house/items/terms/quick", {"term": "dirt cheap", "status": "forbidden"}),
        (f"{glossary}/second/archive", {}),
        ("/w/acme/golden/cases/title", {"title": "Other cases", "base": "0"}),
    ):
        assert client.post(path, data=data).status_code == 303, path


def _crawl(world: World, client: FlaskClient, starts: list[str]) -> tuple[dict[str, Form], frozenset[str]]:
    """Follow the pages' links; return the forms with typed text by name, and all endpoints posted to."""
    adapter = world.app.url_map.bind("localhost")
    todo, done, seen = list(starts), set[str](), dict[str, int]()
    forms, posts = dict[str, Form](), set[str]()
    while todo:
        path = todo.pop(0)
        if path in done or not adapter.test(urlsplit(path).path, "GET"):
            continue
        done.add(path)
        name = f"{_name(world, path, 'GET')} {_values(world, path, 'GET').get('kind')}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > MAX_PAGES_PER_NAME:
            continue
        answer = client.get(path, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        page = Page(answer.request.full_path.removesuffix("?"), answer.text)
        todo += [link.split("#")[0] for link in page.links if link.startswith("/")]
        for form in page.forms:
            if form.method == "post":
                posts.add(_name(world, form.action, "POST").partition(" ")[0])
                if form.typed:
                    forms.setdefault(_name(world, form.action, "POST"), form)
    return forms, frozenset(posts)


def _name(world: World, path: str, method: str) -> str:
    """Return what a page or a form is called: its endpoint, and the list, part or type where it matters."""
    parts = urlsplit(path)
    endpoint, _arguments = world.app.url_map.bind("localhost").match(parts.path, method=method)
    values = _values(world, path, method)
    beside = values.get("list_name") or values.get("purpose") or ""
    if "part" in values:
        beside = f"{values['kind']}/{values['part']}"
    if "type=" in parts.query:
        beside += f"?{parts.query}"
    return f"{endpoint} {beside}".strip()


def _values(world: World, path: str, method: str) -> Mapping[str, str]:
    values: Mapping[str, str] = world.app.url_map.bind("localhost").match(urlsplit(path).path, method)[1]
    return values


def _fitting(control: Control, place: int) -> str:
    """Return a value that fits a field and stands in no other."""
    name = control.name.rpartition("__")[2].rpartition("-")[2]
    name = "floor" if control.name.startswith("floor-") else name
    is_count = control.type == "number" and name not in {"retries", "repeats"}
    known = name if name in FITTING and not is_count else control.type
    return FITTING.get(known, "Kept {n} <b>&\"'").format(
        n=place + 1, code=CODES[place % 3], two=f"{place:02}"
    )


def _filled_in(form: Form, wrong: str, value: str) -> dict[str, list[str]]:
    """Fill a form in as a person would: every field, the last choice of each list, every box."""
    sent = form.values()
    for place, control in enumerate(form.controls):
        if control.tag == "select":
            sent[control.name] = control.options[-1:]
        elif control.type == "checkbox":
            sent[control.name] = [c.value for c in form.controls if c.name == control.name]
        elif control.type == "radio":
            sent[control.name] = [[c.value for c in form.controls if c.name == control.name][-1]]
        elif control.type == "password":
            sent[control.name] = ["a password long enough"]
        elif control.is_typed:
            sent[control.name] = [_fitting(control, place)]
    sent[wrong] = [value]
    return sent


def _full_name(form: Form, name: str) -> str:
    """Return a field's name in a form, which may put a prefix before it."""
    return next(c.name for c in form.controls if c.name == name or c.name.endswith(f"-{name}"))


@pytest.mark.parametrize(("name", "wrong", "value"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_form_with_one_wrong_value_keeps_all_and_names_it_at_its_field(
    console: Console, name: str, wrong: str, value: str
) -> None:
    place = console.places[name]
    form = place.form
    wrong = _full_name(form, wrong)
    sent = _filled_in(form, wrong, value)
    for headers in ({}, {"HX-Request": "true"}) if form.is_fragment else ({},):
        answer = console.client(place).post(form.action, data=sent, headers=headers)

        assert 400 <= answer.status_code < 500, answer.status_code
        assert not headers or "<!doctype" not in answer.text  # htmx puts no whole page into a part
        page = Page(form.action, answer.text)
        candidates = page.forms_to(form.action)
        assert candidates, f"no form to mend: {page.texts.get('main', '')[:500]}"
        best = min(candidates, key=lambda one: len(lost(one, sent)) + 100 * (not named_wrong(page, one)))
        assert lost(best, sent) == {}
        said = named_wrong(page, best)
        assert list(said) == [wrong]
        assert said[wrong]


def test_every_form_that_takes_text_has_a_row(console: Console) -> None:
    assert set(console.places) - set(NOTHING_WRONG) == {name for name, _wrong, _value in ROWS}
    assert set(NOTHING_WRONG) <= set(console.places)


def test_every_post_of_the_console_is_made_by_a_form_that_was_looked_at(console: Console) -> None:
    posts = {
        rule.endpoint
        for rule in console.world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    seen = console.posts | {name.partition(" ")[0] for name in console.places}

    assert posts - seen == set(WITHOUT_A_FORM)
