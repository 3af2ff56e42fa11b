"""Who looks at the dashboards, where people sign in: whoever has a session of `sprint serve`, and sees all of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from jupyter_server.auth import IdentityProvider, User
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from sqlalchemy import Engine
from tornado import web

from sprintlib.access import Identity, sessions
from sprintlib.errors import SignInError
from sprintlib.settings import Settings
from sprintlib.store import open_store

SIGN_IN = "/api/v1/auth/sign-in"
_PARTLY = (
    "You may not see every repository of this project, and the dashboards show all of them: "
    "the API shows you your part."
)


def provider_of(settings: Settings) -> type[IdentityProvider]:
    """The provider of a project in whose settings people sign in with GitHub. Voilà makes it by its class alone."""
    engine = open_store(settings.database_url, read_only=True)

    class Provider(SessionIdentityProvider):
        project_settings, project_engine = settings, engine

    return Provider


class SessionIdentityProvider(IdentityProvider):
    """Takes the session's cookie, which `sprint serve` made and checks; nobody signs in here."""

    project_settings: Settings
    project_engine: Engine

    @property
    def auth_enabled(self) -> bool:
        """Always: there is no way around signing in."""
        return True

    async def get_user(self, handler: web.RequestHandler) -> User | None:
        """Who that is; None for nobody. Raises 403 for who may see only a part."""
        who = await self.identity(handler)
        if who is not None and who.repositories is not None:
            raise web.HTTPError(403, _PARTLY)
        return User(username=who.name) if who else None

    async def identity(self, handler: web.RequestHandler) -> Identity | None:
        """The same with the role that the settings give them now."""
        cookie = handler.get_cookie(sessions.COOKIE)
        return await asyncio.to_thread(self._identified, cookie) if cookie else None

    def get_handlers(self) -> list[Any]:
        """Signing in happens at `sprint serve`, which is at the same address behind one proxy."""
        address = f"{(self.project_settings.auth.public_url or '').rstrip('/')}{SIGN_IN}"
        return [(r"/login", ToSignIn, {"address": address})]

    def _identified(self, cookie: str) -> Identity | None:
        settings = self.project_settings
        try:
            found = sessions.find_session(self.project_engine, settings.data_dir, cookie)
            if datetime.now(UTC) - found.checked_at >= sessions.CHECKED_FOR:
                return None  # `sprint serve` asks GitHub again; this process has no token to ask with
            return sessions.identity_of(settings.auth, found)
        except SignInError:
            return None


class ToSignIn(JupyterHandler):
    """Leads to where people sign in, and back to the page that was asked for."""

    def initialize(self, address: str) -> None:
        self.address = address

    @allow_unauthenticated
    def get(self) -> None:
        self.redirect(f"{self.address}?{urlencode({'to': self.get_argument('next', '/')})}")

    def data_received(self, chunk: bytes) -> None:
        """Requests have no body."""
