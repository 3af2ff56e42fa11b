"""Which role an action takes: the one place that decides, for command line, API, pages and MCP server."""

from typing import Literal

from sprintlib.access.identity import Identity, Role
from sprintlib.errors import AccessError

Action = Literal["read", "answer", "run", "inbox", "token", "audit", "privacy"]
LEAST: dict[Action, Role] = {
    "read": Role.viewer,
    "answer": Role.member,
    "run": Role.admin,
    "inbox": Role.admin,
    "token": Role.admin,
    "audit": Role.admin,
    "privacy": Role.admin,
}
_TOLD: dict[Action, str] = {
    "read": "look at results",
    "answer": "answer recommendations",
    "run": "run jobs",
    "inbox": "see deliveries",
    "token": "manage tokens",  # nosec B105 # words
    "audit": "see the audit",
    "privacy": "export or erase what is held about somebody",
}


def permit(who: Identity, action: Action) -> None:
    """Raises AccessError where the role does not reach; who sees only some repositories can only read."""
    if action != "read" and who.repositories is not None:
        raise AccessError(f"To {_TOLD[action]} takes sight of every repository; {who.name} sees only some.")
    if who.role < LEAST[action]:
        raise AccessError(f"To {_TOLD[action]} takes the role {LEAST[action].name}; {who.name} is {who.role.name}.")
