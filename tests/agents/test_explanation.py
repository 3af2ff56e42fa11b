"""Thirty seconds of words without any model: what is said, what it cites, and what changed."""

from datetime import date, timedelta

import pytest

from sprintlib.agents.explanation import explanation
from sprintlib.analysis import MilestoneAnalysis, Sentence
from sprintlib.analysis.model import Scope
from sprintlib.evidence import Evidence
from sprintlib.knowledge import Similar, SimilarSprint
from tests import samples


def told(milestone: MilestoneAnalysis, previous: MilestoneAnalysis | None = None) -> list[Sentence]:
    before = (samples.AS_OF - timedelta(days=1), previous) if previous else None
    return list(explanation(milestone, before))


def starting(sentences: list[Sentence], words: str) -> Sentence:
    return next(sentence for sentence in sentences if sentence.text.startswith(words))


def test_the_whole_explanation() -> None:
    milestone = samples.milestone()
    sentences = told(milestone)
    assert [sentence.text for sentence in sentences] == [
        milestone.summary,
        "How the score came about: 55 from the general pace, then mostly scope added after the start -14 "
        "(sprint-demo/api#58), blocked items -9 (sprint-demo/web#31), pace of closings +6 (sprint-demo/api#41).",
        "Start sprint-demo/api#44 today: sprint-demo/web#31 cannot move without it. (+11 points expected)",
        "Ask one named reviewer to look at sprint-demo/api#52 at the next natural break. (+6 points expected)",
        "Move sprint-demo/web#37 to the next milestone, or say what leaves instead. (+4 points expected)",
        "What would change it most: the action on sprint-demo/api#44 alone takes the model's chance from 38% "
        "to 49%, not enough to change the verdict.",
        "There is no earlier analysis to compare with.",
        "Confidence: medium, based on 47 completed items of this team and on some facts that were only collected "
        "later; 8 in 10 simulated futures finish between Wed 25 Nov 2026 and Fri 4 Dec 2026.",
    ]
    assert [sentence.kind for sentence in sentences] == ["fact"] * 2 + ["advice"] * 3 + [
        "inference",
        "fact",
        "inference",
    ]
    assert all(sentence.evidence for sentence in sentences)
    assert not any(sentence.by_model for sentence in sentences)


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (0.45, "which would make it better than even"),
        (0.7, "which would make it likely"),
        (0.2, "not enough to change"),
    ],
)
def test_the_counterfactual_says_whether_the_verdict_turns(probability: float, verdict: str) -> None:
    sentence = starting(told(samples.milestone(probability=probability)), "What would change it most")
    assert verdict in sentence.text
    assert [cited.ref for cited in sentence.evidence] == ["sprint-demo/api#44", "PB-006"]


def test_without_a_number_there_is_no_counterfactual() -> None:
    texts = [sentence.text for sentence in told(samples.without_number())]
    assert not any(text.startswith("What would change") for text in texts)
    assert texts[-1] == "Confidence: none yet, with only 2 completed items in milestones so far."


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        (
            {"basis": "prior", "n_history": 4},
            "low: it is based on the pace of other teams more than on the 4 completed items",
        ),
        ({"known_later": (), "n_history": 12}, "medium, based on 12 completed items"),
        ({"known_later": ()}, "fair, based on 47 completed items"),
    ],
)
def test_confidence_follows_a_written_rule(changes: dict[str, object], level: str) -> None:
    assert level in told(samples.milestone(**changes))[-1].text


def test_what_changed_since_the_last_analysis() -> None:
    before = samples.milestone(
        probability=0.5,
        scope=Scope(committed=18, added=3, removed=0, done=8, dropped=1, open=12),
        risks=samples.risks()[1:],
        due_on=date(2026, 11, 26),
    )
    sentence = starting(told(samples.milestone(), before), "Since")
    assert sentence.text == (
        "Since the analysis of Tue 17 Nov 2026, 16:00 UTC: chance 50% to 38%, 2 items in, 1 item out, 2 closed, "
        "due date moved by 1 day to Fri 27 Nov, new: blocked item."
    )


def test_how_similar_sprints_ended_is_said_with_their_milestones() -> None:
    cited = Evidence(ref="sprint-demo/api milestone 3", kind="milestone", url="https://github.com/x/milestone/3")
    past = SimilarSprint(
        title="Sprint 3",
        due_on=date(2026, 9, 4),
        closed_on=date(2026, 9, 8),
        days_late=4,
        similarity=0.8,
        by_state=0.9,
        by_text=0.7,
        evidence=(cited,),
    )
    similar = Similar(sprints=(past,), statement="1 of 1 similar sprints slipped, by 4 days.")
    sentence = starting(list(explanation(samples.milestone(), None, similar)), "1 of 1")
    assert (sentence.kind, sentence.evidence) == ("fact", (cited,))
    assert not any("similar" in one.text for one in explanation(samples.milestone(), None, Similar(reason="Too few.")))


def test_nothing_changed() -> None:
    sentence = starting(told(samples.milestone(), samples.milestone()), "Since")
    assert sentence.text == "Since the analysis of Tue 17 Nov 2026, 16:00 UTC: nothing that matters has changed."


@pytest.mark.parametrize(
    "make",
    [samples.milestone, samples.without_number, samples.without_due_date, samples.hostile],
    ids=lambda f: f.__name__,
)
def test_every_kind_of_milestone_is_explained(make: object) -> None:
    sentences = told(make())  # type: ignore[operator]
    assert len(sentences) >= 3
    words = " ".join(sentence.text for sentence in sentences if sentence.kind != "advice").lower()
    assert "because" not in words
    assert "will " not in words
