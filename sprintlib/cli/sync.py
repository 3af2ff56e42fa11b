"""`sprint sync`: collect what is new."""

import json
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.github import Via


@click.command("sync")
@click.option(
    "--via",
    type=click.Choice(["auto", "rest", "graphql"]),
    default="auto",
    show_default=True,
    help="How a first collection asks about single items; auto: by GraphQL where there is a token.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.pass_obj
def command(app: App, via: "Via", as_json: bool) -> None:
    """Collect what is new from GitHub into the store, and say how complete it is.

    A first collection reads everything; open milestones come first. Later ones read what changed. It can be stopped
    at any time and picks up where it left off.
    """
    from sprintlib.github import shown
    from sprintlib.services import sync

    with shown() as progress:
        summary = sync(app.project, progress, via)
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
        return
    for repository in summary.repositories:
        click.echo(repository)
        for part in summary.completeness:
            if part.repository == repository and part.kind != "repository":
                click.echo(f"  {part.sentence()}")
    for left_out in summary.set_aside:
        click.echo(f"sprint: {left_out.sentence()}", err=True)
    for warning in summary.warnings:
        click.echo(f"sprint: {warning}", err=True)
    seconds = (summary.finished_at - summary.started_at).total_seconds()
    click.echo(f"{summary.requests:,} requests, {summary.not_modified:,} of them unchanged, in {seconds:.1f} s")
    if not summary.not_modified:  # the first collection
        click.echo("Next: 'sprint analyze' says whether the milestones land, 'sprint dashboards' shows it.")
