"""What a comment on a pull request says, and to whom."""

import pytest

from sprintlib.risks.remarks import read_remark


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("utACK 1a2b3c4d", "approval"),
        ("tACK", "approval"),
        ("ACK 1234567, nit: rename", "approval"),
        ("LGTM", "approval"),
        ("+1", "approval"),
        ("Looks good to me", "approval"),
        ("Concept ACK", "support"),
        ("Approach ACK", "support"),
        ("Concept NACK", "objection"),
        ("Thanks!", "courtesy"),
        ("> Why?\n\nyes, agreed", "courtesy"),
        ("I'll review this next week", "offer"),
        ("Nice. What about tests?", "question"),
        ("Concept ACK. Could you rebase?", "question"),
        ("LGTM once CI passes", "question"),
        ("I'll ACK once this is squashed", "question"),
        ("It does not look good", "question"),
        ("Can't ACK this", "question"),
    ],
)
def test_stances(text: str, stance: str) -> None:
    assert read_remark(text).stance == stance


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("@Bob what do you think?", ("bob",)),
        ("@bob @carl", ("bob", "carl")),
        ("ping @bob", ("bob",)),
        ("Agree with @bob, this is better", ()),
        ("Write to me@bob.example", ()),
    ],
)
def test_whom_it_speaks_to(text: str, to: tuple[str, ...]) -> None:
    assert read_remark(text).to == to


def test_a_text_of_any_length_is_read_in_time() -> None:
    assert read_remark("[" * 100_000).stance == "courtesy"
