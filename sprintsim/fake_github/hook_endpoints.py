"""The webhooks of a repository over HTTP, as GitHub answers about them."""

import json
from collections.abc import Awaitable, Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.gateway import error_answer
from sprintsim.fake_github.hooks import Hook, HookDelivery, delivery_payload, hook_payload
from sprintsim.fake_github.payloads import Payload

FindDataset = Callable[[Request], Dataset | None]
Endpoint = Callable[[Request], Awaitable[Response]]
METHODS = {
    "/hooks": ["GET", "POST"],
    "/hooks/{hook_id:int}": ["GET", "PATCH", "DELETE"],
    "/hooks/{hook_id:int}/pings": ["POST"],
    "/hooks/{hook_id:int}/deliveries": ["GET"],
    "/hooks/{hook_id:int}/deliveries/{delivery_id:int}": ["GET"],
    "/hooks/{hook_id:int}/deliveries/{delivery_id:int}/attempts": ["POST"],
}


def hook_endpoint(path: str, find: FindDataset) -> Endpoint:
    """What answers one of METHODS. Who sends no token may not see webhooks: GitHub says that there is nothing."""

    async def respond(http: Request) -> Response:
        dataset = find(http)
        if dataset is None or "authorization" not in http.headers:
            return error_answer("404")
        if path == "/hooks":
            return await _all(http, dataset)
        hook = dataset.hooks.get(http.path_params["hook_id"])
        if hook is None:
            return error_answer("404")
        if path == "/hooks/{hook_id:int}":
            return await _one(http, dataset, hook)
        if path.endswith("/pings"):
            await to_thread.run_sync(dataset.hooks.ping, hook, dataset.repository())
            return Response(status_code=204)
        return await _deliveries(http, dataset, hook)

    return respond


async def _all(http: Request, dataset: Dataset) -> Response:
    if http.method == "GET":
        return JSONResponse([hook_payload(hook, dataset.url) for hook in dataset.hooks.all()])
    body = await read_body(http)
    config = body.get("config") or {}
    if not str(config.get("url", "")).startswith("http"):
        return _refused("url cannot be blank")
    if any(hook.url == config["url"] for hook in dataset.hooks.all()):
        return _refused("Hook already exists on this repository")
    hook = dataset.hooks.create(
        config["url"], config.get("secret", ""), body.get("events") or ["push"], body.get("active", True)
    )
    await to_thread.run_sync(dataset.hooks.ping, hook, dataset.repository())
    return JSONResponse(hook_payload(hook, dataset.url), 201)


async def _one(http: Request, dataset: Dataset, hook: Hook) -> Response:
    if http.method == "DELETE":
        dataset.hooks.remove(hook.id)
        return Response(status_code=204)
    if http.method == "PATCH":
        body = await read_body(http)
        config = body.get("config") or {}
        hook.url, hook.secret = config.get("url", hook.url), config.get("secret", hook.secret)
        hook.events, hook.active = body.get("events", hook.events), body.get("active", hook.active)
        hook.updated_at = dataset.hooks.clock()
    return JSONResponse(hook_payload(hook, dataset.url))


async def _deliveries(http: Request, dataset: Dataset, hook: Hook) -> Response:
    sent = dataset.hooks.deliveries(hook.id)
    if "delivery_id" not in http.path_params:
        return deliveries_page(http, sent)
    found = next((one for one in sent if one.id == http.path_params["delivery_id"]), None)
    if found is None:
        return error_answer("404")
    if http.method == "POST":
        await to_thread.run_sync(dataset.hooks.again, found)
        return JSONResponse({}, 202)
    return JSONResponse(delivery_shown(found, hook.url))


def delivery_shown(found: HookDelivery, url: str) -> Payload:
    """One delivery with what was sent."""
    request = {"headers": {"X-GitHub-Event": found.event}, "payload": found.payload}
    return {**delivery_payload(found), "url": url, "request": request, "response": {"headers": {}, "payload": None}}


def deliveries_page(http: Request, sent: list[HookDelivery]) -> Response:
    """Pages follow a cursor: everything older than the delivery that it names."""
    size = min(int(http.query_params.get("per_page", 30)), 100)
    cursor = http.query_params.get("cursor", "")
    older = [one for one in sent if not cursor or one.id < int(cursor)]
    headers = {}
    if len(older) > size:
        url = http.url.include_query_params(per_page=size, cursor=older[size - 1].id)
        headers["Link"] = f'<{url}>; rel="next"'
    return JSONResponse([delivery_payload(one) for one in older[:size]], headers=headers)


async def read_body(http: Request) -> Payload:
    """The JSON that was sent."""
    found: Payload = json.loads(await http.body() or b"{}")
    return found


def _refused(why: str) -> Response:
    errors = [{"resource": "Hook", "code": "custom", "message": why}]
    return JSONResponse({"message": "Validation Failed", "errors": errors, "status": "422"}, 422)
