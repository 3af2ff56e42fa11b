"""Answers over a whole project: builds, review queue, what is ready or stuck, what changed, who touches what."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.forecast import count
from sprintlib.knowledge import Source
from sprintlib.questions.items import waits_for
from sprintlib.questions.model import Assertion
from sprintlib.questions.periods import Period, since
from sprintlib.questions.project import AskedProject, Row
from sprintlib.text import as_clause

_FAILED = ("failure", "timed_out", "startup_failure")
_NOT_OF_THE_BRANCH = ("pull_request", "pull_request_target", "pull_request_review", "issue_comment", "issues")
_MOST_NAMED = 12


def builds(project: AskedProject, repos: Sequence[str]) -> Iterator[Assertion]:
    """The last finished run of every workflow on the default branches; without runs it is unknown, not green."""
    green: list[str] = []
    unknown: list[str] = []
    cited: list[Evidence] = []
    for row in project.past.repositories.iter_rows(named=True):
        if repos and row["repo"] not in repos:
            continue
        runs = _finished(project, row)
        if not row["has_ci_facts"] or runs.is_empty():
            unknown.append(row["repo"])
            cited.append(Evidence(ref=f"{row['repo']} runs", kind="run", url=f"{row['html_url']}/actions", note="none"))
            continue
        failing = list(_failing(project, row, runs))
        yield from failing
        if not failing:
            green.append(row["repo"])
            cited.append(_run(row["repo"], runs.row(-1, named=True)))
    source = Source(
        id="builds",
        text=f"CI green on default branch, last runs passed: {green}; no CI runs stored, unknown: {unknown}",
        evidence=tuple(cited),
    )
    if green:
        text = f"CI is green on the default branch of {_joined(green)}: the last run of every workflow passed."
        yield Assertion(text, (source,))
    if unknown:
        text = f"No CI runs of {_joined(unknown)} are stored: whether CI passes there is unknown, not green."
        yield Assertion(text, (source,))


def _finished(project: AskedProject, repository: Row) -> pl.DataFrame:
    """Finished runs of the default branch with a verdict, oldest first."""
    return project.past.runs.filter(
        (pl.col("repository_id") == repository["repository_id"])
        & (pl.col("head_branch") == repository["default_branch"])
        & ~pl.col("event").is_in(_NOT_OF_THE_BRANCH)
        & pl.col("conclusion").is_in([*_FAILED, "success"])
    ).sort("name", "created_at", "attempt")


def _failing(project: AskedProject, repository: Row, runs: pl.DataFrame) -> Iterator[Assertion]:
    for (name,), of_workflow in runs.group_by("name", maintain_order=True):
        rows = of_workflow.to_dicts()
        red: list[Row] = []
        while rows and rows[-1]["conclusion"] in _FAILED:
            red.insert(0, rows.pop())
        if red:
            when = project.day(red[0]["finished_at"])
            text = (
                f"CI is red: workflow '{name}' has failed on {repository['default_branch']} of {repository['repo']} "
                f"since {when} ({count(len(red), 'run')})."
            )
            source = Source(
                id=f"run:{red[0]['id']}",
                text=f"{text} {red[0]['conclusion']}",
                evidence=tuple(
                    _run(repository["repo"], one) for one in {one["id"]: one for one in (red[0], red[-1])}.values()
                ),
            )
            yield Assertion(text, (source,))


def _run(repo: str, run: Row) -> Evidence:
    note = f"{run['conclusion']} on {(run['head_sha'] or '')[:7]}"
    return Evidence(ref=f"{repo} run {run['id']}", kind="run", url=run["html_url"], note=note)


def review_queue(project: AskedProject, repos: Sequence[str], inside: frozenset[str] | None) -> Iterator[Assertion]:
    """Open pull requests on which a reviewer has the next move; else those that nobody was asked to review."""
    pulls = [
        ref
        for ref, row in project.items.items()
        if row["kind"] == "pull"
        and row["state"] == "open"
        and not row["author_is_bot"]
        and not row["draft"]
        and (not repos or row["repo"] in repos)
        and (inside is None or ref in inside)
    ]
    moves = project.moves(pulls)
    owed = sorted(
        (ref for ref in pulls if ref in moves and moves[ref].role == "reviewer"), key=lambda ref: moves[ref].since
    )
    unasked = [
        ref for ref in pulls if ref in moves and moves[ref].role == "maintainer" and "nobody" in moves[ref].reason
    ]
    if owed:
        verb = "waits" if len(owed) == 1 else "wait"
        told = f"{count(len(owed), 'pull request')} {verb} for a review, the longest first"
        text = f"{told}: {project.names(owed, _MOST_NAMED)}."
        yield Assertion(text, (project.sheets(owed, text),))
        first = moves[owed[0]]
        if first.who:
            when = project.day(first.since)
            text = f"{project.called(owed[0])} has waited longest: {as_clause(first.reason)}, last activity on {when}."
            yield Assertion(text, (project.sheet(owed[0]), project.sheets([owed[0]], text)))
    if unasked:
        unasked.sort(key=lambda ref: project.items[ref]["created_at"], reverse=True)
        verb = "has" if len(unasked) == 1 else "have"
        told = f"{count(len(unasked), 'open pull request')} {verb} nobody who was asked for a review, the newest first"
        text = f"{told}: {project.names(unasked, _MOST_NAMED)}."
        yield Assertion(text, (project.sheets(unasked, text),))
    if not owed and not unasked:
        text = "No open pull request waits for a review."
        yield Assertion(text, (_project(project, text),))


def ready(project: AskedProject, inside: Sequence[str]) -> Iterator[Assertion]:
    """Open issues that nothing blocks and nobody has begun; of the milestone due next, else of the project."""
    waiting = {edge.waiting for edge in project.edges}
    taken = set(
        project.past.events.filter((pl.col("kind") == "referenced") & ~pl.col("actor_is_bot"))
        .select(pl.concat_str("repo", pl.lit("#"), "number"))
        .to_series()
    )
    opened = [ref for ref in inside if project.items[ref]["state"] == "open" and project.items[ref]["kind"] == "issue"]
    started = {
        ref
        for ref in opened
        if any(project.items[pull]["state"] == "open" for pull in project.closing_pull_requests.get(ref, ()))
    }
    free = [ref for ref in opened if ref not in waiting and ref not in started and ref not in taken]
    unowned = [ref for ref in free if not project.items[ref]["assignees"]]
    owned = [ref for ref in free if project.items[ref]["assignees"]]
    if unowned:
        text = f"Ready to start, with nothing that blocks and nobody assigned: {_called(project, unowned)}."
        yield Assertion(text, (project.sheets(unowned, text),))
    if owned:
        text = f"Assigned, not blocked and without a pull request yet: {_called(project, owned)}."
        yield Assertion(text, (project.sheets(owned, text),))
    blocked = [ref for ref in opened if ref in waiting]
    if not free:
        text = "Nothing is ready to start: every open issue has been begun or waits for another one."
        yield Assertion(text, (project.sheets(opened, text) if opened else _project(project, text),))
    for ref in blocked[:2]:
        yield from waits_for(project, ref)


def of_person(project: AskedProject, login: str) -> Iterator[Assertion]:
    """Open items on which a person can act next: their move on pull requests, and issues they are assigned to."""
    opened = {ref: row for ref, row in project.items.items() if row["state"] == "open"}
    moves = project.moves(opened)
    owed = [ref for ref in opened if ref in moves and moves[ref].who == login]
    waiting = {edge.waiting for edge in project.edges}
    taken = [
        ref
        for ref, row in opened.items()
        if row["kind"] == "issue"
        and login in row["assignees"]
        and ref not in waiting
        and not any(project.items[pull]["state"] == "open" for pull in project.closing_pull_requests.get(ref, ()))
    ]
    drafts = [ref for ref, row in opened.items() if row["draft"] and row["author"] == login]
    groups = (
        (owed, f"{login} has the next move on"),
        (drafts, f"{login} opened and can finish the draft"),
        (taken, f"{login} is assigned to, and has not begun,"),
    )
    for refs, what in groups:
        if refs:
            text = f"{what} {_called(project, refs)}."
            yield Assertion(text, (project.sheets(refs, text),))
    if not owed and not taken and not drafts:
        text = f"Nothing stored waits for {login}."
        yield Assertion(text, (_project(project, text),))


def stuck(project: AskedProject, repos: Sequence[str], inside: frozenset[str] | None) -> Iterator[Assertion]:
    """Every open item that waits for another one; of those inside, where a milestone is named."""
    edges = [
        edge
        for edge in project.edges
        if (not repos or edge.waiting.partition("#")[0] in repos) and (inside is None or edge.waiting in inside)
    ]
    told: list[str] = []
    for edge in edges:
        if edge.waiting not in told and len(told) < 4:
            told.append(edge.waiting)
            yield from list(waits_for(project, edge.waiting))[:1]
    if not edges:
        what = "an open item" if inside is None else "one of its open items"
        text = f"Nothing stored says that {what} waits for another item."
        yield Assertion(text, (_project(project, text),))


def touching(project: AskedProject, paths: Sequence[str], repos: Sequence[str]) -> Iterator[Assertion]:
    """Open pull requests whose commits change a path, or on which a reviewer commented there; and what is unknown."""
    pulls = [
        ref
        for ref, row in project.items.items()
        if row["kind"] == "pull" and row["state"] == "open" and (not repos or row["repo"] in repos)
    ]
    dark = [ref for ref in pulls if ref not in project.files]
    for path in paths[:3]:
        sure = sorted(ref for ref in pulls if any(_within(path, file) for file in project.files.get(ref, ())))
        seen = sorted(ref for ref in dark if any(_within(path, file) for file in project.commented_files.get(ref, ())))
        if sure:
            verb = "changes" if len(sure) == 1 else "change"
            told = f"{count(len(sure), 'open pull request')} {verb} {path}"
            text = f"{told}: {_called(project, sure)}."
            yield Assertion(text, (project.sheets(sure, text),))
        if seen:
            told = f"Reviewers commented on {path} in {_called(project, seen)}"
            cited = tuple(
                Evidence(
                    ref=ref,
                    kind="comment",
                    url=next(url for file, url in project.commented_files[ref].items() if _within(path, file)),
                    note=path,
                )
                for ref in seen[:10]
            )
            yield Assertion(
                f"{told}.", (Source(id=f"path:{path}", text=told, evidence=cited), project.sheets(seen, told))
            )
        if not sure and not seen and len(dark) < len(pulls):
            text = f"No open pull request whose files are known changes {path}."
            yield Assertion(text, (_project(project, text),))
    if dark:
        other = " other" if len(dark) < len(pulls) else ""
        verb = "changes" if len(dark) == 1 else "change"
        text = (
            f"The files that {len(dark)}{other} open pull request{'' if len(dark) == 1 else 's'} {verb} are not known."
        )
        yield Assertion(text, (project.sheets(dark, text),))


def _within(path: str, file: str) -> bool:
    """A file is named by its path, by its end, or by a folder above it."""
    wanted, known = path.lower().strip("/"), file.lower()
    return known == wanted or known.endswith(f"/{wanted}") or known.startswith(f"{wanted}/")


def changes(project: AskedProject, period: Period | None, asked: str, repos: Sequence[str]) -> Iterator[Assertion]:
    """What was merged, closed, opened and moved in a period; by default since the working day before today."""
    span = period or since(_working_day_before(project), project.today)
    rows = [row for row in project.items.values() if not repos or row["repo"] in repos]
    kind = "pull" if any(word in asked for word in ("pull request", " pr", "prs")) else None
    kind = "issue" if kind is None and "issue" in asked else kind
    rows = [row for row in rows if kind is None or row["kind"] == kind]
    ended = [row for row in rows if span.holds(row["closed_at"], project.calendar)]
    born = [row for row in rows if span.holds(row["created_at"], project.calendar) and not row["author_is_bot"]]
    groups: list[tuple[str, list[Row], Callable[[str], bool]]] = [
        (
            "merged",
            [row for row in ended if row["kind"] == "pull" and row["closed_as"] == "done"],
            lambda text: any(
                word in text for word in ("merg", "land", "ship", "deliver", "releas", "done", "finish", "complet")
            ),
        ),
        (
            "closed",
            [row for row in ended if not (row["kind"] == "pull" and row["closed_as"] == "done")],
            lambda text: any(word in text for word in ("clos", "done", "finish", "complet", "resolv")),
        ),
        ("opened", born, lambda text: any(word in text for word in ("open", "creat", "fil", " new", "report"))),
    ]
    wanted = [group for group in groups if group[2](asked)] or groups
    found = False
    for verb, several, _ in wanted:
        if several:
            found = True
            yield _happened(project, verb, several, span)
    if not found:
        verbs = _joined([verb for verb, _, _ in wanted]).replace(" and ", " or ")
        what = {"pull": "No pull request", "issue": "No issue"}.get(kind or "", "Nothing")
        where = f" in {_joined(list(repos))}" if repos else ""
        text = f"{what} was {verbs}{where} {span.words}."
        yield Assertion(text, (_project(project, text, repos),))


def open_items(project: AskedProject, asked: str, repos: Sequence[str]) -> Iterator[Assertion]:
    """How many issues and pull requests are open, by repository, the newest named."""
    for repo in repos or project.repos:
        for kind, noun in (("pull", "pull request"), ("issue", "issue")):
            if ("issue" in asked) != ("pull" in asked or "pr" in asked.split()) and noun.split()[0] not in asked:
                continue
            rows = [row for row in project.items.values() if row["repo"] == repo and row["state"] == "open"]
            refs = [row["ref"] for row in rows if row["kind"] == kind]
            refs.sort(key=lambda ref: project.items[ref]["created_at"], reverse=True)
            if refs:
                told = f"{count(len(refs), noun)} {'is' if len(refs) == 1 else 'are'} open in {repo}, the newest first"
                text = f"{told}: {project.names(refs, _MOST_NAMED)}."
                yield Assertion(text, (project.sheets(refs, text),))
            else:
                text = f"No {noun} is open in {repo}."
                yield Assertion(text, (_project(project, text, [repo]),))


def _happened(project: AskedProject, verb: str, rows: list[Row], span: Period) -> Assertion:
    key = "created_at" if verb == "opened" else "closed_at"
    refs = [row["ref"] for row in sorted(rows, key=lambda row: row[key], reverse=True)]
    pulls = sum(row["kind"] == "pull" for row in rows)
    nouns = [count(pulls, "pull request")] if pulls else []
    nouns += [count(len(rows) - pulls, "issue")] if len(rows) > pulls else []
    closed = f"{verb} without being merged" if verb == "closed" and pulls == len(rows) else verb
    told = f"{_joined(nouns)} {'was' if len(rows) == 1 else 'were'} {closed} {span.words}"
    text = f"{told}: {_called(project, refs)}."
    return Assertion(text, (project.sheets(refs, text),))


def _working_day_before(project: AskedProject) -> date:
    day = project.today - timedelta(days=1)
    while not project.calendar.is_working_day(day) and (project.today - day).days < 14:
        day -= timedelta(days=1)
    return day


def _called(project: AskedProject, refs: Sequence[str]) -> str:
    """With titles where they are few."""
    if len(refs) > 4:
        return project.names(refs, _MOST_NAMED)
    return _joined([project.called(ref) for ref in refs])


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def _project(project: AskedProject, told: str, repos: Sequence[str] = ()) -> Source:
    """The project's repositories as the source of what is not there."""
    cited = tuple(
        Evidence(ref=repo, kind="milestone", url=url, note="as collected")
        for repo, url in project.past.repositories.select("repo", "html_url").rows()
        if not repos or repo in repos
    )
    return Source(id=f"project:{told[:60]}", text=told, evidence=cited)
