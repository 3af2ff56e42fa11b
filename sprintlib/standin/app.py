"""The HTTP application: routes, ETags, headers, and addresses that lead back to this server."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sprintlib.standin import endpoints
from sprintlib.standin.dataset import Dataset
from sprintlib.standin.paging import link_header, page_of

PREFIX = "/repos/{owner}/{name}"
NOT_FOUND = {
    "message": "Not Found",
    "documentation_url": "https://docs.github.com/rest",
    "status": "404",
}


def application(datasets: Iterable[Dataset]) -> Starlette:
    """The stand-in over these repositories."""
    by_name = {dataset.full_name.lower(): dataset for dataset in datasets}

    def endpoint(answer_to: endpoints.AnswerTo) -> Callable[[HttpRequest], Awaitable[Response]]:
        async def respond(http: HttpRequest) -> Response:
            params = http.path_params
            dataset = by_name.get(f"{params['owner']}/{params['name']}".lower())
            if dataset is None:
                return JSONResponse(NOT_FOUND, 404)
            query = dict(http.query_params)
            try:
                answer = answer_to(endpoints.Request(dataset, params.get("number", 0), query))
            except endpoints.NotFoundInDatasetError:
                return JSONResponse(NOT_FOUND, 404)
            headers = {}
            if isinstance(answer, endpoints.Listing):
                page = page_of(query)
                link = link_header(str(http.url.replace(query="")), query, page, len(answer.entries))
                if link:
                    headers["Link"] = link
                body = b"[" + b",".join(answer.render(entry) for entry in page.of(answer.entries)) + b"]"
                if answer.envelope:
                    body = b'{"total_count":%d,"%s":%s}' % (len(answer.entries), answer.envelope.encode(), body)
            else:
                body = answer
            headers["ETag"] = f'W/"{hashlib.blake2b(body, digest_size=32).hexdigest()}"'
            if http.headers.get("if-none-match") == headers["ETag"]:
                return Response(status_code=304, headers=headers)
            return Response(relocated(body, str(http.base_url)), headers=headers, media_type="application/json")

        return respond

    async def rate_limit(http: HttpRequest) -> Response:
        core = {"limit": 5000, "used": 0, "remaining": 5000, "reset": 4102444800}
        return JSONResponse({"resources": {"core": core, "search": core}, "rate": core})

    routes = [Route(PREFIX + path, endpoint(answer_to)) for path, answer_to in endpoints.REPOSITORY_PATHS.items()]
    return Starlette(routes=[Route("/rate_limit", rate_limit), *routes])


def relocated(body: bytes, base_url: str) -> bytes:
    """The JSON with every API address and clone address leading to `base_url` (which ends in a slash).

    Only values of keys ending in `url` or `href` are touched: inside a text a quote is escaped.
    """
    base = base_url.encode()
    for key in (b'url":"', b'href":"'):
        body = body.replace(key + b"https://api.github.com/", key + base)
    return body.replace(b'"clone_url":"https://github.com/', b'"clone_url":"' + base)
