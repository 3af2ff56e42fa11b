"""The answers hold to GitHub's OpenAPI description; for backups, but for what docs/github-server.md lists."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import requests

from sprintlib.github.app_key import AppKey
from sprintsim.fake_github import Dataset, load, running
from sprintsim.fake_github.endpoints import REPOSITORY_PATHS
from sprintsim.simulation import write_startup
from tests.github import apps
from tests.sprintsim.fake_github.openapi import Description

pytestmark = pytest.mark.realdata

REPO = "/repos/{owner}/{repo}"
PAGE = Path(__file__).parents[3] / "docs" / "github-server.md"


@pytest.fixture(scope="module")
def description(real_data: Path) -> Description:
    return Description(real_data / "rest-api" / "api.github.com.openapi.json.gz")


@pytest.fixture(scope="module")
def startup(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    """The three repositories of a simulated startup."""
    folder = tmp_path_factory.mktemp("startup")
    write_startup(folder, seed=3, today=date(2026, 11, 23))
    return load(folder)


def addresses(dataset: Dataset, issues: Iterable[int], pulls: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Path template and address of every endpoint, with first and last page of the long lists."""
    milestones = [milestone["number"] for milestone in dataset.milestones()]
    extras = dataset.extras
    numbers: dict[str, Iterable[int]] = {
        "milestone_number": milestones,
        "issue_number": issues,
        "pull_number": pulls,
        "issues/comments": [entry.id for entry in dataset.issue_comments()[:3]],
        "pulls/comments": [entry.id for entry in dataset.review_comments()[:3]],
        "issues/events": [entry.id for entry in dataset.issue_events()[:3]],
        "actions/runs": [run["id"] for run in extras.get("workflow_runs", [])[:3]],
        "releases": [release["id"] for release in extras.get("releases", [])[:3]],
    }
    for path in REPOSITORY_PATHS:
        template = REPO + path.replace(":int}", "}")
        address = f"/repos/{dataset.full_name}{path}".replace(":int}", "}")
        parameter = re.search(r"{(\w+)}", address)
        listed = path.rpartition("/")[0].removeprefix("/")
        wanted = numbers.get(parameter[1]) or numbers.get(listed, ()) if parameter else [None]
        for number in wanted:
            yield template, address.format(**{parameter[1]: number} if parameter else {})


def violations(
    description: Description, dataset: Dataset, issues: Iterable[int], pulls: Iterable[int], per_page: int = 100
) -> set[str]:
    found = set()
    with running([dataset]) as url, requests.Session() as session:
        for template, address in addresses(dataset, issues, pulls):
            answer = session.get(f"{url}{address}?state=all&per_page={per_page}", timeout=30)
            assert answer.status_code == 200, address
            found |= description.violations(template, answer.json())
            if "last" in answer.links:
                found |= description.violations(template, session.get(answer.links["last"]["url"], timeout=30).json())
    return found


@pytest.mark.slow
def test_simulated_repositories_answer_as_described(description: Description, startup: list[Dataset]):
    assert len(startup) == 3
    for dataset in startup:
        issues = [number for number, item in dataset.items.items() if not item.is_pull]
        pulls = [number for number, item in dataset.items.items() if item.is_pull]
        few = [*issues[:3], *issues[-3:], *pulls[:3], *pulls[-3:]]
        blocked = [int(number) for number in dataset.extras.get("dependencies", {})][:3]
        assert violations(description, dataset, [*few, *blocked], [*pulls[:4], *pulls[-4:]]) <= exceptions("simulated")


def test_the_rate_limit_answers_as_described(description: Description):
    with running([Dataset("acme/shop")]) as url:
        assert description.violations("/rate_limit", requests.get(f"{url}/rate_limit", timeout=20).json()) == set()


def test_an_app_is_answered_as_described(description: Description):
    app = apps.stand_in("acme/shop", events=["issues"])
    signed = AppKey(app.id, Path("app.pem"), apps.key("right")).signed(datetime.now(UTC))
    dataset = Dataset("acme/shop")
    app.hooks.all()[0].url = "http://127.0.0.1:9/webhooks/github"
    app.tell("issues", {"action": "opened", "repository": {"id": 5}})  # to nobody
    with running([dataset], github_app=app) as url:
        for template in (
            "/app",
            "/app/hook/config",
            "/app/hook/deliveries",
            "/app/installations/{installation_id}",
            "/repos/{owner}/{repo}/installation",
        ):
            address = template.format(installation_id=app.installation, owner="acme", repo="shop")
            answer = requests.get(f"{url}{address}", headers={"Authorization": f"Bearer {signed}"}, timeout=20)
            assert answer.status_code == 200, address
            assert description.violations(template, answer.json()) == set(), template


def exceptions(heading: str) -> set[str]:
    """`field: rule` of the table below a heading of the documentation that contains this word."""
    section = next(
        part for part in PAGE.read_text(encoding="utf-8").split("\n## ") if heading in part.partition("\n")[0]
    )
    return set(re.findall(r"^\| `([\w.]+: \w+)` \|", section, re.MULTILINE))


def test_backups_answer_as_described_but_for_the_documented_exceptions(
    description: Description, backups: list[Dataset]
):
    secp, bips = backups
    found = violations(description, secp, [1626, 1600], [1600, 1000, 400], 30)
    found |= violations(description, bips, [1794], [1794, 410], 30)
    assert found == exceptions("backups")


def test_the_check_notices_what_is_wrong(description: Description, startup: list[Dataset]):
    path, issue = f"{REPO}/issues/{{issue_number}}", json.loads(startup[0].items[1].issue)
    assert description.violations(path, issue) == set()
    assert description.violations(path, issue | {"title": 7}) == {"title: type"}
    assert description.violations(path, issue | {"created_at": "soon"}) == {"created_at: format"}
    del issue["title"]
    assert description.violations(path, issue) == {"title: required"}
