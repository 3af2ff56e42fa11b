"""Hours of GH Archive by address: which there are in a span of time, and how one is fetched."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from urllib3.exceptions import HTTPError

from sprintlib.errors import CollectError, SettingsError

BASE_URL = "https://data.gharchive.org"
FIRST = datetime(2011, 2, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_TIMEOUT_SECONDS = 60
_PIECE = 1 << 20
_MOST_BYTES = 4 << 30


@dataclass(frozen=True)
class Hour:
    """One hour, UTC."""

    start: datetime

    @property
    def name(self) -> str:
        """The file's name; GH Archive writes the hour without a leading zero."""
        return f"{self.start:%Y-%m-%d}-{self.start.hour}.json.gz"


def hours(first: str, last: str | None, now: datetime) -> list[Hour]:
    """The hours from `first` to `last`, both included; a date means all of its hours, without `last` until now.

    first, last: a date (2015-01-01) or an hour (2015-01-01T15), UTC. The hour that `now` is in is not there yet.
    Raises SettingsError for what is neither, and for a span without an hour.
    """
    begin, _ = _span(first, "--from")
    _, end = _span(last, "--to") if last else (begin, now)
    begin, end = max(begin, FIRST), min(end, now)
    count = int((end - begin) / _HOUR)
    if count < 1:
        raise SettingsError(f"--from {first} --to {last or 'now'}: no full hour lies between them.")
    return [Hour(begin + place * _HOUR) for place in range(count)]


def _span(text: str, option: str) -> tuple[datetime, datetime]:
    """From when to when a date or an hour lasts."""
    try:
        if len(text) == len("2015-01-01"):
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return day, day + timedelta(days=1)
        hour = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{option}: '{text}' is neither a date (2015-01-01) nor an hour (2015-01-01T15).") from None
    hour = hour.replace(tzinfo=hour.tzinfo or UTC).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour, hour + _HOUR


class _TransientError(Exception):
    """Worth another try."""


@dataclass(frozen=True)
class Download:
    """Fetches hours into a folder. first_wait_seconds: before the second of four tries."""

    base_url: str
    folder: Path
    first_wait_seconds: float = 1.0

    @contextmanager
    def opened(self, hour: Hour) -> Iterator[Path | None]:
        """The file of an hour, gone afterwards: a month is some 70 GB. None where the archive does not have it.

        Raises CollectError where it cannot be fetched.
        """
        path = self._fetch(hour)
        try:
            yield path
        finally:
            if path:
                path.unlink(missing_ok=True)

    def _fetch(self, hour: Hour) -> Path | None:
        url = f"{self.base_url.rstrip('/')}/{hour.name}"
        first = self.first_wait_seconds
        retrying = Retrying(
            retry=retry_if_exception_type(_TransientError),
            stop=stop_after_attempt(4),
            wait=wait_exponential_jitter(multiplier=first, max=20, jitter=first / 2),
            reraise=True,
        )
        try:
            found: Path | None = retrying(self._once, url, self.folder / hour.name)
        except _TransientError as error:
            raise CollectError(
                f"{url} cannot be fetched ({error}): try again later; what came before is kept."
            ) from error
        return found

    def _once(self, url: str, target: Path) -> Path | None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        try:
            with requests.get(url, stream=True, timeout=_TIMEOUT_SECONDS) as answer:
                if answer.status_code == 404:
                    return None
                if answer.status_code != 200:
                    raise _TransientError(f"it answers {answer.status_code}")
                _store(answer, part)
        except (requests.exceptions.RequestException, HTTPError) as error:
            part.unlink(missing_ok=True)
            raise _TransientError("no connection, or it broke off") from error
        return part.replace(target)


def _store(answer: requests.Response, part: Path) -> None:
    expected, written = answer.headers.get("content-length"), 0
    # the file stays zipped, whatever the server calls it
    with part.open("wb") as file:
        for piece in answer.raw.stream(_PIECE, decode_content=False):
            written += file.write(piece)
            if written > _MOST_BYTES or shutil.disk_usage(part.parent).free < _PIECE:
                part.unlink()
                raise CollectError(f"{answer.url} is too large for the disk: free some space and try again.")
    if expected and expected.isdecimal() and written != int(expected):
        part.unlink()
        raise _TransientError("it broke off")
