"""Roles are decided in one place; tokens count until they end; the audit only grows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import DatabaseError

from sprintlib.access import (
    LOCAL,
    Identity,
    Role,
    acting,
    create_token,
    entries,
    identify_token,
    permit,
    revoke_token,
    tokens,
)
from sprintlib.access.csrf import CsrfTokens
from sprintlib.access.policy import LEAST
from sprintlib.errors import AccessError, SignInError
from sprintlib.store import schema

DAY = timedelta(days=1)


def may(who: Identity) -> set[str]:
    allowed: set[str] = set()
    for action in LEAST:
        try:
            permit(who, action)
        except AccessError:
            continue
        allowed.add(action)
    return allowed


def test_what_each_role_may_do() -> None:
    viewer, member, admin = (Identity("ada", role, "token") for role in Role)
    assert may(viewer) == {"read"}
    assert may(member) == {"read", "answer"}
    assert may(admin) == may(LOCAL) == set(LEAST)


def test_who_sees_a_part_can_only_read() -> None:
    assert may(Identity("ada", Role.admin, "session", ("acme/api",))) == {"read"}


def test_a_refusal_says_what_it_takes() -> None:
    with pytest.raises(AccessError, match=r"^To run jobs takes the role admin; ada is viewer\.$"):
        permit(Identity("ada", Role.viewer, "token"), "run")


def test_a_token_stands_for_its_role_until_it_ends(engine: Engine) -> None:
    value, made = create_token(engine, "ci", Role.member, DAY)
    assert identify_token(engine, value) == Identity("ci", Role.member, "token")
    assert value.startswith("sprint_")
    assert tokens(engine)[0].used_at is not None
    assert (made.state, made.expires_at - made.created_at) == ("valid", DAY)
    assert revoke_token(engine, "ci").state == "revoked"
    with pytest.raises(SignInError, match="unknown, expired or revoked"):
        identify_token(engine, value)
    with pytest.raises(AccessError, match="no valid token 'ci'"):
        revoke_token(engine, "ci")


@pytest.mark.parametrize("value", ["", "sprint_", "x", "sprint_" + "a" * 43, "sprint_" + "é" * 43, "a" * 10_000])
def test_what_is_no_token(engine: Engine, value: str) -> None:
    create_token(engine, "ci", Role.admin, DAY)
    with pytest.raises(SignInError):
        identify_token(engine, value)


def test_an_expired_token(engine: Engine) -> None:
    value, _ = create_token(engine, "old", Role.admin, -DAY)
    assert tokens(engine)[0].state == "expired"
    with pytest.raises(SignInError):
        identify_token(engine, value)


def test_the_value_is_kept_nowhere(engine: Engine) -> None:
    value, made = create_token(engine, "ci", Role.admin, DAY)
    with engine.connect() as connection:
        row = connection.execute(select(schema.api_token)).mappings().one()
    assert value not in str(dict(row))
    assert value not in repr(made)
    assert len(row["digest"]) == 64


def test_names_of_tokens(engine: Engine) -> None:
    create_token(engine, "ci", Role.viewer, DAY)
    for name in ("ci", "", "a b", "x" * 65):
        with pytest.raises(AccessError):
            create_token(engine, name, Role.viewer, DAY)
    revoke_token(engine, "ci")
    assert create_token(engine, "ci", Role.viewer, DAY, ["acme/api"])[1].repositories == ("acme/api",)


def test_every_write_leaves_a_row(engine: Engine) -> None:
    member = Identity("ada", Role.member, "token")
    with acting(engine, member, "answer", "accept pb-1"):
        pass
    with pytest.raises(RuntimeError), acting(engine, member, "answer", "accept pb-2"):
        raise RuntimeError
    with pytest.raises(AccessError), acting(engine, member, "run", "index\n\x1b[31m"):
        raise AssertionError
    found = [(one.name, one.action, one.subject, one.outcome) for one in entries(engine)]
    assert found == [
        ("ada", "run", "index [31m", "refused"),
        ("ada", "answer", "accept pb-2", "failed"),
        ("ada", "answer", "accept pb-1", "done"),
    ]
    assert [one.subject for one in entries(engine, most=1, before=2)] == ["accept pb-1"]


@pytest.mark.parametrize("store", ["engine", "on_postgresql"])
def test_nothing_changes_the_audit(store: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(store)
    with acting(engine, LOCAL, "answer", "accept pb-1"):
        pass
    for statement in (update(schema.audit).values(name="eve"), delete(schema.audit)):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(statement)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.audit)) == 1
    assert abs(entries(engine)[0].happened_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_csrf_tokens_are_of_one_person_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    csrf = CsrfTokens()
    made = csrf.make("ada")
    assert csrf.accept("ada", made)
    assert not csrf.accept("eve", made)
    assert not CsrfTokens().accept("ada", made)
    for wrong in (None, "", "x", made[:-1], made.replace(".", ""), "9" * 20 + made[10:], "é.é"):
        assert not csrf.accept("ada", wrong)
    monkeypatch.setattr("time.time", lambda: datetime.now(UTC).timestamp() + 13 * 3600)
    assert not csrf.accept("ada", made)
