"""`sprint analyze`: will the milestones land, what threatens them, what to do today."""

from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.analysis import Analysis


@click.command("analyze")
@click.option("--as-of", metavar="T", help="RFC 3339, a date (end of that day), yesterday or -3d; default: now.")
@click.option("--milestone", metavar="TITLE", help="Only this one, by title or number, even if it was closed then.")
@click.option("--since", metavar="DAY", help="Say what changed since yesterday, monday, -3d or a date.")
@click.option("--details", is_flag=True, help="Everything about every milestone, not only the table.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (docs/schema/analysis.schema.json).")
@click.option("--past-days", type=click.IntRange(1, 365), metavar="N", help="Also store the last N days, for trends.")
@click.pass_obj
def command(
    app: App,
    as_of: str | None,
    milestone: str | None,
    since: str | None,
    details: bool,
    as_json: bool,
    past_days: int | None,
) -> None:
    """Say whether the milestones land, what threatens them and what to do, and keep the result.

    Several milestones are a table, a line each; a single one is told in full.
    """
    from sprintlib.services import analyze
    from sprintlib.services.memory import since_day
    from sprintlib.views.terminal import render

    moment = app.moment(as_of)
    if since:
        since_day(since, moment.astimezone(app.settings.time_zone).date())  # refused before anything is worked out
    analysis = analyze(app.project, moment, milestone, store=True)
    if as_json:
        click.echo(analysis.model_dump_json(indent=2))
    else:
        from rich.console import Console

        from sprintlib.views.terminal_table import milestone_table

        console, several = Console(highlight=False), len(analysis.milestones) > 1
        if several:
            console.print(milestone_table(analysis, console.width))
        if details or not several:
            console.print(render(analysis))
        else:
            click.echo("Details of one: sprint analyze --milestone TITLE; of all: --details.")
        if since:
            _say_changes(app, analysis, since)
    if past_days is not None:
        _store_past(app, past_days, as_json=as_json)


def _say_changes(app: App, analysis: "Analysis", since: str) -> None:
    """A line for each milestone."""
    from sprintlib.services.memory import compared
    from sprintlib.views.terminal import plain

    for milestone in analysis.milestones:
        comparison = compared(app.project, milestone, analysis.as_of, since)
        if comparison:
            click.echo(f"{plain(milestone.title)}: {plain(comparison.sentence)}")


def _store_past(app: App, days: int, *, as_json: bool) -> None:
    """Store the days of which nothing is stored, the newest first; a line each."""
    from sprintlib.services import fill_days

    for day in fill_days(app.project, days):
        if not as_json:
            click.echo(f"Stored how it stood at the end of {day}.")
