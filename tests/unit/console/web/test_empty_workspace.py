"""A workspace with nothing in it: every page that a role is led to answers, and says what to do first."""

from __future__ import annotations

import io
import re
from collections import deque
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from console.accounts import operations as accounts
from console.assets.operations import create_asset
from console.permissions import SYSTEM
from copydesk.assets import Kind
from models import Role, User, Workspace
from tests.factories.console import World, make_world
from tests.factories.policies import approve, propose, write_policy

ROLES = ("editor", "brand_reviewer", "legal", "releaser", "admin", "auditor", "viewer")
_LINKS = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
_TAGS = re.compile(r"<script.*?</script>|<[^>]+>", re.DOTALL)
_MAX_PAGES = 200


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a console where everybody is in `other`, too, which has no policy.

    Policy `mail` of `acme` ships nothing, and no policy ships its style guide. Worlds made later take its
    place, so the tests of this one come first.
    """
    world = make_world(tmp_path_factory.mktemp("empty"))
    with world.session() as session:
        other = session.get_one(Workspace, world.other_workspace_id)
        for role in ROLES:
            user = session.get_one(User, world.user_ids[role])
            accounts.set_roles(session, other, user, [Role(role)], by=SYSTEM)
        content = {"title": "Astray"}
        create_asset(
            session,
            world.workspace_id,
            [],
            kind=Kind.STYLE_GUIDE,
            name="astray",
            content=content,
            by=world.actor("editor"),
        )
    return world


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(_TAGS.sub(" ", html.partition("<main")[2])))


def _walk(world: World, role: str, start: str) -> dict[str, tuple[int, str]]:
    """Follow every link of this workspace from its first page; gives status and words of each page."""
    client, seen = world.client(role), dict[str, tuple[int, str]]()
    todo = deque([start])
    while todo and len(seen) < _MAX_PAGES:
        here = todo.popleft()
        if here in seen:
            continue
        answer = client.get(here, follow_redirects=True)
        is_page = answer.content_type.startswith("text/html")
        seen[here] = (answer.status_code, _words(answer.text) if is_page else "")
        for link in _LINKS.findall(answer.text if is_page else ""):
            parts = urlsplit(urljoin(here, unescape(link)))
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            # The audit trail links every entry to itself; its first page stands for them.
            if target.startswith("/w/") and "subject_id=" not in target:
                todo.append(target)
    return seen


@pytest.mark.parametrize("slug", ["acme", "other"])
@pytest.mark.parametrize("role", ROLES)
def test_every_link_leads_a_role_to_a_page_without_figures_of_nothing(
    empty: World, role: str, slug: str
) -> None:
    seen = _walk(empty, role, f"/w/{slug}/")
    assert len(seen) > 20
    assert {url: status for url, (status, _said) in seen.items() if status != 200} == {}
    odd = re.compile(r"(?<![\w.,])(NaN|nan|inf|undefined|0(\.0+)? ?%)(?!\w)")
    assert {url: found[0] for url, (_status, said) in seen.items() if (found := odd.search(said))} == {}


@pytest.mark.parametrize("place", ["", "golden", "runs", "checks", "releases"])
def test_a_place_without_a_policy_leads_each_role_on(empty: World, place: str) -> None:
    pages = {role: empty.client(role).get(f"/w/other/{place}").text for role in ROLES}
    assert all("A policy is the set of rules that ships together" in page for page in pages.values())
    for role, page in pages.items():
        assert ('href="/w/other/settings#policies"' in page) == (role == "editor")
        assert ("An editor opens the first in the settings." in page) == (role != "editor")
        assert ("Invite an editor" in page) == (role == "admin")


def test_lists_say_that_nothing_is_in_a_state_rather_than_what_to_type(empty: World) -> None:
    client = empty.client("viewer")
    assert "Nothing is archived." in client.get("/w/acme/assets/glossary?archived=1").text
    assert "No run is in this state." in client.get("/w/acme/runs?state=failed").text
    assert "No review is in this state." in client.get("/w/acme/reviews?state=open").text
    assert "An editor writes it." in client.get("/w/acme/assets/glossary").text


def test_checks_that_read_a_style_guide_lead_to_one_where_the_policy_has_none(empty: World) -> None:
    client = empty.client("editor")
    for check in ("judge", "fairness"):
        page = client.get(f"/w/acme/p/mail/checks/{check}").text
        assert "No style guide of this policy" in page
        assert 'href="/w/acme/assets/style_guide"' in page.partition("<main")[2]


def test_who_only_reads_is_not_told_to_edit_beside_somebody_else(empty: World) -> None:
    page = empty.client("legal").get("/w/acme/assets/style_guide/astray").text
    assert "is editing this." in page
    assert "You can edit other entries" not in page
    assert (
        "You can edit other entries" in empty.client("editor2").get("/w/acme/assets/style_guide/astray").text
    )


def test_opening_a_policy_says_what_comes_next(tmp_path: Path) -> None:
    client = make_world(tmp_path).client("outsider")
    answer = client.post("/w/other/settings/policies", data={"name": "Chat", "slug": "chat"})
    assert answer.headers["Location"].endswith("/w/other/settings#policies")
    assert "Chat is open. What you create under Rules says which policies ship it." in _words(
        "<main" + client.get("/w/other/settings").text
    )


def test_a_golden_set_of_a_policy_without_a_prompt_leads_to_the_prompts(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    client = world.client("editor")
    client.post("/w/acme/golden", data={"title": "Cases", "policy": world.policy_id, "name": "cases"})
    page = client.get("/w/acme/golden/cases").text.partition("<main")[2]
    assert "Write the prompt first." in page
    assert 'href="/w/acme/assets/prompt"' in page


def test_a_new_prompt_is_pinned_to_the_model_of_the_settings_and_says_what_it_lacks(tmp_path: Path) -> None:
    world = make_world(tmp_path, {"COPYDESK_MODEL": "gpt-5-mini"})
    client = world.client("editor")
    client.post("/w/acme/assets/prompt/new", data={"title": "Welcome", "name": "welcome"})
    said = _words(client.get("/w/acme/assets/prompt/welcome").text)
    assert "Model: gpt-5-mini" in said
    assert "Blocks : Add at least 1 item." in said.replace("Blocks:", "Blocks :")
    assert "Tuple" not in said


def test_a_table_with_unknown_columns_is_not_imported_in_silence(tmp_path: Path) -> None:
    client = make_world(tmp_path).client("editor")
    client.post("/w/acme/assets/glossary/new", data={"title": "Words", "name": "words"})
    page = client.get("/w/acme/assets/glossary/words/import").text
    data = {
        "base": "1",
        "mode": "replace",
        "file": (io.BytesIO(b"term,status,instead\noutlet,forbidden,shop\n"), "w.csv"),
    }
    client.post("/w/acme/assets/glossary/words/import", data=data)
    said = _words("<main" + client.get("/w/acme/assets/glossary/words").text)
    assert "Columns of a table" in page
    assert "use_instead" in page
    assert "Columns nobody knows were left out: instead." in said


def test_a_run_that_is_refused_says_so_where_it_was_asked_for(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    write_policy(world, texts=())
    client = world.client("editor")
    built = client.post("/w/acme/candidates", data={"policy": world.policy_id, "title": "First"})
    place = built.headers["Location"]
    golden_id = re.findall(r'<option[^>]* value="(\d+)"', client.get(place).text)[0]
    answer = client.post(f"{place}/runs", data={"golden_set": golden_id, "repeats": "1"})
    listed = client.get("/w/acme/runs").text
    assert answer.status_code == 409
    assert "This golden set has no cases. Add some and save a revision first." in answer.text
    assert "Start the run" in answer.text
    assert "Candidates not tested yet" in listed
    assert f'href="{place}"' in listed


def test_a_releaser_is_told_of_what_is_approved(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    write_policy(world)
    approve(world, propose(world).review_id)
    assert "1 approved change waits to be published." in world.client("releaser").get("/w/acme/").text
    assert "Nothing waits for you." in world.client("viewer").get("/w/acme/").text
