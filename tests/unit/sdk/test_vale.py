"""Vale styles in and out: bytes kept, inheritance, and archives that want to do harm."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import vale
from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.canonical import canonical_bytes
from copydesk.checks.contract import Context, Severity
from copydesk.checks.style_rules import compile_check
from copydesk.errors import ContentError

STYLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "vale" / "styles"
HEDGES = b"""# Keep this comment.
extends: existence
message: "Don't hedge: '%s'."   # trailing
level: error
ignorecase: true
unknown_key: [1, 2.5, {deep: ~}]
tokens:
    - maybe
    - perhaps
"""


def file(text: bytes | str, name: str = "Hedges", style: str = "House") -> vale.ValeFile:
    return vale.ValeFile(style, name, text if isinstance(text, bytes) else text.encode())


def one(*files: vale.ValeFile) -> StyleRule:
    result = vale.import_rules(files)
    assert result.problems == ()
    return result.rules[-1]


def found(rule: StyleRule, text: str) -> list[str]:
    guide = StyleGuide(title="House", rules=(rule,))
    check = compile_check(PolicyAssets(style_guide={"house": guide}), {})
    assert check.unenforced_rules == ()
    return [
        text[item.span.start : item.span.end] for item in check.run(text, Context()).findings if item.span
    ]


def zipped(**contents: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return output.getvalue()


def test_an_untouched_rule_is_exported_byte_for_byte() -> None:
    rule = one(file(HEDGES))
    assert rule.source_yaml is not None
    assert vale.export_rule(rule) == HEDGES


def test_crlf_and_a_byte_order_mark_survive() -> None:
    data = b"\xef\xbb\xbf" + HEDGES.replace(b"\n", b"\r\n")
    assert vale.export_rule(one(file(data))) == data


def test_the_parts_of_a_rule_are_read() -> None:
    rule = one(file(HEDGES))
    assert (rule.id, rule.title, rule.style) == ("house.hedges", "Hedges", "House")
    assert rule.kind is RuleKind.EXISTENCE
    assert rule.severity is Severity.ERROR
    assert rule.message == "Don't hedge: '%s'."
    assert rule.definition["tokens"] == ["maybe", "perhaps"]
    assert rule.definition["ignorecase"] is True
    assert "unknown_key" in rule.definition
    canonical_bytes(rule.to_json())
    assert found(rule, "Perhaps.") == ["Perhaps"]


def test_an_edited_rule_is_exported_anew_and_reads_back_the_same() -> None:
    edited = one(file(HEDGES)).model_copy(update={"message": "Be bold, not '%s'."})
    exported = vale.export_rule(edited)
    assert exported != HEDGES
    again = one(file(exported))
    same = {"message", "severity", "definition", "kind"}
    assert again.model_dump(include=same) == edited.model_dump(include=same)


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    rule = one(file("extends: substitution\nmessage: '%s'\nswap:\n  no: yes\n  on: 1.0\n  null: 0x1F\n"))
    assert rule.definition["swap"] == {"no": "yes", "on": "1.0", "null": "0x1F"}


def test_a_rule_extends_another_with_more_and_fewer_words() -> None:
    bold = "extends: House.Hedges\nmessage: Bold!\ntokens+:\n - might\ntokens-:\n - maybe\n"
    rule = one(file(HEDGES), file(bold, "Bold"))
    assert rule.kind is RuleKind.EXISTENCE
    assert rule.message == "Bold!"
    assert found(rule, "maybe perhaps might") == ["perhaps", "might"]
    assert vale.export_rule(rule) == bold.encode()


def test_rules_that_extend_each_other_in_a_circle_are_named() -> None:
    files = [file("extends: House.B\nmessage: a\n", "A"), file("extends: House.A\nmessage: b\n", "B")]
    result = vale.import_rules(files)
    assert result.rules == ()
    assert [problem.path for problem in result.problems] == ["House/A.yml", "House/B.yml"]
    assert all("itself" in problem.message for problem in result.problems)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"tokens: [a]", "'extends' is missing"),
        (b"extends: existence\nmessage: [", "line 2, column 11"),
        (b"\xff\xfe", "not UTF-8"),
        (b"extends: haiku\nmessage: a", "neither in this import nor a kind"),
        (b"extends: existence\nlevel: loud\nmessage: a\ntokens: [a]", "unknown level 'loud'"),
        (b"a: &a [x]\nextends: existence\nb: *a", "aliases"),
        (b"extends: existence\nmessage: a\ntokens: !!python/name:os.system [a]", "not YAML"),
        (b"extends: existence\nmessage: " + b"x" * 600, "at most 500"),
        (b"extends: existence\nx: " + b"[" * 200 + b"]" * 200, "nests too deep"),
        (b"extends: existence\nx: " + b"[" * 900_000, "nests too deep in line 2, column"),
        (b"- " * 400_000, "nests too deep in line 1, column"),
        (b"extends: existence\ntokens:\n" + b"- a\n" * 200_000, "holds more than 20000 values"),
        (b"," * 900_000, "holds more than 20000 values"),
        (b"extends: existence\nlimit: !!int " + b"1:" * 400_000 + b"1", "too long"),
        (b"extends: existence\nmessage: a\ntokens-: [[a], {b: c}]", "can't take 'tokens-' away"),
    ],
)
def test_a_file_that_is_no_rule_is_left_out_with_the_reason(data: bytes, message: str) -> None:
    result = vale.import_rules([file(data, "Broken"), file(HEDGES)])
    (problem,) = result.problems
    assert problem.path == "House/Broken.yml"
    assert message in problem.message
    assert [rule.title for rule in result.rules] == ["Hedges"]


def test_an_archive_is_read_without_touching_the_disk() -> None:
    files = vale.read_zip(
        zipped(**{"styles/House/Hedges.yml": HEDGES, "House/README.md": b"x", "../../evil/X.yml": HEDGES})
    )
    assert [(item.style, item.name) for item in files] == [("House", "Hedges"), ("evil", "X")]


def test_a_folder_of_styles_is_read(tmp_path: Path) -> None:
    (tmp_path / "House").mkdir()
    (tmp_path / "House" / "Hedges.yml").write_bytes(HEDGES)
    assert vale.read_folder(tmp_path) == [file(HEDGES)]
    assert vale.read_folder(tmp_path / "House") == [file(HEDGES)]


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"no archive", zipped(**{"a.txt": b"x"}), zipped(**{"a.yml": b" " * 1_000_001})]
)
def test_an_archive_that_can_not_be_read_says_why(data: bytes) -> None:
    with pytest.raises(ContentError):
        vale.read_zip(data)


def test_the_export_of_a_style_is_the_same_bytes_each_time_and_reads_back() -> None:
    rules = vale.import_rules([file(HEDGES), file(HEDGES, "Other", "Second")]).rules
    exported = vale.export_zip(rules)
    assert exported == vale.export_zip(tuple(reversed(rules)))
    assert {item.path: item.data for item in vale.read_zip(exported)} == {
        "House/Hedges.yml": HEDGES,
        "Second/Other.yml": HEDGES,
    }


def test_a_severity_vale_does_not_have_is_refused() -> None:
    rule = one(file(HEDGES)).model_copy(update={"severity": Severity.BLOCKER})
    with pytest.raises(ContentError, match="info, warning or error"):
        vale.export_rule(rule)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    result = vale.import_rules([file(data)])
    assert len(result.rules) + len(result.problems) == 1


@given(
    st.dictionaries(
        st.sampled_from(["extends", "tokens", "tokens+", "level", "swap", "message"]),
        st.one_of(st.text(max_size=9), st.lists(st.text(max_size=4), max_size=3)),
    )
)
def test_any_mapping_is_read_or_refused_with_a_reason(data: dict[str, object]) -> None:
    import yaml

    result = vale.import_rules([file(yaml.safe_dump({"extends": "existence", **data}))])
    assert len(result.rules) + len(result.problems) == 1
    for rule in result.rules:
        compile_check(PolicyAssets(style_guide={"a": StyleGuide(title="A", rules=(rule,))}), {})


@pytest.mark.shared
def test_every_published_rule_is_exported_byte_for_byte() -> None:
    if not STYLES.is_dir():
        pytest.skip("../shared/data/vale is not here")
    files = [item for style in sorted(STYLES.iterdir()) for item in vale.read_folder(style)]
    result = vale.import_rules(files)
    assert result.problems == ()
    assert [vale.export_rule(rule) for rule in result.rules] == [item.data for item in files]


@pytest.mark.shared
def test_the_published_styles_are_enforced_as_they_expect() -> None:
    data = STYLES.parents[1]
    if not STYLES.is_dir():
        pytest.skip("../shared/data/vale is not here")
    from tests.accuracy.vale import measure

    first, _ = measure(data)
    assert first.floor is not None
    assert first.figure >= first.floor
