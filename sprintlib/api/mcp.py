"""`POST /mcp`: the tools of `sprint mcp` over streamable HTTP, for whoever the API lets in, over what they may see."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from sprintlib.api.dependencies import Computing, Project, context
from sprintlib.errors import AccessError
from sprintlib.project import ProjectHandle

router = APIRouter(tags=["mcp"])


class ToolAnswer(Response):
    """What the Model Context Protocol answers. A server for each request: nothing is shared between those who ask."""

    def __init__(self, project: ProjectHandle) -> None:
        super().__init__()
        self.project = project

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; without a session, as every request says itself who asks."""
        from mcp.server.transport_security import TransportSecuritySettings  # a second of imports, for who uses it

        from sprintlib.mcp import create_server

        server = create_server(self.project)
        # names and origins were checked by the application, which knows those of the settings
        checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(stateless_http=True, json_response=True, transport_security=checked)
        async with server.session_manager.run():
            await server.session_manager.handle_request(scope, receive, send)


def _no_foreign_page(request: Request) -> None:
    """Raises AccessError for a page of another site: an editor sends no Origin, and a browser always does."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in context(request).project.settings.api.origins:
        raise AccessError("Pages of other sites may not ask here: add theirs to [api] origins, if it is yours.")


@router.post("/mcp", include_in_schema=False, dependencies=[Depends(_no_foreign_page), Computing])
async def ask(project: Project) -> ToolAnswer:
    """One message of the protocol, which describes itself: `tools/list`, `tools/call` and what goes with them."""
    return ToolAnswer(project)
