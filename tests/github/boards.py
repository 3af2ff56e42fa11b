"""A GitHub Project of acme, with a field for iterations, points and a status, as GitHub would give it."""

from typing import Any

from tests.github import shop

Json = dict[str, Any]
ITERATION, STATUS, POINTS = 11, 12, 13


def iteration(key: str, title: str, first_day: str, days: int = 14) -> Json:
    return {
        "id": key,
        "title": {"raw": title, "html": title},
        "start_date": first_day,
        "duration": days,
        "completed": False,
    }


def field(key: int, name: str, kind: str, **more: Any) -> Json:
    times = {"created_at": shop.at(1), "updated_at": shop.at(1)}
    return {"id": key, "node_id": f"PVTF_{key}", "name": name, "data_type": kind, "project_url": "", **times, **more}


def entry(number: int, sprint: str | None, day: int, points: float | None = None, kind: str = "issues") -> Json:
    """An issue (or pull request) of the shop on the board, as it was since that day of March."""
    values = {
        ITERATION: {"id": sprint} if sprint else None,
        STATUS: {"id": "1", "name": {"raw": "Todo", "html": "Todo"}},
        POINTS: points,
    }
    return {
        "id": 500 + number,
        "node_id": f"PVTI_{number}",
        "content_type": "Issue" if kind == "issues" else "PullRequest",
        "content": {"id": 1000 + number, "number": number, "url": f"{shop.API}/{kind}/{number}"},
        "created_at": shop.at(1),
        "updated_at": shop.at(day),
        "archived_at": None,
        "fields": [{"id": key, "value": value} for key, value in values.items()],
    }


def board(*entries: Json, **more: Any) -> Json:
    """Project 3 of acme with two iterations of two weeks."""
    iterations = [iteration("a1", "Sprint 1", "2026-03-02"), iteration("b2", "Sprint 2", "2026-03-16")]
    project = {"id": 3, "node_id": "PVT_3", "number": 3, "title": "Planning", "closed_at": None, "state": "open"}
    draft = {**entry(99, "b2", 3), "content_type": "DraftIssue", "content": {"title": "an idea"}}
    return {
        "kind": "orgs",
        "owner": "acme",
        "project": project,
        "fields": [
            field(10, "Title", "title"),
            field(ITERATION, "Sprint", "iteration", configuration={"iterations": iterations}),
            field(STATUS, "Status", "single_select"),
            field(POINTS, "Points", "number"),
        ],
        "items": [*entries, draft],
        **more,
    }
