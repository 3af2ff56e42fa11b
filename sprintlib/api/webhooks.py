"""`POST /webhooks/github`: what is signed is put into the inbox, and nothing else happens before the answer."""

from asyncio import timeout
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Request
from sqlalchemy.exc import DatabaseError
from starlette.requests import ClientDisconnect

from sprintlib.errors import SettingsError
from sprintlib.github.hook_secret import VARIABLE
from sprintlib.inbox import Receipt, receive
from sprintlib.observe.log import LOGGER
from sprintlib.text import printable

LARGEST_BODY = 25 * 1024 * 1024  # GitHub sends no more
LONGEST_SECONDS = 30.0
_KEPT_HEADERS = ("content-type", "user-agent", "x-github-hook-id", "x-github-hook-installation-target-id")
# one writer at a time is all that SQLite has; others wait here, not in its busy loop
_WRITERS = 1

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/github", status_code=202)
async def github(request: Request) -> dict[str, Any]:
    """202 for what is signed; 401 where the signature is missing or wrong, and nothing of it is kept."""
    body = await _body(request)
    headers = request.headers
    await to_thread.run_sync(_check_signature, request, body)
    event = headers.get("x-github-event", "")
    receipt = await _put(request, headers.get("x-github-delivery", ""), event, body)
    said = {"delivery": receipt.guid, "kind": printable(event), "is_new": receipt.is_new}
    LOGGER.info("delivery received", extra=said)
    if event == "ping":
        return {"state": "pong", "delivery": receipt.guid}
    return {"state": "received" if receipt.is_new else "repeated", "delivery": receipt.guid}


async def _body(request: Request) -> bytes:
    """The raw body. Raises 413 as soon as it is too long, and 408 where it takes too long."""
    too_long = HTTPException(413, f"The body is larger than {LARGEST_BODY // 1024**2} MB.", {"connection": "close"})
    said = request.headers.get("content-length", "")
    if said.isdecimal() and (len(said) > 12 or int(said) > LARGEST_BODY):
        raise too_long
    parts, length = [], 0
    try:
        async with timeout(LONGEST_SECONDS):
            async for part in request.stream():
                length += len(part)
                if length > LARGEST_BODY:
                    raise too_long
                parts.append(part)
    except TimeoutError:
        raise HTTPException(
            408, f"The body did not arrive within {LONGEST_SECONDS:.0f} seconds.", {"connection": "close"}
        ) from None
    except ClientDisconnect:
        raise HTTPException(400, "The body was cut.") from None
    return b"".join(parts)


def _check_signature(request: Request, body: bytes) -> None:
    if request.app.state.secrets is None:
        raise HTTPException(503, f"There is no webhook secret: set {VARIABLE}, and start sprint again.")
    try:
        fits = request.app.state.secrets.accept(body, request.headers.get("x-hub-signature-256"))
    except SettingsError as error:
        raise HTTPException(503, str(error)) from error
    if not fits:
        missing = "x-hub-signature-256" not in request.headers
        raise HTTPException(401, "The signature is missing." if missing else "The signature does not fit.")


async def _put(request: Request, guid: str, event: str, body: bytes) -> Receipt:
    state = request.app.state
    if not hasattr(state, "writers"):
        state.writers = CapacityLimiter(_WRITERS)
    headers = {name: printable(request.headers[name]) for name in _KEPT_HEADERS if name in request.headers}
    try:
        return await to_thread.run_sync(receive, state.engine, guid, event, headers, body, limiter=state.writers)
    except DatabaseError as error:
        # GitHub notes the failure, and can be asked to deliver again
        raise HTTPException(503, "The inbox cannot be written: free some space, or run 'sprint doctor'.") from error
    except SettingsError as error:  # the keys to encrypt it with
        raise HTTPException(503, "What was sent cannot be encrypted: run 'sprint doctor'.") from error
