"""A GitHub App for tests: its key, the file it is kept in, and a home that names it."""

from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sprintsim.fake_github.apps import StandInApp
from tests.github import shop

FILE = "app.pem"


@cache
def key(which: str) -> RSAPrivateKey:
    """A key, made once per test session. which: a name for it."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def write_key(home: Path, which: str = "right", mode: int = 0o600) -> Path:
    """The key as GitHub gives it, in the home."""
    file = home / FILE
    file.write_bytes(key(which).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    file.chmod(mode)
    return file


def stand_in(*repositories: str, **more: Any) -> StandInApp:
    """The app at the stand-in, installed on these repositories; by default on the shop."""
    return StandInApp(key("right").public_key(), list(repositories or (shop.NAME,)), **more)


def write_home(home: Path, url: str, *repositories: str) -> None:
    """Settings that name the app."""
    names = ", ".join(f'"{name}"' for name in repositories or (shop.NAME,))
    (home / "sprint.toml").write_text(
        f'[project]\nname = "acme"\nrepositories = [{names}]\n'
        f'[github]\napi_url = "{url}"\ndetails_days = 3650\nclone = false\n'
        f'[github_app]\nid = 4711\nprivate_key_file = "{FILE}"\n[llm]\nhost = "http://127.0.0.1:9"\n',
        encoding="utf-8",
    )
