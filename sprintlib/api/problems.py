"""What goes wrong, as RFC 9457 has it: `application/problem+json` with one sentence as `detail`."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import DatabaseError
from starlette.exceptions import HTTPException

from sprintlib.errors import (
    AccessError,
    AnalysisError,
    SettingsError,
    SignInError,
    SprintError,
)

ROOT = "/api/"
_STATUS: tuple[tuple[type[SprintError], int], ...] = (
    (SignInError, 401),
    (AccessError, 403),
    (AnalysisError, 422),
    (SettingsError, 422),
    (SprintError, 503),
)
_LOG = logging.getLogger(__name__)


class Problem(BaseModel):
    """RFC 9457. errors: where a request has several mistakes, each with its place."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


class NotModifiedError(Exception):
    """What the client has is what there is."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class KnownAnswerError(Exception):
    """The answer was made before, and nothing has changed. headers: of the answer."""

    def __init__(self, body: bytes, headers: dict[str, str]) -> None:
        super().__init__()
        self.body, self.headers = body, headers


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: these statuses answer with a problem."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def problem(
    status: int, detail: str, headers: dict[str, str] | None = None, errors: list[dict[str, str]] | None = None
) -> JSONResponse:
    """One as an answer."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    content = told.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers=headers, media_type="application/problem+json")


def add_handlers(app: FastAPI) -> None:
    """Have every error answered in this form below /api, and as {"error": ...} elsewhere."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NotModifiedError, _known)
    app.add_exception_handler(KnownAnswerError, _known)
    app.add_exception_handler(SprintError, _expected)
    app.add_exception_handler(DatabaseError, _database)
    app.add_exception_handler(Exception, _unexpected)


async def _http(request: Request, error: Any) -> Response:
    headers = dict(error.headers or {})
    if not request.url.path.startswith(ROOT):
        return JSONResponse({"error": str(error.detail)}, error.status_code, headers=headers)
    return problem(error.status_code, str(error.detail), headers)


async def _invalid(_request: Request, error: Any) -> Response:
    errors = [
        {"in": ".".join(str(part) for part in one["loc"]), "detail": one["msg"].removeprefix("Value error, ")}
        for one in error.errors()
    ]
    first = errors[0]
    return problem(422, f"{first['in']}: {first['detail']}.".replace("..", "."), errors=errors)


async def _known(_request: Request, error: Any) -> Response:
    return known_answer(error)


def known_answer(told: NotModifiedError | KnownAnswerError) -> Response:
    """The answer that was made before, or that the client has it."""
    if isinstance(told, NotModifiedError):
        return Response(status_code=304, headers={"ETag": told.tag, "Cache-Control": "private, no-cache"})
    return Response(told.body, headers=told.headers, media_type="application/json")


async def _expected(_request: Request, error: Any) -> Response:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return problem(status, str(error), {"WWW-Authenticate": "Bearer"} if status == 401 else None)


async def _database(_request: Request, error: Any) -> Response:
    _LOG.warning("store: %s", error.orig)
    return problem(503, "The store cannot be read or written: run 'sprint doctor'.", {"Retry-After": "5"})


async def _unexpected(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "Something went wrong in sprint: its log has the details.")
