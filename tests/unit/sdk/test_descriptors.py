"""Words for people in a style guide: what a group may hold, and revisions from before there were any."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.assets import Kind, parse
from copydesk.canonical import digest
from copydesk.errors import ContentError

# What `to_json` gave, and revisions hold, from before style guides had words for people.
OLDER = {
    "title": "House style",
    "introduction": "",
    "tones": [],
    "rules": [],
    "criteria": [],
    "voice": {"on_brand": [], "off_brand": []},
    "vocabulary_accept": [],
    "vocabulary_reject": [],
}
AGES = {"id": "ages", "title": "Ages", "terms": [["student", "students"], ["pensioner", "pensioners"]]}


def guide(*groups: Any) -> dict[str, Any]:
    return {**OLDER, "descriptors": list(groups)}


def test_a_style_guide_without_groups_keeps_the_digest_it_had_before_there_were_any() -> None:
    for content in (OLDER, guide()):
        assert digest(parse(Kind.STYLE_GUIDE, content).to_json()) == digest(OLDER)


def test_groups_are_kept_as_written() -> None:
    content = guide(AGES, {"id": "names", "title": "Names", "terms": [["Aisha"], ["Gareth"]]})
    assert parse(Kind.STYLE_GUIDE, content).to_json() == content


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([["student"]], "give 2 to 40 terms; there are 1"),
        ([["a" * n] for n in range(1, 42)], "there are 41"),
        ([["student", "students"], ["family"]], "'family' has 1 form(s) and 'student, students' has 2"),
        ([["student"], ["Student"]], "the term 'student' is used twice"),
        ([["student"], []], "at least 1 item"),
        ([["student"], [" "]], "at least 1 character"),
    ],
)
def test_a_group_that_could_not_be_exchanged_is_refused(terms: list[Any], message: str) -> None:
    with pytest.raises(ContentError) as refused:
        parse(Kind.STYLE_GUIDE, guide({**AGES, "terms": terms}))
    assert all(problem.path.startswith("descriptors.0.terms") for problem in refused.value.problems)
    assert message in refused.value.problems[0].message


def test_a_form_may_stand_twice_in_its_own_term_and_ids_may_not() -> None:
    parse(Kind.STYLE_GUIDE, guide({**AGES, "terms": [["Welsh", "Welsh"], ["Scot", "Scots"]]}))
    with pytest.raises(ContentError, match="group id 'ages'"):
        parse(Kind.STYLE_GUIDE, guide(AGES, AGES))
