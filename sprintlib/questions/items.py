"""Answers about one issue or pull request, from what is stored of it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from sprintlib.evidence import Evidence
from sprintlib.history.remarks import Remark
from sprintlib.knowledge import Source
from sprintlib.questions.model import Assertion
from sprintlib.questions.project import AskedProject, Edge, Row
from sprintlib.questions.topics import ItemTopic
from sprintlib.text import as_clause

_AT_THE_TIME = timedelta(minutes=15)  # between what somebody said and the closing that it explains
_SAME_CLOSING = timedelta(seconds=5)
_MOST_REVIEWERS = 6
_TELLING, _LONG = 3, 12  # words, or characters where a script has no spaces, that say something
Answering = Callable[[AskedProject, str], Iterator[Assertion]]


def about_item(project: AskedProject, ref: str, topics: Sequence[ItemTopic], reason: bool) -> list[Assertion]:
    """What is asked first, then how the item stands. reason: why it was closed is asked."""
    found: list[Assertion] = []
    closed = project.items[ref]["state"] == "closed"
    if closed and (reason or {"closing", "merging"} & set(topics)):
        found += [standing(project, ref), *closing_reason(project, ref, asked=reason)]
    for topic in topics:
        if topic in _ANSWERS:
            found += _ANSWERS[topic](project, ref)
    if not closed and reason and not found:
        found += [*waits_for(project, ref), *turn(project, ref)]
    found.append(standing(project, ref))
    return list({one.text: one for one in found}.values())


def standing(project: AskedProject, ref: str) -> Assertion:
    """State, who brought it about and when, milestone: the sentence that fits every question about an item."""
    row, called = project.items[ref], project.called(ref)
    kind = "pull request" if row["kind"] == "pull" else "issue"
    inside = project.milestone_of(row)
    where = f" in {inside}" if inside else ""
    sources = (project.sheet(ref),)
    if row["state"] == "open":
        kind = f"draft {kind}" if row["draft"] else kind
        by = f" by {row['author']}" if row["author"] else ""
        return Assertion(f"{called} is an open {kind}{where}, opened{by} on {project.day(row['created_at'])}.", sources)
    by, at = _ender(project, row), project.day(row["closed_at"])
    if row["kind"] == "pull" and row["closed_as"] == "done":
        commit = _merge_commit(project, row)
        return Assertion(f"{called} was merged{by} on {at}{f', commit {commit}' if commit else ''}.", sources)
    if row["kind"] == "pull":
        return Assertion(f"{called} was closed{by} on {at} without being merged.", sources)
    how = _closed_as(project, row)
    return Assertion(f"{called} was closed{f' as {how}' if how else ''}{by} on {at}.", sources)


def _ender(project: AskedProject, row: Row) -> str:
    ended = [event for event in project.events(row) if event["kind"] in ("merged", "closed")]
    actor = ended[-1]["actor"] if ended else None
    return f" by {actor}" if actor else ""


def _merge_commit(project: AskedProject, row: Row) -> str | None:
    merged = [event["detail"] for event in project.events(row) if event["kind"] == "merged" and event["detail"]]
    return merged[-1][:7] if merged else None


def _closed_as(project: AskedProject, row: Row) -> str | None:
    """The reason GitHub keeps with the closing of an issue, where it keeps one."""
    closed = [event["detail"] for event in project.events(row) if event["kind"] == "closed"]
    known = {"completed": "completed", "not_planned": "not planned", "duplicate": "a duplicate"}
    return known.get(closed[-1] or "") if closed else None


def closing_reason(project: AskedProject, ref: str, *, asked: bool) -> Iterator[Assertion]:
    """The pull request that closed it, the commit, and what was said then. asked: a missing reason is told."""
    row = project.items[ref]
    found = [*_closed_by_pull(project, ref), *_closed_by_commit(project, ref), *_said_at_closing(project, ref)]
    yield from found
    if not found and asked and not (row["kind"] == "pull" and row["closed_as"] == "done"):
        labels = [label for label in row["labels"] if label.lower() in ("invalid", "duplicate", "wontfix", "spam")]
        if labels:
            yield Assertion(f"{project.short(ref)} is labelled {labels[0]}.", (project.sheet(ref),))
        else:
            text = f"No comment, commit or label says why {project.short(ref)} was closed."
            yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))


def _closed_by_pull(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The pull request whose merge closed an issue: the same commit, or the same moment and it says so."""
    row = project.items[ref]
    sha = _closing_commit(project, ref)
    by_commit = project.merges.get((row["repository_id"], sha)) if sha else None
    said = [
        pull
        for pull in project.closing_pull_requests.get(ref, ())
        if project.items[pull]["closed_as"] == "done"
        and abs(project.items[pull]["closed_at"] - row["closed_at"]) <= _SAME_CLOSING
    ]
    for pull in [by_commit] if by_commit and by_commit != ref else said[:1]:
        text = f"The merge of {project.called(pull)} closed it."
        yield Assertion(
            text, (project.sheet(ref), project.sheet(pull), project.looked_up(pull, f"its merge closed {ref}"))
        )


def _closed_by_commit(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The commit that closed an issue, where it was no merge of a pull request."""
    row = project.items[ref]
    sha = _closing_commit(project, ref)
    if sha and (row["repository_id"], sha) not in project.merges:
        subject = project.quotable(project.commits.get((row["repository_id"], sha), ""))
        said = f': "{subject}"' if subject else ""
        url = f"{row['html_url'].rpartition('/')[0].rpartition('/')[0]}/commit/{sha}"
        cited = Evidence(ref=f"{row['repo']}@{sha[:7]}", kind="commit", url=url, note=subject)
        source = Source(id=f"commit:{sha}", text=f"commit {sha} {subject}", evidence=(cited,))
        yield Assertion(f"Commit {sha[:7]} closed {project.short(ref)}{said}.", (project.sheet(ref), source))


def _closing_commit(project: AskedProject, ref: str) -> str | None:
    closed = [event["detail"] or "" for event in project.events(project.items[ref]) if event["kind"] == "closed"]
    is_commit = bool(closed) and len(closed[-1]) == 40 and project.items[ref]["kind"] == "issue"
    return closed[-1] if is_commit else None


def _said_at_closing(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """What its closer said about then; else, of a closing that was no merge, the last that anybody said."""
    row = project.items[ref]
    ended = [event["actor"] for event in project.events(row) if event["kind"] == "closed"]
    closer = ended[-1] if ended else None
    near = [one for one in project.remarks(row) if abs(one.said_at - row["closed_at"]) <= _AT_THE_TIME]
    own = [one for one in near if one.author == closer and closer is not None]
    chosen = own or ([] if row["closed_as"] == "done" and row["kind"] == "pull" else near)
    if chosen:
        nearest = min(chosen, key=lambda one: abs(one.said_at - row["closed_at"]))
        yield from quote(project, ref, nearest)


def quote(project: AskedProject, ref: str, one: Remark, before: str = "") -> Iterator[Assertion]:
    """Somebody's words on an item, with the comment as the source."""
    said = project.quotable(one.body)
    if len(said.split()) < _TELLING and len(said) < _LONG:
        return  # "Thanks", "ACK"
    row = project.items[ref]
    cited = Evidence.model_validate({"ref": ref, "kind": one.kind, "url": one.url or row["html_url"], "note": said})
    who = one.author or "somebody"
    text = f"{ref} {project.short(ref)} {one.kind} by {who} on {project.day(one.said_at)} wrote: {said}"
    source = Source(id=f"{one.kind}:{one.url}", text=text, evidence=(cited,))
    where = before or f"on {project.short(ref)} "
    yield Assertion(f'{who} wrote {where}on {project.day(one.said_at)}: "{said}"', (source,))


def waits_for(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The open items that it, or the open pull requests that carry it, wait for."""
    if project.items[ref]["state"] != "open":
        yield Assertion(
            f"Nothing blocks {project.short(ref)}: it is not open any more.",
            (project.sheet(ref), project.looked_up(ref, "nothing blocks it, not open any more")),
        )
        return
    own = [
        ref,
        *(pull for pull in project.closing_pull_requests.get(ref, ()) if project.items[pull]["state"] == "open"),
    ]
    edges = [edge for edge in project.edges if edge.waiting in own and edge.blocker != ref]
    for edge in edges[:3]:
        yield _edge(project, edge)
    if not edges:
        text = f"Nothing stored says that {project.short(ref)} waits for another item."
        yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))


def blocks(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The open items that wait for it."""
    edges = [edge for edge in project.edges if edge.blocker == ref]
    for edge in edges[:3]:
        yield _edge(project, edge)
    if not edges:
        text = f"Nothing stored says that an open item waits for {project.short(ref)}."
        yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))


def _edge(project: AskedProject, edge: Edge) -> Assertion:
    """`web#48 "Card form" waits for api#66 "Payment intents", where tomas can act next`."""
    kind = (
        "comment"
        if "#issuecomment" in edge.url
        else project.items[edge.ref]["kind"]
        if edge.ref in project.items
        else "issue"
    )
    cited = Evidence.model_validate({"ref": edge.ref, "kind": kind, "url": edge.url, "note": edge.note})
    waiting, blocker = project.called(edge.waiting), edge.blocker
    if blocker is None:
        text = f"{waiting} is labelled blocked, and nothing says by what."
    elif blocker not in project.items:
        text = f"{waiting} waits for {project.short(blocker)}, which lies outside this project."
    else:
        who = _people(project, blocker)
        text = f"{waiting} waits for {project.called(blocker)}{f', where {who} can act next' if who else ''}."
    said = Source(id=f"edge:{edge.waiting}:{blocker}", text=f"{edge.waiting} {text} {edge.note}", evidence=(cited,))
    known = [project.sheet(blocker)] if blocker in project.items and blocker is not None else []
    return Assertion(text, (said, project.sheet(edge.waiting), *known))


def _people(project: AskedProject, ref: str) -> str | None:
    """Who can act next on an open item: on its pull request, else who is assigned."""
    row = project.items[ref]
    pulls = [ref] if row["kind"] == "pull" else _open_carriers(project, ref)
    for pull in pulls:
        move = project.moves([pull]).get(pull)
        if move is not None and move.who:
            return move.who
        if project.items[pull]["draft"]:
            return str(project.items[pull]["author"]) if project.items[pull]["author"] else None
    return str(row["assignees"][0]) if row["assignees"] else None


def _open_carriers(project: AskedProject, ref: str) -> list[str]:
    return [pull for pull in project.closing_pull_requests.get(ref, ()) if project.items[pull]["state"] == "open"]


def reviews(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Who reviewed it with which verdict, the last one counting, and who was asked."""
    row = project.items[ref]
    if row["kind"] != "pull":
        for pull in project.closing_pull_requests.get(ref, ())[:2]:
            yield from reviews(project, pull)
        return
    last = {one["author"] or "somebody": one for one in project.reviews(row) if one["author"] != row["author"]}
    by_verdict = {
        verdict: [who for who, one in last.items() if one["state"] == verdict]
        for verdict in ("approved", "changes_requested", "commented", "dismissed")
    }
    approvers = _who(project, row, ("approved",)) or by_verdict["approved"]
    parts = [
        f"{_listed(approvers)} approved it" if approvers else "",
        f"{_listed(by_verdict['changes_requested'])} requested changes" if by_verdict["changes_requested"] else "",
    ]
    others = [who for who in last if who not in approvers and who not in by_verdict["changes_requested"]]
    parts.append(f"{_listed(others)} reviewed it with comments" if others else "")
    told = "; ".join(part for part in parts if part)
    called = project.called(ref)
    sources = (project.sheet(ref), project.looked_up(ref, f"{called}: {told or 'not reviewed, no review stored'}"))
    if told:
        yield Assertion(f"{called}: {told}.", sources)
    else:
        yield Assertion(f"{called} has not been reviewed: no review is stored.", sources)


def _who(project: AskedProject, row: Row, states: tuple[str, ...]) -> list[str]:
    """Everybody who ever gave one of these verdicts and did not take it back by asking for changes."""
    found: dict[str, str] = {}
    for one in project.reviews(row):
        if one["state"] in (*states, "changes_requested", "dismissed"):
            found[one["author"] or "somebody"] = one["state"]
    return [who for who, state in found.items() if state in states]


def turn(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Who can act next, in which role, and why."""
    row = project.items[ref]
    if row["state"] != "open":
        text = f"Nobody has to act on {project.short(ref)}: it is closed."
        yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))
        return
    if row["kind"] == "issue":
        yield from _turn_of_issue(project, ref)
        return
    if row["draft"]:
        who = row["author"] or "its author"
        text = f"{project.called(ref)} is a draft: {who}, who opened it, can act next."
        yield Assertion(text, (project.looked_up(ref, text), project.sheet(ref)))
        return
    move = project.moves([ref]).get(ref)
    if move is None:
        return
    who = f"{move.who}, as {move.role}," if move.who else f"A {move.role}"
    text = f"{who} can act next on {project.called(ref)}: {as_clause(move.reason)}."
    yield Assertion(text, (project.looked_up(ref, text), project.sheet(ref)))


def _turn_of_issue(project: AskedProject, ref: str) -> Iterator[Assertion]:
    blocked = [edge for edge in project.edges if edge.waiting == ref and edge.blocker]
    for edge in blocked[:1]:
        yield _edge(project, edge)
    pulls = _open_carriers(project, ref)
    for pull in pulls[:1]:
        yield from turn(project, pull)
    if not pulls and not blocked:
        yield from assignee(project, ref)


def assignee(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Who is assigned, and the pull request in which the work happens."""
    row = project.items[ref]
    if row["assignees"]:
        verb = "is" if len(row["assignees"]) == 1 else "are"
        text = f"{_listed(row['assignees'])} {verb} assigned to {project.called(ref)}."
        yield Assertion(text, (project.sheet(ref),))
    elif row["kind"] == "pull" and row["author"]:
        text = f"{row['author']} opened {project.called(ref)}, and nobody else is assigned to it."
        yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))
    else:
        text = f"Nobody is assigned to {project.called(ref)}."
        yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))
    for pull in _open_carriers(project, ref)[:2]:
        author = project.items[pull]["author"]
        by = f" by {author}" if author else ""
        text = f"{project.called(pull)}{by} is the pull request for it."
        yield Assertion(text, (project.sheet(pull), project.sheet(ref)))


def author(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Who opened it, and when."""
    row = project.items[ref]
    who = row["author"] or "somebody whose account is gone"
    text = f"{who} opened {project.called(ref)} on {project.day(row['created_at'])}."
    yield Assertion(text, (project.sheet(ref), project.looked_up(ref, f"opened by {who}")))


def age(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """How many days it has been, or was, open."""
    row = project.items[ref]
    until = row["closed_at"] or project.past.as_of
    days = (project.calendar.local_date(until) - project.calendar.local_date(row["created_at"])).days
    told = f"{days} day{'' if days == 1 else 's'}"
    if row["state"] == "open":
        text = f"{project.called(ref)} has been open for {told}, since {project.day(row['created_at'])}."
    else:
        text = f"{project.called(ref)} took {told}, from {project.day(row['created_at'])} to {project.day(until)}."
    yield Assertion(text, (project.sheet(ref), project.looked_up(ref, f"took {told} since it was opened")))


def labels(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Its labels."""
    row = project.items[ref]
    told = _listed(row["labels"])
    noun = "label" if len(row["labels"]) == 1 else "labels"
    text = f"{project.called(ref)} has {f'the {noun} {told}' if told else 'no labels'}."
    yield Assertion(text, (project.sheet(ref), project.looked_up(ref, f"has {noun}")))


def links(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The pull requests that say they close it; of a pull request, the issues it says it closes."""
    row = project.items[ref]
    if row["kind"] == "issue":
        for pull in project.closing_pull_requests.get(ref, ())[:3]:
            text = f"{project.called(pull)} says that it closes {project.short(ref)}."
            yield Assertion(text, (project.looked_up(pull, f"says that it closes {ref}"), project.sheet(ref)))
        if not project.closing_pull_requests.get(ref):
            text = f"No pull request says that it closes {project.called(ref)}."
            yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))
        return
    closed = sorted(project.closes.get(ref, set()) & project.items.keys())
    for issue in closed[:3]:
        text = f"{project.called(ref)} says that it closes {project.called(issue)}."
        yield Assertion(text, (project.looked_up(ref, f"says that it closes {issue}"), project.sheet(issue)))
    if not closed:
        text = f"{project.called(ref)} names no issue that it closes."
        yield Assertion(text, (project.sheet(ref), project.looked_up(ref, text)))


def files(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The files that an open pull request changes, where they are known."""
    row = project.items[ref]
    pulls = [ref] if row["kind"] == "pull" else _open_carriers(project, ref)
    for pull in pulls[:2]:
        known = sorted(project.files.get(pull, ()))
        told = f"{_listed(known[:5])}{f' and {len(known) - 5} more files' if len(known) > 5 else ''}"
        if known:
            text = f"{project.called(pull)} changes {told}."
        else:
            text = f"Which files {project.called(pull)} changes is not known."
        yield Assertion(
            text, (project.looked_up(pull, f"changes {told or 'files, which is not known'}"), project.sheet(pull))
        )


def milestone(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """The milestone it is in."""
    inside = project.milestone_of(project.items[ref])
    text = f"{project.called(ref)} is in {inside or 'no milestone'}."
    yield Assertion(text, (project.sheet(ref), project.looked_up(ref, f"in {inside or 'no milestone'}")))


def draft(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Whether it is a draft."""
    row = project.items[ref]
    told = "is a draft" if row["draft"] else "is not a draft"
    if row["kind"] == "pull" and row["state"] == "open":
        yield Assertion(f"{project.called(ref)} {told}.", (project.sheet(ref), project.looked_up(ref, told)))


def next_steps(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Whether an open item can be begun, or what it waits for."""
    row = project.items[ref]
    if row["state"] != "open":
        return
    yield from waits_for(project, ref)
    if row["kind"] == "pull":
        yield from turn(project, ref)
    else:
        yield from assignee(project, ref)


def merging(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """Of an issue, the merged pull request that closed it; of an open pull request, who has to act."""
    row = project.items[ref]
    if row["kind"] == "pull" and row["state"] == "open":
        told = "has not been merged: it is open"
        yield Assertion(f"{project.called(ref)} {told}.", (project.sheet(ref), project.looked_up(ref, told)))
        yield from turn(project, ref)


def reopened(project: AskedProject, ref: str) -> Iterator[Assertion]:
    """That it was closed and opened again, and when last."""
    again = [event for event in project.events(project.items[ref]) if event["kind"] == "reopened"]
    if again and project.items[ref]["state"] == "open":
        by = f" by {again[-1]['actor']}" if again[-1]["actor"] else ""
        text = f"{project.called(ref)} was reopened{by} on {project.day(again[-1]['happened_at'])}."
        yield Assertion(text, (project.sheet(ref),))


def _stuck(project: AskedProject, ref: str) -> Iterator[Assertion]:
    yield from waits_for(project, ref)
    if project.items[ref]["state"] == "open" and not any(edge.waiting == ref for edge in project.edges):
        yield from turn(project, ref)


def _listed(names: Sequence[str]) -> str:
    several = list(names)
    if len(several) > _MOST_REVIEWERS:
        several = [*several[: _MOST_REVIEWERS - 1], f"{len(several) - _MOST_REVIEWERS + 1} others"]
    return " and ".join(filter(None, [", ".join(several[:-1]), several[-1]])) if several else ""


_ANSWERS: dict[str, Answering] = {
    "waits for": _stuck,
    "blocks": blocks,
    "reviews": reviews,
    "turn": turn,
    "assignee": assignee,
    "author": author,
    "age": age,
    "labels": labels,
    "links": links,
    "files": files,
    "milestone": milestone,
    "draft": draft,
    "next steps": next_steps,
    "merging": merging,
    "closing": reopened,
}
