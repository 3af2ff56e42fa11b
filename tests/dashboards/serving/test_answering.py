"""What the server takes as an answer, before the service sees it."""

from datetime import date

import pytest

from sprintlib.dashboards.serving.answering import _checked
from sprintlib.errors import SprintError


def asked(**values: str) -> dict[str, str]:
    return {"action": "", "decision": "", "reason": "", "until": ""} | values


def test_an_answer_is_taken_as_it_is_meant():
    assert _checked(asked(action="abcde", decision="accept")) == ("abcde", "accept", None, None)
    assert _checked(asked(action="abcde", decision="dismiss", reason="no")) == ("abcde", "dismiss", "no", None)
    until = date(2026, 12, 1)
    assert _checked(asked(action="a", decision="snooze", until="2026-12-01")) == ("a", "snooze", None, until)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "An answer needs an action"),
        ({"action": "a", "decision": "delete"}, "one of accept, dismiss, snooze and undo"),
        ({"action": "a", "decision": "dismiss"}, "Say in a few words why not"),
        ({"action": "a", "decision": "dismiss", "reason": "x" * 501}, "at most 500 characters"),
        ({"action": "a", "decision": "snooze", "until": "soon"}, "Say until which day"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(values: dict[str, str], sentence: str):
    with pytest.raises(SprintError, match=sentence):
        _checked(asked(**values))
