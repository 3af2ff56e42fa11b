"""One executor: the same results here, in threads, in processes and on a Dask cluster, whatever dies meanwhile."""

import os
import signal
import time
from pathlib import Path

import pytest

from sprintlib.errors import SettingsError, SprintError
from sprintlib.parallel import in_order, open_executor
from sprintlib.parallel.cluster import _check_workers
from tests.parallel import calls
from tests.parallel.cluster import Cluster

NUMBERS = [(number,) for number in range(8)]
SQUARES = [0, 1, 4, 9, 16, 25, 36, 49]


@pytest.mark.parametrize("kind", ["here", "threads"])
def test_values_come_in_order(kind: str) -> None:
    with open_executor(None, kind) as executor:  # type: ignore[arg-type]
        assert list(in_order(executor, calls.square, NUMBERS)) == SQUARES


@pytest.mark.slow
def test_processes_are_others() -> None:
    with open_executor("processes") as executor:
        assert list(in_order(executor, calls.square, NUMBERS)) == SQUARES
        assert os.getpid() not in set(in_order(executor, calls.where, NUMBERS))
        with pytest.raises(SprintError, match="The work was lost"):
            list(in_order(executor, calls.always_die, NUMBERS))


@pytest.mark.parametrize("kind", ["here", "threads"])
def test_what_a_call_raises_is_raised_at_its_place(kind: str) -> None:
    with open_executor(None, kind) as executor:  # type: ignore[arg-type]
        values = in_order(executor, calls.refuse, NUMBERS)
        assert [next(values), next(values)] == [0, 1]
        with pytest.raises(ValueError, match="not two"):
            next(values)


@pytest.mark.parametrize("scheduler", ["127.0.0.1:8786", "http://127.0.0.1:1", ""])
def test_an_address_that_is_none(scheduler: str) -> None:
    with pytest.raises(SettingsError, match="neither tcp://HOST:PORT nor 'processes'"):
        open_executor(scheduler)


def test_workers_of_another_version_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"The worker at tcp://w:1 does not have sprintlib 0\.1\.0"):
        _check_workers({"tcp://w:1": "9.9"}, "tcp://s:1")
    with pytest.raises(SettingsError, match="has no worker: start one with 'dask worker tcp://s:1'"):
        _check_workers({}, "tcp://s:1")


@pytest.mark.slow
def test_a_cluster_gives_the_same_from_other_processes(cluster: Cluster) -> None:
    with open_executor(cluster.address) as executor:
        assert list(in_order(executor, calls.square, NUMBERS)) == SQUARES
        assert len(set(in_order(executor, calls.where, NUMBERS)) - {os.getpid()}) == 2
        with pytest.raises(ValueError, match="not two"):
            list(in_order(executor, calls.refuse, NUMBERS))


@pytest.mark.slow
def test_a_killed_worker_costs_another_try_and_no_result(cluster: Cluster, tmp_path: Path) -> None:
    mark = tmp_path / "died"
    cluster.add_worker()
    cluster.wait(3)
    with open_executor(cluster.address) as executor:
        assert list(in_order(executor, calls.die_once, [(*one, mark) for one in NUMBERS])) == SQUARES
    assert mark.exists()
    died = [process for process in cluster.processes if process.poll() is not None]
    assert [process.returncode for process in died] == [-signal.SIGKILL]


@pytest.mark.slow
def test_a_call_that_kills_every_worker_is_given_up(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    own = Cluster(tmp_path)
    try:
        for _ in range(2):
            own.add_worker()
        own.wait(4)
        with open_executor(own.address) as executor, pytest.raises(SprintError, match="The work was lost"):
            list(in_order(executor, calls.always_die, [(1,)]))
    finally:
        own.close()


@pytest.mark.slow
def test_where_no_scheduler_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("sprintlib.parallel.cluster._CONNECT_SECONDS", 1)
    began = time.monotonic()
    with (
        pytest.raises(SettingsError, match="No Dask scheduler answers at tcp://127.0.0.1:1: start one with"),
        open_executor("tcp://127.0.0.1:1"),
    ):
        pass
    assert time.monotonic() - began < 30
