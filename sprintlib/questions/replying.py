"""From a question to what stored facts say about it: what it names is resolved first, then what it wants to know."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sprintlib.history import select_sprint
from sprintlib.questions import milestones, work
from sprintlib.questions.items import about_item
from sprintlib.questions.model import Assertion, QuestionReply
from sprintlib.questions.project import AskedProject
from sprintlib.questions.subjects import Asked
from sprintlib.questions.topics import ProjectTopic, item_topics, judges_people, project_topics, why

UNKNOWN = "I do not know: nothing stored answers this question."
REFUSED = "I do not rank or measure people: there are figures for the team and its items, but none about a person."
_MOST_ITEMS = 2
_FEW = 1  # words that nothing explains, before a question is about something else
_ABOUT_A_MILESTONE: tuple[ProjectTopic, ...] = (
    "lateness", "reasons", "action", "content", "outlook", "due", "added", "removed", "changes"
)  # fmt: skip


def reply(project: AskedProject, question: str) -> QuestionReply:
    """What stored facts say; `open` where texts have to be searched. Deterministic; no model."""
    asked = Asked(question, project)
    return replace(_reply(project, asked), content=asked.content, people=asked.people)


def _reply(project: AskedProject, asked: Asked) -> QuestionReply:
    if judges_people(asked.lower, bool(asked.people)):
        return QuestionReply("refused", told=REFUSED)
    if asked.items:
        return _about_items(project, asked, asked.items)
    if asked.missing:
        names = " or ".join(project.short(ref) for ref in asked.missing)
        return QuestionReply("unknown", told=f"I do not know: {names} is not stored.")
    topics = project_topics(asked.lower)
    statements = list(_over_the_project(project, asked, topics))
    if statements:
        return QuestionReply("answered", tuple(statements), enough=True)
    if asked.milestones:
        return _about_milestones(project, asked, topics)
    if asked.wants_words:
        return QuestionReply("open")
    if asked.by_title:
        return _about_items(project, asked, asked.by_title)
    return _default(project, asked, topics)


def _about_items(project: AskedProject, asked: Asked, refs: Sequence[str]) -> QuestionReply:
    topics = item_topics(asked.lower)
    found = [about_item(project, ref, topics, why(asked.lower)) for ref in refs[:_MOST_ITEMS]]
    # what is asked of each before how each stands, so that two of one number both come to speak
    lists = [iter(one) for one in found]
    merged = [one for statements in lists for one in statements]
    named = bool(asked.named) or refs is asked.items
    return QuestionReply("answered", tuple(merged), items=tuple(refs[:_MOST_ITEMS]), enough=named or bool(topics))


def _about_milestones(project: AskedProject, asked: Asked, topics: Sequence[ProjectTopic]) -> QuestionReply:
    found: list[Assertion] = []
    for title in asked.milestones[:_MOST_ITEMS]:
        found += milestones.about_milestone(project, title, topics, asked.lower)
    known = bool(set(topics) & set(_ABOUT_A_MILESTONE)) and not asked.untold
    return QuestionReply("answered", tuple(found), about=asked.milestones[0], enough=known)


def _over_the_project(project: AskedProject, asked: Asked, topics: Sequence[ProjectTopic]) -> Iterator[Assertion]:
    """Answers that need neither an item nor a milestone to be named; the first kind that fits."""
    if asked.paths:
        yield from work.touching(project, asked.paths, asked.repos)
        return
    if "record" in topics and not asked.milestones:
        yield from milestones.record(project)
        return
    if "changes" in topics and asked.period is not None and not asked.milestones:
        yield from work.changes(project, asked.period, asked.lower, asked.repos)
        return
    if asked.untold and (asked.by_title or asked.wants_words):
        return
    if asked.people and not asked.untold:
        yield from work.of_person(project, asked.people[0])
        return
    kinds: tuple[tuple[ProjectTopic, Callable[[], Iterator[Assertion]]], ...] = (
        ("builds", lambda: work.builds(project, asked.repos)),
        ("review queue", lambda: work.review_queue(project, asked.repos, _inside(project, asked))),
        ("unassigned", lambda: _of_milestone(project, asked, topics)),
        ("removed", lambda: _of_milestone(project, asked, topics)),
        ("added", lambda: _of_milestone(project, asked, topics)),
        ("ready", lambda: work.ready(project, _candidates(project, asked))),
        ("stuck", lambda: work.stuck(project, asked.repos, _inside(project, asked))),
        ("turn", lambda: _of_milestone(project, asked, topics)),
    )
    for topic, tell in kinds:
        if topic in topics and len(asked.untold) <= _FEW:
            yield from tell()
            return
    if "content" in topics and not asked.milestones and not asked.untold and asked.of_repository:
        yield from work.open_items(project, asked.lower, asked.repos)
        return
    if "changes" in topics and not asked.milestones and asked.wants_news:
        yield from work.changes(project, None, asked.lower, asked.repos)


def _inside(project: AskedProject, asked: Asked) -> frozenset[str] | None:
    """Open items of the milestone that is named, with the pull requests that carry them."""
    if not asked.milestones:
        return None
    found: set[str] = set()
    for title in asked.milestones:
        sprint = project.sprint(title)
        refs = sprint.items["ref"].to_list() if sprint else []
        found |= {*refs, *(pull for ref in refs for pull in project.closing_pull_requests.get(ref, ()))}
    return frozenset(found)


def _candidates(project: AskedProject, asked: Asked) -> list[str]:
    """Items that may be ready: of the milestone named, else of the one due next, else of the whole project."""
    title = asked.milestones[0] if asked.milestones else _due_next(project)
    sprint = project.sprint(title) if title else None
    if sprint is not None and not sprint.open_items.is_empty():
        return sorted(sprint.open_items["ref"])
    return [ref for ref, row in project.items.items() if row["state"] == "open" and row["kind"] == "issue"]


def _of_milestone(project: AskedProject, asked: Asked, topics: Sequence[ProjectTopic]) -> Iterator[Assertion]:
    title = asked.milestones[0] if asked.milestones else _due_next(project)
    if title is not None:
        yield from milestones.about_milestone(project, title, topics, asked.lower)


def _default(project: AskedProject, asked: Asked, topics: Sequence[ProjectTopic]) -> QuestionReply:
    """About the milestone due next, where the question is about delivery and about nothing else."""
    title = _due_next(project)
    about_delivery = set(topics) & set(_ABOUT_A_MILESTONE) and (not asked.untold or asked.about_delivery)
    if title is None or not about_delivery:
        return QuestionReply("open")
    found = milestones.about_milestone(project, title, topics, asked.lower)
    return QuestionReply("answered", tuple(found), about=title, enough=not asked.untold)


def _due_next(project: AskedProject) -> str | None:
    """The open milestone that is meant where nobody names one."""
    found = select_sprint(project.open_sprints, project.past.as_of)
    return found.title if found else None
