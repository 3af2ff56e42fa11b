"""Working on one delivery: what it says becomes facts, and what it lacks is put down to be asked for."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import Connection, Engine, func, select

from sprintlib.facts.batch import NOT_UNDERSTOOD, why_not_understood, write_repository
from sprintlib.facts.board_changes import EVENT, BoardMeant, apply_board_change
from sprintlib.facts.deliveries import Telling, read_delivery, write_gone
from sprintlib.facts.rows import Origin
from sprintlib.github.json_text import read_json
from sprintlib.inbox.queue import CLOSED, Delivery
from sprintlib.inbox.refreshes import want_refresh
from sprintlib.settings import Settings
from sprintlib.store import schema

_FORM = "application/x-www-form-urlencoded"


class IgnoredError(Exception):
    """A delivery that is not for this project, or of which nothing is used; the message says why."""


class UnreadableError(Exception):
    """A delivery that cannot be understood, now or later; the message says why."""


def apply_delivery(engine: Engine, settings: Settings, one: Delivery) -> Telling | None:
    """Write what a delivery says, in one transaction; doing it again changes nothing.

    Returns what it said, None for a ping. Raises IgnoredError or UnreadableError, and nothing is written then.
    """
    payload = _payload(one)
    if one.event == "ping":
        return None
    if one.event == EVENT:
        return _apply_board_change(engine, settings, payload, one.received_at)
    repository = payload.get("repository")
    if not isinstance(repository, Mapping):
        raise IgnoredError("it is about no repository")
    with engine.begin() as connection:
        _check_project(connection, settings, repository)
        try:
            telling = read_delivery(one.event, payload, repository["id"])
            if not telling.known:
                raise IgnoredError(f"nothing is used of events of the kind '{one.event}'")
            _know_repository(connection, repository)
            mentions = [mention for batch in telling.batches for mention in batch.write(connection)]
            write_gone(connection, telling, one.received_at)
        except NOT_UNDERSTOOD as error:
            raise UnreadableError(f"its form is not understood ({why_not_understood(error)})") from error
        want_refresh(connection, telling.repository_id, telling.items)
        for mention in mentions:
            want_refresh(connection, mention.repository_id, [mention.number])
    return telling


def _apply_board_change(
    engine: Engine, settings: Settings, payload: Mapping[str, Any], received_at: datetime
) -> Telling:
    """What an entry of the GitHub Project became whose iterations are the sprints; it is about no repository."""
    asked = settings.sprints
    if asked.source != "projects" or asked.project is None:
        raise IgnoredError("no GitHub Project is the source of sprints here")
    meant = BoardMeant(asked.project, asked.iteration, asked.points)
    try:
        with engine.begin() as connection:
            repository_id = apply_board_change(connection, meant, payload, received_at)
    except NOT_UNDERSTOOD as error:
        raise UnreadableError(f"its form is not understood ({why_not_understood(error)})") from error
    if repository_id is None:
        raise IgnoredError(f"it changes nothing in {asked.project} that is used here")
    return Telling(repository_id)


def _payload(one: Delivery) -> Mapping[str, Any]:
    body = one.body
    if one.is_closed:
        raise UnreadableError(CLOSED)
    if body is None:
        raise UnreadableError("what it said is no longer kept")
    try:
        if one.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
            body = parse_qs(body.decode(), strict_parsing=True, max_num_fields=20)["payload"][0].encode()
        found = read_json(body)
    except (*NOT_UNDERSTOOD, json.JSONDecodeError) as error:
        raise UnreadableError(f"it is not JSON ({why_not_understood(error)})") from error
    if not isinstance(found, dict):
        raise UnreadableError("it is no JSON object")
    return found


def _check_project(connection: Connection, settings: Settings, repository: Mapping[str, Any]) -> None:
    """Raises IgnoredError for a repository that is not of the project, under its name or the id that we know."""
    key, name = repository.get("id"), repository.get("full_name")
    wanted = {own.lower() for own in settings.project.repositories}
    if not isinstance(key, int) or isinstance(key, bool) or not isinstance(name, str):
        raise UnreadableError("its repository has no id or no name")
    if name.lower() in wanted:
        return
    known = select(schema.repository.c.id).where(func.lower(schema.repository.c.full_name).in_(wanted))
    if key not in connection.execute(known).scalars().all():
        raise IgnoredError(f"{name} is not a repository of this project")


def _know_repository(connection: Connection, repository: Mapping[str, Any]) -> None:
    """A first delivery may come before the first sync."""
    known = connection.scalar(select(schema.repository.c.id).where(schema.repository.c.id == repository["id"]))
    if known is None:
        write_repository(connection, repository, Origin(repository["id"], "webhook", datetime.now(UTC)))
