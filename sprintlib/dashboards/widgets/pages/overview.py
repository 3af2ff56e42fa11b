"""The portfolio: every open milestone in one row, what changed since yesterday, and what to do first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from sprintlib import views
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis import changes as changes_words
from sprintlib.analysis.changes import Changes, what_changed
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.try_it import try_it
from sprintlib.dashboards.widgets.view import View
from sprintlib.forecast.model import ItemForecast
from sprintlib.recommend import Recommendation, short_id
from sprintlib.results import ChanceAt
from sprintlib.views import items as item_words
from sprintlib.views.markup import known_repositories, short
from sprintlib.views.sparkline import sparkline
from sprintlib.views.words import age, chance, count, headline, moment, particulars, percent, short_day, today

HAS_MILESTONE = False
SPARK_DAYS = 14
FIRST_ACTIONS = 3
MOST_FOUND = 30  # items that a search shows
SORTS = {"due": "Due date", "chance": "Chance, lowest first", "change": "Change since yesterday", "title": "Title"}
_macro = fragments.TEMPLATES.macro


@dataclass(frozen=True)
class Row:
    """One milestone as the portfolio shows it; texts are plain."""

    milestone: MilestoneAnalysis
    address: str
    repos: str
    figure: str
    words: str
    width: int | None
    spark: Markup
    changes: Changes | None
    mark: tuple[str, str]
    due: str
    projected: str
    late: str
    progress: tuple[float, float, float]
    counted: str
    within: str
    holds_back: tuple[str, str, str, str] | None


def build(view: View) -> tuple[Markup, ...]:
    """The whole page."""
    analysis = view.analysis
    if not analysis.milestones:
        return (fragments.none_open(view),)
    since = [(name, _compared(view, day)) for name, day in _earlier_days(view.today)]
    yesterday = since[0][1]
    said = view.facts.chances(view.facts.end_of(view.today) if view.day else analysis.as_of)
    rows = [_row(view, one, said.get(one.key or one.title, ()), yesterday.get(one.key)) for one in analysis.milestones]
    shown = _sorted(_filtered(rows, view), view.request.option("sort"))
    found = _found(view, view.request.option("q"))
    page = _macro(
        "portfolio.html",
        "page",
        _sentence(analysis),
        _freshness(view),
        [(name, _told(view, changes)) for name, changes in since],
        first_actions(view),
        _controls(view),
        shown,
        len(rows),
        found,
        known_repositories(analysis),
    )
    return (views.wrapped(page),)


def first_actions(view: View) -> list[tuple[Recommendation, list[str], MilestoneAnalysis, str, str, str]]:
    """What to do first, over all milestones: with what is said beside each, its milestone and addresses.

    Of each milestone only what its own page tells to do today, so that no two answers to one question differ.
    """
    milestones = view.analysis.milestones
    offered = [(one, advice) for one in milestones for advice in one.recommendations[:FIRST_ACTIONS]]
    if len(milestones) > 1:
        offered.sort(key=lambda pair: -(pair[1].expected_gain or 0.0))
    best = offered[:FIRST_ACTIONS]
    return [
        (
            advice,
            particulars(advice),
            one,
            view.request.on("milestone", one.key).address,
            try_it(view.request, one, advice.change),
            f"{view.request.on('actions', one.key).address}#{short_id(advice.id)}",
        )
        for one, advice in best
    ]


def _sentence(analysis: Analysis) -> str:
    """How many are likely to land or, of a single one, how likely that is, and for when to plan; plain text."""
    known = [one for one in analysis.milestones if one.probability is not None and one.due_on]
    if not known:
        return f"{count(len(analysis.milestones), 'open milestone')}, none with a probability yet"
    if len(known) == 1:
        (one,) = known
        figure, words = headline(analysis, one)
        safe = one.forecast_dates.p85
        is_later = safe and one.due_on and safe > one.due_on
        plan = f"; plan for {short_day(safe, today(analysis, one))}" if is_later else ""
        return f"{figure}: {words[0].lower()}{words[1:]}{plan}"
    likely = sum((one.probability or 0) >= 0.6 for one in known)
    whole = count(len(known), "dated milestone")
    return f"{likely} of {whole} likely to land in time"


def _freshness(view: View) -> str:
    moments = list(view.analysis.facts_of.values())
    if not moments or any(moment is None for moment in moments):
        return "Not every repository has been collected yet: run 'sprint sync'."
    oldest = min(moment for moment in moments if moment is not None)
    return f"as of {moment(view.analysis.as_of, view.analysis.zone)}, facts {age(oldest, view.analysis.as_of)}"


def _earlier_days(today: date) -> list[tuple[str, date]]:
    """The evenings to compare with: yesterday's, and from Wednesday on that before this Monday."""
    monday = today - timedelta(days=today.weekday())
    days = [("Since yesterday", today - timedelta(days=1))]
    return [*days, ("Since Monday", monday - timedelta(days=1))] if today.weekday() >= 2 else days


def _compared(view: View, day: date) -> dict[str, Changes]:
    before = view.facts.before(view.facts.end_of(day))
    return {one.key: what_changed(before[one.key], one) for one in view.analysis.milestones if one.key in before}


def _told(view: View, changes: Mapping[str, Changes]) -> list[tuple[str, str, list[str]]] | None:
    """Title, address and words of each milestone that changed; None where there is nothing to compare with."""
    if not changes:
        return None
    told = [(one, changes_words.told(changes[one.key])) for one in view.analysis.milestones if one.key in changes]
    return [(one.title, view.request.on("milestone", one.key).address, words) for one, words in told if words]


def _row(view: View, one: MilestoneAnalysis, said: Sequence[ChanceAt], changes: Changes | None) -> Row:
    known, now = known_repositories(view.analysis), view.today
    figure, words = headline(view.analysis, one)
    is_chance = one.probability is not None and figure == percent(one.probability)
    points = [(view.facts.local_date(each.as_of), each.probability) for each in said if each.probability is not None]
    if one.probability is not None:
        points = [*(point for point in points if point[0] < now), (now, one.probability)]
    p50, p85 = one.forecast_dates.p50, one.forecast_dates.p85
    late = (p50 - one.due_on).days if p50 and one.due_on else 0
    return Row(
        milestone=one,
        address=view.request.on("milestone", one.key).address,
        repos=", ".join(short(repo, known) for repo in one.repos),
        figure=figure,
        words=chance(one.probability) if is_chance and one.probability is not None else words,
        width=round(100 * one.probability) if is_chance and one.probability is not None else None,
        spark=sparkline(points, SPARK_DAYS, now),
        changes=changes,
        mark=changes_words.mark(changes),
        due=short_day(one.due_on, now, "none"),
        projected=f"{short_day(p50, now)}" if p50 else "–",
        late=f"{count(late, 'day')} after it is due" if late > 0 else f"85%: {short_day(p85, now)}" if p85 else "",
        progress=_progress(one),
        counted=f"{one.scope.open} open, {one.scope.done + one.scope.dropped} done",
        within=_within(one),
        holds_back=_holds_back(one, known),
    )


def _progress(one: MilestoneAnalysis) -> tuple[float, float, float]:
    """Shares of the scope in percent: done now, and done by the due date at least and at most (80 %)."""
    done = one.scope.done + one.scope.dropped
    whole = max(done + one.scope.open, 1)
    low, high = one.interval.items_closed_by_due or (done, done)
    return (100 * done / whole, 100 * min(low, whole) / whole, 100 * min(high, whole) / whole)


def _within(one: MilestoneAnalysis) -> str:
    if one.interval.items_closed_by_due is None:
        return ""
    low, high = one.interval.items_closed_by_due
    return (
        f"{low} to {high} of {one.scope.done + one.scope.dropped + one.scope.open} closed by the due date, 80% interval"
    )


def _holds_back(one: MilestoneAnalysis, known: frozenset[str]) -> tuple[str, str, str, str] | None:
    """Short ref, address, title and standing of the open item that is least likely to be done in time."""
    first = item_words.first_in_doubt(one)
    if first is None:
        return None
    return (
        short(first.ref, known),
        first.html_url,
        first.title,
        f"{item_words.state(first)}, {item_words.chance(first)}",
    )


def _filtered(rows: Sequence[Row], view: View) -> list[Row]:
    repo, words = view.request.option("repo"), view.request.option("q").casefold()
    return [
        row
        for row in rows
        if (not repo or repo in row.milestone.repos)
        and (
            not words or words in row.milestone.title.casefold() or any(_matches(i, words) for i in row.milestone.items)
        )
    ]


def _sorted(rows: list[Row], by: str) -> list[Row]:
    if by == "chance":
        return sorted(rows, key=lambda row: 2.0 if row.milestone.probability is None else row.milestone.probability)
    if by == "change":
        return sorted(rows, key=lambda row: (row.changes.points or 0) if row.changes else 0)
    if by == "title":
        return sorted(rows, key=lambda row: row.milestone.title.casefold())
    return rows  # the analysis has them by due date


def _controls(view: View) -> dict[str, object]:
    """What the form above the rows offers, and what is chosen."""
    request = view.request
    repos = sorted({repo for one in view.analysis.milestones for repo in one.repos})
    kept = [("milestone", request.milestone), ("as_of", request.as_of), ("project", request.project)]
    return {
        "sorts": SORTS,
        "sort": request.option("sort") or "due",
        "repos": repos,
        "repo": request.option("repo"),
        "q": request.option("q"),
        "kept": [(name, value) for name, value in kept if value],
    }


def _matches(item: ItemForecast, words: str) -> bool:
    return words in item.title.casefold() or words in item.ref.casefold()


def _found(view: View, words: str) -> list[tuple[ItemForecast, MilestoneAnalysis, str, str]]:
    """Open items whose title or reference holds the words, with their milestone, its address, and how they stand."""
    if not words:
        return []
    hits = [(i, one) for one in view.analysis.milestones for i in one.items if _matches(i, words.casefold())]
    return [
        (
            item,
            one,
            view.request.on("milestone", one.key).address,
            f"{item_words.state(item)}, {item_words.chance(item)}",
        )
        for item, one in hits[:MOST_FOUND]
    ]
