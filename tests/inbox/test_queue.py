"""The inbox as a queue: each delivery is worked on, by one worker at a time, whatever dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, update

from sprintlib import inbox
from sprintlib.errors import SettingsError
from sprintlib.store import open_store, schema

ME = inbox.worker_name()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path}/data/sprint.db")
    yield engine
    engine.dispose()


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def store(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    return engine


def put(engine: Engine, count: int = 1, first: int = 0) -> None:
    for number in range(first, first + count):
        inbox.receive(engine, f"guid-{number}", "issues", {}, f"body {number}".encode())


def end_leases(engine: Engine) -> None:
    with engine.begin() as connection:
        gone = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(update(schema.delivery).values(lease_until=gone, not_before=None))


def states(engine: Engine) -> dict[str, int]:
    return {state: count for state, count in inbox.counts(engine).items() if count}


def test_oldest_first_and_each_once(store: Engine) -> None:
    put(store, 5)
    first = inbox.claim(store, ME, 3)
    assert [one.body for one in first] == [b"body 0", b"body 1", b"body 2"]
    assert [one.guid for one in inbox.claim(store, "other:1:0.00", 3)] == ["guid-3", "guid-4"]
    assert inbox.claim(store, ME) == []
    inbox.finish(store, [one.id for one in first], ME)
    assert states(store) == {"done": 3, "taken": 2}


def test_several_workers_never_share_a_delivery(store: Engine) -> None:
    put(store, 60)
    taken: list[list[int]] = [[] for _ in range(4)]

    def work(place: int) -> None:
        while own := inbox.claim(store, f"host:{place}:0.00", 3):
            taken[place] += [one.id for one in own]
            inbox.finish(store, [one.id for one in own], f"host:{place}:0.00")

    threads = [Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = sorted(one for own in taken for one in own)
    assert len(everything) == len(set(everything)) == 60
    assert states(store) == {"done": 60}


def test_a_lease_that_ended_is_taken_over_and_its_old_holder_no_longer_counts(store: Engine) -> None:
    put(store)
    (one,) = inbox.claim(store, "elsewhere:1:0.00")
    assert inbox.claim(store, ME) == []
    end_leases(store)
    (again,) = inbox.claim(store, ME)
    assert (again.id, again.attempts) == (one.id, 2)
    inbox.finish(store, [one.id], "elsewhere:1:0.00")
    inbox.fail(store, one, "elsewhere:1:0.00", "late")
    assert states(store) == {"taken": 1}
    inbox.hold(store, ME)
    assert inbox.claim(store, "other:1:0.00") == []


def test_what_failed_is_tried_again_alone_and_set_aside_in_the_end(store: Engine) -> None:
    put(store, 3)
    for attempt in range(1, inbox.MOST_ATTEMPTS + 1):
        end_leases(store)
        first, *_ = inbox.claim(store, ME, 100)
        assert first.attempts == attempt
        if attempt > 1:
            assert [first.guid] == ["guid-0"]
        inbox.fail(store, first, ME, "it broke\x1b[31m")
        inbox.finish(store, [2, 3], ME)
    one = inbox.find(store, "guid-0")
    assert (one.state, one.reason) == ("aside", "it broke [31m")
    assert states(store) == {"done": 2, "aside": 1}
    assert inbox.retry(store) == 1
    assert inbox.find(store, "1").state == "waiting"
    assert inbox.find(store, "1").attempts == 0


def test_what_kills_its_worker_each_time_is_set_aside(store: Engine) -> None:
    put(store, 2)
    for _ in range(inbox.MOST_ATTEMPTS):
        inbox.claim(store, ME, 1)
        end_leases(store)
    assert [one.guid for one in inbox.claim(store, ME)] == ["guid-1"]
    assert inbox.find(store, "guid-0").reason == "the worker ended 8 times while it worked on this"


def test_a_failure_waits_before_the_next_try(store: Engine) -> None:
    put(store)
    (one,) = inbox.claim(store, ME)
    inbox.fail(store, one, ME, "not now")
    assert inbox.claim(store, ME) == []
    assert states(store) == {"waiting": 1}


def test_rows_of_a_process_that_is_gone_are_free_at_once(on_sqlite: Engine, tmp_path: Path) -> None:
    put(on_sqlite, 2)
    take = "import sys, time; from sprintlib import inbox; from sprintlib.store import open_store; "
    take += "inbox.claim(open_store(sys.argv[1]), inbox.worker_name(), 1); print('taken', flush=True); time.sleep(60)"
    url = f"sqlite:///{tmp_path}/data/sprint.db"
    process = subprocess.Popen([sys.executable, "-c", take, url], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"taken\n"
    assert inbox.release_dead(on_sqlite) == 0
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert inbox.release_dead(on_sqlite) == 1
    assert [one.guid for one in inbox.claim(on_sqlite, ME)] == ["guid-0"]
    inbox.finish(on_sqlite, [1], ME)
    assert [one.guid for one in inbox.claim(on_sqlite, ME)] == ["guid-1"]


def test_old_bodies_go_and_still_count_once(store: Engine) -> None:
    put(store)
    inbox.finish(store, [one.id for one in inbox.claim(store, ME)], ME)
    assert inbox.forget_bodies(store, datetime.now(UTC) - timedelta(days=1)) == 0
    assert inbox.forget_bodies(store, datetime.now(UTC) + timedelta(days=1)) == 1
    assert inbox.find(store, "guid-0").body is None
    assert not inbox.receive(store, "new id", "issues", {}, b"body 0").is_new
    with pytest.raises(SettingsError, match="is no longer kept: have GitHub deliver it again"):
        inbox.retry(store, ["guid-0"])


def test_what_is_not_there(store: Engine) -> None:
    with pytest.raises(SettingsError, match="There is no delivery 'x'"):
        inbox.find(store, "x")
    with pytest.raises(SettingsError):
        inbox.find(store, "9" * 40)
    assert inbox.listed(store) == []


def test_items_to_ask_about_wait_longer_each_time(store: Engine) -> None:
    with store.begin() as connection:
        row = {"id": 7, "full_name": "acme/shop", "html_url": "h", "source": "rest", "observed_at": datetime.now(UTC)}
        connection.execute(schema.repository.insert().values(row))
        inbox.want_refresh(connection, 7, {2, 1})
    first = inbox.next_refresh(store)
    assert first
    inbox.put_off(store, first)
    second = inbox.next_refresh(store)
    assert second
    assert {first.number, second.number} == {1, 2}
    inbox.refreshed(store, second)
    assert inbox.next_refresh(store) is None
    assert inbox.owed(store) == 1
    with store.begin() as connection:
        inbox.want_refresh(connection, 7, {first.number})
    inbox.refreshed(store, first)  # what was told meanwhile is still to be asked about
    assert inbox.owed(store) == 1
