"""What time it is: this machine's, or that of a file."""

from datetime import UTC, datetime, timedelta

import pytest

from sprintlib.as_of import parse_as_of
from sprintlib.clock import clock_of, write_clock
from sprintlib.errors import SettingsError
from sprintlib.settings import parse

THEN = datetime(2026, 11, 9, 14, 30, tzinfo=UTC)


def settings(home, **clock):
    return parse({"home": home, "project": {"name": "a", "repositories": ["a/b"]}, "clock": clock})


def test_by_default_it_is_now(tmp_path):
    assert abs(clock_of(settings(tmp_path))() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_file_says_what_time_it_is_whenever_it_is_asked(tmp_path):
    simulated = settings(tmp_path, file="clock")
    clock = clock_of(simulated)
    for moment in (THEN, THEN + timedelta(hours=3)):
        write_clock(tmp_path / "clock", moment)
        assert clock() == parse_as_of(None, simulated) == moment
    assert [place.name for place in tmp_path.iterdir()] == ["clock"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("tomorrow", "holds no time such as 2026-11-23T16:00:00"),
        ("2026-11-09T14:30:00", "holds no time such as"),
    ],
)
def test_a_file_without_a_time_is_said_in_a_sentence(tmp_path, content, sentence):
    if content is not None:
        (tmp_path / "clock").write_text(content)
    with pytest.raises(SettingsError, match=r"clock\.file: .*" + sentence.split()[0]) as raised:
        clock_of(settings(tmp_path, file="clock"))()
    assert sentence in str(raised.value)
