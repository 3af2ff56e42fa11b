"""Citations that do not check out leave the page and are counted."""

import pytest

from sprintlib.analysis.citations import CitationCheck
from sprintlib.evidence import Evidence
from sprintlib.recommend import Recommendation
from sprintlib.risks import Risk
from tests.sprints import AS_OF
from tests.world import World

ITEM = Evidence(ref="acme/api#14", kind="issue", url="https://github.com/acme/api/issues/14")
PLAY = Evidence(ref="PB-001", kind="playbook", url="https://arxiv.org/abs/2011.12468")


@pytest.fixture
def check(team: World) -> CitationCheck:
    team.run(9, "03-19 12:00", "03-19 12:10")
    team.comment(14, "Hello", "03-18", key="c9")
    return CitationCheck(team.past(AS_OF))


@pytest.mark.parametrize(
    "citation",
    [
        ITEM,
        PLAY,
        Evidence(ref="acme/api run 9", kind="run", url="https://github.com/acme/api/actions/runs/9"),
        Evidence(ref="acme/api#14", kind="comment", url="https://github.com/acme/api/issues/14#issuecomment-c9"),
        Evidence(ref="acme/api milestone 2", kind="milestone", url="https://github.com/acme/api/milestone/2"),
    ],
)
def test_what_is_stored_resolves(check: CitationCheck, citation: Evidence) -> None:
    assert check.resolves(citation)


@pytest.mark.parametrize(
    "citation",
    [
        Evidence(ref="acme/api#999", kind="issue", url="https://github.com/acme/api/issues/999"),
        Evidence(ref="acme/api#14", kind="issue", url="https://evil.example/"),
        Evidence(ref="acme/api#15", kind="issue", url="https://github.com/acme/api/issues/14"),
        Evidence(ref="PB-099", kind="playbook", url="https://arxiv.org/abs/2011.12468"),
    ],
)
def test_what_is_not_does_not(check: CitationCheck, citation: Evidence) -> None:
    assert not check.resolves(citation)


def test_a_bad_citation_is_dropped_and_counted(check: CitationCheck) -> None:
    bad = ITEM.model_copy(update={"ref": "acme/api#999"})
    risk = Risk(kind="k", severity="low", statement="s", rule="r", evidence=(ITEM, bad))
    assert check.checked([risk]) == (risk.model_copy(update={"evidence": (ITEM,)}),)
    assert check.dropped == 1


def test_a_claim_that_keeps_no_citation_goes(check: CitationCheck) -> None:
    bad = ITEM.model_copy(update={"ref": "acme/api#999"})
    advice = Recommendation(id="x", action="a", evidence=(bad, bad))
    assert check.checked([advice]) == ()
    assert check.dropped == 2


def test_a_claim_about_missing_facts_has_nothing_to_cite(check: CitationCheck) -> None:
    unknown = Risk(kind="failing_ci", severity="unknown", statement="s", rule="r")
    assert check.checked([unknown]) == (unknown,)
