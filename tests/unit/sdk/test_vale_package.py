"""Whole Vale packages: vocabularies, settings, a row for every file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from copydesk import vale_files
from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import StyleGuide
from copydesk.checks.contract import Context, Severity
from copydesk.checks.style_rules import compile_check
from copydesk.errors import ContentError
from copydesk.vale import Fate, ReportRow, ValeImport, export_rule
from copydesk.vale_package import read_vale_package
from copydesk.vale_settings import read_settings
from tests.unit.sdk.vale_packages import HEDGES, package

STYLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "vale" / "styles"


def read(files: dict[str, str | bytes]) -> ValeImport:
    return read_vale_package(package(files))


def row(found: ValeImport, ending: str, line: int | None = None) -> ReportRow:
    (only,) = [item for item in found.rows if item.path.endswith(ending) and item.line == line]
    return only


def test_every_file_of_a_package_has_a_row_and_the_rules_that_can_run_are_kept() -> None:
    found = read(
        {
            "House/Hedges.yml": HEDGES,
            "House/Words.yml": "extends: sequence\nmessage: x\ntokens:\n  - tag: NN\n",
            "House/Script.yml": "extends: script\nmessage: x\nscript: y\n",
            "House/Inner.yml": "extends: existence\nmessage: x\ntokens: ['a+(?!b)a+c']\n",
            "House/Broken.yml": "extends: existence\nmessage: x\ntokens:\n  - fine\n  - (open\n",
            "House/Torn.yml": "extends: existence\nmessage: 'x\n",
            "House/README.md": "not looked at",
        }
    )
    assert {(item.path, item.fate) for item in found.rows} == {
        ("House/Hedges.yml", Fate.ENFORCED),
        ("House/Words.yml", Fate.KEPT),
        ("House/Script.yml", Fate.KEPT),
        ("House/Inner.yml", Fate.KEPT),
        ("House/Broken.yml", Fate.REFUSED),
        ("House/Torn.yml", Fate.REFUSED),
    }
    assert {rule.id for rule in found.rules} == {"house.hedges", "house.inner", "house.script", "house.words"}
    assert "look-around" in row(found, "Inner.yml").message
    assert {problem.path.partition(":")[0] for problem in found.problems} == {
        "House/Broken.yml",
        "House/Torn.yml",
    }


@pytest.mark.parametrize(
    ("rule", "line", "message"),
    [
        ("tokens:\n  - fine\n  - (open", 5, "never closed"),
        ("# first\ntokens:\n  - 'a{2000}'", 5, "more than 1000"),
        ("nonword: perhaps\ntokens: [a]", 3, "true or false"),
        ("tokens: [a]\naction:\n  name: shout", 5, "not an action"),
    ],
)
def test_a_refused_rule_names_the_line_and_how_to_mend_it(rule: str, line: int, message: str) -> None:
    found = read({"House/Rule.yml": f"extends: existence\nmessage: x\n{rule}\n", "House/A.yml": HEDGES})
    (problem,) = found.problems
    assert problem.path == f"House/Rule.yml:{line}"
    assert message in problem.message
    assert [rule.id for rule in found.rules] == ["house.a"]


def test_a_swap_that_cannot_be_read_is_found_by_its_key() -> None:
    text = "extends: substitution\nmessage: '%s'\nswap:\n  utilise: use\n  'a[': b\n"
    (problem,) = read({"S/R.yml": text, "S/A.yml": HEDGES}).problems
    assert problem.path == "S/R.yml:5"


def test_an_overlay_extends_a_rule_of_the_same_package() -> None:
    bold = "extends: House.Hedges\nmessage: Bold!\ntokens+:\n - might\ntokens-:\n - maybe\n"
    found = read({"House/Hedges.yml": HEDGES, "Ours/Hedges.yml": bold})
    overlay = next(rule for rule in found.rules if rule.id == "ours.hedges")
    assert overlay.definition["tokens"] == ["perhaps", "might"]
    assert export_rule(overlay) == bold.encode()


def test_vocabularies_become_words_and_patterns_for_a_handful_are_written_out() -> None:
    found = read(
        {
            "s/config/vocabularies/Base/accept.txt": "# names\n[Gg]itHub\n(?i)Kubernetes\nC++\nNode.js\n",
            "s/config/vocabularies/Base/reject.txt": "leverage\nleverage\n",
            "s/Vocab/Old/accept.txt": "\ufeffOldName\r\n",
        }
    )
    assert found.vocabulary.accept == (
        *("GitHub", "gitHub", "Kubernetes", "kubernetes", "KUBERNETES", "C++", "Node.js", "OldName"),
    )
    assert found.vocabulary.reject == ("leverage",)
    assert found.problems == ()


def test_accepted_words_may_be_written_in_each_way_that_the_list_names() -> None:
    words = read({"s/Vocab/Base/accept.txt": "[Ww]obblix\n(?i)zzBlorp\nGitQ\n"}).vocabulary
    guide = StyleGuide(title="G", vocabulary_accept=words.accept)
    check = compile_check(PolicyAssets(style_guide={"g": guide}), {})
    text = "Wobblix wobblix woBBlix, zzBlorp zzblorp Zzblorp ZZBLORP, GitQ gitq Gitq"
    assert [item.message for item in check.run(text, Context()).findings] == [
        "Use 'Wobblix' or 'wobblix' instead of 'woBBlix'.",
        "Use 'GitQ' instead of 'gitq'.",
        "Use 'GitQ' instead of 'Gitq'.",
    ]


def test_a_word_pattern_that_stands_for_too_much_is_refused_with_its_line() -> None:
    found = read({"Vocab/A/accept.txt": "fine\na.*b\n", "Vocab/B/reject.txt": b"ok\n\xff\n"})
    assert {problem.path for problem in found.problems} == {"Vocab/A/accept.txt:2", "Vocab/B/reject.txt:2"}
    assert found.vocabulary.accept == ("fine",)


INI = """StylesPath = styles
MinAlertLevel = suggestion
Vocab = Base

[*.md]
BasedOnStyles = Vale, House
House.Loud = error
House.Off = NO
Vale.Spelling = NO
Other.Wanted = YES
House.Odd = loud
nonsense
"""


def test_settings_switch_styles_and_rules_and_set_levels() -> None:
    rules = {
        f"styles/{name}.yml": HEDGES for name in ("House/Loud", "House/Off", "Other/Wanted", "Other/Not")
    }
    words = {f"styles/Vocab/{name}/accept.txt": name for name in ("Base", "Spare")}
    found = read({".vale.ini": INI, **rules, **words})
    assert {rule.id: rule.severity for rule in found.rules} == {
        "house.loud": Severity.ERROR,
        "other.wanted": Severity.WARNING,
    }
    assert row(found, "House/Off.yml").fate is Fate.OFF
    assert row(found, "Other/Not.yml").message == "BasedOnStyles in the settings does not name 'Other'"
    assert found.vocabulary.accept == ("Base",)
    assert {problem.path for problem in found.problems} == {".vale.ini:11", ".vale.ini:12"}
    assert "never fails a text" in row(found, ".vale.ini", 2).message


def test_hidden_folders_and_what_vale_keeps_in_config_are_no_rules() -> None:
    found = read(
        {".github/workflows/ci.yml": "on: push", "s/config/views/v.yml": "a: b", "s/H/A.yml": HEDGES}
    )
    assert [item.path for item in found.rows] == ["s/H/A.yml"]


def test_styles_may_lie_in_a_hidden_folder_of_a_repository() -> None:
    found = read(
        {
            "repo/.vale/House/A.yml": HEDGES,
            "repo/.github/valeStyles/Docs/B.yml": HEDGES,
            "vale-repo/.github/workflows/styles.yml": "on: push",
            "repo/.github/styles/.cache/C.yml": HEDGES,
            "repo/.pre-commit-config.yaml": "repos: []",
        }
    )
    assert {item.path for item in found.rows} == {
        "repo/.vale/House/A.yml",
        "repo/.github/valeStyles/Docs/B.yml",
    }


def test_a_rule_on_a_scope_that_only_views_define_is_kept_and_says_so() -> None:
    found = read({"House/Rule.yml": "extends: existence\nmessage: x\nscope: topic\ntokens: [a]\n"})
    assert row(found, "Rule.yml").fate is Fate.KEPT
    assert "looks at topic, which no text here has" in row(found, "Rule.yml").message
    assert [rule.id for rule in found.rules] == ["house.rule"]


SPELLING = "extends: spelling\nmessage: '%s?'\nignore:\n  - House/names.txt\n  - House/more.txt\n"


def test_the_words_a_spelling_rule_ignores_come_from_the_files_it_names() -> None:
    pytest.importorskip("spellchecker")
    files: dict[str, str | bytes] = {
        "s/House/Spelling.yml": SPELLING,
        "s/House/names.txt": "\ufeffzzblorp\r\n\n# no word\nWobblix\n",
        "s/Other/names.txt": "jackett\n",
    }
    found = read(files)
    assert row(found, "House/names.txt").message == "2 words that house.spelling ignores"
    assert row(found, "Spelling.yml").fate is Fate.ENFORCED
    assert "House/more.txt, which is not in the package" in row(found, "Spelling.yml", 3).message
    assert not found.problems
    (spelling,) = found.rules
    assert export_rule(spelling) == SPELLING.encode()
    louder = spelling.model_copy(update={"message": "Look up '%s'."})
    assert yaml.safe_load(export_rule(louder)) == {
        **yaml.safe_load(SPELLING),
        "message": "Look up '%s'.",
        "level": "warning",
    }
    check = compile_check(PolicyAssets(style_guide={"g": StyleGuide(title="G", rules=(spelling,))}), {})
    assert [item.message for item in check.run("zzblorp wobblix jackett", Context()).findings] == ["jackett?"]


def test_a_dictionary_of_the_package_adds_its_words() -> None:
    pytest.importorskip("spellchecker")
    rule = "extends: spelling\nmessage: '%s?'\nappend: true\ndictionaries: [en_US-house, en_US]\n"
    found = read(
        {
            "s/House/Spelling.yml": rule,
            "s/config/dictionaries/en_US-house.dic": "2\nzzblorp/SM\nwobblix\n",
            "s/config/dictionaries/en_US.dic": "5001\n" + "\n".join(f"word{n}" for n in range(5_001)),
        }
    )
    assert row(found, "en_US-house.dic").message == "2 words that house.spelling ignores"
    assert "takes 5000 at most, so none of these" in row(found, "en_US.dic").message
    assert found.rules[0].definition["ignored_words"] == ["zzblorp", "wobblix"]
    assert export_rule(found.rules[0]) == rule.encode()


def test_a_word_list_that_is_too_large_does_not_keep_the_rules_out() -> None:
    rule = "extends: spelling\nmessage: '%s?'\nignore: big.txt\n"
    found = read({"s/House/Spelling.yml": rule, "s/big.txt": "x" * 1_000_001})
    assert "no list of words is taken" in row(found, "big.txt").message
    assert [item.id for item in found.rules] == ["house.spelling"]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text(HEDGES)
    style = tmp_path / "House"
    style.mkdir()
    (style / "Hedges.yml").write_text(HEDGES)
    (style / "Link.yml").symlink_to(tmp_path / "secret.yml")
    assert [item.path for item in read_vale_package(style).rows] == ["House/Hedges.yml"]


def test_a_link_in_an_archive_is_left_alone() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("House/Hedges.yml", HEDGES)
        link = zipfile.ZipInfo("House/Link.yml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert [item.path for item in read_vale_package(output.getvalue()).rows] == ["House/Hedges.yml"]


def bomb(size: int) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("House/Bomb.yml", b" " * size)
    return output.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "can't be read as a zip archive"),
        (b"PK\x03\x04 torn", "can't be read as a zip archive"),
        (bomb(vale_files.MAX_FILE_BYTES + 1), "is larger than"),
        (package({f"House/{n}.yml": HEDGES for n in range(vale_files.MAX_FILES + 1)}), "is too much"),
        (package({"a.txt": "x"}), "holds no rule"),
    ],
)
def test_a_package_that_cannot_be_taken_says_why(data: bytes, message: str) -> None:
    with pytest.raises(ContentError, match=message):
        read_vale_package(data)


def test_a_file_that_unpacks_to_more_than_it_says_is_refused() -> None:
    data = bomb(vale_files.MAX_FILE_BYTES * 3)
    true_size = (vale_files.MAX_FILE_BYTES * 3).to_bytes(4, "little")
    with pytest.raises(ContentError):
        read_vale_package(data.replace(true_size, (10).to_bytes(4, "little")))


def test_a_path_that_is_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="neither a folder nor a file"):
        read_vale_package(tmp_path / "absent")


@given(st.binary(max_size=300))
def test_any_settings_are_read(data: bytes) -> None:
    settings = read_settings(data)
    assert all(line >= 1 for line, _ in (*settings.remarks, *settings.mistakes))


@given(
    st.dictionaries(
        st.sampled_from(["H/A.yml", "Vocab/B/accept.txt", ".vale.ini"]), st.text(max_size=60), min_size=1
    )
)
def test_any_package_is_read_or_refused_with_a_reason(files: dict[str, str]) -> None:
    try:
        found = read({name: text.encode("utf-8", "surrogatepass") for name, text in files.items()})
    except ContentError:
        return
    guide = StyleGuide(
        title="A",
        rules=found.rules,
        vocabulary_accept=found.vocabulary.accept,
        vocabulary_reject=found.vocabulary.reject,
    )
    compile_check(PolicyAssets(style_guide={"a": guide}), {}).run("maybe", Context())


@pytest.mark.shared
def test_all_published_styles_are_taken_in_with_every_rule() -> None:
    if not STYLES.is_dir():
        pytest.skip("../shared/data/vale is not here")
    found = read_vale_package(STYLES)
    assert found.problems == ()
    assert {item.fate for item in found.rows} == {Fate.ENFORCED}
    assert len(found.rules) == len(list(STYLES.rglob("*.yml")))
    by_path = {f"{rule.style}/{rule.title}.yml": rule for rule in found.rules}
    for path in STYLES.rglob("*.yml"):
        assert export_rule(by_path[path.relative_to(STYLES).as_posix()]) == path.read_bytes()


def test_tests_of_rules_and_other_yaml_of_a_repository_are_no_rules() -> None:
    found = read(
        {
            "House/Hedges.yml": HEDGES,
            "House/Hedges.test.yml": "- name: hedges\n  input: maybe\n  contains: House.Hedges\n",
            "House/Lost.yml": "message: no kind\n",
            "coverage/words.yml": "- term: maybe\n  rule: Hedges\n",
        }
    )
    assert {(item.path, item.fate) for item in found.rows} == {
        ("House/Hedges.yml", Fate.ENFORCED),
        ("House/Lost.yml", Fate.REFUSED),
        ("coverage/words.yml", Fate.READ),
    }
    alone = read({"House/Lost.yml": "message: no kind\n"})
    assert row(alone, "Lost.yml").fate is Fate.REFUSED


def test_a_rule_that_asks_for_nothing_is_kept() -> None:
    found = read({"House/Later.yml": "extends: existence\nmessage: to come\ntokens: []\n"})
    assert row(found, "Later.yml").fate is Fate.KEPT
    assert "finds nothing" in row(found, "Later.yml").message
