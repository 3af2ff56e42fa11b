"""Scheduling against a crontab and a launchctl of the tests' own."""

import json
import plistlib
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sprintlib import schedule
from sprintlib import settings as settings_module
from sprintlib.cli.main import main, sprint
from sprintlib.errors import ReportError, SprintError
from sprintlib.schedule import systemd

CRONTAB = """#!/bin/sh
table="$(dirname "$0")/table"
case "$1" in
  -l) [ -f "$table" ] || { echo "no crontab for tester" >&2; exit 1; }; cat "$table" ;;
  -) cat > "$table" ;;
esac
"""
LAUNCHCTL = """#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
[ "$1" != bootout ] || exit 3
"""


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder that is all of PATH, besides what the fake programs themselves need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(shutil, "which", lambda name: str(folder / name) if (folder / name).exists() else None)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    return folder


def program(folder, name, text):
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def cron(programs):
    program(programs, "crontab", CRONTAB)
    return programs / "table"


@pytest.fixture
def launchd(programs):
    program(programs, "launchctl", LAUNCHCTL)
    return programs / "calls"


def make(folder):
    folder.mkdir(exist_ok=True)
    (folder / "sprint.toml").write_text('[project]\nname = "demo"\nrepositories = ["sprint-demo/api"]\n')
    return settings_module.load(folder)


@pytest.fixture
def settings(tmp_path):
    return make(tmp_path / "my 100% home")


def test_only_absolute_paths_are_called(settings):
    program_path, *words = schedule.command_line(settings)
    assert Path(program_path) == Path(sys.executable).parent / "sprint"
    assert words == ["--home", str(settings.home), "run", "due", "--quiet"]


def test_without_the_script_the_module_is_called(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert schedule.command_line(settings)[:3] == [str(tmp_path / "python"), "-m", "sprintlib"]


def test_cron_gets_a_marked_block_with_a_log(settings, cron):
    said = schedule.install(settings, "cron")
    lines = cron.read_text().splitlines()
    tag = re.fullmatch(r"# >>> sprint ([0-9a-f]{8}) >>>", lines[0]).group(1)
    assert lines[2] == f"# <<< sprint {tag} <<<"
    home = str(settings.home).replace("%", "\\%")
    assert lines[1].startswith("*/15 * * * * PATH=/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin /")
    assert lines[1].endswith(f"--home '{home}' run due --quiet >> '{home}/data/run-due.log' 2>&1")
    assert "every 15 minutes" in said
    assert settings.data_dir.is_dir()
    assert schedule.status(settings) == "cron, every 15 minutes"


def test_other_lines_of_the_crontab_stay(settings, cron):
    cron.write_text("MAILTO=me\n0 3 * * * backup")
    schedule.install(settings, "cron")
    schedule.install(settings, "cron")
    assert cron.read_text().startswith("MAILTO=me\n0 3 * * * backup\n# >>> sprint ")
    assert cron.read_text().count("run due") == 1
    assert schedule.remove(settings) == "cron no longer calls 'sprint run due' for this home folder."
    assert cron.read_text() == "MAILTO=me\n0 3 * * * backup\n"
    assert schedule.status(settings) is None


def test_every_home_folder_has_a_block_of_its_own(settings, cron, tmp_path):
    other = make(tmp_path / "other")
    schedule.install(settings, "cron")
    schedule.install(other, "cron")
    schedule.remove(settings)
    assert str(other.home) in cron.read_text()
    assert str(settings.home).replace("%", "\\%") not in cron.read_text()


def test_without_crontab_the_sentence_holds_the_line_to_add(settings, programs):
    with pytest.raises(SprintError, match=r"no crontab command here: .*: \*/15 \* \* \* \* PATH="):
        schedule.install(settings, "cron")
    assert schedule.status(settings) is None


def test_a_crontab_that_cannot_be_read_is_not_overwritten(settings, programs):
    program(
        programs, "crontab", '#!/bin/sh\n[ "$1" = -l ] && { echo "you may not" >&2; exit 1; }\ntouch "$0.written"\n'
    )
    with pytest.raises(SprintError, match=r"could not be read \(you may not\): nothing was changed"):
        schedule.install(settings, "cron")
    assert not (programs / "crontab.written").exists()


def test_a_crontab_that_cannot_be_written(settings, programs):
    program(programs, "crontab", '#!/bin/sh\n[ "$1" = - ] && { echo "disk full" >&2; exit 1; }\nexit 0\n')
    with pytest.raises(SprintError, match=r"could not be written \(disk full\)"):
        schedule.install(settings, "cron")


def test_a_home_that_cron_cannot_name(tmp_path, cron):
    with pytest.raises(SprintError, match="line break"):
        schedule.install(make(tmp_path / "two\nlines"), "cron")


def agents():
    return list((Path.home() / "Library" / "LaunchAgents").glob("*.plist"))


def test_launchd_gets_an_agent(settings, launchd):
    schedule.install(settings, "launchd")
    (path,) = agents()
    agent = plistlib.loads(path.read_bytes())
    assert agent["ProgramArguments"] == schedule.command_line(settings)
    assert agent["StartInterval"] == 900
    assert agent["RunAtLoad"] is True
    assert agent["StandardErrorPath"] == str(settings.data_dir / "run-due.log")
    assert path.stem == agent["Label"]
    calls = launchd.read_text().splitlines()
    assert [call.split()[0] for call in calls] == ["bootout", "bootstrap"]
    assert calls[1].endswith(str(path))
    assert schedule.status(settings).startswith("launchd, every 15 minutes and at login")


def test_the_agent_is_removed(settings, launchd):
    schedule.install(settings, "launchd")
    assert schedule.remove(settings) == "launchd no longer calls 'sprint run due' for this home folder."
    assert agents() == []
    assert launchd.read_text().splitlines()[-1].startswith("bootout ")
    assert schedule.remove(settings) == "Nothing was scheduled for this home folder."


def test_launchd_where_there_is_none(settings, programs):
    with pytest.raises(SprintError, match="launchd belongs to macOS: use 'sprint schedule install --cron'"):
        schedule.install(settings, "launchd")
    assert agents() == []


def test_launchd_that_refuses(settings, programs):
    program(programs, "launchctl", "#!/bin/sh\necho 'Bootstrap failed: 5' >&2\nexit 5\n")
    with pytest.raises(SprintError, match=r"did not accept .* \(Bootstrap failed: 5\): log in again"):
        schedule.install(settings, "launchd")


def test_the_default_is_what_the_system_has(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert schedule.default_kind() == "launchd"
    monkeypatch.setattr(sys, "platform", "linux")
    assert schedule.default_kind() == "cron"


def call(settings, *words):
    return CliRunner().invoke(sprint, ["--home", str(settings.home), "schedule", *words])


def test_the_command_prints_without_changing_anything(settings, cron):
    printed = call(settings, "install", "--cron", "--print").output
    assert printed.count("\n") == 3
    assert "run due --quiet" in printed
    assert plistlib.loads(call(settings, "install", "--launchd", "--print").output.encode())["RunAtLoad"] is True
    assert not cron.exists()


def test_the_command_installs_says_and_removes(settings, cron):
    assert call(settings, "status").output == "Not scheduled: run 'sprint schedule install'.\n"
    assert "every 15 minutes" in call(settings, "install", "--cron").output
    assert call(settings, "status").output == "cron, every 15 minutes\n"
    assert json.loads(call(settings, "status", "--json").output) == {
        "installed": "cron, every 15 minutes",
        "log": str(settings.data_dir / "run-due.log"),
    }
    assert "no longer" in call(settings, "remove").output


def test_what_unattended_calls_say_is_dated_in_the_project_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sprint.toml").write_text(
        '[project]\nname = "acme"\nrepositories = ["acme/api"]\ntime_zone = "Europe/Berlin"\n'
    )

    def nothing_to_read(*_: Any, say: Callable[[str], None], **__: Any) -> list[Any]:
        say("Nothing is due.")
        raise ReportError("GitHub is away.")

    monkeypatch.setattr("sprintlib.reports.run_due", nothing_to_read)
    with pytest.raises(SystemExit):
        main(["--home", str(tmp_path), "run", "due"])
    told = capsys.readouterr()
    stamp = r"20\d\d-\d\d-\d\d \d\d:\d\d CES?T "
    assert re.fullmatch(f"{stamp}Nothing is due\\.\n", told.out)
    assert re.fullmatch(f"{stamp}sprint: GitHub is away\\.\n", told.err)


# ---------------------------------------------------------------- systemd

SYSTEMCTL = """#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
"""


@pytest.fixture
def systemctl(programs):
    program(programs, "systemctl", SYSTEMCTL)
    return programs / "calls"


def unit_files():
    return sorted((Path.home() / ".config" / "systemd" / "user").glob("sprint-*"))


def test_systemd_gets_a_timer_that_catches_up_after_sleep(settings, systemctl):
    said = schedule.install(settings, "systemd")
    service, timer = unit_files()
    assert "OnCalendar=*:0/15\nPersistent=true" in timer.read_text()
    assert "Type=oneshot" in service.read_text()
    assert systemctl.read_text().splitlines() == ["--user daemon-reload", f"--user enable --now {timer.name}"]
    assert "every 15 minutes" in said
    assert schedule.status(settings) == "systemd, every 15 minutes"
    assert schedule.remove(settings) == "systemd no longer calls 'sprint run due' for this home folder."
    assert unit_files() == []


@pytest.mark.parametrize("service", ["watch", "serve", "dashboards"])
def test_a_service_is_kept_running_beside_the_timer(settings, systemctl, service):
    schedule.install(settings, "systemd")
    schedule.install_service(settings, service)
    (unit,) = [path for path in unit_files() if service in path.name]
    assert "Restart=always" in unit.read_text()
    assert schedule.status(settings) == f"systemd, every 15 minutes; systemd keeps 'sprint {service}' running"
    schedule.remove(settings)
    assert unit_files() == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
@pytest.mark.parametrize("service", [None, "watch", "serve", "dashboards"])
@pytest.mark.parametrize("name", ["plain", "my 100% \"home\" $HOME 'x'"])
def test_systemd_itself_understands_the_units(tmp_path, service, name):
    settings = make(tmp_path / name)
    for file, content in systemd.units(settings, service).items():
        (tmp_path / file).write_text(content)
    names = [str(tmp_path / file) for file in systemd.units(settings, service)]
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *names],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_systemd_refuses_is_said(settings, programs):
    program(programs, "systemctl", '#!/bin/sh\necho "Failed to connect to bus" >&2\nexit 1\n')
    with pytest.raises(SprintError, match=r"did not start .* \(Failed to connect to bus\)"):
        schedule.install(settings, "systemd")


def test_launchd_keeps_a_service_running(settings, launchd, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    schedule.install_service(settings, "watch")
    (path,) = agents()
    agent = plistlib.loads(path.read_bytes())
    assert (agent["KeepAlive"], agent["ProgramArguments"][-1]) == (True, "watch")
    assert schedule.remove(settings) == "launchd no longer keeps 'sprint watch' running for this home folder."


def test_cron_keeps_nothing_running(settings, cron):
    done = CliRunner().invoke(
        sprint, ["--home", str(settings.home), "schedule", "install", "--cron", "--service", "watch"]
    )
    assert done.exit_code == 2
    assert "cron keeps nothing running" in done.output
