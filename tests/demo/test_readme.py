"""What the README shows of `sprint demo` is what it prints on that day.

`python -m tests.demo.test_readme` writes it again after a change of words or numbers; the seconds stay as they are,
since they were measured on an idle machine.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import ROOT

README = ROOT / "README.md"
SHOWN = re.compile(r"(?<=<!-- printed by: sprint )(demo --today \S+)( -->\n```\n)(.*?)(?=```)", re.DOTALL)
SECONDS = re.compile(r" *\d+(?:\.\d)? s(?=\n| in all)")


def shown() -> tuple[list[str], str]:
    """The arguments and the transcript in the README."""
    match = SHOWN.search(README.read_text(encoding="utf-8"))
    assert match, "the README says by which command its transcript was printed"
    return match[1].split(), match[3]


def printed(arguments: list[str], home: Path) -> str:
    """What `sprint` prints in an empty folder, called as the README calls it."""
    done = subprocess.run(
        [Path(sys.executable).parent / "sprint", *arguments],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=240,
        env={name: value for name, value in os.environ.items() if not name.startswith("SPRINT_")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return re.sub(r"\S*sprint(?= --home)", ".venv/bin/sprint", done.stdout)


@pytest.mark.slow
def test_the_transcript_in_the_readme_is_what_the_demo_prints(tmp_path):
    arguments, transcript = shown()
    assert SECONDS.sub("", printed(arguments, tmp_path)) == SECONDS.sub("", transcript)


def rewrite() -> None:
    """Put what the demo prints now into the README, with the seconds that are there."""
    arguments, before = shown()
    with TemporaryDirectory() as home:
        after = printed(arguments, Path(home))
    measured = iter(SECONDS.findall(before))
    after = SECONDS.sub(lambda now: next(measured, now[0]), after)
    text = README.read_text(encoding="utf-8")
    README.write_text(SHOWN.sub(lambda match: match[1] + match[2] + after, text), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
