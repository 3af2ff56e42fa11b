"""Whose timeline has to be read again because a text mentions it, though the item itself did not change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from sprintlib.facts.batch import FactBatch, write_repository
from sprintlib.facts.mentions import MENTIONED, Mention
from sprintlib.facts.rows import Origin
from sprintlib.store import open_store, schema
from tests.github import shop

SEEN = datetime(2026, 3, 20, 12, tzinfo=UTC)
ORIGIN = Origin(7, "rest", SEEN)
OTHER = {"id": 8, "name": "web", "full_name": "acme/web", "html_url": "https://github.com/acme/web"}


@pytest.fixture
def store(tmp_path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'sprint.db'}")
    with engine.begin() as connection:
        write_repository(connection, shop.REPOSITORY, ORIGIN)
        write_repository(connection, {**shop.REPOSITORY, **OTHER}, Origin(8, "rest", SEEN))
        issue(connection, 1, "First")
        issue(connection, 2, "Second")
        FactBatch(Origin(8, "rest", SEEN)).add("issue", [shop.issue(5, 1, body="Elsewhere")]).write(connection)
    yield engine
    engine.dispose()


def issue(connection: Connection, number: int, body: str, day: int = 3) -> list[Mention]:
    payload = shop.issue(number, 1, body=body, updated_at=shop.at(day))
    return FactBatch(ORIGIN).add("issue", [payload]).write(connection)


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("See #2", [(7, 2)]),
        ("See #2, #2 and GH-2", [(7, 2)]),
        ("https://github.com/acme/shop/issues/2#issuecomment-1", [(7, 2)]),
        ("Waits for acme/web#5", [(8, 5)]),
        ("Waits for ACME/Web#5 and web#5", [(8, 5)]),
        ("Of itself: #3", []),
        ("Nobody knows #99, other/place#2 or https://example.com/acme/shop/issues/2", []),
        ("", []),
    ],
)
def test_a_new_text_mentions(store: Engine, body: str, mentioned: list[tuple[int, int]]) -> None:
    with store.begin() as connection:
        found = issue(connection, 3, body)
    assert [(one.repository_id, one.number) for one in found] == mentioned
    assert {one.at for one in found} <= {datetime(2026, 3, 3, 10, tzinfo=UTC)}


def test_only_what_an_edit_adds_is_mentioned_anew(store: Engine) -> None:
    with store.begin() as connection:
        issue(connection, 3, "See #1")
        assert issue(connection, 3, "See #1, thanks", day=4) == []
        assert issue(connection, 3, "See #1 and #2", day=5) == [Mention(7, 2, datetime(2026, 3, 5, 10, tzinfo=UTC))]


def test_a_comment_and_a_review_mention(store: Engine) -> None:
    with store.begin() as connection:
        comment = shop.commented(77, 1, 4, "As in #2")
        assert FactBatch(ORIGIN).add("timeline", [comment], 1).write(connection) == [
            Mention(7, 2, datetime(2026, 3, 4, 10, tzinfo=UTC))
        ]
        assert FactBatch(ORIGIN).add("timeline", [comment], 1).write(connection) == []
        review = shop.reviewed(78, 1, 6) | {"body": "See web#5"}
        assert [one.number for one in FactBatch(ORIGIN).add("timeline", [review], 1).write(connection)] == [5]


def test_the_newest_mention_is_kept_whatever_comes_first(store: Engine) -> None:
    with store.begin() as connection:
        issue(connection, 3, "See #2", day=9)
        issue(connection, 4, "See #2", day=5)
        cursor = schema.item_cursor.c
        (kept,) = connection.execute(select(cursor.updated_at).where(cursor.part == MENTIONED)).scalars()
    assert kept == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_one_text_leads_to_a_hundred_requests_at_most(store: Engine) -> None:
    with store.begin() as connection:
        for number in range(100, 260):
            issue(connection, number, "Nothing")
        found = issue(connection, 3, " ".join(f"#{number}" for number in range(100, 260)))
    assert len(found) == 100
    assert max(one.at for one in found) < SEEN + timedelta(days=1)
