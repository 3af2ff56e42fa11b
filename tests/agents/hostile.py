"""A sprint of many items whose texts hold what an attacker wrote, in one place, in some, or in all of them."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tests.sprints import team_in
from tests.world import World

PLACES = ("title", "body", "comment", "review", "commit", "branch", "label")
SIZE = 25  # items that can hold a text
_FIRST, _PULLS = 40, 100


def hostile_world(folder: Path, payloads: Sequence[str] = (), places: Collection[str] = PLACES) -> World:
    """Sprint 2 with SIZE more open items, each carried by a pull request; the n-th payload stands on the n-th item.

    Without payloads the same facts with harmless words in the same places.
    """
    folder.mkdir()
    world = team_in(folder)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.blocked_by(41, "acme/api#15", "03-17 12:00")
    for place in range(SIZE):
        _item(world, _FIRST + place, payloads[place] if place < len(payloads) else "", places)
    world.flush()
    return world


def _item(world: World, number: int, payload: str, places: Collection[str]) -> None:
    def said(place: str, harmless: str) -> str:
        return f"{harmless} {payload}".strip() if place in places else harmless

    pull = number + _PULLS
    title, body = said("title", f"Item {number}"), said("body", "As said.")
    world.issue(number, created="03-16 09:00", milestone=2, title=title, body=body)
    world.event(number, "milestoned", "03-16 09:00", subject="Sprint 2")
    world.comment(number, said("comment", "Half of it is there."), "03-18 09:00", author="eve", key=f"c{number}")
    world.event(number, "labeled", "03-17 09:00", said("label", "bug"))
    world.pull(pull, created="03-17 10:00", body=f"Closes #{number}", head_ref=said("branch", f"topic-{number}"))
    world.commit(f"{number:040x}", "03-17 10:00", pull, message=said("commit", "Work on it"))
    world.review(pull, "commented", "03-19 09:00", author="eve", key=f"r{number}", body=said("review", "Looks good."))


def batches(strings: Sequence[str], size: int = SIZE) -> Iterator[list[str]]:
    """The strings, `size` at a time."""
    for start in range(0, len(strings), size):
        yield list(strings[start : start + size])
