"""`sprint feedback`: what the team says to recommendations; it shifts their order."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from datetime import date

    from sprintlib.recommend.feedback import Decision


@click.group("feedback")
def command() -> None:
    """Answer a recommendation by its id: accept, dismiss with a reason, or snooze it until a day.

    Dismissed and snoozed ones are left out; what a team accepts more often comes first. Who answered is not stored.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_open(app: App, as_json: bool) -> None:
    """The recommendations of the latest analyses, with their ids."""
    from sprintlib.analysis import latest_analyses
    from sprintlib.analysis.terminal import plain
    from sprintlib.store import open_store

    stored = latest_analyses(open_store(app.settings.database_url), app.settings.project.name)
    found = [
        {"id": advice.id, "milestone": milestone.title, "action": advice.action, "expected_gain": advice.expected_gain}
        for _, milestone in stored
        for advice in milestone.recommendations
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        click.echo(f"{one['id']}\n    {plain(str(one['action']))}")
    if not found:
        click.echo("Nothing is recommended yet: 'sprint analyze' makes recommendations.")


@command.command("accept")
@click.argument("recommendation")
@click.pass_obj
def accept(app: App, recommendation: str) -> None:
    """The team does it; after three working days it is looked at what moved."""
    _give(app, recommendation, "accept")


@command.command("dismiss")
@click.argument("recommendation")
@click.option("--reason", required=True, metavar="TEXT", help="Why not, for whoever reads it later.")
@click.pass_obj
def dismiss(app: App, recommendation: str, reason: str) -> None:
    """The team will not do it: it is not shown again."""
    _give(app, recommendation, "dismiss", reason)


@command.command("snooze")
@click.argument("recommendation")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day it is shown again.")
@click.pass_obj
def snooze(app: App, recommendation: str, until: datetime) -> None:
    """Not now: it is left out until a day."""
    _give(app, recommendation, "snooze", until=until.date())


def _give(
    app: App, recommendation: str, decision: "Decision", reason: str | None = None, until: "date | None" = None
) -> None:
    from datetime import UTC

    from sprintlib.recommend import give_feedback
    from sprintlib.store import open_store

    engine = open_store(app.settings.database_url)
    give_feedback(engine, app.settings.project.name, recommendation, decision, datetime.now(UTC), reason, until)
    what = {"accept": "Accepted", "dismiss": "Dismissed", "snooze": f"Left out until {until}"}[decision]
    click.echo(f"{what}: {recommendation}")
