"""`sprint report`: the dated report of a milestone."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sprintlib.reports import Kind, ReportFiles


@click.command("report")
@click.option("--milestone", metavar="TITLE", help="Which one; default: the open one with the nearest deadline.")
@click.option("--as-of", metavar="T", help="2026-08-22 (end of that day) or 2026-08-22T12:00:00Z; default: now.")
@click.option("--all", "everything", is_flag=True, help="Every open milestone with a due date.")
@click.option(
    "--kind",
    type=click.Choice(["sprint_analysis", "weekly_digest", "retrospective"]),
    default="sprint_analysis",
    show_default=True,
    help="One milestone, the week of all, or a look back on a sprint that is over.",
)
@click.option("--notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Your own notebook.")
@click.option(
    "--explain/--no-explain", default=None, help="With the agents' words; default: where a local model answers."
)
@click.option(
    "--since",
    metavar="DAY",
    help="Compare with yesterday, monday, -3d or a date; default: the last report before today.",
)
@click.option(
    "--pseudonyms/--names", default=None, help="Call people dev-1a2b3c; default: as [report] pseudonyms says."
)
@click.option("--pdf", is_flag=True, help="Print it as PDF too, with the Chromium that is installed here.")
@click.option("--open", "open_it", is_flag=True, help="Open the page in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print where the files are as JSON.")
@click.pass_obj
def command(
    app: App,
    milestone: str | None,
    as_of: str | None,
    everything: bool,
    kind: "Kind",
    notebook: Path | None,
    explain: bool | None,
    since: str | None,
    pseudonyms: bool | None,
    pdf: bool,
    open_it: bool,
    as_json: bool,
) -> None:
    """Write the dated report of a milestone: a notebook, a page that opens offline, Markdown, and the numbers.

    They lie in papermill_runs/DATE/PROJECT-MILESTONE/. Writing it again on the same day replaces it.
    """
    from sprintlib.reports import write_report
    from sprintlib.reports.pdf import find_browser

    if milestone and everything:
        raise click.UsageError("--milestone and --all exclude each other.")
    _check_kind(kind, milestone, everything, since)
    if pdf:
        find_browser()  # or it says at once that there is none
    moment = app.moment(as_of)
    titles: list[str | None] = [*_open_titles(app, moment)] if everything else [milestone]
    ask = partial(
        write_report,
        app.settings,
        as_of=moment,
        notebook=notebook,
        explain=explain,
        since=since,
        kind=kind,
        pseudonyms=pseudonyms,
    )
    written, failures = _write(ask, titles)
    failures += _print(written) if pdf else []
    if as_json:
        click.echo(json.dumps([files.as_dict() for files in written], indent=2))
    else:
        for files in written:
            _show(files)
    for files in written if open_it else []:
        click.launch(files.html.as_uri())
    for failure in failures:
        click.echo(f"sprint: {failure}", err=True)
    sys.exit(1 if failures else 0)


def _check_kind(kind: "Kind", milestone: str | None, everything: bool, since: str | None) -> None:
    """What does not go together is said before anything runs."""
    if kind == "weekly_digest" and (milestone or everything):
        raise click.UsageError("A weekly digest is about all milestones: leave out --milestone and --all.")
    if kind == "retrospective" and (everything or since):
        raise click.UsageError("A retrospective is about one sprint that is over: leave out --all and --since.")


def _open_titles(app: App, moment: "datetime") -> list[str]:
    from sprintlib.errors import ReportError
    from sprintlib.reports import open_dated_sprints

    titles = [sprint.title for sprint in open_dated_sprints(app.project.engine, app.settings, moment)]
    if not titles:
        raise ReportError("No open milestone has a due date: set one on GitHub, or leave out --all.")
    return titles


def _write(
    write: "Callable[[str | None], ReportFiles]", titles: list[str | None]
) -> tuple[list["ReportFiles"], list[str]]:
    """Write them one after the other; a failure does not stop the next."""
    from rich.console import Console

    from sprintlib.errors import ReportError

    written, failures = [], []
    console = Console(stderr=True)
    for title in titles:
        with console.status(f"Running the notebook{f' for {title}' if len(titles) > 1 else ''} ..."):
            try:
                written.append(write(title))
            except ReportError as error:
                failures.append(str(error))
    return written, failures


def _print(written: list["ReportFiles"]) -> list[str]:
    """Each page as PDF beside it; what went wrong."""
    from sprintlib.errors import ReportError
    from sprintlib.reports.pdf import write_pdf

    failures = []
    for files in written:
        try:
            click.echo(str(write_pdf(files.html)), err=True)
        except ReportError as error:
            failures.append(str(error))
    return failures


def _show(files: "ReportFiles") -> None:
    from sprintlib.views import headline
    from sprintlib.views.terminal import plain

    for milestone in files.analysis.milestones:
        figure, words = headline(files.analysis, milestone)
        click.echo(f"{plain(milestone.title)}: {figure} - {plain(words)}")
        click.echo(f"  {plain(milestone.summary)}")
    if not files.analysis.milestones:
        for note in files.analysis.notes:
            click.echo(plain(note))
    click.echo(f"  {files.html}")
