"""What others answer when they refuse or fail, as words that are safe on a terminal."""

from collections.abc import Mapping
from typing import Any

from sprintlib.text import printable

SUSPENDED = (
    "The installation of the GitHub App on {account} is suspended: unsuspend it there under 'Installed GitHub Apps'."
)


def message(body: Any) -> str:
    """The `message` of an error answer, printable; empty where there is none."""
    said = body.get("message") if isinstance(body, Mapping) else None
    return printable(said).rstrip(".") if isinstance(said, str) else ""


def forbidden(path: str, name: str, body: Any, headers: Mapping[str, str], has_token: bool) -> str:
    """Why GitHub answered 403, and what to do: single sign-on, an IP list, a blocked repository, a permission."""
    said = message(body)
    lower = said.lower()
    told = f"GitHub does not let this token read {path} (403: {said})"
    if "x-github-sso" in headers or "saml" in lower or "single sign-on" in lower:
        return f"{told}: authorize the token for the single sign-on of {name.partition('/')[0]}."
    if "ip allow list" in lower or "ip address" in lower:
        return f"{told}: the organization admits certain IP addresses only; sync from one of them."
    if "installation" in lower and "suspended" in lower:
        return SUSPENDED.format(account=name.partition("/")[0])
    if "blocked" in lower or "disabled" in lower or "suspended" in lower:
        return f"GitHub has blocked {name} (403: {said}): ask its owner or GitHub; no token helps."
    if not has_token:
        return f"GitHub does not show {path} without a token (403: {said}): set GITHUB_TOKEN or run 'gh auth login'."
    return f"{told}: give it read access to {name}, and authorize it for single sign-on if the organization has that."


def not_shown(name: str, status: int, body: Any, has_token: bool) -> str:
    """Why GitHub answered 404, 410 or 451, and what to do."""
    said = message(body)
    if status == 451:
        detail = f"451: {said}" if said else "451"
        return f"GitHub withholds {name} for legal reasons ({detail}): take it out of sprint.toml, or ask its owner."
    if status == 410:
        return f"GitHub says that {name} is gone (410): take it out of sprint.toml."
    return f"GitHub does not show {name} ({status}): check the spelling, " + (
        "and that the token may see it." if has_token else "or set GITHUB_TOKEN if it is private."
    )
