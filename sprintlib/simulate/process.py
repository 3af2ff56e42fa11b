"""What happens in a startup over some weeks."""

import random
from datetime import UTC, date, datetime, time, timedelta

from sprintlib.simulate.chronicle import (
    Chronicle,
    Commit,
    FileChange,
    Happening,
    HappeningKind,
    Item,
    Milestone,
    Person,
    Run,
)

_PEOPLE = (
    Person("maya-lindqvist", "Maya Lindqvist", {"api": 1.0, "web": 0.8}),
    Person("tomas-oliveira", "Tomás Oliveira", {"api": 1.0}),
    Person("priya-raman", "Priya Raman", {"web": 1.0}),
    Person("jonas-weber", "Jonas Weber", {"web": 0.9, "mobile": 0.8}),
    Person("aiko-tanaka", "Aiko Tanaka", {"mobile": 1.0}),
    Person("samir-haddad", "Samir Haddad", {"api": 0.9}),
)


def simulate(seed: int, today: date) -> Chronicle:
    """Everything that happened in the eight weeks before `today`."""
    rng = random.Random(seed)  # noqa: S311 - a simulation wants repeatable numbers, not secret ones
    until = datetime.combine(today, time.min, UTC)
    start = until - timedelta(days=63)
    due = today + timedelta(days=3)
    milestones: list[Milestone] = []
    items: list[Item] = []
    happenings: list[Happening] = []
    commits: list[Commit] = []
    runs: list[Run] = []
    for repo in ("api", "web", "mobile"):
        owner = next(person.login for person in _PEOPLE if repo in person.skills)
        commits.append(
            Commit(f"{repo}-0", repo, 0, owner, start, "Start the repository", (FileChange("README.md", 20, 0),))
        )
        number = 0
        for sprint in range(5):
            sprint_due = due - timedelta(days=14 * (4 - sprint))
            opened = max(start, datetime.combine(sprint_due - timedelta(days=14), time(9), UTC))
            current = sprint == 4
            if current and repo == "mobile":
                continue
            title = f"2.{sprint} {('Foundations', 'Availability', 'Accounts', 'Reminders', 'Checkout')[sprint]}"
            closed = None if current else datetime.combine(sprint_due, time(17), UTC)
            milestones.append(
                Milestone(repo, sprint + 1, title, f"Everything for {title}.", owner, opened, sprint_due, closed)
            )
            for _ in range(6):
                number += 1
                issue_at = opened + timedelta(minutes=7 * number)
                items.append(
                    Item(repo, number, "issue", f"{title}: step {number} of {repo}", "As agreed.", owner, issue_at)
                )
                pull_at = issue_at + timedelta(days=rng.randint(1, 5), hours=2)
                merged_at = pull_at + timedelta(days=rng.randint(1, 4))

                def note(at: datetime, kind: HappeningKind, to: int, subject: str = "", detail: str = "") -> None:
                    other = (repo, sprint + 1) if kind == "milestoned" else None  # noqa: B023 - called at once
                    happenings.append(Happening(at, kind, repo, to, owner, subject, detail, other))  # noqa: B023

                note(issue_at, "milestoned", number, title)
                note(issue_at, "assigned", number, owner)
                if pull_at >= until:
                    continue
                issue_number, number = number, number + 1
                key = f"{repo}-{number}.1"
                commits.append(
                    Commit(key, repo, number, owner, pull_at, f"Do step {issue_number}", (FileChange("app.py", 9, 2),))
                )
                body = f"Closes #{issue_number}"
                items.append(
                    Item(repo, number, "pull", f"Step {issue_number}", body, owner, pull_at, f"step-{issue_number}")
                )
                note(pull_at, "committed", number, key, f"Do step {issue_number}")
                note(pull_at, "review_requested", number, "samir-haddad")
                runs.append(
                    Run(len(runs) + 1, 1, repo, "CI", "pull_request", f"step-{issue_number}", key, number, owner,
                        f"Do step {issue_number}", pull_at, pull_at, pull_at + timedelta(minutes=8), "success")
                )  # fmt: skip
                if merged_at < until:
                    merge = f"{repo}-merge-{number}"
                    commits.append(
                        Commit(merge, repo, 0, owner, merged_at, f"Merge pull request #{number}", (), number)
                    )
                    note(merged_at, "merged", number, merge)
                    note(merged_at, "closed", number)
                    note(merged_at, "closed", issue_number, "", "completed")
    return Chronicle(
        start=start,
        until=until,
        people={person.login: person for person in _PEOPLE},
        milestones=tuple(milestones),
        items=tuple(sorted(items, key=lambda item: item.created_at)),
        happenings=tuple(sorted(happenings, key=lambda happening: happening.at)),
        commits=tuple(sorted(commits, key=lambda commit: commit.at)),
        runs=tuple(runs),
        releases=(),
        blocked_by={},
    )
