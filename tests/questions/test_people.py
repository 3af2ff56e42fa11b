"""No question gets a figure about a person."""

import pytest

from tests.questions.conftest import Ask
from tests.world import World

REFUSED = "I do not rank or measure people: there are figures for the team and its items, but none about a person."


@pytest.mark.parametrize(
    "question",
    [
        "who is slowest?",
        "Who is the fastest reviewer?",
        "who closed the most issues?",
        "who merged the fewest pull requests last week?",
        "rank the developers",
        "compare team members by velocity",
        "who is our best engineer?",
        "which developer is the most productive developer?",
        "how many bugs per person?",
        "whose fault is the delay?",
        "how is team-ann performing?",
        "is team-ann slow?",
        "how many issues did team-ann close?",
        "谁最慢？",
        "誰が一番遅い？",
        "누가 가장 느린가요?",
    ],
)
def test_rankings_are_refused(team: World, told: Ask, question: str) -> None:
    team.issue(50, author="team-ann")
    assert told(question) == [REFUSED]


@pytest.mark.parametrize(
    "question",
    [
        "who can act on api#20?",
        "who merged api#22?",
        "who is assigned to web#5?",
        "what is slow?",
        "who should review next?",
    ],
)
def test_a_role_on_an_item_is_fine(told: Ask, question: str) -> None:
    assert told(question) != [REFUSED]
