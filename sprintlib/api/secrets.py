"""The secret of the webhooks, and whether a body is signed with it.

Two secrets count while one replaces the other. Files are read again when they change, so that nothing is restarted.
"""

import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from sprintlib.errors import SettingsError
from sprintlib.github.hook_secret import VARIABLE, read_secret, secret_file
from sprintlib.settings import Settings

VARIABLE_BEFORE = "SPRINT_WEBHOOK_SECRET_BEFORE"
_PREFIX = "sha256="


@dataclass(frozen=True)
class WebhookSecrets:
    """The secret, and the one before it. given: from the environment, instead of the files. data_dir: of the home."""

    files: tuple[Path | None, Path | None] = (None, None)
    given: tuple[str, str] = field(default=("", ""), repr=False)
    data_dir: Path = Path()

    @classmethod
    def of(cls, settings: Settings) -> "WebhookSecrets":
        """SPRINT_WEBHOOK_SECRET, else the file that `[webhooks] secret_file` names; the same for the one before.

        Where neither is there, the file that `sprint webhooks install` made in the data folder.

        Raises SettingsError where neither gives a secret.
        """
        names = (settings.webhooks.secret_file, settings.webhooks.secret_file_before)
        places = [(settings.home / name).expanduser() if name else None for name in names]
        if not names[0] and secret_file(settings).is_file():
            places[0] = secret_file(settings)
        given = (os.environ.get(VARIABLE, ""), os.environ.get(VARIABLE_BEFORE, ""))
        found = cls((places[0], places[1]), given, settings.data_dir)
        if not found.current():
            raise SettingsError(
                f"There is no webhook secret: run 'sprint webhooks install', set {VARIABLE}, or name a file that holds "
                "it as [webhooks] secret_file."
            )
        return found

    @classmethod
    def given_by(cls, settings: Settings) -> "WebhookSecrets | None":
        """The same; None where environment, settings and `sprint webhooks install` gave none. Raises SettingsError."""
        named = (settings.webhooks.secret_file, os.environ.get(VARIABLE), os.environ.get(VARIABLE_BEFORE))
        return cls.of(settings) if any(named) or secret_file(settings).is_file() else None

    def current(self) -> list[bytes]:
        """The secrets that count now. Raises SettingsError for a file that cannot be read."""
        values = [
            given or (read_secret(place, self.data_dir) if place else "")
            for given, place in zip(self.given, self.files, strict=True)
        ]
        return [value.strip().encode() for value in values if value.strip()]

    def accept(self, body: bytes, signature: str | None) -> bool:
        """Whether GitHub's `X-Hub-Signature-256` fits the raw body, under any secret, in constant time."""
        given = (signature or "").encode(errors="replace")
        fits = False
        for secret in self.current():
            expected = _PREFIX + hmac.new(secret, body, "sha256").hexdigest()
            fits |= hmac.compare_digest(given, expected.encode())
        return fits
