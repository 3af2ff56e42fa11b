"""Two small coupled repositories, `acme/api` and `acme/web`, with Sprint 1: six items, one of them done."""

import json
from typing import Any

from sprintsim.fake_github import Dataset
from tests.github import shop

Json = dict[str, Any]
API, WEB = "acme/api", "acme/web"
IDS = {API: 71, WEB: 72}
SPRINT = "Sprint 1"


def of(repo: str, thing: Json) -> Json:
    """Something of `acme/shop` as something of this repository."""
    moved: Json = json.loads(json.dumps(thing).replace(shop.NAME, repo))
    return moved


def event_id(repo: str, number: int, place: int) -> int:
    return IDS[repo] * 10_000 + number * 10 + place


def planned(repo: str, number: int, milestone: int = 1, title: str = SPRINT, done: bool = False, **more: Any) -> Json:
    """An issue that was put into a milestone on the second day; a done one was closed on the ninth."""
    closed = {"state": "closed", "state_reason": "completed", "closed_at": shop.at(9), "updated_at": shop.at(9)}
    opened = f"2026-03-01T10:{number:02}:00Z"
    times = {"created_at": opened, "updated_at": shop.at(2)} | (closed if done else {}) | more
    issue = shop.issue(number, 1, milestone=shop.milestone(milestone, title), **times)
    issue |= {"id": IDS[repo] * 1000 + number, "node_id": f"I_{IDS[repo]}_{number}"}
    events = [shop.event("milestoned", event_id(repo, number, 1), 2, milestone={"title": title})]
    if done:
        events.append(shop.event("closed", event_id(repo, number, 2), 9, state_reason="completed"))
    return of(repo, shop.document(issue, events))


def dataset(repo: str, *documents: Json) -> Dataset:
    made = Dataset(repo)
    about = of(repo, {**shop.REPOSITORY, "name": repo.partition("/")[2]})
    made.set_extra("repository", about | {"id": IDS[repo], "node_id": f"R_{IDS[repo]}"})
    made.set_extra("milestones", [of(repo, shop.milestone(1, SPRINT))])
    for document in documents:
        made.put(document)
    return made


def both() -> tuple[Dataset, Dataset]:
    api = dataset(API, planned(API, 1, done=True), *(planned(API, number) for number in (2, 3, 4)))
    return api, dataset(WEB, planned(WEB, 11), planned(WEB, 12))


def run(repo: str, key: int, day: int, conclusion: str, **more: Any) -> Json:
    """A run of a workflow on the default branch."""
    made = {
        "id": key,
        "run_attempt": 1,
        "workflow_id": 500,
        "path": ".github/workflows/ci.yml",
        "name": "CI",
        "event": "push",
        "head_branch": "main",
        "head_sha": f"{key:040}",
        "head_repository": {"id": IDS[repo], "full_name": repo},
        "status": "completed",
        "conclusion": conclusion,
        "html_url": f"https://github.com/{repo}/actions/runs/{key}",
        "created_at": shop.at(day),
        "run_started_at": shop.at(day),
        "updated_at": shop.at(day, 11),
    }
    return made | more
