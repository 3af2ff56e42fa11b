"""Sending a digest once a day and target, showing it, and remembering what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sprintlib.digest.building import build_digest
from sprintlib.digest.message import Digest
from sprintlib.digest.targets import TARGETS
from sprintlib.digest.timing import is_due, slot_of
from sprintlib.errors import DigestError, SprintError
from sprintlib.project import ProjectHandle
from sprintlib.results import digest_table
from sprintlib.settings import DigestTarget

RETRY_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Outcome:
    """What became of one target. state: sent, quiet, failed, unsure, or before (it was sent already)."""

    target: DigestTarget
    state: str
    message: str

    @property
    def ok(self) -> bool:
        return self.state in ("sent", "quiet", "before")


def todays_digest(project: ProjectHandle) -> Digest:
    """The digest of now, beside the one that was sent last on an earlier day. Raises AnalysisError, AccessError."""
    return build_digest(project, _last_day(project, slot_of(project.settings, project.clock())))


def send(project: ProjectHandle, targets: Sequence[DigestTarget], anyway: bool = False) -> list[Outcome]:
    """Send the digest of today to each target that has not had it. One failure does not stop the others.

    Where nothing has changed since the last one nothing is sent, unless anyway. Settings of all targets are checked
    before anything is sent: raises SettingsError, AnalysisError, AccessError.
    """
    project.permit("run")
    for target in targets:
        TARGETS[target](project).check()
    digest = todays_digest(project)
    return [_send(project, target, digest, anyway) for target in targets]


def send_due(project: ProjectHandle) -> list[Outcome]:
    """Send what is due by itself, as [digest] says; nothing where nothing is. One failure does not stop the others."""
    targets = waiting(project)
    if not targets:
        return []
    digest = todays_digest(project)
    return [_send(project, target, digest, anyway=False) for target in targets]


def waiting(project: ProjectHandle) -> list[DigestTarget]:
    """The targets that a message is due to now."""
    settings, now = project.settings, project.clock()
    if not is_due(settings, now):
        return []
    day = slot_of(settings, now)
    return [target for target in settings.digest.to if _is_missing(project, target, day)]


def _is_missing(project: ProjectHandle, target: DigestTarget, day: date) -> bool:
    """Whether a target has not had the message of a day; what failed is tried again after an hour."""
    known = digest_table.find(project.engine, project.name, target, day)
    if known is None:
        return True
    return known.state == "failed" and datetime.now(UTC) - known.tried_at >= RETRY_AFTER


def _send(project: ProjectHandle, target: DigestTarget, digest: Digest, anyway: bool) -> Outcome:
    day, place = slot_of(project.settings, project.clock()), TARGETS[target](project)
    if not digest_table.claim(project.engine, project.name, target, day):
        return Outcome(target, "before", f"The digest of {day} went to {target} before: it is not sent twice.")
    if not (digest.has_news or anyway):
        return _ended(project, target, day, "quiet", f"Nothing has changed since {digest.since}: nothing was sent.")
    last = digest_table.last_sent(project.engine, project.name, target)
    try:
        with project.acting("run", f"digest to {target}"):
            place.check()
            reference = place.send(digest, last.reference if last else None)
    except DigestError as error:
        state: digest_table.State = "unsure" if error.may_have_arrived else "failed"
        return _ended(project, target, day, state, str(error))
    except SprintError as error:
        return _ended(project, target, day, "failed", str(error))
    except BaseException:  # stopped in the middle, or a mistake of ours: nobody knows whether it arrived
        _ended(project, target, day, "unsure", "It was stopped while it was being sent.")
        raise
    return _ended(project, target, day, "sent", f"Sent to {target}.", reference)


def _ended(
    project: ProjectHandle,
    target: DigestTarget,
    day: date,
    state: digest_table.State,
    message: str,
    reference: str | None = None,
) -> Outcome:
    told = None if state == "sent" else message
    digest_table.finish(project.engine, project.name, target, day, state, reference, told)
    return Outcome(target, state, message)


def _last_day(project: ProjectHandle, day: date) -> date | None:
    """The local day of the last message before this one."""
    last = digest_table.last_sent(project.engine, project.name, before=day)
    return project.calendar.local_date(last.tried_at) if last else None
