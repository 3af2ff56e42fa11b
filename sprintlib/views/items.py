"""The open items of a milestone, the least likely to close in time first, each with the pull requests that carry it."""

from collections.abc import Iterator

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.forecast.model import ItemForecast
from sprintlib.views.markup import known_repositories
from sprintlib.views.templating import macro
from sprintlib.views.words import count, percent

HEAD = ("Item", "Title", "State", "By the due date")
_TEMPLATE = "items.html"
FOLDED_FROM = 20  # items beyond this many are folded away
STAGES = {
    "untouched": "not started",
    "begun": "in progress",
    "opened": "waiting for review",
    "reviewed": "reviewed, not approved",
    "approved": "approved",
}


def item_table(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The open items as a section, those beyond the first twenty folded away; "" where nothing is open."""
    if not milestone.items:
        return Markup()
    known = known_repositories(analysis)
    rows = [_row(item, under, known) for item, under in ordered(milestone)]
    first, others = rows[:FOLDED_FROM], rows[FOLDED_FROM:]
    beyond = count(len(others), "more item")
    reason = next((item.reason for item in milestone.items if item.reason), None)
    return macro(_TEMPLATE, "section", caption(milestone), HEAD, first, beyond, others, reason)


def _row(item: ItemForecast, under: bool, known: frozenset[str]) -> list[str]:
    name, title = macro(_TEMPLATE, "name", item, under, known), macro(_TEMPLATE, "title", item)
    return [name, title, state(item), chance(item)]


def caption(milestone: MilestoneAnalysis) -> str:
    """What the table is called: without probabilities there is no order to speak of."""
    known = any(item.closes_by_due is not None for item in milestone.items)
    return "Open items, the least likely to close in time first" if known else "Open items"


def ordered(milestone: MilestoneAnalysis) -> Iterator[tuple[ItemForecast, bool]]:
    """The items, least likely first, each followed by the pull requests that carry it (True); each is told once."""
    told: set[str] = set()
    # what carries another one comes last, where it is told already, unless two carry each other
    for item in sorted(milestone.items, key=lambda one: (bool(one.carries), one.closes_by_due or 0.0)):
        if item.ref in told:
            continue
        told.add(item.ref)
        yield item, False
        for pull in milestone.items:
            if item.ref in pull.carries and pull.ref not in told:
                told.add(pull.ref)
                yield pull, True


def first_in_doubt(milestone: MilestoneAnalysis) -> ItemForecast | None:
    """The open item that is least likely to be done in time; None where no chance is known."""
    known = (item for item, under in ordered(milestone) if not under and item.closes_by_due is not None)
    return next(known, None)


def chance(item: ItemForecast) -> str:
    """`71%`, or a dash."""
    return percent(item.closes_by_due)


def state(item: ItemForecast) -> str:
    """How far it is, and whether it is blocked."""
    return f"{STAGES[item.stage]}{', blocked' if item.blocked else ''}"
