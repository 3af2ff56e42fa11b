"""The application: routers put together, and errors as one sentence."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from sprintlib.api import health, webhooks
from sprintlib.api.secrets import WebhookSecrets


def create_app(engine: Engine, secrets: WebhookSecrets) -> FastAPI:
    """The application over one store. It keeps no state of its own, so several may serve one store."""
    app = FastAPI(title="sprintlib", docs_url=None, redoc_url=None)
    app.state.engine = engine
    app.state.secrets = secrets
    app.include_router(health.router)
    app.include_router(webhooks.router)
    app.add_exception_handler(HTTPException, _sentence)
    return app


async def _sentence(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    return JSONResponse({"error": str(error.detail)}, error.status_code, headers=error.headers)
