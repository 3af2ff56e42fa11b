"""People: signing in by OAuth with PKCE, whose token it is, and what somebody may see."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "stand-in-client", "stand-in-secret"


@dataclass(frozen=True)
class _Code:
    login: str
    redirect_uri: str
    challenge: str


@dataclass
class Accounts:
    """Who is at the browser, and what GitHub knows of people. Agreeing takes no click.

    login: signs in next. permissions: (owner/name, login), lower case, -> read, write, ...; none without an entry.
    """

    login: str = "stand-in"
    permissions: dict[tuple[str, str], str] = field(default_factory=dict)
    members: set[tuple[str, str]] = field(default_factory=set)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Of the web side and of the API."""
        return [
            Route("/login/oauth/authorize", self._authorize),
            Route("/login/oauth/access_token", self._access_token, methods=["POST"]),
            Route("/user", self._user),
            Route("/repos/{owner}/{repo}/collaborators/{login}/permission", self._permission),
            Route("/orgs/{organization}/memberships/{login}", self._membership),
        ]

    async def _authorize(self, http: Request) -> Response:
        asked = http.query_params
        if asked.get("client_id") != CLIENT or asked.get("code_challenge_method") != "S256":
            return JSONResponse({"message": "Not Found"}, 404)
        code = secrets.token_hex(10)
        self._codes[code] = _Code(self.login, asked.get("redirect_uri", ""), asked.get("code_challenge", ""))
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return RedirectResponse(f"{asked.get('redirect_uri', '')}?{query}", 302)

    async def _access_token(self, http: Request) -> Response:
        """A code counts once, for the client that it was given to, with what its challenge was made from."""
        form = await http.form()
        given = {name: str(value) for name, value in form.items()}
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, SECRET):
            return JSONResponse({"error": "incorrect_client_credentials"})
        code = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if code is None or code.challenge != challenge or code.redirect_uri != given.get("redirect_uri"):
            return JSONResponse({"error": "bad_verification_code"})
        token = f"gho_{secrets.token_hex(18)}"
        self._tokens[token] = code.login
        return JSONResponse({"access_token": token, "token_type": "bearer", "scope": ""})  # nosec B105 # a kind

    async def _user(self, http: Request) -> Response:
        """Whose token it is; any token is good, and of one that nobody signed in for it is the stand-in's."""
        if "authorization" not in http.headers:
            return JSONResponse({"message": "Requires authentication", "status": "401"}, 401)
        login = self._tokens.get(http.headers["authorization"].partition(" ")[2], "stand-in")
        url = f"{http.base_url}users/{login}"
        return JSONResponse({"login": login, "id": 1, "type": "User", "url": url, "site_admin": False})

    async def _permission(self, http: Request) -> Response:
        place = http.path_params
        full_name = f"{place['owner']}/{place['repo']}".lower()
        return JSONResponse({"permission": self.permissions.get((full_name, place["login"].lower()), "none")})

    async def _membership(self, http: Request) -> Response:
        place = http.path_params
        if (place["organization"], place["login"]) not in self.members:
            return JSONResponse({"message": "Not Found", "status": "404"}, 404)
        return JSONResponse({"state": "active", "role": "member"})
