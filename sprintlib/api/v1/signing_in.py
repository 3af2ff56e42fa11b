"""Signing in and out: with GitHub, or with a password."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from sprintlib.access import passwords, sessions
from sprintlib.access.audit import record
from sprintlib.api.dependencies import Writable, address_of, context
from sprintlib.api.problems import responses
from sprintlib.errors import SignInError
from sprintlib.services import sign_in

router = APIRouter(tags=["auth"])
_BEGUN = "sprint_sign_in"
_PLACE = "/api/v1/auth"


class Password(BaseModel):
    """A name of `[auth] passwords`, and its password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=128)
    password: str = Field(max_length=1024)


class SignedIn(BaseModel):
    """Who is signed in now."""

    name: str
    role: str


@router.get("/auth/sign-in", status_code=302, response_class=Response, responses=responses(404))
def begin(
    request: Request, to: Annotated[str, Query(max_length=500, description="A path to come back to.")] = "/"
) -> Response:
    """Go to GitHub to sign in, where `[auth] mode` is github."""
    project = context(request).project
    if project.settings.auth.mode != "github":
        raise HTTPException(404, "Nobody signs in with GitHub here.")
    with _guess(request):
        address, kept = sign_in.begin(project, _path(to))
    answer = RedirectResponse(address, 302)
    _keep(request, answer, _BEGUN, kept, 600, _PLACE)
    return answer


@router.get("/auth/callback", status_code=302, response_class=Response, responses=responses(404))
def come_back(
    request: Request,
    code: Annotated[str, Query(max_length=400)] = "",
    state: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """Where GitHub sends back to."""
    project = context(request).project
    if project.settings.auth.mode != "github":
        raise HTTPException(404, "Nobody signs in with GitHub here.")
    with _guess(request):
        value, to = sign_in.finish(project, request.cookies.get(_BEGUN, ""), {"code": code, "state": state})
    answer = RedirectResponse(_path(to), 302)
    answer.delete_cookie(_BEGUN, path=_PLACE)
    _keep(request, answer, sessions.COOKIE, value, project.settings.auth.session_hours * 3600)
    return answer


@router.post("/auth/password", responses=responses(400, 404, 413))
def with_password(request: Request, response: Response, given: Password) -> SignedIn:
    """Sign in with a password, where `[auth] mode` is password."""
    project = context(request).project
    settings = project.settings
    if settings.auth.mode != "password":
        raise HTTPException(404, "Nobody signs in with a password here.")
    with _guess(request):
        passwords.check_password(settings.auth.passwords, given.name, given.password)
        value = sessions.begin_session(project.engine, settings.data_dir, settings.auth, given.name)
    who = sessions.identity_of(settings.auth, sessions.find_session(project.engine, settings.data_dir, value))
    record(project.engine, who, "sign in", settings.project.name, "done")
    _keep(request, response, sessions.COOKIE, value, settings.auth.session_hours * 3600)
    return SignedIn(name=who.name, role=who.role.name)


@router.post("/auth/sign-out", status_code=204)
def sign_out(request: Request, project: Writable) -> Response:
    """End the session, wherever a copy of it is. A token stays valid: `sprint token revoke` ends one."""
    answer = Response(status_code=204)
    if project.who.by == "session":
        data_dir = project.settings.data_dir
        found = sessions.find_session(project.engine, data_dir, request.cookies[sessions.COOKIE])
        sessions.end_session(project.engine, found)
        record(project.engine, project.who, "sign out", project.name, "done")
    answer.delete_cookie(sessions.COOKIE, path="/")
    return answer


@contextmanager
def _guess(request: Request) -> Iterator[None]:
    """Let an address fail so often, and then wait."""
    limits, address = context(request).limits, address_of(request)
    limits.check_guesses(address)
    try:
        yield
    except SignInError:
        limits.count_guess(address)
        raise


def _path(to: str) -> str:
    """A path of this server; the front page for anything that could lead elsewhere."""
    harmless = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if harmless else "/"


def _keep(request: Request, answer: Response, name: str, value: str, seconds: int, path: str = "/") -> None:
    public = context(request).project.settings.auth.public_url or ""
    secure = public.startswith("https:") or request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")
