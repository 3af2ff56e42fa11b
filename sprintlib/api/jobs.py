"""What takes longer than a request should: done one after the other, asked about meanwhile."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sprintlib.errors import SprintError
from sprintlib.observe.log import LOGGER

JobKind = Literal["analysis", "report", "index"]
JobState = Literal["waiting", "running", "done", "failed"]
Progress = Callable[[str, int, int | None], None]
MOST_WAITING = 20
_KEPT = 200


@dataclass
class Job:
    """One job. progress: what is being done, how far, of how many. result: JSON, once it is done."""

    id: str
    kind: JobKind
    asked_by: str
    created_at: datetime
    state: JobState = "waiting"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: tuple[str, int, int | None] | None = None
    error: str | None = None
    result: Any = field(default=None, repr=False)


class FullError(Exception):
    """So many wait that no more is taken."""


class Jobs:
    """One worker, and the last 200 jobs. They end with the server; what they made is in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="job")

    def put(self, kind: JobKind, asked_by: str, work: Callable[[Progress], Any]) -> Job:
        """Have work done; its value is the job's result. Raises FullError."""
        job = Job(uuid.uuid4().hex, kind, asked_by, datetime.now(UTC))
        with self._lock:
            if sum(one.state == "waiting" for one in self._jobs.values()) >= MOST_WAITING:
                raise FullError
            self._jobs[job.id] = job
            while len(self._jobs) > _KEPT:
                self._jobs.popitem(last=False)
        self._pool.submit(copy_context().run, self._run, job, work)  # its lines carry the request's id
        return job

    def find(self, identifier: str) -> Job | None:
        """A job by its id; None where it is not known (any more)."""
        return self._jobs.get(identifier)

    def listed(self) -> list[Job]:
        """All that are known, newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def close(self) -> None:
        """Take no more; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job, work: Callable[[Progress], Any]) -> None:
        def progress(what: str, done: int, total: int | None) -> None:
            job.progress = (what, done, total)

        job.state, job.started_at = "running", datetime.now(UTC)
        ended: JobState = "failed"
        try:
            job.result = work(progress)
            ended = "done"
        except SprintError as error:
            job.error = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits is told
            LOGGER.error("job %s failed", job.kind, exc_info=error)
            job.error = "Something went wrong in sprint: its log has the details."
        job.finished_at, job.state = datetime.now(UTC), ended
        LOGGER.info("job ended", extra={"job": job.id, "kind": job.kind, "state": ended})
