"""How a probability is written: the one place, for every face."""

from datetime import date


def percent(probability: float | None, open_items: int = 1) -> str:
    """`38%`; never more than `>95%` nor less than `<5%` while work remains; `no number` without one.

    With nothing open the outcome is known: `done` in time, or `done late`.
    """
    if open_items == 0 and probability is not None:
        return "done" if probability > 0.5 else "done late"
    if probability is None:
        return "no number"
    if probability > 0.95:
        return ">95%"
    if probability < 0.05:
        return "<5%"
    return f"{round(100 * probability)}%"


def a_percent(probability: float | None) -> str:
    """`a 38%`, `an 11%`, `a >95%`: with the article that is spoken before it."""
    said = percent(probability)
    article = "an" if said in ("8%", "11%", "18%") or said.startswith("8") else "a"
    return f"{article} {said}"


def points(gain: float | None) -> str:
    """A change of probability in percentage points: `+11 points`, `0 points`; `gain unknown` for None."""
    if gain is None:
        return "gain unknown"
    whole = whole_points(gain)
    return f"{f'{whole:+d}' if whole else '0'} point{'' if abs(whole) == 1 else 's'}"


def whole_points(gain: float) -> int:
    """A change of probability (0-1) in percentage points, as it is shown."""
    return round(100 * gain)


def day_name(day: date | None) -> str:
    """`Fri 27 Nov 2026`; `later than a year from now` beyond the horizon."""
    if day is None:
        return "later than a year from now"
    return f"{day:%a} {day.day} {day:%b %Y}"


def working_days(days: float) -> str:
    """`1 working day`, `2.5 working days`."""
    return f"{days:.3g} working day{'' if days == 1 else 's'}"


def count(number: int, noun: str) -> str:
    """`1 item`, `3 items`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
