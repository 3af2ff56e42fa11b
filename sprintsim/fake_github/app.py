"""The HTTP application: routes, ETags, headers, and addresses that lead back to this server."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sprintsim.fake_github import boards, endpoints, git_http
from sprintsim.fake_github.accounts import Accounts
from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.endpoints import Listing
from sprintsim.fake_github.faults import Fault
from sprintsim.fake_github.gateway import STATS_PATH, Clock, Gateway, error_answer, utc_now
from sprintsim.fake_github.hook_endpoints import METHODS, hook_endpoint
from sprintsim.fake_github.limits import Budget
from sprintsim.fake_github.paging import link_header, page_of
from sprintsim.fake_github.payloads import API
from sprintsim.fake_github.stats import Stats

if TYPE_CHECKING:
    from sprintsim.fake_github.apps import StandInApp

REPOSITORY = "/repos/{owner}/{repo}"
BY_ID = "/repositories/{repository_id}"
GIT = "/{owner}/{repo}"
HEADERS = {
    "Cache-Control": "private, max-age=60, s-maxage=60",
    "Vary": "Accept, Authorization, Accept-Encoding",
    "X-GitHub-Media-Type": "github.v3; format=json",
    "X-GitHub-Api-Version-Selected": "2022-11-28",
}
JSON = "application/json; charset=utf-8"

Endpoint = Callable[[HttpRequest], Awaitable[Response]]
GitService = Callable[[HttpRequest, Path], Awaitable[Response]]


@dataclass(frozen=True)
class _Answer:
    """An answer as it is before it is sent: JSON with GitHub's own addresses, and the length of the whole list."""

    body: bytes
    total: int | None


def application(
    datasets: Iterable[Dataset],
    fault: Fault | None = None,
    clock: Clock = utc_now,
    graphql_schema: Path | None = None,
    accounts: Accounts | None = None,
    github_app: "StandInApp | None" = None,
) -> Gateway:
    """The stand-in over these repositories. clock: what it says the time is.

    graphql_schema: GitHub's own; by default the part that is needed. accounts: who may sign in.
    github_app: one that may ask, and whose tokens count for its repositories only.
    """
    people = accounts or Accounts()
    directory = _Directory(tuple(datasets))
    limited = fault is not None and fault.kind == "rate-limit"
    budget = Budget(fault.budget, fault.window, enforced=True) if fault and limited else Budget()
    stats = Stats()
    routes = [
        Route("/rate_limit", _rate_limit(budget)),
        *people.routes(),
        *boards.routes(directory.datasets),
        *(github_app.routes() if github_app else ()),
        Route("/graphql", _graphql(directory, budget, graphql_schema), methods=["POST"]),
        Route(STATS_PATH, _stats(stats), methods=["GET", "DELETE"]),
        *(
            Route(repository + path, _rest(directory, answer))
            for path, answer in [
                *endpoints.REPOSITORY_PATHS.items(),
                *endpoints.further_paths(directory.datasets).items(),
            ]
            for repository in (REPOSITORY, BY_ID)
        ),
        *(
            Route(repository + path, hook_endpoint(path, directory.of), methods=methods)
            for path, methods in METHODS.items()
            for repository in (REPOSITORY, BY_ID)
        ),
        Route(f"{GIT}/info/refs", _git(directory, git_http.info_refs)),
        Route(f"{GIT}/{git_http.SERVICE}", _git(directory, git_http.upload_pack), methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})
    return Gateway(app, fault, budget, stats, clock, github_app.refusal if github_app else None)


@dataclass(frozen=True)
class _Directory:
    """Finds the repository that a request is about: names may change while it is served."""

    datasets: tuple[Dataset, ...]

    def called(self, full_name: str) -> Dataset | None:
        """By the name of today, in whatever case."""
        return next((one for one in self.datasets if one.full_name.lower() == full_name), None)

    def once_called(self, full_name: str) -> Dataset | None:
        """By a former name."""
        return next((one for one in self.datasets if full_name in map(str.lower, one.former_names)), None)

    def of(self, http: HttpRequest) -> Dataset | None:
        """The one that a request names, by its id or its name of today."""
        by_id = http.path_params.get("repository_id")
        return self.with_id(by_id) if by_id else self.called(_full_name(http))

    def with_id(self, text: str) -> Dataset | None:
        return next((one for one in self.datasets if str(one.repository()["id"]) == text), None)


def _rest(directory: _Directory, answer_to: endpoints.AnswerTo) -> Endpoint:
    """An endpoint of one repository, with paging and conditional requests."""
    etags = _EtagMemory()

    async def respond(http: HttpRequest) -> Response:
        dataset = directory.of(http)
        if dataset is None:
            moved = None if "repository_id" in http.path_params else directory.once_called(_full_name(http))
            return _moved(http, moved) if moved else error_answer("404")
        if etags.matches(http, dataset):
            return Response(status_code=304, headers={**HEADERS, "ETag": http.headers["if-none-match"]})
        query = dict(http.query_params)
        try:
            answer = _rendered(answer_to(endpoints.Request(dataset, _number(http), query)), query)
        except endpoints.NotInDatasetError:
            return error_answer("404")
        except endpoints.InvalidQueryError as error:
            return JSONResponse({"message": "Validation Failed", "errors": [str(error)], "status": "422"}, 422)
        headers = {**HEADERS, "ETag": etags.remember(http, dataset, answer.body)}
        if etags.matches(http, dataset):
            return Response(status_code=304, headers=headers)
        link = link_header(str(http.url.replace(query="")), query, page_of(query), answer.total or 0)
        if link:
            headers["Link"] = link
        return Response(relocated(answer.body, str(http.base_url)), headers=headers, media_type=JSON)

    return respond


def _moved(http: HttpRequest, dataset: Dataset) -> Response:
    """A renamed repository's former name leads to its id."""
    rest = http.url.path.split("/", 4)[4:]
    path = "/".join(["repositories", str(dataset.repository()["id"]), *rest])
    address = f"{http.base_url}{path}" + (f"?{http.url.query}" if http.url.query else "")
    return JSONResponse({"message": "Moved Permanently", "url": address}, 301, {**HEADERS, "Location": address})


def _rendered(answer: bytes | Listing, query: Mapping[str, str]) -> _Answer:
    if isinstance(answer, bytes):
        return _Answer(answer, None)
    total = len(answer.entries)
    body = b"[" + b",".join(answer.render(entry) for entry in page_of(query).of(answer.entries)) + b"]"
    if answer.envelope:
        body = b'{"total_count":%d,"%s":%s}' % (total, answer.envelope.encode(), body)
    return _Answer(body, total)


class _EtagMemory:
    """The ETags given out for one endpoint, so that a 304 needs no body.

    An ETag depends on the content alone: it survives restarts and does not change with the port.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, str]] = {}

    def remember(self, http: HttpRequest, dataset: Dataset, body: bytes) -> str:
        etag = f'W/"{hashlib.blake2b(body, digest_size=32).hexdigest()}"'
        self._known[_address(http)] = (dataset.version, etag)
        return etag

    def matches(self, http: HttpRequest, dataset: Dataset) -> bool:
        """Whether the client already holds what would be sent; False where that is not known yet."""
        version, etag = self._known.get(_address(http), (-1, ""))
        held = [tag.strip().removeprefix("W/") for tag in http.headers.get("if-none-match", "").split(",")]
        return version == dataset.version and (etag.removeprefix("W/") in held or "*" in held)


def _address(http: HttpRequest) -> tuple[str, str]:
    return http.url.path.lower(), http.url.query


def _full_name(http: HttpRequest) -> str:
    return f"{http.path_params.get('owner')}/{http.path_params.get('repo')}".lower()


def _number(http: HttpRequest) -> int:
    return next((value for value in http.path_params.values() if isinstance(value, int)), 0)


def relocated(body: bytes, base_url: str) -> bytes:
    """The JSON with every API address and clone address leading to `base_url` (which ends in a slash).

    Only values of keys ending in `url` or `href` are touched: inside a text a quote is escaped.
    """
    base = base_url.encode()
    for key in (b'url":"', b'href":"'):
        body = body.replace(b"%s%s/" % (key, API.encode()), key + base)
    return body.replace(b'"clone_url":"https://github.com/', b'"clone_url":"' + base)


def _rate_limit(budget: Budget) -> Endpoint:
    async def rate_limit(http: HttpRequest) -> Response:
        core = budget.numbers()
        search = {**core, "limit": 30, "used": 0, "remaining": 30}
        return JSONResponse({"resources": {"core": core, "search": search}, "rate": core})

    return rate_limit


def _graphql(directory: _Directory, budget: Budget, schema: Path | None) -> Endpoint:
    async def respond(http: HttpRequest) -> Response:
        if find_spec("graphql") is None:  # a library for tests, which a user need not have
            return error_answer("404")
        from sprintsim.fake_github.graphql import execute

        asked = json.loads(await http.body())
        limit = budget.numbers()
        rate = {"cost": 1, "limit": limit["limit"], "remaining": limit["remaining"], "reset": limit["reset"]}
        answer = execute(schema, asked["query"], asked.get("variables") or {}, directory.called, rate)
        return JSONResponse(answer, headers=HEADERS)

    return respond


def _stats(stats: Stats) -> Endpoint:
    async def show_or_reset(http: HttpRequest) -> Response:
        if http.method == "DELETE":
            stats.reset()
        return JSONResponse(stats.as_json())

    return show_or_reset


def _git(directory: _Directory, service: GitService) -> Endpoint:
    async def respond(http: HttpRequest) -> Response:
        name = _full_name(http).removesuffix(".git")
        dataset = directory.called(name) or directory.once_called(name)
        if dataset is None or dataset.git_dir is None:
            return error_answer("404")
        return await service(http, dataset.git_dir)

    return respond


async def _not_found(http: HttpRequest, error: Exception) -> Response:
    return error_answer("404")
