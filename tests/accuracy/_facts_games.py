"""Basketball reports with the errors that people marked: every number against the game's box score.

The fact sheet of a game is written from its box score as an editor would: per player and team the counted
statistics, shooting as made and attempted, records and scores as two facts of one attribute. A number counts
as accused when any finding on it says contradicted or unsupported.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import FactSheet
from copydesk.checks.contract import Context
from copydesk.checks.facts import FactsCheck, compile_check
from copydesk.checks.numbers.words import NUMERALS

# column of the box score: attribute, its other names, the noun that is counted
COUNTED = {
    "PTS": ("points", ["scored"], "point"),
    "REB": ("rebounds", ["boards"], "rebound"),
    "AST": ("assists", ["dimes"], "assist"),
    "STL": ("steals", [], "steal"),
    "BLK": ("blocks", ["blocked shots"], "block"),
    "TO": ("turnovers", [], "turnover"),
    "MIN": ("minutes", [], "minute"),
}
SHOOTING = {
    "FG": ("shooting", ["field goals", "FG", "from the field", "from the floor"], "field goal"),
    "FG3": (
        "three-point shooting",
        ["3Pt", "three-pointers", "threes", "from three", "from three-point range", "from beyond the arc",
         "from deep", "from long range", "from downtown", "from three-point land",
         "from the three-point line",
         "from the 3-point line", "three-point line", "three-point range", "3-point range"],
        "three-pointer",
    ),
    "FT": (
        "free throws",
        ["FT", "from the line", "from the free-throw line", "from the charity stripe", "from the foul line"],
        "free throw",
    ),
}  # fmt: skip
TEAM_COUNTED = {"TEAM-PTS": "PTS", "TEAM-REB": "REB", "TEAM-AST": "AST", "TEAM-TOV": "TO"}
QUARTERS = ("first", "second", "third", "fourth")
COUNTABLE = frozenset(NUMERALS["en"]) | {"pair", "couple"}


@dataclass(frozen=True, slots=True)
class Game:
    """One report: its tokens, the places of the tokens in the text, and the tokens people marked."""

    id: str
    text: str
    starts: tuple[int, ...]
    tokens: tuple[str, ...]
    marked: frozenset[int]
    check: FactsCheck

    @property
    def numbers(self) -> list[int]:
        """The tokens that are numbers in digits or words."""
        return [n for n, token in enumerate(self.tokens) if token.isdecimal() or token.lower() in COUNTABLE]

    def accused(self) -> set[int]:
        """Return the tokens that a finding says are contradicted or unsupported."""
        found = set()
        for finding in self.check.run(self.text, Context(locale="en-US")).findings:
            if finding.span is None or finding.evidence.get("verdict") not in ("contradicted", "unsupported"):
                continue
            span = finding.span
            found |= {n for n in self.numbers if span.start <= self.starts[n] < span.end}
        return found


def read_games(scores: Path) -> Iterator[Game]:
    """Yield the games of an `acc_*shared_task.jsonl` with its texts and marks beside it."""
    stem = scores.name.removesuffix("shared_task.jsonl")
    reports = {row["TEXT_ID"]: row for row in _rows(scores.with_name(f"{stem}games.csv"))}
    marks: dict[str, set[int]] = {}
    for row in _rows(scores.with_name(f"{stem}gsml.csv")):
        if row["TYPE"] == "NUMBER":
            places = range(int(row["DOC_TOKEN_START"]) - 1, int(row["DOC_TOKEN_END"]))
            marks.setdefault(row["TEXT_ID"].removesuffix(".txt"), set()).update(places)
    for line in scores.read_text(encoding="utf-8").splitlines():
        box = json.loads(line)
        text_id = box["shared_task_text_id"].removesuffix(".txt")
        tokens = tuple(reports[text_id]["GENERATED_TEXT"].split())
        text, starts = joined(tokens)
        check = compile_check(PolicyAssets(fact_sheet={"game": sheet(box)}), {})
        yield Game(text_id, text, starts, tokens, frozenset(marks.get(text_id, ())), check)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def joined(tokens: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """Write tokens as running text; returns it with the place of each token."""
    text, starts = "", []
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else ""
        tight = re.fullmatch(r"[.,;:!?)%]|'\w+|n't|-", token) or before in ("(", "-", "$")
        text += "" if tight or not text else " "
        starts.append(len(text))
        text += token
    return text, tuple(starts)


def sheet(box: dict[str, Any]) -> FactSheet:
    """Write the fact sheet of a game from its box score."""
    facts = [*_team_facts(box, "home", "vis"), *_team_facts(box, "vis", "home"), *_player_facts(box)]
    named = [{"id": f"fact-{number}", **fact} for number, fact in enumerate(facts)]
    return FactSheet.model_validate({"title": "Box score", "facts": named})


def _fact(subject: str, aliases: list[str], about: tuple[str, list[str], str], value: str,
          kind: str = "quantity") -> dict[str, Any]:  # fmt: skip
    attribute, others, unit = about
    typed = (
        {"type": "percent", "number": value}
        if kind == "percent"
        else ({"type": "quantity", "number": value, "unit": unit})
    )
    return {
        "subject": subject,
        "subject_aliases": aliases, "attribute": attribute, "attribute_aliases": others, "value": typed,
    }  # fmt: skip


def _player_facts(box: dict[str, Any]) -> Iterator[dict[str, Any]]:
    columns = box["box_score"]
    keys = list(columns["PLAYER_NAME"])
    for key in keys:
        name, family = (columns[c][key] for c in ("PLAYER_NAME", "SECOND_NAME"))
        aliases = [family] if family != name else []
        row = {column: columns[column][key] for column in columns}
        lines = [(about, row[column]) for column, about in COUNTED.items()]
        for column, about in SHOOTING.items():
            lines += [(about, row[f"{column}M"]), (about, row[f"{column}A"])]
        for about, value in lines:
            yield _fact(name, aliases, about, value if value.isdecimal() else "0")
        for column, about in SHOOTING.items():
            if row[f"{column}_PCT"].isdecimal():
                yield _fact(name, aliases, about, row[f"{column}_PCT"], "percent")


def _team_facts(box: dict[str, Any], side: str, other: str) -> Iterator[dict[str, Any]]:
    line, rival = box[f"{side}_line"], box[f"{other}_line"]
    name, city = line["TEAM-NAME"], line["TEAM-CITY"]
    aliases = [f"{city} {name}", city] if city != rival["TEAM-CITY"] else [f"{city} {name}"]
    own, against = int(line["TEAM-PTS"]), int(rival["TEAM-PTS"])
    quarters = [int(line[f"TEAM-PTS_QTR{n}"]) for n in range(1, 5)]
    theirs = [int(rival[f"TEAM-PTS_QTR{n}"]) for n in range(1, 5)]
    lines = [(COUNTED[column], line[key]) for key, column in TEAM_COUNTED.items()]
    lines += [(("score", [], "point"), str(points)) for points in (own, against)]
    lines += [(("record", ["overall"], "win"), line[f"TEAM-{key}"]) for key in ("WINS", "LOSSES")]
    lines.append(
        (("margin", ["win", "victory", "loss", "defeat", "blowout"], "point"), str(abs(own - against)))
    )
    for name_of, mine, rivals in zip(QUARTERS, quarters, theirs, strict=True):
        about = (f"{name_of} quarter", [f"{name_of}", f"{name_of} period"], "point")
        lines += [(about, str(points)) for points in (mine, rivals, abs(mine - rivals))]
    for half, cut in (("first half", slice(0, 2)), ("second half", slice(2, 4))):
        points = (sum(quarters[cut]), sum(theirs[cut]))
        lines += [((half, [], "point"), str(n)) for n in (*points, abs(points[0] - points[1]))]
    for about, value in lines:
        yield _fact(name, aliases, about, value)
    for column, about in SHOOTING.items():
        if line.get(f"TEAM-{column}_PCT", "").isdecimal():
            yield _fact(name, aliases, about, line[f"TEAM-{column}_PCT"], "percent")
