"""A marked block in the user's crontab; other lines stay as they are."""

import re
import shlex
import shutil

from sprintlib.errors import SprintError
from sprintlib.schedule.programs import EVERY_MINUTES, SEARCH_PATH, ask, command_line, first_line, log_file, tag
from sprintlib.settings import Settings


def definition(settings: Settings) -> str:
    """The block that is written."""
    return f"# >>> sprint {tag(settings)} >>>\n{_line(settings)}\n# <<< sprint {tag(settings)} <<<\n"


def install(settings: Settings) -> str:
    """Write the block; returns what was done. Raises SprintError, and nothing was changed."""
    if not shutil.which("crontab"):
        raise SprintError(
            f"There is no crontab command here: install cron, or have something call this: {_line(settings)}"
        )
    others = _block(settings).sub("", _read())
    if others and not others.endswith("\n"):
        others += "\n"
    _write(others + definition(settings))
    return f"cron calls 'sprint run due' every {EVERY_MINUTES} minutes; it writes to {log_file(settings)}."


def remove(settings: Settings) -> str | None:
    """Take the block out; None where there was none."""
    if not shutil.which("crontab"):
        return None
    before = _read()
    after = _block(settings).sub("", before)
    if after == before:
        return None
    _write(after)
    return "cron no longer calls 'sprint run due' for this home folder."


def status(settings: Settings) -> str | None:
    """How it is scheduled, or None."""
    if shutil.which("crontab") and _block(settings).search(_read()):
        return f"cron, every {EVERY_MINUTES} minutes"
    return None


def _line(settings: Settings) -> str:
    called = " ".join(shlex.quote(word) for word in command_line(settings))
    line = f"PATH={SEARCH_PATH} {called} >> {shlex.quote(str(log_file(settings)))} 2>&1"
    if "\n" in line:
        raise SprintError("cron cannot call a program in a folder with a line break in its name: move the home folder.")
    return f"*/{EVERY_MINUTES} * * * * " + line.replace("%", "\\%")


def _block(settings: Settings) -> re.Pattern[str]:
    name = re.escape(tag(settings))
    return re.compile(f"^# >>> sprint {name} >>>\n.*?^# <<< sprint {name} <<<\n?", re.MULTILINE | re.DOTALL)


def _read() -> str:
    listed = ask("crontab", ["-l"])
    if listed.returncode == 0:
        return listed.stdout
    if "no crontab" in listed.stderr.lower():
        return ""
    raise SprintError(f"The crontab could not be read ({first_line(listed.stderr)}): nothing was changed.")


def _write(content: str) -> None:
    written = ask("crontab", ["-"], content)
    if written.returncode != 0:
        raise SprintError(f"The crontab could not be written ({first_line(written.stderr)}): nothing was changed.")
