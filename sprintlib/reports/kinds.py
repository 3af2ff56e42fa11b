"""Kinds of reports: each is a shipped notebook, and what its folder and its runs are called."""

from typing import Protocol, get_args

from sprintlib.results.run_table import Kind as Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
STANDARD: Kind = "sprint_analysis"
WORDS: dict[Kind, str] = {
    "sprint_analysis": "",
    "weekly_digest": "weekly digest",
    "retrospective": "retrospective",
}
WEEK = "(the week)"  # stands for a milestone in runs about all of them
LAST_ENDED = "(ended last)"
NEAREST = "(nearest deadline)"


class KnownRun(Protocol):
    """What is known of a run, as the run table or a service gives it."""

    @property
    def kind(self) -> Kind: ...
    @property
    def milestone(self) -> str: ...
    @property
    def sprint(self) -> str | None: ...


def subject_of(run: KnownRun) -> str | None:
    """What `write_report` is given to write the report of a run again: a title or key; None where none was named."""
    if run.kind == "retrospective" and run.sprint:
        return run.sprint
    return None if run.milestone in (NEAREST, WEEK, LAST_ENDED) else run.milestone


def notebook_of(kind: Kind) -> str:
    """The file of its notebook."""
    return f"{kind}.ipynb"


def folder_parts(kind: Kind, titles: tuple[str, ...]) -> tuple[str, ...]:
    """What its folder is called by, beside the project: the week is about all milestones."""
    if kind == STANDARD:
        return titles
    return (WORDS[kind],) if kind == "weekly_digest" else (*titles, WORDS[kind])
