"""The time that a question names: yesterday, since Monday, last week, a date."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sprintlib.calendar import WorkingCalendar

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<![\w.-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_WRITTEN = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\.? (?P<m1>{'|'.join(_MONTHS)})[a-z]*"
    rf"|(?P<m2>{'|'.join(_MONTHS)})[a-z]* (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b(?:,? (?P<y>\d{{4}}))?"
)
_SINCE = re.compile(r"\b(?:since|after|from)\s+(?:the\s+)?(?:last\s+)?$")
_LAST = re.compile(r"\b(?:in|over|during|for)?\s*the (?:last|past) (\d{1,3}|few|couple of) (day|week|month)s?\b")
_AGO = re.compile(r"\b(\d{1,3}) (day|week|month)s? ago\b")
_LENGTHS = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True)
class Period:
    """Local days [first, last], both included, and how a sentence says them: `since Fri 20 Nov 2026`."""

    first: date
    last: date
    words: str

    def holds(self, moment: datetime | None, calendar: WorkingCalendar) -> bool:
        """Whether a moment falls on one of its days."""
        return moment is not None and self.first <= calendar.local_date(moment) <= self.last


def named_period(text: str, today: date) -> Period | None:
    """The period that a question (lower case) names, seen from a local day; None where it names none."""
    return _relative(text, today) or _span(text, today) or _weekday(text, today) or _dated(text, today)


def since(first: date, today: date) -> Period:
    """From a day up to today."""
    return Period(first, today, f"since {written(first)}")


def written(day: date) -> str:
    """`Fri 27 Nov 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def _relative(text: str, today: date) -> Period | None:
    monday = today - timedelta(days=today.weekday())
    if re.search(r"\byesterday\b|昨日|昨天|어제", text):
        day = today - timedelta(days=1)
        return since(day, today) if re.search(r"since yesterday", text) else Period(day, day, f"on {written(day)}")
    if re.search(r"\b(?:last|previous|past) week\b(?!end)|先週|上周|上星期|지난주", text):
        if re.search(r"since last week|(?:the|this) past week", text):
            return since(today - timedelta(days=7), today)
        return _between(monday - timedelta(days=7), monday - timedelta(days=1))
    if re.search(r"\bthis week\b|今週|本周|这周|이번 주", text):
        return since(monday, today)
    if re.search(r"\bthis month\b|今月|本月|이번 달", text):
        return since(today.replace(day=1), today)
    if re.search(r"\blast month\b|先月|上个月|지난달", text):
        end = today.replace(day=1) - timedelta(days=1)
        return _between(end.replace(day=1), end)
    if re.search(r"\btoday\b|今日|今天|오늘", text):
        return Period(today, today, f"on {written(today)}")
    if found := _LAST.search(text) or _AGO.search(text):
        number = int(found[1]) if found[1].isdigit() else 3
        return since(today - timedelta(days=number * _LENGTHS[found[2]]), today)
    return None


def _span(text: str, today: date) -> Period | None:
    """`between Monday and Wednesday`, `from 3 Nov to 9 Nov`: the last such days."""
    found = re.search(r"\b(?:between|from) (?P<first>[\w ,.-]+?) (?:and|to|until|till) (?P<last>[\w ,.-]+)", text)
    if found is None:
        return None
    last = _weekday(found["last"], today) or _dated(found["last"], today)
    first = last and (_weekday(found["first"], last.first) or _dated(found["first"], today))
    return _between(first.first, last.first) if first and last and first.first <= last.first else None


def _weekday(text: str, today: date) -> Period | None:
    """The last such day before today; `by Friday` and `until Friday` look forward and name no past."""
    for found in re.finditer(rf"\b({'|'.join(_DAYS)})\b", text):
        if re.search(r"\b(?:by|until|till|before|next|this)\s+$", text[: found.start()]):
            continue
        back = (today.weekday() - _DAYS.index(found[1]) - 1) % 7 + 1
        day = today - timedelta(days=back)
        return since(day, today) if _SINCE.search(text[: found.start()]) else Period(day, day, f"on {written(day)}")
    return None


def _dated(text: str, today: date) -> Period | None:
    for pattern, reads in ((_ISO, _iso), (_WRITTEN, _worded)):
        for found in pattern.finditer(text):
            day = reads(found, today)
            if day is None or re.search(r"\b(?:by|until|till|before)\s+$", text[: found.start()]):
                continue
            since_then = _SINCE.search(text[: found.start()])
            return since(day, today) if since_then else Period(day, day, f"on {written(day)}")
    return None


def _iso(found: re.Match[str], _today: date) -> date | None:
    return _day(int(found[1]), int(found[2]), int(found[3]))


def _worded(found: re.Match[str], today: date) -> date | None:
    """Without a year it is the last such day."""
    month, day = _MONTHS.index((found["m1"] or found["m2"])[:3]) + 1, int(found["d1"] or found["d2"])
    if found["y"]:
        return _day(int(found["y"]), month, day)
    this = _day(today.year, month, day)
    return this if this is None or this <= today else _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _between(first: date, last: date) -> Period:
    return Period(first, last, f"from {written(first)} to {written(last)}")
