"""The one thing that pages write: answers to recommendations, through the same service as the command line."""

import threading
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, cast

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.ioloop import IOLoop

from sprintlib.dashboards.serving.handlers import ReadableErrors
from sprintlib.errors import SprintError
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
    async def post(self) -> None:
        """`action`, `decision` and its `reason` or `until`; answers with JSON: `told`, or `error` in one sentence."""
        if not self.may_answer:
            self._say(HTTPStatus.FORBIDDEN, error="Answers can be given on this machine only: use 'sprint feedback'.")
            return
        values = {name: self.get_body_argument(name, "").strip() for name in ("action", "decision", "reason", "until")}
        try:
            asked = _checked(values)
            told = await IOLoop.current().run_in_executor(None, _record, self.settings_of_project, *asked)
        except SprintError as error:
            self._say(HTTPStatus.BAD_REQUEST, error=str(error))
            return
        self._say(HTTPStatus.OK, told=told)

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


def _record(settings: Settings, action: str, decision: Decision, reason: str | None, until: date | None) -> str:
    """Store the answer, and an analysis that knows it. Returns what was done; raises SprintError."""
    from sprintlib.services import analyze, record_feedback  # what serving alone does not need

    with _ONE_AT_A_TIME:
        project = ProjectHandle.open(settings)
        try:
            found = record_feedback(project, action, decision, project.clock(), reason, until)
            analyze(project, store=True)
        finally:
            project.engine.dispose()
    day = f" until {until}" if until else ""
    return " ".join(filter(None, [f"{_DONE[decision]}{day}: {found.option.action}", found.weighting]))
