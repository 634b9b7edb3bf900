"""Golden sets through their pages: cases, conflicts, deletion with undo, revisions, who may do what."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from console.assets.operations import archive, create_asset
from copydesk.assets import Kind
from models import Asset, Policy
from tests.unit.console.golden.conftest import Place

pytestmark = pytest.mark.usefixtures("filled")


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', text)
    assert found, f"no hidden field {name}"
    return html.unescape(found[1])


def _typed(editor: FlaskClient, place: Place, key: str, **changes: Any) -> dict[str, Any]:
    """Return what the form of a case would post, with changes."""
    case = place.case(key)
    page = editor.get(f"{place.url}/cases/{key}").text
    form = {
        "base": _hidden(page, "base"),
        **{
            name: case[name] or "" for name in ("title", "prompt", "audience", "channel", "locale", "segment")
        },
        "must_mention": case["must_mention"],
        # A browser posts every select, also those where nothing is chosen.
        **dict.fromkeys(re.findall(r'<select id="((?:var|check)__[^"]+)"', page), ""),
        **{f"var__{name}": str(value) for name, value in case["variables"].items()},
        **{f"check__{name}": value for name, value in case["expect"]["checks"].items()},
        "outcome": case["expect"]["outcome"] or "",
        "text": case["text"] or "",
        "notes": case["notes"],
    }
    return {**form, **changes}


def test_saving_an_unchanged_form_changes_nothing(editor: FlaskClient, place: Place) -> None:
    before = place.case("welcome-01")
    answer = editor.post(f"{place.url}/cases/welcome-01", data=_typed(editor, place, "welcome-01"))
    assert answer.status_code == 303, answer.text
    assert place.case("welcome-01") == before


def test_variables_are_saved_with_their_types(editor: FlaskClient, place: Place) -> None:
    data = _typed(editor, place, "welcome-01", var__months_away="9", var__discount="20", check__facts="warn")
    assert editor.post(f"{place.url}/cases/welcome-01", data=data).status_code == 303
    case = place.case("welcome-01")
    assert case["variables"]["months_away"] == 9
    assert case["variables"]["discount"] == 20
    assert case["expect"]["checks"]["facts"] == "warn"


def test_a_variable_of_several_lines_keeps_the_line_ends_of_the_page(
    editor: FlaskClient, place: Place
) -> None:
    # As browsers send it.
    data = _typed(editor, place, "welcome-01", var__first_name="Ada\r\nLovelace", notes="One.\r\nTwo.")
    assert editor.post(f"{place.url}/cases/welcome-01", data=data).status_code == 303
    case = place.case("welcome-01")
    assert case["variables"]["first_name"] == "Ada\nLovelace"
    assert case["notes"] == "One.\nTwo."


def test_a_value_of_the_wrong_type_comes_back_beside_its_field(editor: FlaskClient, place: Place) -> None:
    data = _typed(editor, place, "welcome-01", var__months_away="nine", title="Kept title")
    answer = editor.post(f"{place.url}/cases/welcome-01", data=data)
    assert answer.status_code == 422
    assert "Write a whole number, such as 3." in answer.text
    assert 'value="nine"' in answer.text
    assert 'value="Kept title"' in answer.text
    assert place.case("welcome-01")["variables"]["months_away"] == 7


def test_a_missing_variable_is_named(editor: FlaskClient, place: Place) -> None:
    data = _typed(editor, place, "welcome-01", var__first_name="")
    answer = editor.post(f"{place.url}/cases/welcome-01", data=data)
    assert answer.status_code == 422
    assert "Is missing; give a text." in answer.text


def test_another_prompt_asks_for_its_variables_and_keeps_what_was_typed(
    editor: FlaskClient, place: Place
) -> None:
    data = _typed(editor, place, "welcome-01", prompt="delay-reply", title="Moved", change_prompt="1")
    answer = editor.post(f"{place.url}/cases/welcome-01", data=data)
    assert answer.status_code == 200
    assert 'name="var__new_date"' in answer.text
    assert 'name="var__months_away"' in answer.text, "what the prompt does not declare is still there to see"
    assert 'value="Moved"' in answer.text
    assert place.case("welcome-01")["prompt"] == "welcome-back-email"


def test_a_new_case_gets_an_id_from_its_title(editor: FlaskClient, place: Place) -> None:
    data = _typed(editor, place, "welcome-01", title="Ein schöner Fall")
    data["base"] = ""
    assert editor.post(f"{place.url}/new-case", data=data).status_code == 303
    assert place.case("ein-schoner-fall")["title"] == "Ein schöner Fall"


def test_two_people_changing_the_same_case_lose_nothing(editor: FlaskClient, place: Place) -> None:
    other = place.world.client("editor2")
    mine = _typed(editor, place, "welcome-01", title="My title")
    theirs = _typed(other, place, "welcome-01", title="Their title")
    assert other.post(f"{place.url}/cases/welcome-01", data=theirs).status_code == 303
    answer = editor.post(f"{place.url}/cases/welcome-01", data=mine)
    assert answer.status_code == 409
    assert "Their" in answer.text
    assert 'value="My title"' in answer.text
    assert "Editor2 saved this case while you were editing." in answer.text
    assert place.case("welcome-01")["title"] == "Their title"
    again = {**mine, "base": _hidden(answer.text, "base")}
    assert editor.post(f"{place.url}/cases/welcome-01", data=again).status_code == 303
    assert place.case("welcome-01")["title"] == "My title"


def test_a_case_saves_itself_and_goes_on_from_what_was_saved(editor: FlaskClient, place: Place) -> None:
    typed = _typed(editor, place, "welcome-01", title="As typed")
    url = f"{place.url}/cases/welcome-01/autosave"
    first = editor.post(url, data=typed)

    assert first.status_code == 200, first.text
    assert "Saved in the draft at" in first.text
    assert place.case("welcome-01")["title"] == "As typed"
    again = {**typed, "title": "As typed on", "base": first.headers["Copydesk-Base"]}
    second = editor.post(url, data=again)
    assert second.status_code == 200
    assert place.case("welcome-01")["title"] == "As typed on"
    gone = {"case": "welcome-01", "base": second.headers["Copydesk-Base"]}
    assert editor.post(f"{place.url}/delete-cases", data=gone).status_code == 200
    assert len(place.cases()) == 7


def test_a_case_that_saves_itself_overwrites_nobody(editor: FlaskClient, place: Place) -> None:
    other = place.world.client("editor2")
    mine = _typed(editor, place, "welcome-01", title="My title")
    theirs = _typed(other, place, "welcome-01", title="Their title")
    url = f"{place.url}/cases/welcome-01/autosave"
    assert other.post(url, data=theirs).status_code == 200
    answer = editor.post(url, data=mine)

    assert answer.status_code == 409
    assert "Editor2 saved this" in answer.text
    assert 'form="case-form"' in answer.text
    assert place.case("welcome-01")["title"] == "Their title"


@pytest.mark.parametrize(
    ("changes", "label"), [({"title": ""}, "Title"), ({"var__discount": "lots"}, "iscount")]
)
def test_what_does_not_fit_is_not_saved_by_itself_and_said(
    editor: FlaskClient, place: Place, changes: dict[str, str], label: str
) -> None:
    before = place.case("welcome-01")
    typed = _typed(editor, place, "welcome-01", **changes)
    answer = editor.post(f"{place.url}/cases/welcome-01/autosave", data=typed)

    assert answer.status_code == 422
    assert "Not saved yet" in answer.text
    assert label in answer.text
    assert place.case("welcome-01") == before


def test_only_cases_that_are_there_save_themselves(editor: FlaskClient, place: Place) -> None:
    assert "data-autosave" in editor.get(f"{place.url}/cases/welcome-01").text
    assert "Not in the draft yet" in editor.get(f"{place.url}/new-case").text
    assert "data-autosave=" not in editor.get(f"{place.url}/new-case").text
    viewer = place.world.client("viewer")
    assert viewer.post(f"{place.url}/cases/welcome-01/autosave", data={}).status_code == 403


def test_two_people_changing_different_cases_do_not_collide(editor: FlaskClient, place: Place) -> None:
    other = place.world.client("editor2")
    mine = _typed(editor, place, "welcome-01", title="My title")
    theirs = _typed(other, place, "welcome-02", title="Their title")
    assert other.post(f"{place.url}/cases/welcome-02", data=theirs).status_code == 303
    assert editor.post(f"{place.url}/cases/welcome-01", data=mine).status_code == 303
    assert place.case("welcome-02")["title"] == "Their title"


def test_a_case_removed_meanwhile_can_be_saved_again(editor: FlaskClient, place: Place) -> None:
    mine = _typed(editor, place, "welcome-01", title="Still wanted")
    editor.post(f"{place.url}/delete-cases", data={"case": "welcome-01", "base": "0"})
    answer = editor.post(f"{place.url}/cases/welcome-01", data=mine)
    assert answer.status_code == 409
    assert "took this case out" in answer.text
    again = {**mine, "base": _hidden(answer.text, "base")}
    assert editor.post(f"{place.url}/cases/welcome-01", data=again).status_code == 303
    assert place.case("welcome-01")["title"] == "Still wanted"


def test_deleted_cases_come_back_in_their_places(editor: FlaskClient, place: Place) -> None:
    before = place.cases()
    answer = editor.post(
        f"{place.url}/delete-cases", data={"case": ["welcome-02", "welcome-05"], "base": "0"}
    )
    assert answer.status_code == 200
    assert len(place.cases()) == 6
    removed = _hidden(answer.text, "removed")
    assert editor.post(f"{place.url}/put-back-cases", data={"removed": removed}).status_code == 303
    assert place.cases() == before


def test_deleting_against_an_old_draft_deletes_nothing(editor: FlaskClient, place: Place) -> None:
    editor.post(f"{place.url}/cases/welcome-01", data=_typed(editor, place, "welcome-01", title="Newer"))
    answer = editor.post(f"{place.url}/delete-cases", data={"case": "welcome-01", "base": "0"})
    assert answer.status_code == 409
    assert place.case("welcome-01")["title"] == "Newer"


@pytest.mark.parametrize("removed", ["", "[", "[1]", '[["x", {}]]', '{"a": 1}', "null"])
def test_a_damaged_undo_is_refused_politely(editor: FlaskClient, place: Place, removed: str) -> None:
    answer = editor.post(f"{place.url}/put-back-cases", data={"removed": removed})
    assert answer.status_code in {303, 409}
    assert len(place.cases()) == 8


def test_a_revision_needs_a_message_and_a_fresh_draft(editor: FlaskClient, place: Place) -> None:
    editor.post(f"{place.url}/cases/welcome-01", data=_typed(editor, place, "welcome-01", title="Newer"))
    assert editor.post(f"{place.url}/save", data={"base": "1", "message": ""}).status_code == 422
    assert editor.post(f"{place.url}/save", data={"base": "7", "message": "Why"}).status_code == 409
    assert place.revision() == 1
    assert editor.post(f"{place.url}/save", data={"base": "1", "message": "Why"}).status_code == 303
    assert place.revision() == 2


def test_history_compares_word_by_word_and_restores(editor: FlaskClient, place: Place) -> None:
    data = _typed(editor, place, "welcome-01", title="One pair of shoes, then silence")
    editor.post(f"{place.url}/cases/welcome-01", data=data)
    editor.post(f"{place.url}/save", data={"base": "1", "message": "Shoes"})
    page = editor.get(f"{place.url}/history?old=1&new=2").text
    assert re.search(r"<ins>(?:<span[^>]*>[^<]*</span>)?shoes", page)
    assert re.search(r"<del>(?:<span[^>]*>[^<]*</span>)?boots", page)
    assert editor.post(f"{place.url}/revisions/1/restore", data={"message": ""}).status_code == 303
    assert place.revision() == 3
    assert place.case("welcome-01")["title"] == "One pair of boots, then silence"


def test_a_discarded_draft_leaves_the_revision(editor: FlaskClient, place: Place) -> None:
    editor.post(f"{place.url}/cases/welcome-01", data=_typed(editor, place, "welcome-01", title="Newer"))
    assert editor.post(f"{place.url}/discard", data={"base": "9"}).status_code == 409
    assert editor.post(f"{place.url}/discard", data={"base": "1"}).status_code == 303
    assert place.case("welcome-01")["title"] == "One pair of boots, then silence"


def test_filters_and_search_narrow_the_table(editor: FlaskClient, place: Place) -> None:
    page = editor.get(f"{place.url}?segment=lapsed&q=base+layers").text
    assert "Runs more than she walks now" in page
    assert "One pair of boots" not in page
    assert "1 case matches" in page
    assert "No case matches" in editor.get(f"{place.url}?q=zeppelin").text


def test_the_coverage_marks_what_is_not_tested(editor: FlaskClient, place: Place) -> None:
    page = editor.get(f"{place.url}/coverage").text
    assert "App push" in page
    assert "None: add a case for newcomer" in page
    assert f"{place.url}/new-case?prompt=app-push" in html.unescape(page)


def test_a_golden_set_is_made_and_its_name_is_its_own(editor: FlaskClient, place: Place) -> None:
    data = {"policy": place.world.policy_id, "title": "Summer mails", "name": place.name}
    answer = editor.post("/w/acme/golden", data=data)
    assert answer.status_code == 422
    assert "is taken" in html.unescape(answer.text)
    answer = editor.post("/w/acme/golden", data={**data, "name": f"{place.name}-b"})
    assert answer.headers["Location"].endswith(f"/w/acme/golden/{place.name}-b")
    assert "No cases yet" in editor.get(f"{place.url}-b").text


def test_readers_read_and_strangers_see_nothing(place: Place) -> None:
    viewer, outsider = place.world.client("viewer"), place.world.client("outsider")
    for path in ("", "/cases/welcome-01", "/coverage", "/history", "/revisions/1", "/export.csv"):
        assert viewer.get(f"{place.url}{path}").status_code == 200
        assert outsider.get(f"{place.url}{path}").status_code == 404
    for path in ("/save", "/import", "/new-case"):
        assert viewer.get(f"{place.url}{path}").status_code == 403
    for path in ("/cases/welcome-01", "/delete-cases", "/put-back-cases", "/discard", "/title"):
        assert viewer.post(f"{place.url}{path}", data={"case": "welcome-01", "base": "0"}).status_code == 403
    assert len(place.cases()) == 8


def test_what_is_not_there_is_a_404(editor: FlaskClient, place: Place) -> None:
    for path in ("/cases/nope", "/revisions/9", "/history?old=x&new=1", "/export.xls"):
        assert editor.get(f"{place.url}{path}").status_code == 404
    assert editor.get("/w/acme/golden/nope").status_code == 404


def test_a_draft_that_does_not_hold_together_is_shown_and_not_lost(editor: FlaskClient, place: Place) -> None:
    content = {
        "title": "Odd",
        "cases": [{"id": "odd", "prompt": 5, "variables": "x", "expect": [], "tags": 3}, {}, {"id": "a/b"}],
    }
    answer = editor.put(f"{place.api}/draft", json={"content": content, "base_lock": 0})
    assert answer.status_code == 200, answer.text
    for path in (
        "",
        "?show=problems",
        "/cases/odd",
        "/coverage",
        "/history",
        "/save",
        "/export.csv",
        "/export.jsonl",
    ):
        assert editor.get(f"{place.url}{path}").status_code == 200, path
    assert editor.post(f"{place.url}/save", data={"base": "1", "message": "Odd"}).status_code == 422
    assert json.loads(editor.get(f"{place.url}/export.jsonl").text.splitlines()[0])["id"] == "odd"


def test_an_imported_file_is_in_the_draft_and_its_bad_rows_on_the_page(
    editor: FlaskClient, place: Place
) -> None:
    text = (
        "id,title,prompt,var:first_name,var:product,var:reason,var:new_date\n"
        "late,Late,delay-reply,Ada,tent,snow on the pass,2027-03-12\n"
        "bad,Bad,delay-reply,Ada,tent,dragons,2027-03-12\n"
    )
    data = {"file": (io.BytesIO(text.encode()), "cases.csv"), "mode": "replace", "prompt": ""}
    page = editor.post(f"{place.url}/import", data=data).text
    assert "1 case added" in page
    assert "1 row refused" in page
    assert "var:reason" in page
    assert "Draft of r2" in page
    assert place.case("late")["variables"]["new_date"] == "2027-03-12"


def test_a_file_that_cannot_be_read_changes_nothing(editor: FlaskClient, place: Place) -> None:
    data = {"file": (io.BytesIO(b"a: ["), "cases.yaml"), "mode": "replace", "prompt": ""}
    answer = editor.post(f"{place.url}/import", data=data)
    assert answer.status_code == 422
    assert "Nothing was imported." in answer.text
    assert len(place.cases()) == 8


def test_assets_whose_only_draft_holds_anything_break_no_page(editor: FlaskClient, place: Place) -> None:
    odd: dict[str, dict[str, Any]] = {
        "glossary": {"title": "G", "terms": [{"term": 5, "status": [], "variants": 3}]},
        "forbidden_topics": {"title": "T", "topics": [{"block_terms": 7}, 4]},
        "prompt": {"title": [], "variables": [{"name": 3}, "x"], "output": 1, "channel": {}},
        "fact_sheet": {
            "facts": [{"id": 3, "value": {"type": "enum", "values": 4}}, {"value": {"type": "money"}}]
        },
        "limits": {"channels": [{"channel": [], "max_characters": "x", "scope": 3}]},
    }
    with place.world.app.test_request_context(), place.world.session() as session:
        policy = session.get_one(Policy, place.world.policy_id)
        made = [
            create_asset(
                session,
                place.world.workspace_id,
                [policy],
                kind=Kind(kind),
                name=f"odd-{kind}",
                content=content,
                by=place.world.actor("editor"),
            )
            for kind, content in odd.items()
        ]
        ids = [asset.id for asset in made]
    for path in ("", "/cases/welcome-01", "/new-case?prompt=odd-prompt", "/coverage", "/import", "/save"):
        assert editor.get(f"{place.url}{path}").status_code == 200, path
    with place.world.session() as session:
        for asset_id in ids:
            archive(session, session.get_one(Asset, asset_id), by=place.world.actor("editor"))
