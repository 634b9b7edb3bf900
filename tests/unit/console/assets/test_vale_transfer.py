"""Vale packages come into a style guide file by file, and go out again as they came."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

GUIDE = "/w/acme/assets/style_guide/style-guide"
WORDY = "extends: substitution\nmessage: Use '%s'.  # ours\nswap:\n  utilise: use\nfancy: kept\n"
TAGGED = "extends: sequence\nmessage: No.\ntokens:\n  - tag: NN\n"
FILES = {
    "styles/House/Wordy.yml": WORDY,
    "styles/House/Tagged.yml": TAGGED,
    "styles/House/Broken.yml": "extends: nonsense\n",
    "styles/House/Torn.yml": "extends: existence\ntokens: [a\n",
    "styles/House/Short.yml": "extends: House.Wordy\nswap+:\n  leverage: use\n",
    "styles/config/vocabularies/House/accept.txt": "Tarnholt\nbivvy\n",
    "styles/config/vocabularies/House/reject.txt": "outlet\n",
}
STYLES = Path(__file__).resolve().parents[5] / "shared/data/vale/styles"


def _zip(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def _upload(world: World, data: bytes, *, base: int = 0, mode: str = "replace") -> Any:
    form = {"base": str(base), "mode": mode, "file": (io.BytesIO(data), "House.zip")}
    return world.client("editor").post(f"{GUIDE}/import", data=form, content_type="multipart/form-data")


def _draft(world: World, kind: Kind = Kind.STYLE_GUIDE) -> dict[str, Any]:
    with world.session() as session:
        asset = asset_of(session, world, kind)
        return dict(asset.draft.content) if asset.draft else {}


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_package_comes_in_with_a_row_per_file(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    answer = _upload(world, _zip(FILES))

    assert answer.status_code == 200
    page = _words(answer.text)
    assert "3 rules are in the draft" in page
    assert re.search(r"House/Broken.yml Left out .*nonsense", page)
    assert re.search(r"House/Torn.yml line \d Left out", page)
    assert re.search(r"House/Tagged.yml Kept, not enforced", page)
    assert re.search(r"House/Wordy.yml Enforced", page)
    rules = {rule["title"]: rule for rule in _draft(world)["rules"]}
    assert rules["Short"]["definition"]["swap"] == {"utilise": "use", "leverage": "use"}
    assert _draft(world)["vocabulary_accept"] == ["Tarnholt", "bivvy"]
    assert _draft(world)["vocabulary_reject"] == ["outlet"]
    shown = _words(world.client("viewer").get(GUIDE).text)
    assert "sequence, not enforced" in shown
    assert re.search(r"Wordy\s+house.wordy", shown)  # another style may have a rule of that name


def test_an_imported_draft_becomes_a_revision_whatever_is_not_enforced(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    twice = "extends: existence\nmessage: No.\nraw:\n  - (nice) \\1\n"
    _upload(world, _zip({**FILES, "styles/House/Look.yml": twice}))
    answer = world.client("editor").post(f"{GUIDE}/save", data={"base": 1, "message": "Vale"})

    assert answer.status_code == 303


def test_untouched_rules_go_out_byte_for_byte_with_the_vocabulary(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    _upload(world, _zip(FILES))
    answer = world.client("viewer").get(f"{GUIDE}/export.zip")

    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found["House/Wordy.yml"] == WORDY
    assert found["House/Tagged.yml"] == TAGGED
    assert found["config/vocabularies/style-guide/accept.txt"] == "Tarnholt\nbivvy\n"
    assert found["config/vocabularies/style-guide/reject.txt"] == "outlet\n"


def test_what_went_out_comes_back_unchanged(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    _upload(world, _zip(FILES))
    before = _draft(world)
    data = world.client("viewer").get(f"{GUIDE}/export.zip").data
    page = _words(_upload(world, data, base=1).text)

    assert "0 new, 0 changed, 3 as they were" in page
    assert _draft(world) == before


def test_nothing_to_export_is_said(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, {"title": "Empty"})
    answer = world.client("viewer").get(f"{GUIDE}/export.zip")

    assert answer.status_code == 422
    assert "no rule and no vocabulary" in answer.text


def test_the_words_of_a_package_go_on_to_a_glossary(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    glossary = add_asset(world, Kind.GLOSSARY)
    page = _upload(world, _zip(FILES)).text
    packed = re.search(r'name="words" value="([^"]+)"', page)
    assert packed
    client = world.client("editor")
    form = {"glossary": glossary, "words": packed[1]}

    assert client.post(f"{GUIDE}/import/words", data=form).status_code == 303
    terms = {term["term"]: term for term in _draft(world, Kind.GLOSSARY)["terms"]}
    assert {word: terms[word]["status"] for word in ("Tarnholt", "bivvy", "outlet")} == {
        "Tarnholt": "allowed",
        "bivvy": "allowed",
        "outlet": "forbidden",
    }
    assert terms["Tarnholt"]["case_rule"] == "exact"
    assert terms["outlet"]["use_instead"] == "shop", "the glossary's own entry stays"
    assert client.post(f"{GUIDE}/import/words", data=form, follow_redirects=True).status_code == 200
    assert len(_draft(world, Kind.GLOSSARY)["terms"]) == len(terms)


@pytest.mark.parametrize("words", ["", "nonsense", "eJyLjgUAARUAuQ==", "eJyLNtRRMI4FAAZ2AZ0="])
def test_words_that_no_import_packed_are_refused(world: World, words: str) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    glossary = add_asset(world, Kind.GLOSSARY)
    answer = world.client("editor").post(f"{GUIDE}/import/words", data={"glossary": glossary, "words": words})
    assert answer.status_code in {303, 422}
    assert _draft(world, Kind.GLOSSARY) == {}


@pytest.mark.parametrize("data", [b"PK\x03\x04 torn", b"PK\x05\x06" + b"\0" * 18], ids=["torn", "empty"])
def test_what_is_no_package_is_refused_with_the_reason(world: World, data: bytes) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    answer = _upload(world, data)
    assert answer.status_code == 422
    assert _draft(world) == {}


def test_rules_that_are_there_are_kept_when_asked_to(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    _upload(world, _zip(FILES))
    other = {"styles/House/Wordy.yml": WORDY.replace("use", "employ")}
    assert "0 changed, 1 as they were" in _words(_upload(world, _zip(other), base=1, mode="keep").text)
    assert "1 changed" in _words(_upload(world, _zip(other), base=2).text)


@pytest.mark.skipif(not STYLES.is_dir(), reason="the published styles are not on this machine")
@pytest.mark.parametrize("style", ["Google", "Microsoft", "proselint", "write-good", "alex", "Joblint"])
def test_a_published_style_comes_in_goes_out_and_becomes_a_revision(world: World, style: str) -> None:
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    files = {f"{style}/{path.name}": path.read_text() for path in sorted((STYLES / style).glob("*.yml"))}
    assert "Left out" not in _words(_upload(world, _zip(files)).text)
    data = world.client("viewer").get(f"{GUIDE}/export.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == files
    answer = world.client("editor").post(f"{GUIDE}/save", data={"base": 1, "message": style})
    assert answer.status_code == 303


def _upload_folder(world: World, files: list[tuple[str, str]]) -> Any:
    parts = [(io.BytesIO(text.encode()), path) for path, text in files]
    form = {"base": "0", "mode": "replace", "file": (io.BytesIO(), ""), "folder": parts}
    return world.client("editor").post(f"{GUIDE}/import", data=form, content_type="multipart/form-data")


def test_a_folder_comes_in_as_its_zip_does(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    assert "webkitdirectory" in world.client("editor").get(f"{GUIDE}/import").text
    page = _words(_upload_folder(world, list(FILES.items())).text)

    assert "3 rules are in the draft" in page
    assert re.search(r"House/Torn.yml line \d Left out", page)
    from_folder = _draft(world)
    _upload(world, _zip(FILES), base=1)
    assert _draft(world) == from_folder
    with zipfile.ZipFile(io.BytesIO(world.client("viewer").get(f"{GUIDE}/export.zip").data)) as archive:
        written = {archive.read(name) for name in archive.namelist()}
    assert WORDY.encode() in written


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([], "Choose a file."),
        ([("Notes/readme.md", "Nothing of Vale.")], "Vale"),
        ([("../../etc/Evil.yml", WORDY)], "Evil.yml"),
        ([("House/Wordy.yml", WORDY), ("House/Wordy.yml", WORDY)], "1 rule is in the draft"),
    ],
)
def test_an_odd_folder_is_answered_in_words(world: World, files: list[tuple[str, str]], says: str) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    answer = _upload_folder(world, files)
    assert answer.status_code in {200, 422}
    assert says in _words(answer.text)
