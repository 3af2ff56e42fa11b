"""What all sections of `sprint.toml` are, and what several of them check."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\[bot\])?")
OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})"  # a login of GitHub; managed ones hold an underscore
REPOSITORY = re.compile(rf"{OWNER}/(?!\.\.?$)[A-Za-z0-9._-]{{1,100}}")


class SettingsSection(BaseModel):
    """A table of `sprint.toml`: frozen, and without keys that are not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def checked_logins(value: tuple[str, ...]) -> tuple[str, ...]:
    """Logins of GitHub. Raises ValueError for what none can be."""
    for login in value:
        if not _LOGIN.fullmatch(login):
            raise ValueError(f"'{login}' is not a GitHub login")
    return value


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
