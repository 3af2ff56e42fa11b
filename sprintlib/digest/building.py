"""Putting a digest together: the analysis of now beside that of the last message."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.changes import told, what_changed
from sprintlib.digest.message import Digest, Link, Step, Verdict
from sprintlib.evidence import Evidence
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Recommendation
from sprintlib.results import runs
from sprintlib.risks import listed
from sprintlib.services import standing
from sprintlib.services.memory import said_day, stood_on
from sprintlib.services.pseudonyms import Pseudonyms
from sprintlib.views.answer import because
from sprintlib.views.markup import known_repositories, safe_url, seen, web_url
from sprintlib.views.words import gain, headline

FIRST = 3
_MOST_LINKS = 3
_STALE = timedelta(days=1)


def build_digest(project: ProjectHandle, since: date | None = None) -> Digest:
    """The digest of today. since: the local day of the message before; None: the last working day before today.

    People are called `dev-1a2b3c` where `report.pseudonyms` says so.
    Raises AnalysisError when nothing has been collected, AccessError for who may not see every repository.
    """
    now = project.clock()
    today = project.calendar.local_date(now)
    day = since or _working_day_before(project, today)
    analysis = standing(project)
    open_now = {one.key for one in analysis.milestones}
    before = stood_on(project, day, open_now)
    if project.settings.report.pseudonyms:
        said = Pseudonyms.of(project)
        analysis, before = said.applied(analysis), {key: said.applied(one) for key, one in before.items()}
    return Digest(
        project=seen(project.name),
        day=today,
        since=said_day(day, today),
        verdicts=tuple(_verdict(analysis, one, before) for one in analysis.milestones),
        steps=_steps(analysis),
        ended=tuple(_line(one.title) for key, one in before.items() if key not in open_now and one.state == "open"),
        problems=tuple(_problems(project, analysis)),
        pages=project.settings.digest.pages_url,
    )


def _working_day_before(project: ProjectHandle, today: date) -> date:
    days = (today - timedelta(days=back) for back in range(1, 15))
    return next((day for day in days if project.calendar.is_working_day(day)), today - timedelta(days=1))


def _verdict(analysis: Analysis, one: MilestoneAnalysis, before: dict[str, MilestoneAnalysis]) -> Verdict:
    figure, words = headline(analysis, one)
    then = before.get(one.key)
    known = known_repositories(analysis)
    return Verdict(
        title=_line(one.title),
        url=next((url for part in one.parts if (url := web_url(part.html_url, known))), None),
        figure=figure,
        words=_line(words),
        because=_line(because(one)),
        changed=tuple(told(what_changed(then, one))) if then else (),
        is_new=then is None and bool(before),
    )


def _steps(analysis: Analysis) -> tuple[Step, ...]:
    """What to do first over all milestones, as the portfolio page chooses it."""
    known = known_repositories(analysis)
    offered = [(one, advice) for one in analysis.milestones for advice in one.recommendations[:FIRST]]
    if len(analysis.milestones) > 1:
        offered.sort(key=lambda pair: -(pair[1].expected_gain or 0.0))
    return tuple(_step(one, advice, known) for one, advice in offered[:FIRST])


def _step(one: MilestoneAnalysis, advice: Recommendation, known: frozenset[str]) -> Step:
    return Step(
        action=_line(advice.action),
        milestone=_line(one.title),
        who=_line(advice.actor) if advice.actor else None,
        gain=gain(advice.expected_gain) if advice.expected_gain else "",
        links=_links(advice.evidence, known),
    )


def _links(evidence: Sequence[Evidence], known: frozenset[str]) -> tuple[Link, ...]:
    found = (Link(_line(one.ref), url) for one in evidence if (url := safe_url(one, known)))
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]


def _problems(project: ProjectHandle, analysis: Analysis) -> Iterable[str]:
    """What is wrong with the machinery: a failed report, or facts that are old."""
    last = runs(project.engine, project.name, 1)
    if last and last[0].state in ("failed", "timeout", "killed"):
        yield "The last report failed: 'sprint run list' says why."
    old = [name for name, at in analysis.facts_of.items() if at is None or project.clock() - at > _STALE]
    if old:
        yield f"The facts of {listed(old)} are more than a day old: run 'sprint sync'."


def _line(text: str) -> str:
    """On one line, without what a reader's program would obey."""
    return " ".join(seen(text).split())
