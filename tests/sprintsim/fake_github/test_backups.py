"""The real backups, served."""

import json
from collections.abc import Iterator

import pytest
import requests

from sprintsim.fake_github import Dataset, running

pytestmark = pytest.mark.realdata

SECP, BIPS = "bitcoin-core/secp256k1", "bitcoin/bips"


@pytest.fixture(scope="module")
def url(backups: list[Dataset]) -> Iterator[str]:
    with running(backups) as url:
        yield url


def everything(url: str, path: str) -> list[dict]:
    found, following = [], f"{url}/repos/{path}"
    with requests.Session() as session:
        while following:
            answer = session.get(following, timeout=30)
            assert answer.status_code == 200
            found += answer.json()
            following = answer.links.get("next", {}).get("url")
    return found


def test_every_item_is_served_once(url: str):
    secp = everything(url, f"{SECP}/issues?state=all&per_page=100")
    pulls = [item["number"] for item in secp if "pull_request" in item]
    assert (len(secp) - len(pulls), len(pulls)) == (517, 1308)
    assert len({item["number"] for item in secp}) == 1825
    assert len(everything(url, f"{SECP}/pulls?state=all&per_page=100")) == 1308
    assert len({item["number"] for item in everything(url, f"{BIPS}/pulls?state=all&per_page=100")}) == 2104


def test_milestones_of_secp256k1(url: str):
    found = {m["title"]: m for m in everything(url, f"{SECP}/milestones?state=all")}
    assert len(found) == 11
    assert sum(m["due_on"] is not None for m in found.values()) == 8
    assert found["0.8.1"]["due_on"] == "2026-11-02T00:00:00Z"
    assert (found["0.8.1"]["open_issues"], found["0.8.1"]["closed_issues"]) == (3, 0)
    assert everything(url, f"{BIPS}/milestones?state=all") == []


def test_repositories(url: str):
    for name in (SECP, BIPS):
        repository = requests.get(f"{url}/repos/{name}", timeout=20).json()
        assert repository["full_name"] == name
        assert repository["default_branch"] == "master"
    assert requests.get(f"{url}/{SECP}.git/info/refs?service=git-upload-pack", timeout=20).status_code == 404


def test_events_of_a_whole_repository(url: str, backups: list[Dataset]):
    dataset = backups[0]
    kinds = [entry.kind for item in dataset.items.values() for entry in item.timeline]
    left_out = ("commented", "reviewed", "committed", "line-commented", "cross-referenced")
    events = everything(url, f"{SECP}/issues/events?per_page=100")
    assert len(events) == sum(kind not in left_out for kind in kinds) == 21541
    assert events[0]["created_at"] == max(event["created_at"] for event in events)
    assert len(everything(url, f"{SECP}/issues/comments?per_page=100")) == kinds.count("commented") == 9372
    assert all(event["issue"]["number"] in dataset.items for event in events)


def test_nothing_leads_away_from_the_server(url: str):
    for path in ("/issues?state=all", "/pulls?state=all", "/pulls/comments", "/issues/events", "/milestones?state=all"):
        answer = requests.get(f"{url}/repos/{SECP}{path}", timeout=20)
        away = [value for value in _addresses(json.loads(answer.text)) if value.startswith("https://api.github.com")]
        assert away == []


def _addresses(node: object, key: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _addresses(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _addresses(value, key)
    elif isinstance(node, str) and key.endswith(("url", "href")):
        yield node
