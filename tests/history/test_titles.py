"""Old titles are mapped to milestone numbers by proof, or stay unresolved."""

from datetime import datetime

import pytest

from sprintlib.history.membership_intervals import MilestoneEvent, MilestoneMembership, Payload, stays
from sprintlib.history.titles import TitleFact, resolve
from tests.world import World, at


def fact(title: str, when: str, number: int) -> TitleFact:
    return TitleFact(title, at(when), number)


def stay(
    entry: str | None, entered: str, leaving: str | None = None, left: str | None = None, payload: int | None = None
) -> MilestoneMembership:
    return MilestoneMembership(at(entered), entry, at(left) if left else None, leaving, payload)


BORN = {1: at("01-01"), 2: at("02-01")}


@pytest.mark.parametrize(
    ("members", "sightings", "numbers"),
    [
        pytest.param([stay("0.4", "03-01")], [fact("0.4", "03-05", 1)], [1], id="a payload showed the number"),
        pytest.param(
            [stay("old", "03-01", payload=1)], [fact("new", "03-05", 1)], [1], id="the item's payload says so"
        ),
        pytest.param(
            [stay("old", "03-01", payload=1), stay("old", "03-02", "old", "03-03")], [], [1, 1], id="and so for others"
        ),
        pytest.param(
            [stay("0.4.1", "03-01", "0.4.2", "03-09"), stay("0.4.1", "03-02"), stay("0.4.2", "03-10", payload=1)],
            [],
            [1, 1, 1],
            id="renamed while an item was inside, proof runs backwards",
        ),
        pytest.param(
            [stay("a", "03-01", "b", "03-02"), stay("b", "03-03", "c", "03-04"), stay("c", "03-05", payload=2)],
            [],
            [2, 2, 2],
            id="through two renamings",
        ),
        pytest.param(
            [stay("gone", "03-01", "gone", "03-02")], [fact("0.4", "03-05", 1)], [None], id="nothing proves it"
        ),
        pytest.param(
            [stay("next", "01-20"), stay("next", "03-20")],
            [fact("next", "01-10", 1), fact("next", "03-10", 2)],
            [1, 2],
            id="a title used twice, told apart by time",
        ),
        pytest.param(
            [stay("next", "03-05")],
            [fact("next", "03-01", 1), fact("next", "03-10", 2)],
            [None],
            id="a title used twice, between the two: not guessed",
        ),
        pytest.param(
            [stay("next", "01-15")],
            [fact("next", "03-10", 2)],
            [None],
            id="before that milestone existed: another one, since deleted",
        ),
        pytest.param(
            [stay("next", "01-15")],
            [fact("next", "01-10", 1), fact("next", "03-10", 2)],
            [1],
            id="the second did not exist yet",
        ),
        pytest.param(
            [stay("a", "03-02", "b", "03-03")],
            [fact("a", "03-01", 1), fact("b", "03-04", 2)],
            [None],
            id="entered one and left another: an event is missing",
        ),
        pytest.param([stay("a", "03-02", payload=2)], [fact("a", "03-02", 1)], [None], id="payload against title"),
        pytest.param([stay(None, "03-02", payload=2)], [], [2], id="no event, only the payload"),
        pytest.param([stay(None, "03-02", "a", "03-05")], [fact("a", "03-03", 1)], [1], id="only the exit has a title"),
    ],
)
def test_resolve(members: list[MilestoneMembership], sightings: list[TitleFact], numbers: list[int | None]) -> None:
    assert resolve(members, sightings, BORN) == numbers


def test_resolve_does_not_depend_on_the_order_of_facts() -> None:
    members = [stay("a", "03-01", "b", "03-02"), stay("b", "03-03", "c", "03-04"), stay("c", "03-05", payload=2)]
    assert resolve(members[::-1], [], BORN) == [2, 2, 2]


def event(when: str, kind: str, title: str | None = None) -> MilestoneEvent:
    return MilestoneEvent(at(when), kind, title)


def payload(milestone: int | None, updated: str = "06-01") -> Payload:
    return Payload(milestone, at("03-01"), at(updated))


IN, OUT = "milestoned", "demilestoned"


@pytest.mark.parametrize(
    ("events", "says", "expected"),
    [
        pytest.param([], payload(None), [], id="never in one"),
        pytest.param([event("03-02", IN, "a")], payload(1), [stay("a", "03-02", payload=1)], id="inside"),
        pytest.param(
            [event("03-02", IN, "a"), event("03-03", OUT, "b")],
            payload(None),
            [stay("a", "03-02", "b", "03-03")],
            id="left, renamed meanwhile",
        ),
        pytest.param(
            [event("03-02", IN, "a"), event("03-03", OUT, "a"), event("03-03", IN, "b")],
            payload(2),
            [stay("a", "03-02", "a", "03-03"), stay("b", "03-03", payload=2)],
            id="moved within one second",
        ),
        pytest.param(
            [event("03-02", IN, "a"), event("03-03", IN, "b"), event("03-03", OUT, "a")],
            payload(2),
            [stay("a", "03-02", "a", "03-03"), stay("b", "03-03", payload=2)],
            id="moved within one second, events the other way round",
        ),
        pytest.param(
            [event("03-02", IN, "a"), event("03-04", IN, "b")],
            payload(2),
            [stay("a", "03-02", None, "03-04"), stay("b", "03-04", payload=2)],
            id="moved without a demilestoned",
        ),
        pytest.param(
            [event("03-04", OUT, "a")],
            payload(None),
            [stay(None, "03-01", "a", "03-04")],
            id="inside since its creation, without an event",
        ),
        pytest.param([], payload(1), [stay(None, "03-01", payload=1)], id="imported: inside since its creation"),
        pytest.param(
            [event("03-02", IN, "a")], payload(None, "03-09"), [stay("a", "03-02", None, "03-09")], id="exit not told"
        ),
        pytest.param(
            [event("03-02", IN, "a"), event("03-03", OUT, "a")],
            payload(2, "03-09"),
            [stay("a", "03-02", "a", "03-03"), stay(None, "03-09", payload=2)],
            id="entry not told: inside at the latest when the payload was updated",
        ),
        pytest.param(
            [event("03-05", IN, "a")], payload(2, "03-02"), [stay("a", "03-05")], id="a payload older than the event"
        ),
        pytest.param(
            [event("03-02", IN, "a"), event("03-05", "converted_to_discussion")],
            payload(1),
            [stay("a", "03-02", None, "03-05")],
            id="made a discussion",
        ),
        pytest.param(
            [event("03-02", IN, "a"), event("03-05", "transferred")],
            payload(1),
            [stay("a", "03-02", None, "03-05"), stay(None, "03-05", payload=1)],
            id="transferred into a milestone here",
        ),
    ],
)
def test_stays(events: list[MilestoneEvent], says: Payload, expected: list[MilestoneMembership]) -> None:
    assert stays(events, says, None) == expected


def test_an_imported_item_was_not_inside_before_its_milestone_existed() -> None:
    assert stays([], payload(1), at("03-20")) == [stay(None, "03-20", payload=1)]


def members(world: World, when: str) -> list[tuple[int | None, str | None, int, datetime, datetime | None]]:
    past = world.past(when)
    columns = ("milestone", "milestone_title", "number", "entered_at", "left_at")
    return past.memberships.select(columns).rows() + past.unresolved.select(columns).rows()


def test_identity_may_come_from_later_facts(world: World) -> None:
    world.milestone(4, "0.4.0", updated="05-01")
    world.issue(1, milestone=4, updated="05-02")
    world.event(1, IN, "03-03", "0.3.1 (or 0.4.0)")
    assert members(world, "03-04") == [(4, "0.3.1 (or 0.4.0)", 1, at("03-03"), None)]
    assert world.past("03-04").items["milestone"].to_list() == [4]


def test_a_later_exit_has_not_happened_yet(world: World) -> None:
    world.milestone(4, "a")
    world.issue(1, updated="04-01")
    world.event(1, IN, "03-03", "a")
    world.event(1, OUT, "04-01", "a")
    assert members(world, "03-20") == [(4, "a", 1, at("03-03"), None)]
    assert members(world, "04-01") == [(4, "a", 1, at("03-03"), at("04-01"))]
    assert members(world, "03-02") == []


def test_titles_without_proof_are_kept_as_unresolved(world: World) -> None:
    world.milestone(4, "a")
    world.issue(1, updated="03-20")
    world.event(1, IN, "03-03", "deleted long ago")
    world.event(1, OUT, "03-20", "deleted long ago")
    past = world.past("03-10")
    assert past.memberships.is_empty()
    assert past.unresolved.select("milestone", "milestone_title", "number", "left_at").rows() == [
        (None, "deleted long ago", 1, None)
    ]
    assert past.items["milestone"].to_list() == [None]


def test_titles_of_repositories_are_not_mixed(world: World) -> None:
    world.milestone(4, "a")
    world.milestone(7, "a", repo="acme/web")
    world.issue(1, repo="acme/web", milestone=7)
    world.issue(1, milestone=4)
    world.event(1, IN, "03-03", "a", repo="acme/web")
    world.event(1, IN, "03-03", "a")
    assert world.past("03-10").memberships.select("repo", "milestone").rows() == [("acme/api", 4), ("acme/web", 7)]
