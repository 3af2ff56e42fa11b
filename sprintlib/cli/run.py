"""`sprint run`: reports that are due, and those that ran."""

import json
import sys
from dataclasses import asdict

import click

from sprintlib.cli.main import App
from sprintlib.clock import local_time, utc_now


@click.group("run")
def command() -> None:
    """Write reports that are due, or list past runs."""


@command.command(short_help="Collect, and write the reports that are overdue.")
@click.option("--explain/--no-explain", default=None, help="With the agents' words; default: as in sprint.toml.")
@click.option("--scheduler", metavar="ADDRESS", help="tcp://HOST:PORT of a Dask cluster that writes them side by side.")
@click.option("--quiet", is_flag=True, help="Say nothing when nothing is due.")
@click.option("--json", "as_json", is_flag=True, help="Print what ran as JSON.")
@click.pass_obj
def due(app: App, explain: bool | None, scheduler: str | None, quiet: bool, as_json: bool) -> None:
    """Collect what is new and write the overdue reports of every open milestone with a due date.

    Meant for cron and launchd: it may be called at any time and any number of times. Exits 1 when a report failed.
    """
    from sprintlib.errors import SprintError
    from sprintlib.reports import run_due

    lines: list[str] = []
    unattended = not sys.stdout.isatty()  # then a log keeps it, of calls on many days

    def say(line: str) -> None:
        told = f"{_stamp(app)} {line}" if unattended and not as_json else line
        if as_json or quiet:
            lines.append(told)
        else:
            click.echo(told)

    try:
        results = run_due(app.settings, say=say, explain=explain, scheduler=scheduler)
    except SprintError:
        if unattended and not as_json:
            click.echo(f"{_stamp(app)} ", nl=False, err=True)
        raise
    if as_json:
        click.echo(json.dumps({"results": [asdict(result) for result in results], "said": lines}, indent=2))
    elif quiet and results:
        click.echo("\n".join(lines))
    sys.exit(0 if all(result.ok for result in results) else 1)


def _stamp(app: App) -> str:
    """Now, in the project's time zone."""
    return local_time(utc_now(), app.settings.time_zone)


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_runs(app: App, limit: int, as_json: bool) -> None:
    """Reports that ran or run, newest first, and how they ended."""
    from sprintlib.services import runs
    from sprintlib.views.terminal import plain

    found = runs(app.project, limit)
    if as_json:
        click.echo(json.dumps([run.model_dump(mode="json") for run in found], indent=2))
        return
    if not found:
        click.echo("No report has run yet: run 'sprint report'.")
    for run in found:
        kind = "" if run.kind == "sprint_analysis" else f" ({run.kind.replace('_', ' ')})"
        what = f"{plain(run.milestone)}{kind}  {plain(run.folder or run.message or '')}"
        began = local_time(run.started_at, app.settings.time_zone)
        click.echo(f"{run.id:>4}  {began}  {run.state:<8} {run.trigger:<5} {what}")


@command.command("show", short_help="One run in full: how it ended, and where its files are.")
@click.argument("identifier", metavar="ID", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def show(app: App, identifier: int, as_json: bool) -> None:
    """One run: what it was about, how it ended, and where its files are; ID is the first column of `run list`."""
    from sprintlib.services.report_runs import find
    from sprintlib.views.terminal import plain

    run = find(app.project, identifier)
    if as_json:
        click.echo(json.dumps(run.model_dump(mode="json"), indent=2))
        return
    zone, reports = app.settings.time_zone, app.settings.reports_dir
    failed = reports / ".failed" / f"run-{run.id}"
    told = {
        "about": f"{run.milestone} ({run.kind.replace('_', ' ')})",
        "as of": local_time(run.as_of, zone),
        "state": f"{run.state}, {'due' if run.trigger == 'due' else 'by hand'}",
        "began": local_time(run.started_at, zone),
        "ended": local_time(run.finished_at, zone) if run.finished_at else "not yet",
        "said": run.message,
        "files": reports / run.folder if run.folder else failed if failed.is_dir() else None,
    }
    for name, value in told.items():
        if value:
            click.echo(f"{name:<6} {plain(str(value))}")


@command.command("retry", short_help="Write the report of a run again, as of now.")
@click.argument("identifier", metavar="ID", type=click.IntRange(1))
@click.option("--explain/--no-explain", default=None, help="With the agents' words; default: as in sprint.toml.")
@click.pass_obj
def retry(app: App, identifier: int, explain: bool | None) -> None:
    """Write the report of a run again, with what is known now; ID is the first column of `run list`."""
    from sprintlib import reports
    from sprintlib.errors import ReportError
    from sprintlib.services.report_runs import find

    run = find(app.project, identifier)
    if run.state == "running":
        raise ReportError(f"Run {identifier} is still at work: wait for it.")
    files = reports.write_report(app.settings, reports.subject_of(run), kind=run.kind, explain=explain)
    click.echo(f"{files.title}: {files.html}")
