"""A GitHub Project is found by its id, whatever its owner is called."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from sprintlib.facts.board_names import known_board, note_name, stored_as

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def note(engine: Engine, day: int, name: str, project_id: int) -> str:
    with engine.begin() as connection:
        return note_name(connection, name, project_id, f"PVT_{project_id}", NOW + timedelta(days=day))


def stored(engine: Engine, name: str) -> str:
    with engine.connect() as connection:
        return stored_as(connection, name)


def today(engine: Engine, name: str) -> str | None:
    with engine.connect() as connection:
        known = known_board(connection, name)
    return known.names[0] if known else None


def test_every_name_of_one_leads_to_its_rows(engine: Engine) -> None:
    assert stored(engine, "Acme/3") == "acme/3"  # as before names were noted
    for day, name in enumerate(("Acme/3", "acme/3", "initech/3", "hooli/3", "hooli/3")):
        assert note(engine, day, name, 7) == "acme/3"
    for name in ("acme/3", "Initech/3", "hooli/3"):
        assert (stored(engine, name), today(engine, name)) == ("acme/3", "hooli/3")


def test_another_one_that_takes_a_former_name_is_not_mistaken_for_it(engine: Engine) -> None:
    note(engine, 0, "acme/3", 7)
    note(engine, 1, "initech/3", 7)
    assert note(engine, 2, "acme/3", 8) == "#8"
    assert note(engine, 3, "acme/3", 8) == "#8"
    assert (stored(engine, "acme/3"), stored(engine, "initech/3")) == ("#8", "acme/3")


def test_a_name_that_comes_back_is_that_of_today(engine: Engine) -> None:
    for day, name in enumerate(("acme/3", "initech/3", "acme/3")):
        note(engine, day, name, 7)
    assert today(engine, "initech/3") == "acme/3"
