"""A lock of a home."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sprintlib.locks import LockedError, file_lock

HOLD = (
    "import sys, time\nfrom pathlib import Path\nfrom sprintlib.locks import file_lock\n"
    "with file_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)\n"
)


def test_a_holder_is_named_and_one_that_is_killed_frees_it(tmp_path: Path) -> None:
    lock = tmp_path / "data" / "sync.lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as refused, file_lock(lock):
            pass
        assert refused.value.holder == str(holder.pid)
        holder.send_signal(signal.SIGKILL)
    with file_lock(lock):
        assert lock.is_file()


def test_it_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), file_lock(tmp_path / "lock"):
        _ = 1 / 0
    with file_lock(tmp_path / "lock"), pytest.raises(LockedError), file_lock(tmp_path / "lock"):
        pass


def test_whoever_waits_gets_it_next(tmp_path: Path) -> None:
    order, waiting = [], threading.Event()

    def wait() -> None:
        waiting.set()
        with file_lock(tmp_path / "lock", wait=True):
            order.append("second")

    with file_lock(tmp_path / "lock"):
        other = threading.Thread(target=wait)
        other.start()
        assert waiting.wait(20)
        order.append("first")
    other.join(20)
    assert order == ["first", "second"]


def test_a_folder_that_cannot_be_made_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(OSError, match=r"File exists|Not a directory"), file_lock(tmp_path / "data" / "lock"):
        pass
