"""Passwords, as argon2 keeps them: for a team without an OAuth app."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sprintlib.errors import SettingsError, SignInError

SHORTEST = 12
_HASHER = PasswordHasher()
_NOBODYS = _HASHER.hash("nobody has this one")  # so that an unknown name takes as long as a wrong password


def hash_password(password: str) -> str:
    """What `[auth] passwords` holds. Raises SettingsError for one that is soon guessed."""
    if len(password) < SHORTEST:
        raise SettingsError(f"A password needs at least {SHORTEST} characters.")
    return _HASHER.hash(password)


def check_password(passwords: dict[str, str], name: str, password: str) -> None:
    """Raises SignInError unless it is that name's, in the same words for every reason."""
    try:
        _HASHER.verify(passwords.get(name, _NOBODYS), password)
    except (VerificationError, InvalidHashError):
        raise SignInError("Name or password is wrong.") from None
    if name not in passwords:
        raise SignInError("Name or password is wrong.")
