"""What descriptions hold, and what they say."""

import pytest

from sprintlib.features import text
from tests.features.builder import view


def body(number: int, words: str | None, **more: str) -> dict[str, object]:
    return {"number": number, "body": words, **more}


def test_description_length_leaves_out_code_and_quotes() -> None:
    scene = view(
        items=[body(1, "three plain words"), body(2, "> quoted\nfive words stay here now\n```\nlots of code\n```")]
    )
    assert text.description_length(scene).value == 4.0


def test_without_description() -> None:
    scene = view(items=[body(1, None), body(2, "too short"), body(3, "this one is long enough to read")])
    metric = text.without_description(scene)
    assert (metric.value, metric.evidence) == (pytest.approx(2 / 3), ("acme/api#1", "acme/api#2"))


def test_acceptance_criteria_of_issues() -> None:
    scene = view(
        items=[
            body(1, "- [ ] the form saves"),
            body(2, "## Acceptance criteria\nIt works."),
            body(3, "Just do it"),
            body(4, "- [x] done", kind="pull"),
        ]
    )
    metric = text.acceptance_criteria(scene)
    assert (metric.value, metric.n, metric.evidence) == (pytest.approx(2 / 3), 3, ("acme/api#3",))


@pytest.mark.parametrize(
    ("words", "doubtful"),
    [
        ("It is unclear who calls this", 1.0),
        ("needs more research before we start", 1.0),
        ("TBD", 1.0),
        ("Rename the column", 0.0),
        ("`unclear` is the flag's name", 0.0),
    ],
)
def test_uncertain_language(words: str, doubtful: float) -> None:
    assert text.uncertain_language(view(items=[body(1, words)])).value == doubtful


@pytest.mark.parametrize(
    ("words", "waiting"),
    [
        ("Blocked by acme/web#3", 1.0),
        ("we are waiting for the new API", 1.0),
        ("No longer blocked by #3", 0.0),
        ("> blocked by #3", 0.0),
        ("Add a blocklist", 0.0),
    ],
)
def test_blocked_language(words: str, waiting: float) -> None:
    assert text.blocked_language(view(items=[body(1, words)])).value == waiting


def test_nothing_open_is_said() -> None:
    assert text.without_description(view()).reason == "nothing to measure yet"
    assert text.description_length(view()).reason == "no open items"
