"""What to do: the ranked actions where they can be answered, and what became of earlier answers."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from markupsafe import Markup

from sprintlib import views
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.try_it import try_it
from sprintlib.dashboards.widgets.view import View
from sprintlib.forecast import working_days
from sprintlib.recommend import Recommendation, short_id
from sprintlib.services import GivenAnswer
from sprintlib.views.markup import known_repositories
from sprintlib.views.words import count, moment, particulars, percent, short_day

MOST_GIVEN = 50
_SNOOZED_DAYS = 3
_DECISIONS = {"accept": "accepted", "dismiss": "dismissed", "snooze": "put off"}
_macro = fragments.TEMPLATES.macro


def build(view: View) -> tuple[Markup, ...]:
    """The whole page."""
    milestone = view.milestone
    if milestone is None:
        return (fragments.none_open(view),)
    given = view.facts.answers(view.facts.end_of(view.day) if view.day else view.facts.clock())
    said = {one.id: _DECISIONS[one.decision] for one in reversed(given)}
    rows = [_row(view, milestone, advice, said.get(advice.id, "")) for advice in milestone.recommendations]
    page = _macro(
        "actions.html",
        "page",
        milestone.title,
        "" if milestone.probability is None else percent(milestone.probability),
        milestone.plan.statement if milestone.plan else "",
        rows,
        _first_day(view.today),
        view.day is None,
        summary(given),
        [_told(one, view) for one in given[:MOST_GIVEN]],
        known_repositories(view.analysis),
    )
    return (views.wrapped(page),)


def _row(
    view: View, milestone: MilestoneAnalysis, advice: Recommendation, said: str
) -> tuple[Recommendation, str, list[str], str, str]:
    """An action with its short id, what is said beside it, where to try it, and how it was answered."""
    return advice, short_id(advice.id), particulars(advice), try_it(view.request, milestone, advice.change), said


def summary(given: Sequence[GivenAnswer]) -> str:
    """`accepted 5; of 4 at least three working days old, something moved on 3, median 1.2 working days`; plain text."""
    accepted = [one for one in given if one.decision == "accept"]
    dismissed = sum(one.decision == "dismiss" for one in given)
    if not given:
        return "Nothing has been answered yet. Answers shift the order: what the team accepts more often comes first."
    told = f"Accepted {len(accepted)}, dismissed {dismissed}."
    due = [one for one in accepted if one.is_due]
    moved = [one.moved_after for one in due if one.moved_after is not None and one.moved_after <= 3]
    if due:
        told += f" Within 3 working days something moved on {len(moved)} of {count(len(due), 'accepted action')}"
        told += f", after a median of {working_days(round(median(moved), 1))}." if moved else "."
        told += " Nothing says that the action was the cause."
    return told


def _told(one: GivenAnswer, view: View) -> tuple[GivenAnswer, str, str, str]:
    """An answer with its decision, when it was given, and what happened; plain text."""
    decision = _DECISIONS[one.decision] + (f" until {short_day(one.until, view.today)}" if one.until else "")
    return one, decision, moment(one.at, view.facts.settings.time_zone), _happened(one)


def _happened(one: GivenAnswer) -> str:
    if one.decision != "accept":
        return one.reason or ""
    closed = f"{one.closed} of {count(len(one.items), 'item')} closed" if one.items else ""
    if one.moved_after is not None:
        moved = f"something moved after {working_days(round(one.moved_after, 1))}"
    else:
        moved = "nothing moved in 3 working days" if one.is_due else "it is looked at after 3 working days"
    return "; ".join(filter(None, [moved, closed]))


def _first_day(today: date) -> str:
    return (today + timedelta(days=_SNOOZED_DAYS)).isoformat()
