"""The command that imports a Vale package into a style guide: its files, answers and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from copydesk.assets import Kind, PolicyAssets, parse
from copydesk.assets.style_guide import StyleGuide
from copydesk.checks.contract import Context
from copydesk.checks.style_rules import compile_check
from copydesk.cli import main
from tests.unit.sdk.vale_packages import HEDGES, package


def test_the_command_writes_a_style_guide_that_the_other_doors_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "house.zip"
    source.write_bytes(package({"House/Hedges.yml": HEDGES, "Vocab/A/reject.txt": "leverage"}))
    out = tmp_path / "policy" / "style_guide" / "house.json"
    assert main(["import-vale", str(source), "--out", str(out)]) == 0
    guide = parse(Kind.STYLE_GUIDE, json.loads(out.read_text("utf-8")))
    assert isinstance(guide, StyleGuide)
    assert (guide.title, guide.vocabulary_reject) == ("house", ("leverage",))
    check = compile_check(PolicyAssets(style_guide={"house": guide}), {})
    assert len(check.run("Perhaps we leverage it, maybe.", Context()).findings) == 2
    assert "enforced            House/Hedges.yml" in capsys.readouterr().out


def test_the_command_ends_with_1_when_something_was_left_out_and_writes_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "House").mkdir()
    (tmp_path / "House" / "Hedges.yml").write_text(HEDGES)
    (tmp_path / "House" / "Torn.yml").write_text("extends: [")
    out = tmp_path / "guide.json"
    assert main(["import-vale", str(tmp_path / "House"), "--out", str(out), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["rules"] == 1
    assert {(item["path"], item["fate"], item["line"]) for item in report["files"]} == {
        ("House/Hedges.yml", "enforced", None),
        ("House/Torn.yml", "refused", 1),
    }
    assert len(json.loads(out.read_text("utf-8"))["rules"]) == 1


def test_the_command_adds_to_a_guide_and_keeps_what_it_holds(tmp_path: Path) -> None:
    there = {"title": "Ours", "introduction": "Be kind.", "rules": [], "vocabulary_accept": ["Cairn"]}
    guide = tmp_path / "ours.yml"
    guide.write_text(yaml.safe_dump(there))
    (tmp_path / "House").mkdir()
    (tmp_path / "House" / "Hedges.yml").write_text(HEDGES)
    out = tmp_path / "out.json"
    assert main(["import-vale", str(tmp_path / "House"), "--into", str(guide), "--out", str(out)]) == 0
    content = json.loads(out.read_text("utf-8"))
    assert (content["title"], content["introduction"], content["vocabulary_accept"]) == (
        "Ours",
        "Be kind.",
        ["Cairn"],
    )
    assert [rule["id"] for rule in content["rules"]] == ["house.hedges"]


@pytest.mark.parametrize(("name", "code"), [("absent", 2), ("empty", 1)])
def test_the_command_says_what_is_wrong_with_the_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int
) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out.json"
    assert main(["import-vale", str(tmp_path / name), "--out", str(out)]) == code
    assert capsys.readouterr().err.startswith("copydesk: ")
    assert not out.exists()
