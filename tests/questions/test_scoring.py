"""The judge of answers: something else than what was asked is wrong, and silence is no answer."""

from datetime import UTC, datetime

import pytest

from sprintlib.analysis import Sentence
from sprintlib.evidence import Evidence
from sprintlib.knowledge import Report
from sprintlib.services import Answer
from tests.questions.scoring import Question, counts, judged

CITED = (Evidence(ref="acme/api#1", kind="issue", url="https://github.com/acme/api/issues/1"),)
REPORT = Report(
    claims=0, kept=0, dropped=0, citation_precision=None, citation_recall=None, unsupported_rate=None, coverage=None
)
BLOCKED = Question("a", "demo", "tune", "What blocks #1?", says=(r"api#66", "waits"), never=(r"api#61",))


def answered(*texts: str, cited: bool = True) -> Answer:
    sentences = tuple(Sentence(text=text, kind="fact", evidence=CITED if cited else ()) for text in texts)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return Answer(question="?", as_of=moment, milestone=None, sentences=sentences, hits=(), report=REPORT)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (("It waits for api#66.",), "right"),
        (("It waits for api#661.",), "partly"),
        (("It is open.",), "wrong"),
        (("It waits for api#66 and api#61.",), "wrong"),
        (("a", "b", "c", "d", "It waits for api#66."), "wrong"),  # nobody reads that far
    ],
)
def test_what_an_answer_says(texts: tuple[str, ...], verdict: str) -> None:
    assert judged(BLOCKED, answered(*texts)) == verdict


def test_silence_is_no_answer_and_right_where_nothing_is_known() -> None:
    silent = answered("I do not know: nothing stored answers this question.", cited=False)
    assert judged(BLOCKED, silent) == "no answer"
    noise = Question("b", "demo", "tune", "asdfgh", kind="unknown")
    assert judged(noise, silent) == "right"
    assert judged(noise, answered("I do not know, but see this.")) == "wrong"
    assert judged(Question("c", "demo", "tune", "who?", kind="refused"), silent) == "wrong"


def test_counts() -> None:
    assert counts(["right", "wrong", "right"]) == "n = 3: right 2, partly 0, wrong 1, no answer 0"
