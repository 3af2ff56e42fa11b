"""The what-if panel: the open items by how much each holds the sprint back, what to suppose, and what that gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.try_it import asked_change, command
from sprintlib.dashboards.widgets.view import View
from sprintlib.errors import SprintError
from sprintlib.forecast import Change, points
from sprintlib.forecast.model import ItemForecast
from sprintlib.services import WhatIfResult
from sprintlib.views import items as item_words
from sprintlib.views.markup import known_repositories
from sprintlib.views.words import percent, short_day

FOLDED_FROM = 20
_macro = fragments.TEMPLATES.macro


@dataclass(frozen=True)
class ItemLine:
    """One open item. gain: points that taking it out would bring, or "". under: it carries the one above it."""

    item: ItemForecast
    under: bool
    standing: str
    chance: str
    gain: str
    out: bool
    can_unblock: bool
    unblocked: bool
    can_review: bool
    reviewed: bool


@dataclass(frozen=True)
class WhatIfOutcome:
    """What a change gives; texts are plain. before, after: the probabilities. width: of the bars, in percent."""

    before: str
    after: str
    widths: tuple[int, int]
    gain: str
    better: bool
    dates: str
    assumptions: tuple[str, ...]
    command: str


def what_if_section(view: View, milestone: MilestoneAnalysis) -> Markup:
    """The section; "" where nothing is open. A change that cannot be supposed is answered by its sentence."""
    if not milestone.items:
        return Markup()
    trouble, outcome, change = "", None, Change()
    try:
        change = asked_change(view.request)
        outcome = _outcome(view, milestone, change) if change != Change() else None
    except SprintError as error:
        trouble = str(error)
    lines = _lines(view, milestone, change)
    return _macro(
        "what_if_panel.html",
        "section",
        _form(view, milestone, change),
        lines[:FOLDED_FROM],
        lines[FOLDED_FROM:],
        outcome,
        trouble,
        _reason(milestone),
        known_repositories(view.analysis),
    )


def _outcome(view: View, milestone: MilestoneAnalysis, change: Change) -> WhatIfOutcome:
    found: WhatIfResult = view.facts.what_if(view.analysis.as_of, milestone.key or milestone.title, change)
    before, after = found.found.before, found.found.after
    dates, now = after.dates, view.today
    return WhatIfOutcome(
        before=percent(before.probability),
        after=percent(after.probability) if found.open_items[1] else "Done",
        widths=(round(100 * (before.probability or 0)), round(100 * (after.probability or 0))),
        gain=points(found.gain),
        better=(found.gain or 0) > 0,
        dates=f"50% by {short_day(dates.p50, now)}, 85% by {short_day(dates.p85, now)}" if dates.p50 else "",
        assumptions=found.found.assumptions,
        command=command(milestone, change, view.day),
    )


def _lines(view: View, milestone: MilestoneAnalysis, change: Change) -> list[ItemLine]:
    key = milestone.key or milestone.title
    try:
        gains = view.facts.gains_if_out(view.analysis.as_of, key)
        waiting, reviewed = view.facts.can_change(view.analysis.as_of, key)
    except SprintError:  # a stored analysis whose facts are gone: its items can be told, and nothing supposed
        gains, waiting, reviewed = {}, frozenset(), frozenset()
    found = []
    for item, under in _ordered(milestone, gains):
        brings = gains.get(item.ref)
        found.append(
            ItemLine(
                item=item,
                under=under,
                standing=item_words.state(item),
                chance=item_words.chance(item),
                gain="" if brings is None or under else points(brings),
                out=item.ref in change.drop,
                can_unblock=item.ref in waiting,
                unblocked=item.ref in change.unblock,
                can_review=item.ref in reviewed and not under,
                reviewed=item.ref in change.review,
            )
        )
    return found


def _ordered(milestone: MilestoneAnalysis, gains: Mapping[str, float]) -> list[tuple[ItemForecast, bool]]:
    """As the item table has them, but what holds the sprint back most comes first, with what carries it."""
    groups: list[list[tuple[ItemForecast, bool]]] = []
    for item, under in item_words.ordered(milestone):
        if under and groups:
            groups[-1].append((item, under))
        else:
            groups.append([(item, under)])
    groups.sort(key=lambda group: -gains.get(group[0][0].ref, -1.0))
    return [pair for group in groups for pair in group]


def _form(view: View, milestone: MilestoneAnalysis, change: Change) -> dict[str, object]:
    request = view.request.on("milestone", milestone.key)
    kept = [("milestone", request.milestone), ("as_of", request.as_of), ("project", request.project)]
    return {
        "kept": [(name, value) for name, value in kept if value],
        "reset": f"{request.address}#what-if",
        "due": _iso(change.due_on) or _iso(milestone.due_on),
        "due_now": _iso(milestone.due_on),
        "earliest": view.today.isoformat(),
        "people": change.people,
        "away": f"{change.away_days:g}",
        "changed": change != Change(),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _reason(milestone: MilestoneAnalysis) -> str:
    return next((item.reason for item in milestone.items if item.reason), "")
