"""Who may use the API and the pages."""

from datetime import UTC, datetime, timedelta

from sprintlib.access import tokens
from sprintlib.doctor.check import Check
from sprintlib.settings import Settings
from sprintlib.store import open_store

_SOON = timedelta(days=14)


def check_access(settings: Settings) -> Check:
    """The mode of `[auth]`, what is missing for it, and tokens that end soon. Raises StoreError."""
    mode = settings.auth.mode
    engine = open_store(settings.database_url, read_only=True)
    valid = [one for one in tokens(engine) if one.state == "valid"]
    ending = sorted(one.name for one in valid if one.expires_at - datetime.now(UTC) < _SOON)
    counted = f"{len(valid)} valid token{'' if len(valid) == 1 else 's'}"
    if mode == "token" and not valid:
        return Check("access", "warn", "token: nobody can sign in", "run 'sprint token create NAME'")
    if ending:
        todo = "run 'sprint token create' for who still needs one"
        return Check("access", "warn", f"{mode}: {', '.join(ending)} no longer counts in two weeks", todo)
    told = "none: this machine only, nobody signs in" if mode == "none" else mode
    return Check("access", "ok", f"{told}; {counted}")
