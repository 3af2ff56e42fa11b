"""The time that a question names, seen from Friday, 20 March 2026."""

from datetime import date

import pytest

from sprintlib.questions.periods import named_period

TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("what happened yesterday?", "03-19", "03-19", "on Thu 19 Mar 2026"),
        ("what happened since yesterday?", "03-19", "03-20", "since Thu 19 Mar 2026"),
        ("what is new today", "03-20", "03-20", "on Fri 20 Mar 2026"),
        ("what changed since monday", "03-16", "03-20", "since Mon 16 Mar 2026"),
        ("what changed on wednesday", "03-18", "03-18", "on Wed 18 Mar 2026"),
        ("what changed since friday", "03-13", "03-20", "since Fri 13 Mar 2026"),  # today is no answer to that
        ("what did we ship last week", "03-09", "03-15", "from Mon 9 Mar 2026 to Sun 15 Mar 2026"),
        ("what did we ship this week", "03-16", "03-20", "since Mon 16 Mar 2026"),
        ("merged in the last 3 days", "03-17", "03-20", "since Tue 17 Mar 2026"),
        ("merged last month", "02-01", "02-28", "from Sun 1 Feb 2026 to Sat 28 Feb 2026"),
        ("closed since 2026-03-01?", "03-01", "03-20", "since Sun 1 Mar 2026"),
        ("closed on 5 march", "03-05", "03-05", "on Thu 5 Mar 2026"),
        ("closed on march 5th, 2026", "03-05", "03-05", "on Thu 5 Mar 2026"),
        ("between monday and wednesday", "03-16", "03-18", "from Mon 16 Mar 2026 to Wed 18 Mar 2026"),
        ("先週何がマージされた", "03-09", "03-15", "from Mon 9 Mar 2026 to Sun 15 Mar 2026"),
        ("昨天合并了什么", "03-19", "03-19", "on Thu 19 Mar 2026"),
        ("어제 무엇이 바뀌었나", "03-19", "03-19", "on Thu 19 Mar 2026"),
    ],
)
def test_local_days(text: str, first: str, last: str, words: str) -> None:
    found = named_period(text, TODAY)
    assert found is not None
    assert (found.first, found.last) == (date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}"))
    assert found.words == words


@pytest.mark.parametrize(
    "text", ["will we make it by friday", "what is late?", "closed on 2026-13-40", "31 february", "what about 0.8.1"]
)
def test_no_past_is_named(text: str) -> None:
    assert named_period(text, TODAY) is None


def test_a_day_without_a_year_is_the_last_such_day() -> None:
    found = named_period("on 24 december", TODAY)
    assert found is not None
    assert found.first == date(2025, 12, 24)
