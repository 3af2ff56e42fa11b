"""Where the GitHub token comes from. It is never written to sprint.toml, to the store or to a log."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from sprintlib.errors import CollectError, TokenError
from sprintlib.settings import Settings
from sprintlib.settings import is_loopback as is_loopback

FILE_NAME = "github-token"


class TokenSource(Protocol):
    """What gives tokens that count for a while."""

    def current(self) -> str:
        """One that counts now."""

    def forget(self) -> None:
        """It was refused before its time."""


@dataclass(frozen=True)
class Token:
    """A token and where it was found. Its value never shows in a repr. source: what renews it, where it expires."""

    value: str = field(repr=False)
    origin: str
    source: TokenSource | None = field(default=None, repr=False, compare=False)

    def current(self) -> str:
        """The value that counts now. Raises what its source raises."""
        return self.source.current() if self.source else self.value

    def refused(self) -> None:
        """GitHub does not accept it any more: the next one that is looked for is new."""
        if self.source:
            self.source.forget()


def find_token(settings: Settings) -> Token | None:
    """That of the GitHub App, if sprint.toml names one; else GITHUB_TOKEN, `gh auth token`, the data folder's file.

    None where there is none. Raises TokenError for what cannot be a token, and where the app gets none.
    """
    if settings.github_app.id is not None:
        from sprintlib.github.app import installation_token  # cryptography, which few need here

        return installation_token(settings)
    value = os.environ.get("GITHUB_TOKEN", "").strip()
    if value:
        return _readable(Token(value, "GITHUB_TOKEN"))
    value = _from_gh(settings.github.api_url)
    if value:
        return Token(value, "gh auth token")
    path = token_file(settings.data_dir)
    value = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    return _readable(Token(value, str(path))) if value else None


def _readable(token: Token) -> Token:
    if not (token.value.isascii() and token.value.isprintable()) or " " in token.value:
        raise TokenError(f"The token of {token.origin} holds a space or a sign that no token has: copy it again.")
    return token


def token_file(data_dir: Path) -> Path:
    """Where a token typed into `sprint init` is kept."""
    return data_dir / FILE_NAME


def save_token(data_dir: Path, value: str) -> Path:
    """Keep a token, readable by this user only. Raises CollectError where it cannot be written."""
    path = token_file(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(value + "\n")
    except OSError as error:
        raise CollectError(f"The token cannot be kept in {path}: {error.strerror}; set GITHUB_TOKEN instead.") from None
    return path


def _from_gh(api_url: str) -> str:
    host = (urlsplit(api_url).hostname or "").removeprefix("api.")
    gh = shutil.which("gh")
    if gh is None or is_loopback(api_url):
        return ""
    try:
        found = subprocess.run(
            [gh, "auth", "token", "--hostname", host], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
