"""Answers about one milestone: its chance, its course, what is inside, and whether it was late."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.forecast import count
from sprintlib.history import Sprint
from sprintlib.history.lateness import days_late
from sprintlib.history.sprint import leading_first, sprint_groups
from sprintlib.history.sprint_grouping import Row
from sprintlib.knowledge import Source
from sprintlib.questions.items import turn
from sprintlib.questions.model import Assertion, MilestoneOutlook
from sprintlib.questions.periods import written
from sprintlib.questions.project import AskedProject
from sprintlib.questions.topics import ProjectTopic

_MOST_NAMED = 10
_TURNS = 6  # items of which it is told who can act
_FROM_ANALYSIS = ("outlook", "reasons", "action", "lateness", "stuck")


def about_milestone(project: AskedProject, title: str, topics: Sequence[ProjectTopic], asked: str) -> list[Assertion]:
    """What is asked about the milestone; of a closed one about its own course, never about another's."""
    sprint = project.sprint(title)
    if sprint is None:
        return []
    found: list[Assertion] = []
    for topic in topics:
        if topic == "added":
            found += added(project, sprint)
        elif topic == "removed":
            found += removed(project, sprint)
        elif topic == "due":
            found += due(project, sprint)
        elif topic == "unassigned":
            found += unassigned(project, sprint)
        elif topic == "turn" and sprint.state == "open":
            found += [
                one for ref in sorted(sprint.open_items["ref"], key=_by_number)[:_TURNS] for one in turn(project, ref)
            ]
    if found:
        return found
    if sprint.state == "closed":
        return [*punctuality(project, sprint), *_after_deadline(project, sprint), *_rest(project, sprint, topics)]
    if "content" in topics and not set(topics) & {"reasons", "action"}:
        return [*content(project, sprint), *due(project, sprint)]
    asks_late = "lateness" in topics and "reasons" not in topics
    late = list(punctuality(project, sprint)) if sprint.overdue or asks_late else []
    if set(topics) & set(_FROM_ANALYSIS) or not topics:
        return [*late, *_analysis(project, title, topics, asked)]
    return [*late, *content(project, sprint), *due(project, sprint)]


def _rest(project: AskedProject, sprint: Sprint, topics: Sequence[ProjectTopic]) -> Iterator[Assertion]:
    if "content" in topics or not set(topics) & {"lateness", "reasons", "record"}:
        yield from content(project, sprint)


def _whole(project: AskedProject, sprint: Sprint, told: str) -> Source:
    """The milestone as a source: what is stored of it, and what was counted."""
    rows = _milestones(project, sprint)
    lines = [
        f"{row['repo']} milestone {row['title']} {row['title_then'] or ''} {row['state']}, created on "
        f"{project.day(row['created_at'])}, due {written(row['due_on']) if row['due_on'] else 'without a due date'}"
        f"{', closed on ' + project.day(row['closed_at']) if row['closed_at'] else ''}"
        for row in rows
    ]
    cited = tuple(
        Evidence(
            ref=f"{row['repo']} milestone {row['number']}", kind="milestone", url=row["html_url"], note=lines[place]
        )
        for place, row in enumerate(rows)
    )
    return Source(id=f"milestone:{sprint.title}:{told[:60]}", text="\n".join([*lines, told]), evidence=cited)


def punctuality(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """Whether it was closed by the end of its due date, or is open past it, and by how many days it is late."""
    if sprint.due_on is None:
        text = f"{sprint.title} has no due date, so it is neither late nor on time."
        yield Assertion(text, (_whole(project, sprint, text),))
        return
    if project.past.source != "milestones":
        verb = "ended" if sprint.state == "closed" else "ends"
        text = f"{sprint.title} {verb} {written(sprint.due_on)}: sprints follow each other here and are never late."
        yield Assertion(text, (_whole(project, sprint, text),))
        return
    closed = _closed_at(project, sprint)
    days = days_late(sprint.due_on, closed, project.past.as_of, project.calendar)
    late = count(days, "day")
    if closed is None and days == 0:
        text = f"{sprint.title} is not late yet: it is due {written(sprint.due_on)}."
    elif closed is None:
        text = f"{sprint.title} is {late} late: it was due {written(sprint.due_on)} and is still open."
    elif days:
        text = f"{sprint.title} was {late} late: due {written(sprint.due_on)}, closed on {project.day(closed)}."
    else:
        text = f"{sprint.title} was on time: due {written(sprint.due_on)}, closed on {project.day(closed)}."
    yield Assertion(text, (_whole(project, sprint, f"{late} late, on time, still open, not late yet"),))


def _milestones(project: AskedProject, sprint: Sprint) -> list[Row]:
    """Rows of the milestones that are the sprint's parts."""
    keys = {(part.repository_id, part.number) for part in sprint.parts}
    return [row for row in project.milestones if (row["repository_id"], row["number"]) in keys]


def _closed_at(project: AskedProject, sprint: Sprint) -> datetime | None:
    """When the last of its parts was closed; None while one is open."""
    closed = [row["closed_at"] for row in _milestones(project, sprint)]
    return max(closed) if closed and all(closed) else None


def _after_deadline(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """Of a milestone that was late: its items that were open at the end of the due date, and what became of them."""
    closed = _closed_at(project, sprint)
    if sprint.due_on is None or closed is None:
        return
    if not days_late(sprint.due_on, closed, project.past.as_of, project.calendar):
        return
    end = project.calendar.deadline(sprint.due_on)
    inside, left = _open_at(project, sprint, end)
    if not inside and not left:
        text = f"Every item of {sprint.title} was closed by then; only the milestone itself was closed later."
        yield Assertion(text, (_whole(project, sprint, text),))
    if inside:
        days = max(
            days_late(sprint.due_on, project.items[ref]["closed_at"], closed, project.calendar) for ref in inside
        )
        when = f"{count(days, 'day')} later" if days else "later"
        called = f"{project.called(inside[0])} was" if len(inside) == 1 else f"{count(len(inside), 'item')} were"
        names = "" if len(inside) == 1 else f" ({project.names(inside, _MOST_NAMED)})"
        within = "" if len(inside) == 1 else "up to "
        text = f"{called} unfinished at the end of the due date{names}, and closed {within}{when}."
        yield Assertion(text, (project.sheets(inside, f"{text} {sprint.title}"),))
    if left:
        were = "was" if len(left) == 1 else "were"
        then = "then" if inside else "at the end of the due date"
        text = f"{project.names(left, _MOST_NAMED)} {were} unfinished {then} and moved out of {sprint.title}."
        yield Assertion(text, (project.sheets(left, text),))


def _open_at(project: AskedProject, sprint: Sprint, end: datetime) -> tuple[list[str], list[str]]:
    """Items inside and open at a moment: those that stayed inside, and those that left later without being closed."""
    keys = pl.DataFrame(
        [(part.repository_id, part.number) for part in sprint.parts],
        schema={"repository_id": pl.Int64, "milestone": pl.Int64},
        orient="row",
    )
    held = project.past.memberships.join(keys, on=["repository_id", "milestone"], how="semi").filter(
        (pl.col("entered_at") < end) & (pl.col("left_at").is_null() | (pl.col("left_at") >= end))
    )
    stayed: list[str] = []
    left: list[str] = []
    for repo, number, left_at in held.select("repo", "number", "left_at").rows():
        ref = f"{repo}#{number}"
        closed = project.items[ref]["closed_at"]
        if closed is None or closed >= end:
            gone = left_at is not None and (closed is None or closed > left_at)
            (left if gone else stayed).append(ref)
    return [ref for ref in stayed if project.items[ref]["closed_at"]], sorted(set(left) - set(stayed))


def added(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """What came in after the start and is still inside."""
    refs = sorted({ref for part in sprint.parts for ref in part.scope.added} & set(sprint.items["ref"]))
    if not refs:
        text = f"Nothing was added to {sprint.title} after its start."
        yield Assertion(text, (_whole(project, sprint, text),))
        return
    start = min(part.start for part in sprint.parts if part.start)
    told = f"{count(len(refs), 'item')} {'was' if len(refs) == 1 else 'were'} added to {sprint.title} after its start"
    text = f"{told} on {project.day(start)}: {project.names(refs, _MOST_NAMED)}."
    yield Assertion(text, (project.sheets(refs, text), _whole(project, sprint, told)))


def removed(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """What was inside and left it without coming back."""
    inside = set(sprint.items["ref"])
    keys = {(part.repository_id, part.number) for part in sprint.parts}
    rows = project.past.memberships.filter(pl.col("left_at").is_not_null())
    gone = {
        f"{repo}#{number}": left_at
        for key, repo, milestone, number, left_at in rows.select(
            "repository_id", "repo", "milestone", "number", "left_at"
        ).rows()
        if (key, milestone) in keys and f"{repo}#{number}" not in inside
    }
    if not gone:
        text = f"Nothing was taken out of {sprint.title}."
        yield Assertion(text, (_whole(project, sprint, text),))
        return
    refs = sorted(gone, key=lambda ref: (gone[ref], ref), reverse=True)
    told = f"{count(len(refs), 'item')} {'was' if len(refs) == 1 else 'were'} taken out of {sprint.title}"
    last = project.day(gone[refs[0]])
    text = f"{told}, the last on {last}: {project.names(refs, _MOST_NAMED)}."
    yield Assertion(text, (project.sheets(refs, text), _whole(project, sprint, told)))


def due(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """When it is due."""
    if sprint.due_on is None:
        text = f"{sprint.title} has no due date."
    elif sprint.state == "closed":
        text = f"{sprint.title} was due {written(sprint.due_on)}."
    else:
        text = f"{sprint.title} is due {written(sprint.due_on)}."
    yield Assertion(text, (_whole(project, sprint, text),))


def content(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """How many of its items are open, and which."""
    inside = sorted(sprint.items["ref"], key=_by_number)
    opened = sorted(sprint.open_items["ref"], key=_by_number)
    whole = _whole(project, sprint, f"{len(opened)} of {count(len(inside), 'item')} open")
    if not inside:
        text = f"{sprint.title} holds no items."
        yield Assertion(text, (_whole(project, sprint, text),))
    elif not opened:
        text = f"Nothing is open in {sprint.title}: every one of its {count(len(inside), 'item')} is closed."
        yield Assertion(text, (whole, project.sheets(inside, text)))
    else:
        verb = "is" if len(opened) == 1 else "are"
        told = f"{len(opened)} of the {count(len(inside), 'item')} in {sprint.title} {verb} open"
        text = f"{told}: {project.names(opened, 12)}."
        yield Assertion(text, (project.sheets(opened, text), whole))


def unassigned(project: AskedProject, sprint: Sprint) -> Iterator[Assertion]:
    """Its open issues that nobody is assigned to and no open pull request carries."""
    rows = [project.items[ref] for ref in sprint.open_items["ref"]]
    refs = [row["ref"] for row in rows if not row["assignees"] and row["kind"] == "issue"]
    if not refs:
        text = f"Every open issue of {sprint.title} has an assignee."
        yield Assertion(text, (_whole(project, sprint, text),))
        return
    told = f"{count(len(refs), 'open issue')} of {sprint.title} {'has' if len(refs) == 1 else 'have'} no assignee"
    text = f"{told}: {project.names(sorted(refs, key=_by_number), 12)}."
    yield Assertion(text, (project.sheets(refs, text),))


def _analysis(project: AskedProject, title: str, topics: Sequence[ProjectTopic], asked: str) -> Iterator[Assertion]:
    """The sentence of the analysis first, then what is asked for: dates, reasons or actions."""
    outlook = project.analyse(title)
    if outlook is None:
        return
    whole = Source(id="analysis", text=outlook.told, evidence=outlook.parts)
    acting = "action" in topics
    advice = list(_advice(outlook))
    if acting:
        yield from advice[:3]
    yield Assertion(outlook.summary, (whole,), "inference")
    half, most = outlook.finish
    if half and re.search(r"\bwhen\b|\bdate\b|how long|finish|land|late|on time|in time", asked):
        till = f" and with 85% by {written(most)}" if most else ""
        yield Assertion(f"{title} is done with 50% probability by {written(half)}{till}.", (whole,), "inference")
    if not acting:
        yield from [*_risks(outlook)][: 4 if set(topics) & {"reasons", "stuck"} else 2]
        yield from advice[:1]


def _risks(outlook: MilestoneOutlook) -> Iterator[Assertion]:
    for place, risk in enumerate(outlook.risks):
        if risk.severity in ("high", "medium") and risk.evidence:
            source = Source(id=f"risk:{risk.kind}:{place}", text=risk.statement, evidence=risk.evidence)
            yield Assertion(risk.statement, (source,))


def _advice(outlook: MilestoneOutlook) -> Iterator[Assertion]:
    for one in outlook.recommendations:
        if one.evidence:
            source = Source(id=f"advice:{one.id}", text=one.action, evidence=one.evidence)
            yield Assertion(one.action, (source,), "advice")


def _due_or_never(row: Row) -> date:
    due: date | None = row["due_on"]
    return due or date.max


def record(project: AskedProject) -> Iterator[Assertion]:
    """Which dated milestones were late, by how much, and which were on time; other sprints are never late."""
    if project.past.source != "milestones":
        return
    late: list[str] = []
    fine: list[str] = []
    cited: list[Evidence] = []
    for rows in sorted(sprint_groups(project.past), key=lambda rows: min(_due_or_never(row) for row in rows)):
        title = leading_first(rows)[0]["title"]
        dues = [row["due_on"] for row in rows if row["due_on"]]
        closed = [row["closed_at"] for row in rows]
        ended = max(closed) if all(closed) else None
        if not dues or (ended is None and max(dues) >= project.today):
            continue
        days = days_late(max(dues), ended, project.past.as_of, project.calendar)
        still = "" if ended else ", still open"
        (late if days else fine).append(f"{title} ({count(days, 'day')}{still})" if days else title)
        cited += [
            Evidence(
                ref=f"{row['repo']} milestone {row['number']}",
                kind="milestone",
                url=row["html_url"],
                note=f"due {row['due_on']}, closed {row['closed_at'] and project.day(row['closed_at'])}",
            )
            for row in rows
        ]
    if not late and not fine:
        return
    whole = len(late) + len(fine)
    verb = "was" if len(late) == 1 else "were"
    told = f"{len(late)} of {count(whole, 'milestone')} with a due date {verb} late"
    text = f"{told}: {_joined(late)}." if late else f"None of the {count(whole, 'milestone')} with a due date was late."
    source = Source(id="record", text=f"{text} on time: {_joined(fine)}", evidence=tuple(cited[:12]))
    yield Assertion(text, (source,))
    if fine and late:
        yield Assertion(f"On time: {_joined(fine)}.", (source,))


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def _by_number(ref: str) -> tuple[str, int]:
    repo, _, number = ref.partition("#")
    return repo, int(number)
