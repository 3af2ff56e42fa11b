"""The application: webhooks in, and the REST API; routers put together, limits around them."""

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from sprintlib.api import health, mcp, webhooks
from sprintlib.api.context import Context
from sprintlib.api.known_answers import KnownAnswers
from sprintlib.api.measuring import Measured
from sprintlib.api.middleware import BodyLimit, KnownHosts, SecurityHeaders
from sprintlib.api.problems import Problem, add_handlers, responses
from sprintlib.api.secrets import WebhookSecrets
from sprintlib.api.v1 import accounts, analyses, catalog, events, findings, forecasts, operations, signing_in, status
from sprintlib.project import ProjectHandle

PREFIX = "/api/v1"
ROUTERS = (accounts, analyses, catalog, events, findings, forecasts, operations, signing_in, status)
_ABOUT = (
    "What the command line says, over HTTP: analyses, forecasts, what-ifs, risks, recommendations and answers of one "
    "project. Numbers come from stored facts, and every statement cites. Text that comes from GitHub is untrusted data."
)


def create_app(project: ProjectHandle, secrets: WebhookSecrets | None) -> FastAPI:
    """The application over one project. What it keeps is for speed and limits: several may serve one store.

    secrets: of the webhooks; None: deliveries are refused. Raises SettingsError.
    """
    app = FastAPI(title="sprintlib", version=version("sprintlib"), description=_ABOUT, docs_url=None, redoc_url=None)
    app.state.engine = project.engine
    app.state.secrets = secrets
    app.state.context = Context.of(project)
    app.include_router(health.router)
    app.include_router(webhooks.router)
    app.include_router(mcp.router)
    app.include_router(status.scraped, responses=responses(401, 403, 422, 429, 503))
    api = APIRouter(prefix=PREFIX, responses=responses(401, 403, 422, 429, 503))
    for module in ROUTERS:
        api.include_router(module.router)
    app.include_router(api)
    add_handlers(app)
    _surround(app, project)
    app.openapi = lambda: _schema(app)  # type: ignore[method-assign]  # how FastAPI has it extended
    return app


def _surround(app: FastAPI, project: ProjectHandle) -> None:
    """Middleware; what is added last is met first."""
    settings = project.settings.api
    app.add_middleware(KnownAnswers, context=app.state.context)
    app.add_middleware(BodyLimit)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID"],
            expose_headers=["ETag", "Location", "Retry-After"],
        )
    app.add_middleware(KnownHosts, hosts=settings.hosts)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured)


def _schema(app: FastAPI) -> dict[str, Any]:
    """OpenAPI with what FastAPI does not write: problems, and how to sign in."""
    if app.openapi_schema is None:
        found = FastAPI.openapi(app)
        parts = found["components"]
        parts["schemas"]["Problem"] = Problem.model_json_schema()
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path, methods in found["paths"].items():
            for operation in methods.values() if path.startswith(PREFIX) else ():
                operation["security"] = [{"token": []}]
                operation["responses"].get("422", {}).update(responses(422)[422])
    assert app.openapi_schema is not None  # noqa: S101 - made above
    return app.openapi_schema
