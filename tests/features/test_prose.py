"""What counts as somebody's words."""

import pytest

from sprintlib.text import prose


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Blocked by #12", "Blocked by #12"),
        ("Use `terrible_hack()` here", "Use   here"),
        ("Use ``a ` b`` here", "Use   here"),
        ("before\n```python\nblocked by #12\n```\nafter", "before\n \nafter"),
        ("before\n~~~\nno end", "before\n "),
        ("> this is awful\nI agree", " \nI agree"),
        ("a <!-- blocked by #12 --> b", "a   b"),
        ("a <!-- never closed", "a  "),
        ("one\r\n> two\r\nthree", "one\n \nthree"),
        ("5 > 3 and 2 ` 3", "5 > 3 and 2 ` 3"),
        ("", ""),
    ],
)
def test_code_quotations_and_comments_are_nobody_s_words(text: str, said: str) -> None:
    assert prose(text) == said
