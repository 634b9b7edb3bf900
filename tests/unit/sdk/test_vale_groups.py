"""Vale styles whose rules lie in groups: `Style.Group.Rule` in the settings and in what extends them."""

from __future__ import annotations

import io
import zipfile

from copydesk.checks.contract import Severity
from copydesk.vale import Fate, ValeImport
from copydesk.vale_package import read_vale_package

TERMS = (
    "extends: substitution\nmessage: \"Say '%s', not '%s'.\"\nswap:\n  cottage: cabin\n  footpath: trail\n"
)
HOUSE = "extends: Base.Words.Terms\nlevel: error\nswap+:\n  torch: lamp\nswap-: [footpath]\n"


def read(files: dict[str, str]) -> ValeImport:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return read_vale_package(output.getvalue())


def fates(found: ValeImport) -> dict[str, Fate]:
    return {row.path: row.fate for row in found.rows if row.path.endswith(".yml")}


def test_a_rule_extends_one_of_a_group_by_its_whole_name() -> None:
    for root in ("", "styles/", "pack/.vale/styles/"):
        found = read({f"{root}Base/Words/Terms.yml": TERMS, f"{root}House/Terms.yml": HOUSE})
        assert found.problems == ()
        house = next(rule for rule in found.rules if rule.style == "House")
        assert house.definition["swap"] == {"cottage": "cabin", "torch": "lamp"}
        assert house.severity is Severity.ERROR


def test_a_rule_that_extends_itself_by_a_longer_name_is_refused() -> None:
    found = read({"Base/Words/Terms.yml": "extends: Base.Words.Terms\nmessage: x\n"})
    assert "extends itself" in found.problems[0].message


def test_the_settings_name_rules_of_groups_by_their_whole_names() -> None:
    settings = "[*.md]\nBasedOnStyles = Base\nBase.Words.Terms = error\nBase.Words.Old = NO\n"
    found = read({".vale.ini": settings, "Base/Words/Terms.yml": TERMS, "Base/Words/Old.yml": TERMS})
    assert fates(found) == {"Base/Words/Terms.yml": Fate.ENFORCED, "Base/Words/Old.yml": Fate.OFF}
    assert [rule.severity for rule in found.rules] == [Severity.ERROR]


def test_a_package_named_as_one_of_its_styles_switches_no_other_on() -> None:
    settings = "[*.md]\nBasedOnStyles = Base\n"
    found = read(
        {
            "Base/.vale.ini": settings,
            "Base/styles/Base/Terms.yml": TERMS,
            "Base/styles/Other/Terms.yml": TERMS,
        }
    )
    assert fates(found) == {
        "Base/styles/Base/Terms.yml": Fate.ENFORCED,
        "Base/styles/Other/Terms.yml": Fate.OFF,
    }
