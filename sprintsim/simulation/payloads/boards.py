"""The same plan as a GitHub Project (v2): an iteration for each milestone's title, and everything that is in it."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from sprintsim.simulation.event_log import EventLog, TimelineEvent
from sprintsim.simulation.payloads.context import ORGANIZATION, Json, api_url

NUMBER = 1
_ITERATION, _POINTS = 1, 2


def board(event_log: EventLog) -> Json:
    """Project 1 of the organization as it is at the end, in the form of a dataset's boards.json.

    An entry was made, and put into its iteration, when its item entered the milestone last. Nothing is estimated.
    """
    field = {"project_url": "", "created_at": _time(event_log.start), "updated_at": _time(event_log.start)}
    iterations = {"configuration": {"duration": 14, "start_day": 1, "iterations": _iterations(event_log)}}
    return {
        "kind": "orgs",
        "owner": ORGANIZATION,
        "project": {"id": 1, "node_id": "PVT_1", "number": NUMBER, "title": "Plan", "state": "open", "closed_at": None},
        "fields": [
            {**field, "id": _ITERATION, "name": "Sprint", "data_type": "iteration", **iterations},
            {**field, "id": _POINTS, "name": "Points", "data_type": "number"},
        ],
        "items": [_entry(place, event) for place, event in enumerate(_entered(event_log), start=1)],
    }


def _iterations(event_log: EventLog) -> list[Json]:
    """By title: from the day on which the first of its milestones was made to the last due date."""
    found: dict[str, list[Any]] = {}
    for one in event_log.milestones:
        found.setdefault(one.title, []).append(one)
    return [
        {
            "id": _id(title),
            "title": {"raw": title, "html": title},
            "start_date": min(one.created_at for one in own).date().isoformat(),
            "duration": (max(one.due_on for one in own) - min(one.created_at for one in own).date()).days + 1,
            "completed": all(one.closed_at for one in own),
        }
        for title, own in found.items()
    ]


def _entered(event_log: EventLog) -> list[TimelineEvent]:
    """Of each item that is in a milestone, how it came in."""
    last: dict[tuple[str, int], TimelineEvent] = {}
    for event in event_log.happenings:
        key = (event.repo, event.number)
        if event.kind == "milestoned":
            last[key] = event
        elif event.kind == "demilestoned":
            last.pop(key, None)
    return list(last.values())


def _entry(place: int, event: TimelineEvent) -> Json:
    url = f"{api_url(event.repo)}/issues/{event.number}"
    return {
        "id": place,
        "node_id": f"PVTI_{place}",
        "content_type": "Issue",
        "content": {"number": event.number, "url": url},
        "created_at": _time(event.at),
        "updated_at": _time(event.at),
        "archived_at": None,
        "fields": [{"id": _ITERATION, "value": {"id": _id(event.subject)}}, {"id": _POINTS, "value": None}],
    }


def _id(title: str) -> str:
    return blake2b(title.encode(), digest_size=4).hexdigest()


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
