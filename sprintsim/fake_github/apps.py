"""A GitHub App at the stand-in: what it may be asked, its installation, its tokens and its webhook."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from anyio import to_thread
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sprintsim.fake_github.gateway import error_answer
from sprintsim.fake_github.hook_endpoints import deliveries_page, delivery_shown, read_body
from sprintsim.fake_github.hooks import SECRET_SHOWN, HookDelivery, Hooks
from sprintsim.fake_github.payloads import API, Payload

READS = ("metadata", "issues", "pull_requests", "contents", "actions")
_LONGEST_SIGNATURE = timedelta(minutes=10)
_TOKEN_COUNTS = timedelta(hours=1)
_PREFIX = "ghs_"
_NOT_DECODED = "A JSON web token could not be decoded"
_SUSPENDED = "This installation has been suspended"
_MADE = "2026-01-05T09:00:00Z"
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class StandInApp:
    """One app with one installation. repositories: full names in it. clock: GitHub's, for signatures and tokens.

    hooks holds its webhook; an app that was made without one has none.
    """

    public_key: RSAPublicKey
    repositories: list[str]
    id: int = 4711
    slug: str = "sprint-stand-in"
    installation: int = 815
    permissions: dict[str, str] = field(default_factory=lambda: dict.fromkeys(READS, "read"))
    events: list[str] = field(default_factory=list)
    suspended: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    given: list[str] = field(default_factory=list)
    _until: dict[str, datetime] = field(default_factory=dict)
    hooks: Hooks = field(init=False)

    def __post_init__(self) -> None:
        self.hooks = Hooks(self.clock, self.installation)
        self.hooks.create("", events=["*"])

    @property
    def account(self) -> str:
        return self.repositories[0].partition("/")[0] if self.repositories else "nobody"

    def tell(self, event: str, payload: Payload) -> int:
        """Send an event of a repository in the installation, as GitHub does for an app."""
        return self.hooks.tell(event, {**payload, "installation": {"id": self.installation, "node_id": "MDIz"}})

    def routes(self) -> list[Route]:
        """Those that only the app may ask."""
        signed: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("/app", "GET", self._app),
            ("/app/hook/config", "GET PATCH", self._config),
            ("/app/hook/deliveries", "GET", self._deliveries),
            ("/app/hook/deliveries/{delivery_id:int}", "GET", self._deliveries),
            ("/app/hook/deliveries/{delivery_id:int}/attempts", "POST", self._deliveries),
            ("/app/installations/{installation_id:int}", "GET", self._installation_by_id),
            ("/app/installations/{installation_id:int}/access_tokens", "POST", self._access_token),
            ("/repos/{owner}/{repo}/installation", "GET", self._installation_of),
        ]
        return [Route(path, self._signed(answer), methods=methods.split()) for path, methods, answer in signed]

    def refusal(self, authorization: str, path: str) -> Response | None:
        """Why a request with a token of the installation is not answered; None where it is, or has another token."""
        token = authorization.partition(" ")[2]
        if not token.startswith(_PREFIX):
            return None
        until = self._until.get(token)
        if until is None or until <= self.clock():
            return error_answer("401")
        if self.suspended:
            return JSONResponse({"message": _SUSPENDED, "status": "403"}, 403)
        parts = path.lower().split("/")
        inside = parts[1] != "repos" or "/".join(parts[2:4]) in map(str.lower, self.repositories)
        return None if inside else error_answer("404")

    def _signed(self, answer: Endpoint) -> Endpoint:
        async def respond(http: Request) -> Response:
            why = self._why_not_signed(http.headers.get("authorization", ""))
            return await answer(http) if why is None else why

        return respond

    def _why_not_signed(self, authorization: str) -> Response | None:
        """GitHub's answers to a signature that does not count."""
        try:
            claims = jwt.decode(
                authorization.partition(" ")[2],
                self.public_key,
                ["RS256"],
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return JSONResponse({"message": _NOT_DECODED, "status": "401"}, 401)
        if str(claims.get("iss")) != str(self.id):
            return JSONResponse({"message": "Integration not found", "status": "404"}, 404)
        now = self.clock().timestamp()
        if claims["iat"] > now:
            what = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        elif claims["exp"] <= now:
            what = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the "
            what += "assertion expires"
        elif claims["exp"] > now + _LONGEST_SIGNATURE.total_seconds():
            what = "'Expiration time' claim ('exp') is too far in the future"
        else:
            return None
        return JSONResponse({"message": what, "status": "401"}, 401)

    async def _app(self, http: Request) -> Response:
        return JSONResponse(
            {
                "id": self.id,
                "slug": self.slug,
                "node_id": "MDExOkludGVncmF0aW9uMQ==",
                "owner": self._owner(),
                "name": self.slug,
                "description": None,
                "external_url": "https://example.com",
                "html_url": f"https://github.com/apps/{self.slug}",
                "created_at": _MADE,
                "updated_at": _MADE,
                "permissions": self.permissions,
                "events": self.events,
            }
        )

    async def _config(self, http: Request) -> Response:
        if not self.hooks.all():
            return error_answer("404")
        (hook,) = self.hooks.all()
        if http.method == "PATCH":
            body = await read_body(http)
            hook.url, hook.secret = body.get("url", hook.url), body.get("secret", hook.secret)
        shown = {"content_type": hook.content_type, "insecure_ssl": "0", "url": hook.url}
        return JSONResponse(shown | ({"secret": SECRET_SHOWN} if hook.secret else {}))

    async def _deliveries(self, http: Request) -> Response:
        sent = [one for hook in self.hooks.all() for one in self.hooks.deliveries(hook.id)]
        if "delivery_id" not in http.path_params:
            return deliveries_page(http, sent)
        found = next((one for one in sent if one.id == http.path_params["delivery_id"]), None)
        return error_answer("404") if found is None else await self._delivery(http, found)

    async def _delivery(self, http: Request, found: HookDelivery) -> Response:
        if http.method == "POST":
            await to_thread.run_sync(self.hooks.again, found)
            return JSONResponse({}, 202)
        return JSONResponse(delivery_shown(found, self.hooks.all()[0].url))

    async def _installation_by_id(self, http: Request) -> Response:
        known = http.path_params["installation_id"] == self.installation
        return JSONResponse(self._installation()) if known else error_answer("404")

    async def _installation_of(self, http: Request) -> Response:
        name = f"{http.path_params['owner']}/{http.path_params['repo']}".lower()
        inside = name in map(str.lower, self.repositories)
        return JSONResponse(self._installation()) if inside else error_answer("404")

    async def _access_token(self, http: Request) -> Response:
        if http.path_params["installation_id"] != self.installation:
            return error_answer("404")
        if self.suspended:
            return JSONResponse({"message": _SUSPENDED, "status": "403"}, 403)
        token, until = _PREFIX + secrets.token_hex(18), self.clock() + _TOKEN_COUNTS
        self._until[token] = until
        self.given.append(token)
        told = {"token": token, "expires_at": _time(until), "permissions": self.permissions}
        return JSONResponse({**told, "repository_selection": "selected"}, 201)

    def _installation(self) -> dict[str, Any]:
        url = f"https://github.com/organizations/{self.account}/settings/installations/{self.installation}"
        return {
            "id": self.installation,
            "account": self._owner(),
            "repository_selection": "selected",
            "access_tokens_url": f"{API}/app/installations/{self.installation}/access_tokens",
            "repositories_url": f"{API}/installation/repositories",
            "html_url": url,
            "app_id": self.id,
            "target_id": 1,
            "target_type": "Organization",
            "permissions": self.permissions,
            "events": self.events,
            "created_at": _MADE,
            "updated_at": _MADE,
            "single_file_name": None,
            "app_slug": self.slug,
            "suspended_at": _MADE if self.suspended else None,
            "suspended_by": self._owner() if self.suspended else None,
        }

    def _owner(self) -> Payload:
        login = self.account
        user, links = f"{API}/users/{login}", ("followers", "gists", "orgs", "repos", "events", "received_events")
        return {
            "login": login,
            "id": 1,
            "node_id": "MDEyOk9yZ2FuaXphdGlvbjE=",
            "avatar_url": f"https://github.com/{login}.png",
            "gravatar_id": "",
            "url": user,
            "html_url": f"https://github.com/{login}",
            **{f"{name}_url": f"{user}/{name}" for name in (*links, "following", "starred", "subscriptions")},
            "organizations_url": f"{user}/orgs",
            "type": "Organization",
            "site_admin": False,
        }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
