"""A first collection by GraphQL ends in the same store as one by REST; what fails on the way is left to REST."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from graphql import parse as parse_query
from graphql import validate
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from sprintlib.errors import CollectError, RateLimitError
from sprintlib.github import Client, SyncSummary, Token, queries, sync
from sprintlib.github import graphql as asking
from sprintlib.github.client import Response
from sprintlib.github.graphql import GraphQL, PageSize, TooLongError
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store, schema
from sprintsim.fake_github import Dataset, running
from sprintsim.fake_github.graphql import OWN_SCHEMA, schema_at
from sprintsim.simulation import write_startup
from tests.github import shop
from tests.github.conftest import HASTE
from tests.github.stores import contents, count, differences

TOKEN = Token("a-token", "the test")
Json = dict[str, Any]


def collected(engine: Engine, settings: Settings, via: str, token: Token | None = TOKEN) -> SyncSummary:
    return sync(engine, settings, token, retry_policy=HASTE, via=cast("Any", via))


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    yield engine
    engine.dispose()


def paths(url: str) -> dict[str, int]:
    """How often each path was asked for since the last time."""
    told = requests.get(f"{url}/_stats", timeout=20).json()["paths"]
    requests.delete(f"{url}/_stats", timeout=20)
    return {path: sum(statuses.values()) for path, statuses in told.items()}


# ------------------------------------------------------------------ the same store


def test_both_ways_end_in_the_same_store(engine: Engine, other: Engine, settings: Settings, dataset: Dataset, url: str):
    make_wide(dataset)
    collected(engine, settings, "rest")
    assert "/graphql" not in paths(url)
    summary = collected(other, settings, "graphql")
    asked = paths(url)
    assert differences(contents(engine), contents(other)) == {}
    assert all(part.expected in (None, part.collected) for part in summary.completeness)
    assert asked["/graphql"] == 7  # two lists, three more pages of a timeline, one of threads, one of a thread
    # those of the open milestone, which come first
    assert asked["/repos/{owner}/{repo}/issues/{issue_number}/timeline"] == 2


@pytest.mark.slow
def test_a_startup_is_the_same_both_ways(engine: Engine, other: Engine, tmp_path: Path):
    write_startup(tmp_path / "startup", 7, date(2026, 3, 20))
    folders = sorted(path.parent for path in (tmp_path / "startup").rglob("repository.json"))[:1]
    with running(folders) as url:
        name = json.loads((folders[0] / "repository.json").read_text())["full_name"]
        home = {"home": tmp_path, "project": {"name": "demo", "repositories": [name]}}
        settings = parse({**home, "github": {"api_url": url, "details_days": 60, "clone": False}})
        collected(engine, settings, "rest")
        collected(other, settings, "graphql")
    assert differences(contents(engine), contents(other)) == {}
    assert count(other, schema.review) > 10


def make_wide(dataset: Dataset) -> None:
    """Lists that do not fit into a page of items, bots, deleted accounts, and references from elsewhere."""
    bot = {"login": "renovate[bot]", "type": "Bot"}
    source = {"type": "issue", "issue": {**shop.issue(9, 1), "id": 77, "repository": shop.REPOSITORY}}
    of_pull = {"type": "issue", "issue": {**shop.pull(3, 3), "id": 1003, "pull_request": {"url": "x"}}}
    entries = [
        *(shop.commented(500 + place, 8, 10, f"Remark {place}") for place in range(230)),
        *(shop.committed(f"{place:040}", 11) for place in range(20)),
        shop.event("cross-referenced", 0, 12, id=None, node_id=None, source=source),
        shop.event("cross-referenced", 0, 12, id=None, node_id=None, source=of_pull, actor=bot),
        {**shop.reviewed(64, 8, 12, "changes_requested"), "user": None},
        {**shop.reviewed(65, 8, 12, "commented"), "user": bot},
    ]
    remarks = [shop.review_comment(900 + place, 8, 13) for place in range(60)]
    answers = [shop.review_comment(1000 + place, 8, 13) | {"in_reply_to_id": 900} for place in range(30)]
    dataset.put(shop.document(shop.pull(8, 10, user=bot), entries, [*remarks, *answers]))
    old = shop.issue(9, 1, state="closed", closed_at="2015-01-02T00:00:00Z", created_at="2015-01-01T00:00:00Z")
    dataset.put(
        shop.document(old, [shop.commented(59, 9, 3), shop.event("cross-referenced", 0, 3, id=None, source=source)])
    )


def test_a_later_sync_is_by_rest_and_as_cheap_as_ever(engine: Engine, settings: Settings, dataset: Dataset, url: str):
    collected(engine, settings, "graphql")
    paths(url)
    dataset.put(shop.document(shop.issue(6, 15), [shop.commented(53, 6, 15)]))
    collected(engine, settings, "graphql")
    assert "/graphql" not in paths(url)
    assert count(engine, schema.comment, id=53, number=6) == 1


def test_without_being_told_graphql_needs_a_token(engine: Engine, other: Engine, settings: Settings, url: str):
    collected(engine, settings, "auto", token=None)
    assert "/graphql" not in paths(url)
    collected(other, settings, "auto")
    assert paths(url)["/graphql"] == 2


# ------------------------------------------------------------------ what goes wrong


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int, Response], Response]], None]:
    """Change answers to queries; told how many there were before."""

    def spoil(change: Callable[[int, Response], Response]) -> None:
        post, answers = Client.post, iter(range(1000))

        def changed(self: Client, url: str, content: Mapping[str, Any]) -> Response:
            return change(next(answers), post(self, url, content))

        monkeypatch.setattr(Client, "post", changed)

    return spoil


def said(response: Response, **body: Any) -> Response:
    return Response(200, body, response.headers)


def test_what_is_null_because_of_an_error_is_left_to_rest(
    engine: Engine, other: Engine, settings: Settings, spoilt: Callable, url: str
):
    def without_reviews(place: int, response: Response) -> Response:
        nodes = response.body["data"]["repository"]["items"]["nodes"]
        nodes[0] = None
        nodes[1]["timelineItems"]["nodes"] += [None]
        return said(response, data=response.body["data"], errors=[{"message": "Something", "path": ["repository"]}])

    collected(engine, settings, "rest")
    spoilt(without_reviews)
    assert collected(other, settings, "graphql").set_aside == ()
    assert differences(contents(engine), contents(other)) == {}


def test_an_interrupted_collection_goes_on_where_it_was(
    engine: Engine, other: Engine, settings: Settings, spoilt: Callable, monkeypatch: pytest.MonkeyPatch
):
    def second_fails(place: int, response: Response) -> Response:
        if place == 1:
            raise RateLimitError("enough for now")
        return response

    spoilt(second_fails)
    with pytest.raises(RateLimitError):
        collected(engine, settings, "graphql")
    monkeypatch.undo()
    asked: list[str] = []
    ask = GraphQL.ask

    def noted(self: GraphQL, query: str, variables: Mapping[str, Any]) -> asking.GraphQLResponse:
        asked.append(query)
        return ask(self, query, variables)

    monkeypatch.setattr(GraphQL, "ask", noted)
    collected(engine, settings, "graphql")
    assert asked == [queries.ISSUES]
    collected(other, settings, "rest")
    assert differences(contents(other), contents(engine)) == {}


def test_a_server_without_graphql_is_collected_by_rest(
    engine: Engine, other: Engine, settings: Settings, spoilt: Callable
):
    def missing(place: int, response: Response) -> Response:
        raise CollectError("there is none")

    collected(engine, settings, "rest")
    spoilt(missing)
    collected(other, settings, "auto")
    assert differences(contents(engine), contents(other)) == {}


def test_by_graphql_only_what_cannot_be_is_said(engine: Engine, settings: Settings, spoilt: Callable):
    spoilt(lambda _place, response: said(response, errors=[{"message": "Field 'x' doesn't exist"}]))
    with pytest.raises(CollectError, match="Field 'x' doesn't exist.*--via rest"):
        collected(engine, settings, "graphql")


class Scripted:
    """A client that gives these answers, one after the other."""

    graphql_url = "http://localhost/graphql"

    def __init__(self, *bodies: Json) -> None:
        self.bodies = list(bodies)
        self.waits: list[float] = []

    def post(self, url: str, content: Mapping[str, Any]) -> Response:
        headers = {"x-ratelimit-reset": "1774000090", "date": "Fri, 20 Mar 2026 09:46:40 GMT"}  # 1774000000
        return Response(200, self.bodies.pop(0), headers)

    def wait_for_reset(self, seconds: float, waited: float) -> None:
        self.waits.append(seconds)

    def now(self) -> datetime:
        return datetime(2026, 3, 20, tzinfo=UTC)


def test_a_limit_in_an_answer_of_200_is_waited_for():
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    good = {"data": {"repository": {}, "rateLimit": {"cost": 3, "remaining": 4000, "resetAt": "x"}}}
    client = Scripted(limited, good)
    graph = GraphQL(cast("Client", client))
    graph.ask("query", {})
    assert client.waits == [91.0]
    assert graph.cost == 3


def test_a_query_that_takes_too_long_is_told_from_a_wrong_one():
    slow = {
        "data": None,
        "errors": [{"message": "Something went wrong while executing your query. This may be a timeout"}],
    }
    with pytest.raises(TooLongError):
        GraphQL(cast("Client", Scripted(slow))).ask("query", {})


def test_pages_shrink_where_github_gives_up_and_grow_again():
    size = PageSize(20)
    assert size.shrink()
    assert size.size == 10
    for _ in range(3):
        size.grow()
    assert size.size == 12
    small = PageSize(1)
    assert not small.shrink()


@given(st.lists(st.booleans(), max_size=60))
def test_a_page_is_never_empty_and_never_too_large(went_well: list[bool]):
    size = PageSize()
    for well in went_well:
        if well:
            size.grow()
        else:
            size.shrink()
        assert 1 <= size.size <= 50


def test_a_page_that_is_too_much_is_asked_for_in_halves(
    engine: Engine, other: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    ask, sizes = GraphQL.ask, []

    def slow(self: GraphQL, query: str, variables: Mapping[str, Any]) -> asking.GraphQLResponse:
        sizes.append(variables["size"])
        if variables["size"] > 1:
            raise TooLongError("it answers 502")
        return ask(self, query, variables)

    collected(engine, settings, "rest")
    monkeypatch.setattr(GraphQL, "ask", slow)
    collected(other, settings, "graphql")
    assert sizes[:5] == [20, 10, 5, 2, 1]
    assert differences(contents(engine), contents(other)) == {}


# ------------------------------------------------------------------ GitHub's schema


@pytest.mark.parametrize("query", queries.ALL)
def test_every_query_is_valid_in_our_part_of_the_schema(query: str):
    assert validate(schema_at(OWN_SCHEMA), parse_query(query)) == []


@pytest.mark.realdata
@pytest.mark.slow
def test_every_query_is_valid_in_githubs_schema_and_ours_is_a_part_of_it(real_data: Path):
    whole = schema_at(real_data / "rest-api" / "schema.graphql.gz")
    assert [error for query in queries.ALL for error in validate(whole, parse_query(query))] == []
    ours: Any
    for name, ours in schema_at(OWN_SCHEMA).type_map.items():
        theirs: Any = whole.type_map[name]
        for field, told in getattr(ours, "fields", {}).items():
            assert str(told.type) == str(theirs.fields[field].type), f"{name}.{field}"
            for argument, its in getattr(told, "args", {}).items():
                assert str(its.type) == str(theirs.fields[field].args[argument].type), f"{name}.{field}({argument})"
        for value in getattr(ours, "values", {}):
            assert value in theirs.values, f"{name}.{value}"
        for member in getattr(ours, "types", ()):
            assert member.name in {one.name for one in theirs.types}, f"{name} = {member.name}"


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_secp256k1_is_the_same_both_ways(real_data: Path, engine: Engine, other: Engine, tmp_path: Path):
    backup = real_data / "github-backups" / "bitcoin-core_secp256k1.tar.xz"
    with running([backup], graphql_schema=real_data / "rest-api" / "schema.graphql.gz") as url:
        project = {"name": "bitcoin", "repositories": ["bitcoin-core/secp256k1"]}
        settings = parse({"home": tmp_path, "project": project, "github": {"api_url": url, "clone": False}})
        collected(engine, settings, "rest")
        paths(url)
        collected(other, settings, "graphql")
        asked = paths(url)
    assert differences(contents(engine), contents(other)) == {}
    assert sum(asked.values()) < 500
