"""What routes ask for: who asks, their view of the project, a moment, and whether the client has the answer already."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, HTTPException, Path, Query, Request, Response

from sprintlib.access import LOCAL, Identity, identify_token, sessions
from sprintlib.api.context import Context
from sprintlib.api.problems import KnownAnswerError, NotModifiedError
from sprintlib.errors import AccessError, SignInError
from sprintlib.project import ProjectHandle
from sprintlib.services import sign_in

ADMISSION = "sprint.admission"  # in the scope of a request: who asks and with what headers, or why they may not
CSRF_HEADER = "x-csrf-token"
_VERSION = version("sprintlib")
_Admitted = tuple[Identity, dict[str, str]]
# what proxies add: somebody far away cannot pass for the person at this machine by way of one
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


def context(request: Request) -> Context:
    """What the application holds."""
    found: Context = request.app.state.context
    return found


async def identify(request: Request, response: Response) -> Identity:
    """Who asks. Raises SignInError; 429 for who asks or guesses too often.

    The person at this machine is known without the store: waiting for a thread costs as much as reading from it.
    """
    if ADMISSION not in request.scope:
        request.scope[ADMISSION] = await _admission(request, context(request))
    admitted: _Admitted | Exception = request.scope[ADMISSION]
    if isinstance(admitted, Exception):
        raise admitted
    who, headers = admitted
    response.headers.update(headers)
    return who


async def _admission(request: Request, held: Context) -> _Admitted | Exception:
    """Asked once of a request, however often it is looked at, so that it counts once."""
    try:
        if held.limits.are_here and _is_local(request, held):
            return _admitted(request, held)
        return await to_thread.run_sync(_admitted, request, held)
    except Exception as refused:  # noqa: BLE001 - raised again by who asked
        return refused


def _admitted(request: Request, held: Context) -> _Admitted:
    """Who asks, and headers that tell how often they may."""
    address = address_of(request)
    held.limits.check_guesses(address)
    try:
        who = _proven(request, held)
    except SignInError:
        held.limits.count_guess(address)
        raise
    return who, held.limits.count(f"{who.by}:{who.name}:{address if who.by == 'local' else ''}")


def _is_local(request: Request, held: Context) -> bool:
    """Whether mode `none` makes who asks the person at this machine, with no other proof given."""
    given = ("authorization" in request.headers, any(name in request.headers for name in _FORWARDED))
    return held.project.settings.auth.mode == "none" and not any(given)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "unknown"


def _proven(request: Request, held: Context) -> Identity:
    given = request.headers.get("authorization")
    if given is not None:
        scheme, _, value = given.partition(" ")
        if scheme.lower() != "bearer":
            raise SignInError("Send a token as 'Authorization: Bearer sprint_...'.")
        return identify_token(held.project.engine, value.strip())
    mode = held.project.settings.auth.mode
    cookie = request.cookies.get(sessions.COOKIE)
    if cookie is not None and mode in ("password", "github"):
        return _signed_in(held.project, cookie)
    if _is_local(request, held):
        return LOCAL
    raise SignInError("Sign in: send a token as 'Authorization: Bearer sprint_...' ('sprint token create' makes one).")


def _signed_in(project: ProjectHandle, cookie: str) -> Identity:
    found = sessions.find_session(project.engine, project.settings.data_dir, cookie)
    return sessions.identity_of(project.settings.auth, sign_in.checked(project, found))


Number = Annotated[int, Path(ge=0, le=2**31 - 1)]  # of a row: what every database can compare
Who = Annotated[Identity, Depends(identify)]


async def view(request: Request, who: Who) -> ProjectHandle:
    """The project as who asks may see it."""
    project = context(request).project.seen_by(who)
    project.permit("read")
    return project


Project = Annotated[ProjectHandle, Depends(view)]


def writable(request: Request, project: Project) -> ProjectHandle:
    """The same for a write, which takes a token, or the CSRF token that `GET /api/v1/auth/me` told a page of ours."""
    if project.who.by != "token" and not context(request).csrf.accept(
        project.who.name, request.headers.get(CSRF_HEADER)
    ):
        raise AccessError("A write takes a token, or the CSRF token of GET /api/v1/auth/me in the header X-CSRF-Token.")
    return project


Writable = Annotated[ProjectHandle, Depends(writable)]


async def as_of(
    project: Project,
    as_of: Annotated[
        str | None,
        Query(
            description="RFC 3339, or a date (the end of that day); default: now.", examples=["2026-11-23T08:00:00Z"]
        ),
    ] = None,
) -> datetime | None:
    """The moment that is asked about; None: now. Raises SettingsError."""
    return None if as_of is None else project.moment(as_of)


AsOf = Annotated[datetime | None, Depends(as_of)]


def asked(request: Request, project: Project, as_of: AsOf) -> datetime:
    """The moment that is computed for: the one asked about, or the present to the minute."""
    states = context(request).states
    return as_of or states.present(project.engine, project.settings, project.clock())


Moment = Annotated[datetime, Depends(asked)]


async def stored(request: Request, response: Response, project: Project) -> None:
    """Give the answer a tag that lasts until the store changes; raise 304 where the client has it, or what is kept.

    Nothing for a part of the project, which is analysed anew each time.
    """
    await _tagged(request, response, project, await _mark(request))


async def computed(request: Request, response: Response, project: Project, moment: Moment) -> None:
    """The same for what is worked out of facts as of a moment."""
    await _tagged(request, response, project, f"{await _mark(request)} {moment.isoformat()}")


async def _mark(request: Request) -> str:
    marks = context(request).marks
    at_hand = marks.at_hand()
    return await to_thread.run_sync(marks.read) if at_hand is None else at_hand


async def _tagged(request: Request, response: Response, project: ProjectHandle, mark: str) -> None:
    if project.withheld:
        response.headers["Cache-Control"] = "private, no-store"
        return
    seen = (mark, _VERSION, request.scope["path"], request.scope["query_string"].decode("latin-1"))
    tag = f'W/"{sha256(chr(10).join((*seen, project.who.name, project.who.role.name)).encode()).hexdigest()[:32]}"'
    given = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in given or "*" in given:
        raise NotModifiedError(tag)
    response.headers.update({"ETag": tag, "Cache-Control": "private, no-cache"})
    answers = context(request).answers
    body = answers.get(tag) if answers.are_here else await to_thread.run_sync(answers.get, tag)
    if body is not None:
        raise KnownAnswerError(body, dict(response.headers))


Stored = Depends(stored)
Computed = Depends(computed)


def computing(request: Request) -> Iterator[None]:
    """Few at a time compute; 503 for who waits too long."""
    gate = context(request).gate
    if not gate.acquire(timeout=20):
        raise HTTPException(503, "Too much is being computed: try again in a moment.", {"Retry-After": "5"})
    try:
        yield
    finally:
        gate.release()


Computing = Depends(computing)
