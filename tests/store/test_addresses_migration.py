"""E-mail addresses that an older store has are cut when it is brought up to date, and nothing else changes."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select, text

from sprintlib.facts import batch
from sprintlib.facts.replay import compare, replay
from sprintlib.github import sync
from sprintlib.settings import parse
from sprintlib.store import open_store, schema
from sprintsim.fake_github import running
from tests.github.conftest import HASTE, NOW
from tests.planted import LEAK, stored_in
from tests.privacy.test_planted_addresses import leaking


def test_an_older_store_loses_its_addresses_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running([leaking()]) as url:
        settings = parse(
            {
                "home": str(tmp_path),
                "project": {"name": "acme", "repositories": ["acme/shop"]},
                "github": {"api_url": url, "details_days": 3650, "clone": False},
            }
        )
        new = open_store(f"sqlite:///{tmp_path}/new/sprint.db")
        sync(new, settings, None, retry_policy=HASTE)
        old = open_store(f"sqlite:///{tmp_path}/old/sprint.db")
        with monkeypatch.context() as as_it_was:  # addresses came in then, but for those of commits
            as_it_was.setattr(batch, "without_addresses", lambda value: value)
            sync(old, settings, None, retry_policy=HASTE)
    with old.begin() as connection:
        quoting = {"z": "ask ada@leak.example", "a": 1}
        row = {"project": "acme", "milestone": "Alpha", "as_of": NOW, "revision": 1, "version": "0", "created_at": NOW}
        connection.execute(insert(schema.analysis).values(body=quoting, **row))
        connection.execute(text("ALTER TABLE item_cursor DROP COLUMN asked_at"))  # came with 0041
        connection.execute(text("DROP TABLE learning_trial"))  # with 0042
        connection.execute(text("DROP INDEX ix_analysis_newest"))  # with 0043
        connection.execute(text("CREATE INDEX ix_analysis_sprint ON analysis (sprint)"))
        connection.execute(text("DROP TABLE worker"))  # with 0044
        for index in ("ix_payload_observed", "ix_delivery_finished", "ix_delivery_received"):
            connection.execute(text(f"DROP INDEX {index}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0037'"))
    old.dispose()
    assert any(LEAK in content for name, content in stored_in(tmp_path / "old") if name.endswith("/payload"))

    upgraded = open_store(f"sqlite:///{tmp_path}/old/sprint.db")
    assert [one.table for one in compare(new, upgraded) if one.missing or one.surplus] == []
    again = open_store(f"sqlite:///{tmp_path}/again/sprint.db")
    made = replay(upgraded, again, lambda *_: None)
    assert made.is_equal
    with new.connect() as one, upgraded.connect() as other:
        digests = [Counter(held.execute(select(schema.payload.c.digest)).scalars()) for held in (one, other)]
        (analysis,) = other.execute(select(schema.analysis.c.body)).scalars()
    assert digests[0] == digests[1]
    assert analysis == {"z": "ask [address removed]", "a": 1}
    for engine in (new, upgraded, again):
        engine.dispose()
    with create_engine(f"sqlite:///{tmp_path}/old/sprint.db").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert [name for name, content in stored_in(tmp_path / "old") if LEAK in content] == []
