"""GitHub Projects (v2) as the stand-in serves them: boards with fields and entries, of organizations and users.

A dataset's `boards` (boards.json) are `{"kind": "orgs" | "users", "owner": login, "project": {...}, "fields": [...],
"items": [...]}`, payloads as GitHub gives them; with `"forbidden": true` nobody may read one.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.gateway import error_answer

Payload = dict[str, Any]
_REFUSED = {"message": "Resource not accessible by personal access token"}


def routes(datasets: Iterable[Dataset]) -> list[Route]:
    """The REST endpoints of boards; they may be changed while they are served."""
    known = list(datasets)

    def answer(part: str) -> Callable[[Request], Awaitable[Response]]:
        async def respond(http: Request) -> Response:
            number = http.path_params["number"]
            board = next((one for one in _owned(known, http) if one["project"]["number"] == number), None)
            if board is None:
                return error_answer("404")
            return JSONResponse(_REFUSED, 403) if board.get("forbidden") else _page(http, board[part])

        return respond

    async def listed(http: Request) -> Response:
        return _page(http, [one["project"] for one in _owned(known, http) if not one.get("forbidden")])

    every = [Route(f"/{kind}/{{owner}}/projectsV2", listed) for kind in ("orgs", "users")]
    one = [
        Route(f"/{kind}/{{owner}}/projectsV2/{{number:int}}{path}", answer(part))
        for kind in ("orgs", "users")
        for path, part in (("", "project"), ("/fields", "fields"), ("/items", "items"))
    ]
    return [*every, *one]


def _owned(datasets: Iterable[Dataset], http: Request) -> Iterator[Payload]:
    place = http.url.path.split("/")[1], http.path_params["owner"].lower()
    for dataset in datasets:
        for board in dataset.extras.get("boards", []):
            if (board.get("kind", "orgs"), board["owner"].lower()) == place:
                yield board


def _page(http: Request, found: Payload | list[Payload]) -> Response:
    """A list by pages of `per_page`, with the cursor of the next one in `Link`."""
    if not isinstance(found, list):
        return JSONResponse(found)
    size = min(int(http.query_params.get("per_page", 30)), 100)
    start = int(http.query_params.get("after", 0))
    headers = {}
    if start + size < len(found):
        following = http.url.include_query_params(after=start + size)
        headers["Link"] = f'<{following}>; rel="next"'
    return JSONResponse(found[start : start + size], headers=headers)
