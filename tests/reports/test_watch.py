import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from sprintlib.reports.watch import run_watched

# a child in a session of its own that ignores polite requests, as a kernel may
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
     "print('deaf', flush=True); time.sleep(600)"], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
open("child.pid.part", "w").write(str(child.pid))
os.rename("child.pid.part", "child.pid")
{rest}
"""


def watch(folder: Path, code: str) -> int | None:
    return run_watched([sys.executable, "-c", code], folder, os.environ, folder / "log.txt", 200)


def assert_childless(folder: Path) -> None:
    pid = int((folder / "child.pid").read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_exit_code_and_output_are_kept(tmp_path):
    assert watch(tmp_path, "import sys; print('said'); sys.exit(3)") == 3
    assert (tmp_path / "log.txt").read_text() == "said\n"


def test_death_by_signal_is_a_negative_code(tmp_path):
    assert watch(tmp_path, "import os; os.kill(os.getpid(), 9)") == -9


def test_when_the_time_is_up_the_whole_family_ends(tmp_path, monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: 1000.0 * (tmp_path / "child.pid").exists())
    monkeypatch.setattr("sprintlib.reports.watch.time", clock)
    assert watch(tmp_path, FAMILY.format(rest="time.sleep(600)")) is None
    assert_childless(tmp_path)


def test_orphans_end_with_the_process_that_left_them(tmp_path, monkeypatch):
    children = psutil.Process.children

    def seen(process, recursive=False):
        found = children(process, recursive)
        if found:
            (tmp_path / "seen").touch()
        return found

    monkeypatch.setattr(psutil.Process, "children", seen)
    assert watch(tmp_path, FAMILY.format(rest="while not os.path.exists('seen'): time.sleep(0.02)")) == 0
    assert_childless(tmp_path)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupting_ends_the_family(tmp_path, sent):
    def interrupt():
        while not (tmp_path / "child.pid").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), sent)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        watch(tmp_path, FAMILY.format(rest="time.sleep(600)"))
    assert_childless(tmp_path)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_it_may_be_used_outside_the_main_thread(tmp_path):
    codes = []
    thread = threading.Thread(target=lambda: codes.append(watch(tmp_path, "pass")))
    thread.start()
    thread.join()
    assert codes == [0]


def test_a_command_that_does_not_exist_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        run_watched([str(tmp_path / "nowhere")], tmp_path, os.environ, tmp_path / "log.txt", 1)
