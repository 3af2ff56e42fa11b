"""What load_state says of items, texts, milestones and the rest, as of a moment."""

from dataclasses import fields, replace
from datetime import date, datetime

import polars as pl
import pytest

from sprintlib.history import state as schemas
from sprintlib.history.state import ProjectState
from tests.world import API, WEB, World, at


def item(past: ProjectState, number: int = 1, repo: str = API) -> dict[str, object]:
    return past.items.filter(repo=repo, number=number).row(0, named=True)


FRAMES = [one.name for one in fields(ProjectState) if one.type is pl.DataFrame]


def test_an_empty_store_gives_typed_empty_frames(world: World) -> None:
    past = world.past("03-10")
    assert (past.project, past.as_of) == ("acme", at("03-10"))
    for name in FRAMES:
        schema = schemas.MEMBERSHIPS if name == "unresolved" else getattr(schemas, name.upper())
        assert getattr(past, name).schema == schema, name
    assert past.repositories["repo"].to_list() == [API, WEB]


def test_full_frames_keep_their_types(world: World) -> None:
    world.milestone(1, "a", due="04-01")
    world.issue(1, milestone=1)
    world.event(1, "milestoned", "03-02 09:00", "a")
    world.event(1, "labeled", "03-02 09:00", "bug")
    world.pull(2, merged="03-04")
    world.comment(1, "hello", "03-03")
    world.review(2, "approved", "03-03")
    world.commit("a" * 40, "03-03", 2)
    world.run(1, "03-03", "03-03 00:10")
    world.blocked_by(1, "acme/web#3", "03-04")
    past = world.past("03-10")
    for name in FRAMES:
        schema = schemas.MEMBERSHIPS if name == "unresolved" else getattr(schemas, name.upper())
        assert getattr(past, name).schema == schema, name
        assert name in ("unresolved", "changed_files", "points") or not getattr(past, name).is_empty(), name


def test_a_naive_moment_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        world.past(datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point


def test_repositories_that_were_never_collected_are_left_out(world: World) -> None:
    settings = world.settings.model_copy(
        update={"project": world.settings.project.model_copy(update={"repositories": ("acme/new", "ACME/web")})}
    )
    world.settings = settings
    assert world.past("03-10").repositories["repo"].to_list() == [WEB]


def test_items_exist_from_their_creation_on(world: World) -> None:
    world.issue(1, "03-02 09:00")
    assert world.past("03-02 08:59").items.is_empty()
    assert item(world.past("03-02 09:00"))["state"] == "open"


def test_state_comes_from_events(world: World) -> None:
    world.issue(1, closed="03-09", state_reason="not_planned")
    for when, kind in (("03-05", "closed"), ("03-06", "reopened"), ("03-09", "closed")):
        world.event(1, kind, when)
    states = {when: item(world.past(when)) for when in ("03-04", "03-05", "03-06", "03-09")}
    assert [(row["state"], row["closed_at"], row["closed_as"]) for row in states.values()] == [
        ("open", None, None),
        ("closed", at("03-05"), "done"),
        ("open", None, None),
        ("closed", at("03-09"), "dropped"),
    ]
    # why the first closing happened is told by no event, and the payload has changed since
    assert "closed_as" in states["03-05"]["known_later"]  # type: ignore[operator]
    assert states["03-09"]["known_later"] == []


def test_labels_assignees_and_draft_come_from_events(world: World) -> None:
    world.pull(1, draft=False, labels=["now"], assignees=["zoe"], updated="04-01")
    world.event(1, "labeled", "03-03", "bug")
    world.event(1, "labeled", "03-03", "api")
    world.event(1, "unlabeled", "03-05", "bug")
    world.event(1, "assigned", "03-04", "ann")
    world.event(1, "unassigned", "03-06", "ann")
    world.event(1, "ready_for_review", "03-05")
    early, middle, late = (item(world.past(when)) for when in ("03-02 10:00", "03-04", "03-06"))
    assert (early["labels"], early["assignees"], early["draft"]) == ([], [], True)
    assert (middle["labels"], middle["assignees"], middle["draft"]) == (["api", "bug"], ["ann"], True)
    assert (late["labels"], late["assignees"], late["draft"]) == (["api"], [], False)


def test_titles_follow_renamings(world: World) -> None:
    world.issue(1, title="third", updated="03-20")
    world.event(1, "renamed", "03-05", "second", "first")
    world.event(1, "renamed", "03-10", "third", "second")
    titles = [item(world.past(when)) for when in ("03-04", "03-05", "03-10", "03-20")]
    assert [row["title"] for row in titles] == ["first", "second", "third", "third"]
    assert ["title" in row["known_later"] for row in titles] == [True, False, False, False]  # type: ignore[operator]


def test_what_an_update_may_have_changed_is_marked(world: World) -> None:
    world.pull(1, body="text", head_sha="b" * 40, additions=3, updated="03-20")
    marked = ["additions", "body", "deletions", "draft", "head_sha", "title"]
    assert sorted(item(world.past("03-10"))["known_later"]) == marked  # type: ignore[call-overload]
    assert item(world.past("03-20"))["known_later"] == []
    world.pull(1, updated="03-20", observed="03-21")
    assert item(world.past("03-22"))["known_later"] == []


def test_what_had_been_seen_by_then_is_not_replaced_by_what_came_later(world: World) -> None:
    world.event(1, "labeled", "03-03", "bug", observed="03-04")
    world.pull(1, title="a", body="old", head_sha="a" * 40, additions=1, updated="03-03", observed="03-04")
    world.pull(1, title="b", body="new", head_sha="b" * 40, additions=2, updated="03-08", observed="03-09")
    world.pull(1, title="c", body="newest", head_sha="c" * 40, additions=3, updated="03-20", observed="03-21")
    columns = ("title", "body", "head_sha", "additions", "known_later")
    first, second, third = (
        tuple(item(world.past(when))[name] for name in columns) for when in ("03-05", "03-10", "03-22")
    )
    assert first == ("a", "old", "a" * 40, 1, [])
    assert second == ("b", "new", "b" * 40, 2, [])
    assert third == ("c", "newest", "c" * 40, 3, [])


def test_why_an_item_was_closed_is_kept_as_seen(world: World) -> None:
    world.event(1, "closed", "03-05", observed="03-06")
    world.event(1, "reopened", "03-15", observed="03-21")
    world.issue(1, closed="03-05", state_reason="not_planned", observed="03-06")
    world.issue(1, updated="03-20", observed="03-21")
    assert (item(world.past("03-10"))["closed_as"], item(world.past("03-10"))["known_later"]) == ("dropped", [])


def test_texts_are_read_for_open_items_and_for_those_in_milestones(world: World) -> None:
    world.milestone(1, "a")
    world.issue(1, body="open")
    world.issue(2, body="closed", closed="03-03")
    world.issue(3, body="closed inside", closed="03-03", milestone=1)
    world.event(3, "milestoned", "03-02 10:00", "a")
    for number in (1, 2, 3):
        world.comment(number, f"comment {number}", "03-02 12:00")
    past = world.past("03-10")
    assert past.items["body"].to_list() == ["open", None, "closed inside"]
    assert past.comments.sort("number")["body"].to_list() == ["comment 1", None, "comment 3"]
    assert world.past("03-02 13:00").items["body"].to_list() == ["open", "closed", "closed inside"]


def test_comments_edited_later_are_marked(world: World) -> None:
    world.issue(1)
    world.comment(1, "as written", "03-03", key="one")
    world.comment(1, "as edited", "03-03", key="two", updated_at=at("03-20"))
    world.comment(1, "not yet", "03-12", key="three")
    past = world.past("03-10")
    assert past.comments.select("body", "known_later").sort("body").rows() == [
        ("as edited", ["body"]),
        ("as written", []),
    ]


PULL = "https://github.com/acme/api/pull/1#pullrequestreview"


def test_a_review_that_is_dismissed_later_has_its_verdict_still(world: World) -> None:
    world.pull(1)
    world.review(1, "DISMISSED", "03-02", html_url=f"{PULL}-61")
    world.review(1, "DISMISSED", "03-03", html_url=f"{PULL}-62")
    world.review(1, "APPROVED", "03-04", html_url=f"{PULL}-63")
    world.event(1, "review_dismissed", "03-05", "approved", "61")
    world.event(1, "review_dismissed", "03-20", "changes_requested", "62")
    states = [("dismissed", []), ("changes_requested", []), ("approved", [])]
    assert world.past("03-10").reviews.select("state", "known_later").rows() == states
    assert world.past("03-20").reviews["state"].to_list() == ["dismissed", "dismissed", "approved"]


@pytest.mark.parametrize("told", [("changes_requested", None), (None, "61"), ("approved", "99"), (None, None)])
def test_a_verdict_is_known_later_where_the_dismissal_does_not_say_it(
    world: World, told: tuple[str | None, str | None]
) -> None:
    world.pull(1)
    world.review(1, "DISMISSED", "03-03", html_url=f"{PULL}-61")
    world.event(1, "review_dismissed", "03-20", *told)
    assert world.past("03-10").reviews.select("state", "known_later").rows() == [("dismissed", ["state"])]
    assert world.past("03-20").reviews.select("state", "known_later").rows() == [("dismissed", [])]


def test_bots_are_told_by_type_and_by_login(world: World) -> None:
    world.issue(1, author="renovate[bot]")
    world.issue(2, author="helper", author_type="Bot")
    world.issue(3, author=None, author_type=None)
    past = world.past("03-10")
    assert past.items.select("author", "author_is_bot").rows() == [
        ("renovate[bot]", True),
        ("helper", True),
        (None, False),
    ]


def test_a_run_that_ends_later_is_running(world: World) -> None:
    world.run(1, "03-03 10:00", "03-03 10:10", "failure")
    before, during, after = (world.past(f"03-03 {time}") for time in ("09:59", "10:05", "10:10"))
    assert before.runs.is_empty()
    assert not before.repositories["has_ci_facts"][0]
    assert during.runs.select("conclusion", "finished_at").rows() == [(None, None)]
    assert after.runs.select("conclusion", "finished_at").rows() == [("failure", at("03-03 10:10"))]
    assert after.repositories["has_ci_facts"].to_list() == [True, False]


def test_commits_stand_once_for_each_pull_request(world: World) -> None:
    world.pull(1)
    world.pull(2)
    world.commit("a" * 40, "03-03", 1)
    world.commit("a" * 40, "03-03", 2)
    world.commit("b" * 40, "03-04")
    world.commit("c" * 40, "03-12", 1)
    assert world.past("03-10").commits.select("sha", "number").rows() == [
        ("a" * 40, 1),
        ("a" * 40, 2),
        ("b" * 40, None),
    ]


def milestone(world: World, when: str) -> tuple[object, ...]:
    columns = ("title", "title_then", "state", "due_on", "closed_at", "known_later")
    return world.past(when).milestones.select(columns).row(0)


EVERYTHING = ["due_on", "state", "closed_at", "title_then"]


def test_what_nobody_had_seen_of_a_milestone_is_marked(world: World) -> None:
    world.milestone(1, "0.4.0", created="03-01", due="04-01", updated="03-15")
    assert world.past("02-28").milestones.is_empty()
    assert milestone(world, "03-10") == ("0.4.0", "0.4.0", "open", date(2026, 4, 1), None, EVERYTHING)


def test_a_snapshot_tells_what_was_seen(world: World) -> None:
    world.milestone(1, "0.4.0", due="05-01", closed="05-02", observed="05-03")
    world.snapshot(1, "03-05", "0.3.1", due="04-01")
    world.snapshot(1, "03-12", "0.3.2", due="04-15")
    assert milestone(world, "03-10") == ("0.4.0", "0.3.1", "open", date(2026, 4, 1), None, [])
    assert milestone(world, "03-13") == ("0.4.0", "0.3.2", "open", date(2026, 4, 15), None, [])
    assert milestone(world, "05-03") == ("0.4.0", "0.4.0", "closed", date(2026, 5, 1), at("05-02"), [])


def test_a_due_date_moved_during_the_day_is_seen_from_then_on(world: World) -> None:
    world.snapshot(1, "03-05", "a", due="04-01")
    world.milestone(1, "a", due="04-01", updated="03-02", observed="03-05 12:00")
    world.milestone(1, "a", due="04-08", updated="03-05 14:00", observed="03-05 15:00")
    world.milestone(1, "a", due="04-15", updated="03-06 14:00", observed="03-06 15:00")
    dues = [world.past(when).milestones["due_on"][0].day for when in ("03-05 13:00", "03-05 15:00", "03-06 15:00")]
    assert dues == [1, 8, 15]


def test_a_closing_seen_later_counts_and_is_marked(world: World) -> None:
    world.milestone(1, "a", due="04-01", closed="04-02", observed="04-10")
    world.snapshot(1, "04-01", "a", due="04-01")
    marked = ["state", "closed_at"]
    assert milestone(world, "04-02") == ("a", "a", "closed", date(2026, 4, 1), at("04-02"), marked)
    assert milestone(world, "04-01 18:00") == ("a", "a", "open", date(2026, 4, 1), None, [])


def test_a_milestone_closed_again_later_was_closed_when_it_was_seen(world: World) -> None:
    world.milestone(1, "a", closed="04-02", observed="04-03")
    world.milestone(1, "a", closed="05-02", observed="05-03")
    assert milestone(world, "04-10") == ("a", "a", "closed", None, at("04-02"), [])


def test_a_snapshot_does_not_tell_when_a_milestone_was_closed(world: World) -> None:
    world.snapshot(1, "04-03", "a", state="closed")
    world.milestone(1, "a", closed="05-02", observed="05-03")
    assert milestone(world, "04-10") == ("a", "a", "closed", None, at("04-03 12:00"), [])


def test_events_tell_how_a_milestone_was_called(world: World) -> None:
    world.milestone(1, "0.4.0", updated="05-01")
    world.issue(1, milestone=1, updated="05-02")
    world.issue(2, updated="03-20")
    world.event(1, "milestoned", "03-05", "0.3.1")
    world.event(2, "milestoned", "03-06", "0.3.1")
    world.event(2, "demilestoned", "03-20", "0.3.2")
    assert milestone(world, "03-10")[:2] == ("0.4.0", "0.3.1")
    assert milestone(world, "03-20")[:2] == ("0.4.0", "0.3.2")
    assert milestone(world, "03-20")[-1] == EVERYTHING[:3]
    assert milestone(world, "05-01")[:2] == ("0.4.0", "0.4.0")


def test_dependencies_that_github_listed_later_are_unknown(world: World) -> None:
    world.issue(1)
    world.blocked_by(1, "acme/web#2", "03-10")
    assert world.past("03-09").dependencies.is_empty()
    assert world.past("03-10").dependencies.select("repo", "number", "blocker", "type").rows() == [
        (API, 1, "acme/web#2", "blocks")
    ]


def test_notifications_are_not_read(world: World) -> None:
    world.issue(1)
    for kind in ("subscribed", "mentioned", "labeled"):
        world.event(1, kind, "03-03", "x")
    assert world.past("03-10").events["kind"].to_list() == ["labeled"]


def test_events_are_in_order_and_end_at_the_moment(world: World) -> None:
    world.issue(1)
    for when in ("03-05", "03-03", "03-09", "03-12"):
        world.event(1, "labeled", when, when)
    assert world.past("03-09").events["subject"].to_list() == ["03-03", "03-05", "03-09"]
    assert world.past("03-09").events.filter(pl.col("happened_at") > at("03-09")).is_empty()


def test_what_is_worked_out_once_is_kept_with_its_past(world: World) -> None:
    seen: list[tuple[datetime, int]] = []

    def look(past: ProjectState, days: int) -> int:
        seen.append((past.as_of, days))
        return len(seen)

    past = world.past("03-10")
    assert [past.cached(look, 7), past.cached(look, 7), past.cached(look, 28)] == [1, 1, 2]
    earlier = replace(past, as_of=at("03-09"))
    assert [earlier.cached(look, 7), past.cached(look, 7)] == [3, 1]
    assert seen == [(at("03-10"), 7), (at("03-10"), 28), (at("03-09"), 7)]
