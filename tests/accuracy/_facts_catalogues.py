"""Own catalogues of ten trades, in English and German, with sentences that are right and that are wrong.

The grammar was mended on these sentences, so their rows guard what is reached and prove nothing of unseen
trades; they need no shared data. Before any of it was mended on them, .91 of the wrong sentences of the last
five (restaurant, car, clinic, software, studio) were found and .013 of their right ones accused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import FactSheet
from copydesk.checks.contract import Context
from copydesk.checks.facts import FactsCheck, compile_check

CATALOGUES = Path(__file__).with_name("facts_catalogues.yml")
ACCUSED = frozenset({"contradicted", "guarded"})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The check of one trade's fact sheet with its sentences."""

    name: str
    locale: str
    check: FactsCheck
    right: tuple[str, ...]
    wrong: tuple[str, ...]

    def accused(self, text: str) -> bool:
        """Tell whether a sentence fails; a remark for review is no accusation."""
        findings = self.check.run(text, Context(locale=self.locale)).findings
        return any(finding.evidence["verdict"] in ACCUSED for finding in findings)


def read_catalogues() -> Iterator[Catalogue]:
    """Yield the catalogues with their templates filled."""
    for data in yaml.safe_load(CATALOGUES.read_text(encoding="utf-8")):
        facts = [{"id": f"fact-{number}", **fact} for number, fact in enumerate(data["facts"])]
        sheet = {"title": data["name"], "facts": facts, "guarded_claims": data["guarded"]}
        check = compile_check(PolicyAssets(fact_sheet={"sheet": FactSheet.model_validate(sheet)}), {})
        sentences = {
            side: tuple(data[side])
            + tuple(
                template.replace("@", written)
                for group in data["filled"]
                for template in group["templates"]
                for written in group[side]
            )
            for side in ("right", "wrong")
        }
        yield Catalogue(data["name"], data["locale"], check, sentences["right"], sentences["wrong"])
