"""What is encrypted opens with the keys of its home, after rotations too, and with no others; wherever the keys are."""

import json
import os
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from sqlalchemy import select, update

from sprintlib import inbox
from sprintlib.access.keys import Key, load_keys, move_keys, place_of, rotate_keys
from sprintlib.access.sealing import Seal, is_sealed
from sprintlib.cli.main import sprint
from sprintlib.doctor.access import check_keys
from sprintlib.errors import SealError, SettingsError
from sprintlib.settings import load
from sprintlib.store import open_store, schema

SETTINGS = '[project]\nname = "acme"\nrepositories = ["acme/shop"]\n'


class Held(KeyringBackend):
    """A keyring in memory. locked: it refuses."""

    priority = 5

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError("locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def held() -> Iterator[Held]:
    before = keyring.get_keyring()
    keyring.set_keyring(found := Held())
    yield found
    keyring.set_keyring(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@given(st.binary(max_size=2000))
def test_what_is_closed_opens_and_shows_nothing(plain: bytes) -> None:
    one, other = Seal.with_keys([Key("a", b"1" * 32)]), Seal.with_keys([Key("b", b"2" * 32), Key("a", b"1" * 32)])
    closed = one.close(plain)
    assert other.open(closed) == plain
    assert is_sealed(closed)
    assert len(plain) < 8 or plain not in closed
    with pytest.raises(SealError):
        one.open(closed[:-1] + bytes([closed[-1] ^ 1]))
    with pytest.raises(SealError):
        one.open(other.close_again(closed))


def test_a_body_of_before_is_read_as_it_is_and_closed_by_the_worker(home: Path) -> None:
    engine = open_store(load(home).database_url)
    inbox.receive(engine, "g", "push", {}, b"{}")
    with engine.begin() as connection:  # as a version without encryption kept it
        connection.execute(update(schema.delivery).values(body=zlib.compress(b"{}")))
    assert inbox.find(engine, "g").body == b"{}"
    assert (inbox.close_bodies(engine), inbox.close_bodies(engine)) == (1, 0)
    with engine.connect() as connection:
        assert is_sealed(connection.execute(select(schema.delivery.c.body)).scalar_one())
    assert inbox.find(engine, "g").body == b"{}"
    engine.dispose()


def test_rotations_lose_nothing(home: Path) -> None:
    engine = open_store(load(home).database_url)
    inbox.receive(engine, "g", "push", {}, b"{}")
    for _ in range(4):  # more often than keys are kept
        done = CliRunner().invoke(sprint, ["--home", str(home), "secrets", "rotate"])
        assert "1 webhook delivery was encrypted anew." in done.output
    assert inbox.find(engine, "g").body == b"{}"
    for _ in range(3):
        rotate_keys(home / "data")
    assert (inbox.find(engine, "g").body, inbox.find(engine, "g").is_closed) == (None, True)
    assert inbox.closed_elsewhere(engine) == 1
    assert check_keys(load(home)).message == "1 webhook delivery cannot be read: keys are missing"
    shown = CliRunner().invoke(sprint, ["--home", str(home), "inbox", "show", "g"])
    assert "it is encrypted with a key that this home does not have" in shown.output
    engine.dispose()


def test_a_rotation_that_is_cut_off_loses_nothing(home: Path) -> None:
    before = load_keys(home / "data")

    def cut() -> None:
        raise KeyboardInterrupt

    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            rotate_keys(home / "data", cut)
    assert load_keys(home / "data")[-1:] == before
    assert len(rotate_keys(home / "data")) == 3


def test_keys_move_to_the_keyring_and_back(home: Path, held: Held) -> None:
    before = load_keys(home / "data")
    moved = CliRunner().invoke(sprint, ["--home", str(home), "secrets", "move", "keyring"])
    assert moved.output == "The keys are in the keyring of the system.\n"
    assert load_keys(home / "data") == before
    assert set(json.loads((home / "data" / "keys.json").read_text())) == {"keyring", "newest"}
    after = rotate_keys(home / "data")
    assert after[1:] == before
    assert (place_of(home / "data"), check_keys(load(home)).message) == ("keyring", "2 in the keyring of the system")
    move_keys(home / "data", "file")
    assert (load_keys(home / "data"), place_of(home / "data"), held.held) == (after, "file", {})


def test_a_keyring_that_cannot_be_reached_makes_no_other_keys(home: Path, held: Held) -> None:
    load_keys(home / "data")
    move_keys(home / "data", "keyring")
    rotate_keys(home / "data")
    held.locked = True
    os.utime(home / "data" / "keys.json", (1, 1))  # as for a process that has not read them
    with pytest.raises(SettingsError, match="refuses \\(RuntimeError\\): unlock it"):
        load_keys(home / "data")
    keyring.set_keyring(NoKeyring())
    with pytest.raises(SettingsError, match="sign in to the desktop that has it"):
        load_keys(home / "data")
    keyring.set_keyring(Held())
    with pytest.raises(SettingsError, match="does not have the keys"):
        load_keys(home / "data")
    keyring.set_keyring(held)
    held.locked = False
    assert len(load_keys(home / "data")) == 2


def test_a_machine_without_a_keyring_keeps_the_file(home: Path, held: Held) -> None:
    keyring.set_keyring(NoKeyring())
    before = load_keys(home / "data")
    refused = CliRunner().invoke(sprint, ["--home", str(home), "secrets", "move", "keyring"])
    assert str(refused.exception).endswith("cannot be reached from here: the keys stay in the file.")
    assert (load_keys(home / "data"), place_of(home / "data")) == (before, "file")


def test_all_who_ask_for_the_first_keys_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(load_keys, [tmp_path] * 16))
    assert {keys[0].id for keys in found} == {load_keys(tmp_path)[0].id}


def test_a_folder_that_takes_no_keys_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys.lock").mkdir()
    with pytest.raises(SettingsError, match="keys.json cannot be written"):
        load_keys(tmp_path)
