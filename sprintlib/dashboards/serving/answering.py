"""The one thing that pages write: answers to recommendations, through the same service as the command line."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any, cast

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.ioloop import IOLoop

from sprintlib.access import LOCAL, Identity, permit
from sprintlib.dashboards.serving.handlers import ReadableErrors
from sprintlib.dashboards.serving.identity import SessionIdentityProvider
from sprintlib.errors import AccessError, SprintError
from sprintlib.project import ProjectHandle
from sprintlib.recommend.feedback import Decision
from sprintlib.settings import Settings

_DECISIONS = ("accept", "dismiss", "snooze", "undo")
_DONE = {"accept": "Accepted", "dismiss": "Dismissed", "snooze": "Put off", "undo": "Taken back"}
_LONGEST_REASON = 500
_ONE_AT_A_TIME = threading.Lock()


class AnswerHandler(ReadableErrors, JupyterHandler):
    """Takes an answer from whoever may give one, and has the new order of the actions stored."""

    def initialize(self, settings_of_project: Settings, may_answer: bool) -> None:
        """may_answer: whether whoever reaches this server may: only the person at this machine does without a token."""
        self.settings_of_project, self.may_answer = settings_of_project, may_answer

    @web.authenticated
    async def get(self) -> None:
        """`may_answer`: whether a page should offer it; the answer itself is checked again."""
        try:
            permit(await self._who(), "answer")
        except AccessError:
            self._say(HTTPStatus.OK, may_answer=False)
            return
        self._say(HTTPStatus.OK, may_answer=True)

    @web.authenticated
    async def post(self) -> None:
        """`action`, `decision` and its `reason` or `until`; answers with JSON: `told`, or `error` in one sentence."""
        values = {name: self.get_body_argument(name, "").strip() for name in ("action", "decision", "reason", "until")}
        try:
            who = await self._who()
            permit(who, "answer")
            asked = _checked(values)
            told = await IOLoop.current().run_in_executor(None, _record, self.settings_of_project, who, *asked)
        except SprintError as error:
            refused = isinstance(error, AccessError)
            self._say(HTTPStatus.FORBIDDEN if refused else HTTPStatus.BAD_REQUEST, error=str(error))
            return
        self._say(HTTPStatus.OK, told=told)

    async def _who(self) -> Identity:
        """Whoever has a session, or the person at this machine. Raises AccessError for anybody else."""
        if self.may_answer:
            return LOCAL
        provider = self.identity_provider
        found = await provider.identity(self) if isinstance(provider, SessionIdentityProvider) else None
        if found is None:
            raise AccessError("Answers can be given on this machine only: use 'sprint feedback'.")
        return found

    def _say(self, status: HTTPStatus, **values: Any) -> None:
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(values)

    def data_received(self, chunk: bytes) -> None:
        """Bodies are small, and read whole."""


def _checked(values: Mapping[str, str]) -> tuple[str, Decision, str | None, date | None]:
    """Action, decision, reason and day. Raises SprintError in one sentence for what the service would not take."""
    decision = values["decision"]
    if decision not in _DECISIONS or not values["action"]:
        raise SprintError("An answer needs an action and one of accept, dismiss, snooze and undo.")
    if decision == "dismiss" and not values["reason"]:
        raise SprintError("Say in a few words why not: whoever reads it later wants to know.")
    if len(values["reason"]) > _LONGEST_REASON:
        raise SprintError(f"A reason has at most {_LONGEST_REASON} characters.")
    until = None
    if decision == "snooze":
        try:
            until = date.fromisoformat(values["until"])
        except ValueError:
            raise SprintError("Say until which day, such as 2026-12-01.") from None
    return values["action"], cast(Decision, decision), values["reason"] or None, until


def _record(
    settings: Settings, who: Identity, action: str, decision: Decision, reason: str | None, until: date | None
) -> str:
    """Store somebody's answer, and an analysis that knows it. Returns what was done; raises SprintError.

    The audit names who answered; the analysis is this server's own doing.
    """
    from sprintlib.services import analyze, record_feedback  # what serving alone does not need

    with _ONE_AT_A_TIME:
        project = ProjectHandle.open(settings)
        try:
            found = record_feedback(replace(project, who=who), action, decision, project.clock(), reason, until)
            analyze(project, store=True)
        finally:
            project.engine.dispose()
    day = f" until {until}" if until else ""
    return " ".join(filter(None, [f"{_DONE[decision]}{day}: {found.option.action}", found.weighting]))
