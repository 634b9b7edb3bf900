"""Settings of a workspace: who may change what, and that the change is in force and on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import AuditEntry, Channel, Policy, Workspace
from tests.factories.console import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("settings")), {"COPYDESK_MODEL": "small-one"})


def workspace_of(world: World) -> Workspace:
    with world.session() as session:
        return session.get_one(Workspace, world.workspace_id)


def actions(world: World) -> list[str]:
    with world.session() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.seq)]


def test_everybody_reads_the_settings(world: World) -> None:
    text = world.client("viewer").get("/w/acme/settings").text
    for words in ("small-one", "Sentence embeddings", "Who is trusted", "Only an admin changes", "Mail"):
        assert words in text
    assert 'name="roles"' not in text


def test_an_admin_sets_the_approvals_a_candidate_needs(world: World) -> None:
    client = world.client("admin")
    answer = client.post("/w/acme/settings/approvals", data={"roles": ["legal"]})
    assert answer.status_code == 303
    assert workspace_of(world).required_roles == ["legal"]
    client.post("/w/acme/settings/approvals", data={"roles": ["legal", "brand_reviewer"]})
    assert set(workspace_of(world).required_roles) == {"legal", "brand_reviewer"}
    assert actions(world).count("workspace.required_roles_changed") == 2


@pytest.mark.parametrize("roles", [[], ["editor"], ["legal", "nobody"]])
def test_approvals_never_become_none_or_somebodys_who_does_not_decide(world: World, roles: list[str]) -> None:
    before = workspace_of(world).required_roles
    answer = world.client("admin").post("/w/acme/settings/approvals", data={"roles": roles})
    assert answer.status_code == 422
    assert workspace_of(world).required_roles == before


def price(model: str, prompt: str, completion: str, currency: str = "EUR") -> dict[str, str]:
    values = {"model": model, "prompt": prompt, "completion": completion, "currency": currency}
    return {f"prices-0-{name}": value for name, value in values.items()}


def test_prices_are_kept_per_model_and_taken_out_again(world: World) -> None:
    client = world.client("admin")
    assert (
        client.post("/w/acme/settings/prices", data=price("small-one", "15", "60", "eur")).status_code == 303
    )
    prices = workspace_of(world).settings["prices"]
    assert prices == {"small-one": {"prompt": 15, "completion": 60, "currency": "EUR"}}
    assert "small-one" in world.client("viewer").get("/w/acme/settings").text
    client.post("/w/acme/settings/prices", data=price("small-one", "", ""))
    assert workspace_of(world).settings["prices"] == {}
    assert "workspace.prices_changed" in actions(world)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (price("m", "-1", "2"), "Number must be between"),
        (price("m", "1.5", "2"), "Not a valid integer"),
        (price("m", "1", ""), "Give both amounts."),
        (price("m", "1", "2", "EURO"), "Three letters"),
        (price("m", "1", "2", ""), "Three letters"),
        (price("", "1", "2"), "Name the model"),
        (price("m", "9" * 30, "2"), "Number must be between"),
    ],
)
def test_a_wrong_price_is_refused_with_what_was_typed(world: World, given: dict[str, str], said: str) -> None:
    answer = world.client("admin").post("/w/acme/settings/prices", data=given)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{given["prices-0-prompt"]}"' in answer.text
    assert "m" not in workspace_of(world).settings.get("prices", {})


def test_an_editor_opens_a_policy_with_both_channels(world: World) -> None:
    data = {"name": "Order e-mails", "slug": "order-mails"}
    assert world.client("editor").post("/w/acme/settings/policies", data=data).status_code == 303
    with world.session() as session:
        policy = session.query(Policy).filter_by(slug="order-mails").one()
        names = {channel.name for channel in session.query(Channel).filter_by(policy_id=policy.id)}
    assert names == {"staging", "production"}
    again = world.client("editor").post("/w/acme/settings/policies", data=data)
    assert again.status_code == 422
    assert "already" in again.text


@pytest.mark.parametrize("slug", ["", "Has Space", "-x", "a" * 80, "ünïcode"])
def test_a_short_name_that_fits_no_address_is_refused(world: World, slug: str) -> None:
    answer = world.client("editor").post("/w/acme/settings/policies", data={"name": "N", "slug": slug})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("path", "who"),
    [("approvals", "editor"), ("approvals", "legal"), ("prices", "releaser"), ("policies", "admin")],
)
def test_settings_are_changed_by_nobody_else(world: World, path: str, who: str) -> None:
    assert world.client(who).post(f"/w/acme/settings/{path}", data={"roles": ["legal"]}).status_code == 403


@pytest.mark.parametrize("path", ["approvals", "prices", "policies"])
def test_strangers_change_nothing(world: World, path: str) -> None:
    assert world.client("outsider").post(f"/w/acme/settings/{path}").status_code == 404


def test_the_providers_address_is_shown_without_its_secrets(tmp_path: Path) -> None:
    environ = {"OPENAI_BASE_URL": "https://name:hidden@models.example.com/v1", "OPENAI_API_KEY": "sk-hidden"}
    text = make_world(tmp_path, environ).client("admin").get("/w/acme/settings").text
    assert "models.example.com" in text
    assert "hidden@" not in text
    assert "sk-hidden" not in text
