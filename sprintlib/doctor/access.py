"""Who may use the API and the pages."""

import os
from datetime import UTC, datetime, timedelta

from sprintlib.access import tokens
from sprintlib.access.keys import FILE_NAME, load_keys, place_of
from sprintlib.doctor.check import Check
from sprintlib.inbox import closed_elsewhere
from sprintlib.services.sign_in import VARIABLE
from sprintlib.settings import Settings, is_loopback
from sprintlib.store import open_store

_SOON = timedelta(days=14)


def check_access(settings: Settings) -> Check:
    """The mode of `[auth]`, what is missing for it, and tokens that end soon. Raises StoreError."""
    mode = settings.auth.mode
    engine = open_store(settings.database_url, read_only=True)
    valid = [one for one in tokens(engine) if one.state == "valid"]
    ending = sorted(one.name for one in valid if one.expires_at - datetime.now(UTC) < _SOON)
    counted = f"{len(valid)} valid token{'' if len(valid) == 1 else 's'}"
    missing = _missing(settings)
    if missing:
        return Check("access", "fail", f"{mode}: {missing}", "see docs/api.md, 'People sign in'")
    if mode == "token" and not valid:
        return Check("access", "warn", "token: nobody can sign in", "run 'sprint token create NAME'")
    if ending:
        todo = "run 'sprint token create' for who still needs one"
        return Check("access", "warn", f"{mode}: {', '.join(ending)} no longer counts in two weeks", todo)
    told = "none: this machine only, nobody signs in" if mode == "none" else mode
    return Check("access", "ok", f"{told}; {counted}")


def check_keys(settings: Settings) -> Check:
    """Where the keys of this home are, and whether they open what is encrypted. Raises SettingsError, StoreError."""
    if not (settings.data_dir / FILE_NAME).is_file():
        return Check("keys", "info", "none yet: they are made when something is to be signed or encrypted")
    count = len(load_keys(settings.data_dir))
    engine = open_store(settings.database_url, read_only=True, data_dir=settings.data_dir)
    closed = closed_elsewhere(engine)
    engine.dispose()
    if closed:
        told = f"{closed:,} webhook {'delivery' if closed == 1 else 'deliveries'} cannot be read: keys are missing"
        return Check("keys", "warn", told, "copy data/keys.json from where they came; 'sprint sync' has what they told")
    place = "the keyring of the system" if place_of(settings.data_dir) == "keyring" else f"data/{FILE_NAME}"
    return Check("keys", "ok", f"{count} in {place}")


def _missing(settings: Settings) -> str | None:
    """What nobody can sign in without."""
    auth = settings.auth
    if auth.mode not in ("password", "github"):
        return None
    if not (auth.admins or auth.members or auth.viewers or auth.organizations):
        return "nobody is on a list: name viewers, members or admins under [auth]"
    if auth.mode == "password":
        return None if auth.passwords else "no passwords: 'sprint token password' hashes one for [auth] passwords"
    if not (auth.client_id and auth.public_url):
        return "client_id and public_url are missing under [auth]"
    if not (os.environ.get(VARIABLE) or auth.client_secret_file):
        return f"there is no client secret: set {VARIABLE}, or name a file as client_secret_file"
    if not is_loopback(auth.public_url) and not auth.public_url.startswith("https:"):
        return "public_url is not https: whoever listens can take a session"
    return None
