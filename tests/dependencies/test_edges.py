"""Edges between items, as of a moment."""

import polars as pl
import pytest
from hypothesis import given

from sprintlib.dependencies import EDGES, find_cycles, find_dependencies
from tests.leaks import CAREFUL, Twins, assert_same, pasts
from tests.world import API, WEB, World

SHORT = ("waiting", "blocker", "type", "blocker_state", "source", "confidence")


@pytest.fixture
def items(world: World) -> World:
    """acme/api: 1 to 4, 4 closed; acme/web: 7."""
    for number in (1, 2, 3):
        world.issue(number)
    world.issue(4, closed="03-03")
    world.event(4, "closed", "03-03")
    world.issue(7, repo=WEB)
    return world


def edges(world: World, when: str = "03-20") -> list[tuple[object, ...]]:
    return [(*row[:-1], round(row[-1], 4)) for row in find_dependencies(world.past(when)).select(SHORT).iter_rows()]


def test_no_edges_have_types_too(items: World) -> None:
    found = find_dependencies(items.past("03-20"))
    assert found.is_empty()
    assert found.schema == EDGES


def test_a_sentence(items: World) -> None:
    items.comment(1, "This is blocked by acme/web#7.", "03-05", key="55")
    found = find_dependencies(items.past("03-20")).row(0, named=True)
    assert found == {
        "waiting": f"{API}#1",
        "blocker": f"{WEB}#7",
        "type": "blocks",
        "blocker_state": "open",
        "source": "text",
        "sources": ["text"],
        "confidence": pytest.approx(0.85),
        "since": items.past("03-20").comments["created_at"][0],
        "evidence_ref": f"{API}#1",
        "evidence_url": "https://github.com/acme/api/issues/1#issuecomment-55",
        "note": "This is blocked by acme/web#7.",
        "known_later": [],
    }


def test_nothing_is_said_before_it_is_said(items: World) -> None:
    items.comment(1, "blocked by #2", "03-05")
    assert edges(items, "03-04") == []
    assert len(edges(items, "03-05")) == 1


def test_only_open_items_block(items: World) -> None:
    items.comment(1, "blocked by #4", "03-02 10:00")
    assert edges(items, "03-02 12:00") == [(f"{API}#1", f"{API}#4", "blocks", "open", "text", 0.85)]
    assert edges(items, "03-04") == [(f"{API}#1", f"{API}#4", "relates", "closed", "text", 0.85)]


def test_closed_items_do_not_wait(items: World) -> None:
    items.comment(4, "blocked by #1", "03-02 10:00")
    assert edges(items, "03-04") == []


def test_foreign_items_stay_external_and_missing_ones_are_dropped(items: World) -> None:
    items.comment(1, "blocked by some/where#5 and by #99", "03-05")
    assert edges(items) == [(f"{API}#1", "some/where#5", "blocks", "external", "text", 0.85)]


def test_an_item_does_not_wait_for_itself(items: World) -> None:
    items.comment(1, "blocked by #1", "03-05")
    assert edges(items) == []


def test_native_edges_come_and_go(items: World) -> None:
    items.event(1, "blocked_by_added", "03-05", f"{WEB}#7")
    items.event(1, "blocked_by_removed", "03-09", f"{WEB}#7")
    assert edges(items, "03-04") == []
    assert edges(items, "03-05") == [(f"{API}#1", f"{WEB}#7", "blocks", "open", "native", 0.99)]
    assert edges(items, "03-09") == []


def test_a_list_of_blockers_counts_from_when_it_was_seen(items: World) -> None:
    items.blocked_by(1, f"{API}#2", "03-05")
    assert edges(items, "03-04") == []
    assert edges(items, "03-05") == [(f"{API}#1", f"{API}#2", "blocks", "open", "native", 0.99)]
    items.event(1, "blocked_by_removed", "03-07", f"{API}#2")
    assert edges(items, "03-07") == []


def test_signals_of_one_edge_join(items: World) -> None:
    items.issue(1, body="Depends-On: #2")
    items.comment(1, "waiting for #2", "03-05")
    items.comment(1, "and more about #2", "03-06")
    row = find_dependencies(items.past("03-20")).row(0, named=True)
    assert (row["source"], row["sources"]) == ("footer", ["footer", "text"])
    assert row["confidence"] == pytest.approx(1 - 0.05 * 0.15)


def test_footers_of_commit_messages(items: World) -> None:
    items.pull(5)
    items.commit("a" * 40, "03-05", 5, "Add it\n\nDepends-On: acme/web#7\nblocked by #1")
    assert edges(items) == [(f"{API}#5", f"{WEB}#7", "blocks", "open", "footer", 0.95)]


def test_taken_back(items: World) -> None:
    items.comment(1, "blocked by #2 and #3", "03-05")
    items.comment(1, "no longer blocked by #2", "03-06")
    assert [edge[1] for edge in edges(items)] == [f"{API}#3"]
    items.comment(1, "Unblocked.", "03-07")
    assert edges(items) == []
    items.comment(1, "blocked by #2 again", "03-08")
    assert [edge[1] for edge in edges(items)] == [f"{API}#2"]


def test_what_github_lists_is_not_taken_back_by_words(items: World) -> None:
    items.blocked_by(1, f"{API}#2", "03-05")
    items.comment(1, "no longer blocked by #2", "03-06")
    assert [edge[4] for edge in edges(items)] == ["native"]


def test_an_item_may_say_whom_it_blocks(items: World) -> None:
    items.comment(7, "This blocks acme/api#2", "03-05", repo=WEB)
    assert edges(items) == [(f"{API}#2", f"{WEB}#7", "blocks", "open", "text", 0.85)]


def test_mentions_relate(items: World) -> None:
    items.comment(1, "see #2", "03-05")
    items.event(3, "cross-referenced", "03-05", f"{WEB}#7")
    items.event(3, "cross-referenced", "03-05", "some/where#1")
    assert edges(items) == [
        (f"{API}#1", f"{API}#2", "relates", "open", "mention", 0.3),
        (f"{WEB}#7", f"{API}#3", "relates", "open", "mention", 0.3),
    ]


def test_bots_are_not_read(items: World) -> None:
    items.comment(1, "blocked by #2", "03-05", author="stale[bot]")
    items.issue(3, author="renovate[bot]", body="requires #2")
    assert edges(items) == []


def test_a_label_without_a_blocker_is_a_signal(items: World) -> None:
    for number, label in ((1, "Blocked"), (2, "status: blocked"), (3, "not-blocked")):
        items.event(number, "labeled", "03-05", label)
    assert edges(items) == [
        (f"{API}#1", None, "blocks", None, "label", 0.5),
        (f"{API}#2", None, "blocks", None, "label", 0.5),
    ]
    items.comment(1, "blocked by #3", "03-06")
    assert [edge[:2] for edge in edges(items)] == [(f"{API}#1", f"{API}#3"), (f"{API}#2", None)]


def test_a_blocker_elsewhere_does_not_silence_the_label(items: World) -> None:
    items.event(1, "labeled", "03-05", "blocked")
    items.comment(1, "waiting for some/where#5", "03-05")
    assert [edge[1] for edge in edges(items)] == ["some/where#5", None]


def test_text_that_may_have_been_edited_later_is_marked(items: World) -> None:
    items.issue(1, body="blocked by #2", updated="04-01")
    found = find_dependencies(items.past("03-20")).row(0, named=True)
    assert found["known_later"] == ["note"]


def test_cycles_are_reported(items: World) -> None:
    for number, blocker in ((1, "#2"), (2, "#3"), (3, "#1")):
        items.comment(number, f"blocked by {blocker}", "03-05")
    items.comment(7, "blocked by acme/api#1", "03-05", repo=WEB)
    found = find_dependencies(items.past("03-20"))
    assert found.height == 4
    assert find_cycles(found) == [(f"{API}#1", f"{API}#2", f"{API}#3")]


def test_two_cycles_and_none() -> None:
    def graph(*pairs: str) -> pl.DataFrame:
        rows = [{"waiting": pair[0], "blocker": pair[1], "type": "blocks"} for pair in pairs]
        return pl.DataFrame(rows, schema={"waiting": pl.String, "blocker": pl.String, "type": pl.String})

    assert find_cycles(graph("ab", "bc")) == []
    assert find_cycles(graph("ab", "ba", "cd", "dc", "bc")) == [("a", "b"), ("c", "d")]
    assert find_cycles(graph()) == []


@pytest.mark.slow
@given(pasts(most=15))
@CAREFUL
def test_edges_do_not_see_what_comes_after(pair: Twins) -> None:
    before, after = (find_dependencies(past) for past in pair)
    # a text that may have been edited later may state other edges, which the edge says
    marked = pl.col("known_later").list.len() > 0
    told = pl.concat([before, after]).filter(marked).select("waiting", "blocker")
    kept = [found.join(told, on=["waiting", "blocker"], how="anti", nulls_equal=True) for found in (before, after)]
    edited = {ref for past in pair for ref in _edited(past)}
    kept = [found.filter(~pl.col("waiting").is_in(edited) & ~pl.col("blocker").is_in(edited)) for found in kept]
    assert_same(*kept, key=["waiting", "blocker"])


def _edited(past: object) -> list[str]:
    """Items with a title, body or comment that may have been another one at the moment."""
    items, comments = past.items, past.comments  # type: ignore[attr-defined]
    marked = items.filter(pl.col("known_later").list.contains("title") | pl.col("known_later").list.contains("body"))
    told = comments.filter(pl.col("known_later").list.contains("body")).join(items, on=["repo", "number"])
    return [*marked["ref"], *told["ref"]]
