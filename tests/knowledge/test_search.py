"""What a search finds, why, and that it sees no future."""

from collections.abc import Callable

import pytest

from sprintlib.history.texts import read_texts
from sprintlib.knowledge import Hit, search
from sprintlib.knowledge.lexical import full_text, quoted, terms
from sprintlib.knowledge.retrieval import excerpt
from sprintlib.knowledge.search_filter import SearchFilter
from sprintlib.knowledge.store import write_chunks
from tests.world import API, WEB, World, at

HOSTS = frozenset({"github.com"})
Find = Callable[..., list[Hit]]


@pytest.fixture
def find(talk: World) -> Find:
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    return lambda query, **how: search(talk.engine, talk.settings, query, **how)


def test_a_word_finds_what_was_said(find: Find) -> None:
    hit, beside = find("reconciliation")
    assert (beside.ref, beside.why) == ("acme/web#5", {"beside acme/api#14": pytest.approx(0.25 / 61, abs=1e-6)})
    assert (hit.ref, hit.kind, hit.author, hit.state) == ("acme/api#14", "comment", "cat", "open")
    assert hit.excerpt == "Reconciliation needs idempotent webhooks."
    assert hit.header == "acme/api#14, comment, 2026-03-19, open, milestone Sprint 2"
    assert hit.why == {"full text, rank 1": pytest.approx(1 / 61, abs=1e-6)}
    assert hit.score == pytest.approx(1 / 61, abs=1e-6)


@pytest.mark.parametrize(
    ("query", "ref", "kind"),
    [
        ("#14", "acme/api#14", "issue"),
        ("acme/web#5", "acme/web#5", "issue"),
        ("web#5 please", "acme/web#5", "issue"),
        ("https://github.com/acme/api/pull/40", "acme/api#40", "pull"),
        ("what is abc1234?", "acme/api@abc1234", "commit"),
        ("@cat", "acme/api#14", "comment"),
    ],
)
def test_what_a_query_names_comes_first(find: Find, query: str, ref: str, kind: str) -> None:
    hit = find(query)[0]
    assert (hit.ref, hit.kind) == (ref, kind)
    assert "named in the query, rank 1" in hit.why


def test_a_path_finds_the_commits_that_changed_it(talk: World) -> None:
    from sprintlib.store import schema, upsert

    row = {"repository_id": 1, "sha": "abc1234def5678abc1234def5678abc1234def56", "path": "api/refunds.py"}
    with talk.engine.begin() as connection:
        upsert(connection, schema.changed_file, [{**row, "additions": 1, "deletions": 0}])
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    assert search(talk.engine, talk.settings, "who changed api/refunds.py")[0].ref == "acme/api@abc1234"


def test_who_waits_stands_beside_what_is_waited_for(find: Find) -> None:
    hits = {hit.ref: hit for hit in find("sandbox provider")}
    assert "beside acme/api#14" in hits["acme/web#5"].why
    assert hits["acme/web#5"].score < hits["acme/api#14"].score


@pytest.mark.parametrize(
    "query", ["", "  ", "*", 'a"b', "foo-bar AND (", "auth.py OR", "NEAR(", "the is of", "\x00", "é" * 500]
)
def test_any_query_is_fine(find: Find, query: str) -> None:
    assert isinstance(find(query), list)


def test_nothing_from_the_future(find: Find) -> None:
    assert find("reconciliation", as_of=at("03-19 09:59")) == []
    assert find("reconciliation", as_of=at("03-19 10:00"))[0].author == "cat"


def test_better_fits_of_the_future_do_not_hide_what_was_said_before(talk: World) -> None:
    for minute in range(10, 40):
        talk.comment(14, "Kafka, kafka and kafka.", f"03-21 10:{minute}")
    talk.comment(14, "We might use kafka one day, for what comes in from the provider.", "03-18 11:00")
    talk.comment(14, "I have never used kafka for anything that had to be right.", "03-18 12:00")
    talk.flush()
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    scope = SearchFilter((1, 2), at("03-20 12:00"))
    with talk.engine.connect() as connection:
        assert len(full_text(connection, "kafka", scope, 2)) == 2
        assert len(full_text(connection, "kafka", SearchFilter((2,), scope.as_of), 2)) == 0
        assert len(full_text(connection, "kafka", SearchFilter((1, 2), at("03-22 12:00")), 2)) == 2


def test_states_and_titles_are_those_of_the_moment(talk: World) -> None:
    talk.issue(14, "03-16 09:00", title="Payment intents, done", body="Everything stands on it.", closed="03-25 09:00")
    talk.event(
        14, "renamed", "03-24 09:00", subject="Payment intents, done", detail="Payment intents: create and refund"
    )
    talk.event(14, "closed", "03-25 09:00")
    talk.flush()
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    then = search(talk.engine, talk.settings, "#14", as_of=at("03-20 12:00"))[0]
    now = search(talk.engine, talk.settings, "#14")[0]
    assert (then.state, then.title) == ("open", "Payment intents: create and refund")
    assert (now.state, now.title) == ("closed", "Payment intents, done")


def test_a_text_edited_after_the_moment_says_so(talk: World) -> None:
    talk.comment(14, "The sandbox is back.", "03-18 10:00", key="down", updated_at=at("03-21 10:00"))
    talk.flush()
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    assert search(talk.engine, talk.settings, "sandbox", as_of=at("03-20 12:00"))[0].known_later == ("text",)
    assert search(talk.engine, talk.settings, "sandbox")[0].known_later == ()


def test_filters(find: Find) -> None:
    assert {hit.ref for hit in find("payment card", repos=[WEB])} == {"acme/web#5"}
    assert find("payment", repos=["acme/none"]) == []
    assert {hit.ref for hit in find("payment refund", milestone="Sprint 2")} == {"acme/api#14"}
    assert {hit.ref for hit in find("payment refund", milestone="2")} == {"acme/api#14"}
    assert find("payment", milestone="Sprint 99") == []
    assert {hit.kind for hit in find("refund", kinds=["commit"])} == {"commit"}
    assert {hit.ref for hit in find("payment refund", milestone="Sprint 2", as_of=at("03-15 12:00"))} == set()


def test_the_number_of_hits_is_bounded_and_no_text_comes_twice(find: Find) -> None:
    assert len(find("item", k=3)) == 3
    hits = find("payment refund sandbox webhooks retry")
    assert len({(hit.url, hit.kind) for hit in hits}) == len(hits)


def test_other_projects_in_the_store_are_not_searched(talk: World) -> None:
    from sprintlib.settings import parse

    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    other = parse({"home": talk.settings.home, "project": {"name": "other", "repositories": [WEB]}})
    assert {hit.ref.partition("#")[0] for hit in search(talk.engine, other, "payment")} <= {WEB}
    assert API in {hit.ref.partition("#")[0] for hit in search(talk.engine, talk.settings, "payment")}


def test_words_of_a_query() -> None:
    assert terms("Why is the Card-Form late? See src/auth.py, card-form.") == [
        "card-form",
        "late",
        "see",
        "src/auth.py",
    ]
    assert quoted('a"b') == '"a""b"'


def test_in_a_large_store_the_rarest_words_are_looked_for(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in range(10, 40):
        talk.comment(14, "Kafka again.", f"03-18 10:{minute}")
    talk.comment(14, "A zebra crossed the road.", "03-18 11:00")
    talk.flush()
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), HOSTS)
    scope = SearchFilter((1, 2), at("03-20 12:00"))
    with talk.engine.connect() as connection:
        assert len(full_text(connection, "kafka zebra", scope, 50)) == 31
        monkeypatch.setattr("sprintlib.knowledge.lexical.MOST_MATCHES", 10)
        assert len(full_text(connection, "kafka zebra", scope, 50)) == 1
        assert len(full_text(connection, "kafka", scope, 50)) == 30


def test_an_excerpt_begins_where_the_words_are() -> None:
    body = "First line here.\nNothing of note. The sandbox is down today. It will be back."
    assert excerpt(body, ["sandbox"]) == "The sandbox is down today. It will be back."
    assert excerpt(body, ["absent"]).startswith("First line here.")
    assert excerpt("", ["x"]) == ""
    assert excerpt("word " * 100, ["word"]).endswith(" ...")
