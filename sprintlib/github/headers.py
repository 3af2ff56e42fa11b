"""Header values of GitHub's answers in whatever form they come. What cannot be read counts as absent."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from requests.utils import parse_header_links

_DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?")
_LARGEST_COUNT = 10**9
# a reset time beyond this is in milliseconds
_LATEST_SECONDS = 10**11


def http_date(text: str | None) -> datetime | None:
    """An HTTP date or an RFC 3339 time, as UTC."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = parse((text or "").strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def retry_after(text: str | None, there: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` such as `30`, `1m0s` or an HTTP date; `there`: the time by GitHub's clock."""
    text = (text or "").strip()
    seconds = _number(text)
    if seconds is not None:
        return max(seconds, 0.0)
    spelled = _DURATION.fullmatch(text.lower())
    if text and spelled:
        hours, minutes, rest = (float(part or 0) for part in spelled.groups())
        return 3600 * hours + 60 * minutes + rest
    until = http_date(text)
    return max((until - there).total_seconds(), 0.0) if until else None


def reset_time(text: str | None) -> datetime | None:
    """`X-RateLimit-Reset`: seconds (or milliseconds) since 1970, or a date."""
    seconds = _number(text or "")
    if seconds is None:
        return http_date(text)
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > _LATEST_SECONDS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def count(text: str | None) -> int | None:
    """`X-RateLimit-Remaining` and its like: a number that is not negative."""
    number = _number(text or "")
    return int(number) if number is not None and 0 <= number <= _LARGEST_COUNT else None


def linked(text: str | None, relation: str) -> str | None:
    """The address that a `Link` header gives for `next`, `last` and so on."""
    try:
        links = parse_header_links(text or "")
    except ValueError:
        return None
    for link in links:
        if relation in str(link.get("rel", "")).lower().split() and link.get("url"):
            return str(link["url"])
    return None


def page_number(url: str) -> int | None:
    """The value of `page` in an address."""
    try:
        page = parse_qs(urlsplit(url).query).get("page")
    except ValueError:
        return None
    return count(page[0]) if page else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
