"""The demo company as data: reads the files in `console/demo/data/` into plain, checked values.

Nothing here touches the database; the seeder turns these values into revisions through the operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from copydesk.assets import PolicyAssets, parse, parse_assets

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One account of the demo; all share one password."""

    email: str
    name: str
    roles: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class DemoLabel:
    """An audience or a segment: its id in cases and scopes, its title and one line about it."""

    id: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """The workspace, its policy and the words its cases use."""

    slug: str
    name: str
    about: str
    policy_name: str
    policy_title: str
    policy_about: str
    audiences: tuple[DemoLabel, ...]
    segments: tuple[DemoLabel, ...]
    channels: tuple[str, ...]
    locales: tuple[str, ...]
    demo_password: str
    first_title: str
    first_request: str
    approval_notes: Mapping[str, str]
    gate: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """One asset's first revision: complete JSON content as it is stored, and the message to save it with."""

    kind: str
    name: str
    content: Mapping[str, Any]
    message: str


@dataclass(frozen=True, slots=True)
class DemoGoldenSet:
    """The golden set; `cases` are JSON objects in the format of the golden case import."""

    name: str
    title: str
    message: str
    cases: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class DemoChange:
    """The change that waits for review: who asks, why, and the new content of each asset touched."""

    title: str
    author_email: str
    request: str
    assets: tuple[DemoAsset, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything the seeder needs; `labelled_cases` are JSON objects in the format of their import."""

    company: DemoCompany
    users: tuple[DemoUser, ...]
    assets: tuple[DemoAsset, ...]
    golden_set: DemoGoldenSet
    change: DemoChange
    labelled_cases: tuple[Mapping[str, Any], ...]

    def contents(self) -> dict[str, dict[str, Mapping[str, Any]]]:
        """Return the first revisions as `{kind: {name: content}}`."""
        by_kind: dict[str, dict[str, Mapping[str, Any]]] = {}
        for asset in self.assets:
            by_kind.setdefault(asset.kind, {})[asset.name] = asset.content
        return by_kind

    def policy_assets(self) -> PolicyAssets:
        """Return the first revisions as typed content, ready to compile."""
        return parse_assets(self.contents())

    def changed_policy_assets(self) -> PolicyAssets:
        """Return the typed content with the waiting change applied."""
        contents = self.contents()
        for asset in self.change.assets:
            contents[asset.kind][asset.name] = asset.content
        return parse_assets(contents)


@lru_cache(maxsize=1)
def load_demo() -> Demo:
    """Read the demo company's files.

    Raises:
        copydesk.errors.ContentError: a file does not fit its schema.
        OSError, yaml.YAMLError, KeyError: a file is missing or damaged.
    """
    raw = _read("company.yml")
    contents = {(entry["kind"], entry["name"]): _asset_json(entry) for entry in raw["assets"]}
    assets = tuple(
        DemoAsset(entry["kind"], entry["name"], contents[entry["kind"], entry["name"]], entry["message"])
        for entry in raw["assets"]
    )
    users = tuple(
        DemoUser(user["email"], user["name"], tuple(user["roles"]), user["about"]) for user in raw["users"]
    )
    golden_set, labelled = _golden_set(raw["golden_set"]), tuple(_read("labelled-cases.yml"))
    return Demo(_company(raw), users, assets, golden_set, _change(contents), labelled)


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def _company(raw: Mapping[str, Any]) -> DemoCompany:
    workspace, policy = raw["workspace"], raw["policy"]
    return DemoCompany(
        slug=workspace["slug"],
        name=workspace["name"],
        about=workspace["about"],
        policy_name=policy["name"],
        policy_title=policy["title"],
        policy_about=policy["about"],
        audiences=tuple(DemoLabel(**item) for item in raw["audiences"]),
        segments=tuple(DemoLabel(**item) for item in raw["segments"]),
        channels=tuple(raw["channels"]),
        locales=tuple(raw["locales"]),
        demo_password=raw["demo_password"],
        first_title=raw["story"]["first_title"],
        first_request=raw["story"]["first_request"],
        approval_notes=raw["story"]["approval_notes"],
        gate=raw["story"]["gate"],
    )


def _asset_json(entry: Mapping[str, Any]) -> dict[str, Any]:
    data = _read(entry["file"])
    if entry["kind"] == "style_guide":
        # The long voice texts have a file of their own, so that the rules stay readable.
        data["voice"] = _read("voice.yml")
    return parse(entry["kind"], data).to_json()


def _golden_set(raw: Mapping[str, Any]) -> DemoGoldenSet:
    cases = tuple(case for name in raw["files"] for case in _read(name))
    return DemoGoldenSet(raw["name"], raw["title"], raw["message"], cases)


def _change(contents: Mapping[tuple[str, str], Mapping[str, Any]]) -> DemoChange:
    raw = _read("change/change.yml")
    assets = []
    for entry in raw["assets"]:
        kind, name = entry["kind"], entry["name"]
        data = deepcopy(dict(contents[kind, name]))
        for field, items in raw[kind].items():
            data[field] = _merged(data[field], items)
        assets.append(DemoAsset(kind, name, parse(kind, data).to_json(), entry["message"]))
    return DemoChange(raw["title"], raw["author"], raw["request"], tuple(assets))


def _merged(items: list[dict[str, Any]], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items with the changes laid over those of the same id, new ones at the end."""
    by_id = {change["id"]: change for change in changes}
    known = {item["id"] for item in items}
    kept = [{**item, **by_id.get(item["id"], {})} for item in items]
    return kept + [change for change in changes if change["id"] not in known]
