"""Having cron or launchd call `sprint run due` every quarter of an hour; what is due is decided there, not here."""

import hashlib
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from sprintlib.child_environment import child_environment
from sprintlib.errors import SprintError
from sprintlib.settings import Settings

Kind = Literal["cron", "launchd"]
EVERY_MINUTES = 15
# cron and launchd know no login shell's PATH; git and gh lie in one of these
_PATH = "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin"


def default_kind() -> Kind:
    """What this system has: launchd on macOS, cron elsewhere."""
    return "launchd" if sys.platform == "darwin" else "cron"


def command_line(settings: Settings) -> list[str]:
    """What is called, with absolute paths only."""
    script = Path(sys.executable).parent / "sprint"
    program = [str(script)] if script.is_file() else [sys.executable, "-m", "sprintlib"]
    return [*program, "--home", str(settings.home), "run", "due", "--quiet"]


def log_file(settings: Settings) -> Path:
    """Where unattended runs write what they say."""
    return settings.data_dir / "run-due.log"


def definition(settings: Settings, kind: Kind) -> str:
    """What `install` writes: the block of a crontab, or a launchd property list."""
    return _cron_block(settings) if kind == "cron" else _plist(settings).decode()


def install(settings: Settings, kind: Kind) -> str:
    """Have `sprint run due` called; installing again replaces. Returns what was done. Raises SprintError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return _install_cron(settings) if kind == "cron" else _install_launchd(settings)


def remove(settings: Settings) -> str:
    """Undo `install`, whichever it was. Returns what was done."""
    done = [_remove_cron(settings), _remove_launchd(settings)]
    return "; ".join(line for line in done if line) or "Nothing was scheduled for this home folder."


def status(settings: Settings) -> str | None:
    """How unattended reports are scheduled, or None."""
    found = []
    if shutil.which("crontab") and _block_pattern(settings).search(_crontab()):
        found.append(f"cron, every {EVERY_MINUTES} minutes")
    if _plist_path(settings).is_file():
        found.append(f"launchd, every {EVERY_MINUTES} minutes and at login ({_plist_path(settings)})")
    return "; ".join(found) or None


# ---------------------------------------------------------------- cron


def _cron_line(settings: Settings) -> str:
    called = " ".join(shlex.quote(word) for word in command_line(settings))
    line = f"PATH={_PATH} {called} >> {shlex.quote(str(log_file(settings)))} 2>&1"
    if "\n" in line:
        raise SprintError("cron cannot call a program in a folder with a line break in its name: move the home folder.")
    return f"*/{EVERY_MINUTES} * * * * " + line.replace("%", "\\%")


def _cron_block(settings: Settings) -> str:
    return f"# >>> sprint {_tag(settings)} >>>\n{_cron_line(settings)}\n# <<< sprint {_tag(settings)} <<<\n"


def _block_pattern(settings: Settings) -> re.Pattern[str]:
    tag = re.escape(_tag(settings))
    return re.compile(f"^# >>> sprint {tag} >>>\n.*?^# <<< sprint {tag} <<<\n?", re.MULTILINE | re.DOTALL)


def _install_cron(settings: Settings) -> str:
    if not shutil.which("crontab"):
        raise SprintError(
            f"There is no crontab command here: install cron, or have something call this: {_cron_line(settings)}"
        )
    others = _block_pattern(settings).sub("", _crontab())
    if others and not others.endswith("\n"):
        others += "\n"
    _write_crontab(others + _cron_block(settings))
    return f"cron calls 'sprint run due' every {EVERY_MINUTES} minutes; it writes to {log_file(settings)}."


def _remove_cron(settings: Settings) -> str | None:
    if not shutil.which("crontab"):
        return None
    before = _crontab()
    after = _block_pattern(settings).sub("", before)
    if after == before:
        return None
    _write_crontab(after)
    return "cron no longer calls 'sprint run due' for this home folder."


def _crontab() -> str:
    listed = subprocess.run(["crontab", "-l"], env=child_environment(), capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return listed.stdout
    if "no crontab" in listed.stderr.lower():
        return ""
    raise SprintError(f"The crontab could not be read ({_first_line(listed.stderr)}): nothing was changed.")


def _write_crontab(content: str) -> None:
    written = subprocess.run(
        ["crontab", "-"], env=child_environment(), input=content, capture_output=True, text=True, check=False
    )
    if written.returncode != 0:
        raise SprintError(f"The crontab could not be written ({_first_line(written.stderr)}): nothing was changed.")


# ---------------------------------------------------------------- launchd


def _plist(settings: Settings) -> bytes:
    return plistlib.dumps(
        {
            "Label": _label(settings),
            "ProgramArguments": command_line(settings),
            "StartInterval": EVERY_MINUTES * 60,
            "RunAtLoad": True,
            "StandardOutPath": str(log_file(settings)),
            "StandardErrorPath": str(log_file(settings)),
            "EnvironmentVariables": {"PATH": _PATH},
        }
    )


def _install_launchd(settings: Settings) -> str:
    if not shutil.which("launchctl"):
        raise SprintError("There is no launchctl here, launchd belongs to macOS: use 'sprint schedule install --cron'.")
    path = _plist_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_plist(settings))
    _launchctl("bootout", f"{_domain()}/{_label(settings)}")  # fails where it was not loaded, which is fine
    loaded = _launchctl("bootstrap", _domain(), str(path))
    if loaded.returncode != 0:
        raise SprintError(f"launchd did not accept {path} ({_first_line(loaded.stderr)}): log in again to load it.")
    return f"launchd calls 'sprint run due' every {EVERY_MINUTES} minutes; it writes to {log_file(settings)}."


def _remove_launchd(settings: Settings) -> str | None:
    path = _plist_path(settings)
    if not path.is_file():
        return None
    if shutil.which("launchctl"):
        _launchctl("bootout", f"{_domain()}/{_label(settings)}")
    path.unlink()
    return "launchd no longer calls 'sprint run due' for this home folder."


def _launchctl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["launchctl", *words], env=child_environment(), capture_output=True, text=True, check=False)


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _plist_path(settings: Settings) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_label(settings)}.plist"


def _label(settings: Settings) -> str:
    return f"sprint.run-due.{_tag(settings)}"


def _tag(settings: Settings) -> str:
    """One schedule per home folder: eight digits of its path's hash."""
    return hashlib.sha256(str(settings.home).encode()).hexdigest()[:8]


def _first_line(said: str) -> str:
    return (said.strip().splitlines() or ["no reason given"])[0]
