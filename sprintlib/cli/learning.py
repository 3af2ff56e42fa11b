"""`sprint learning`: what was learned from the team's own outcomes, and whether it is used."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sprintlib.services.learning import Learned


@click.group("learning", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Show what was learned from your own outcomes and answers; try, adopt or take back a recalibration.

    Nothing is adopted that would not have helped on your own finished sprints (docs/learning.md).
    """
    if context.invoked_subcommand is None:
        context.invoke(show)


@command.command("show", short_help="What is in force, and what your answers say.")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(app: App, as_of: str | None = None, as_json: bool = False) -> None:
    """What is in force, every version, and what your answers say about the plays."""
    from sprintlib.services.learning import learned

    found = learned(app.project, app.moment(as_of))
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2, default=str))
        return
    for line in _shown(found):
        click.echo(line)


@command.command("try", short_help="Would it help? Nothing is stored.")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def try_it(app: App, as_of: str | None, as_json: bool) -> None:
    """Learn from your finished sprints one after the other, and say whether the forecasts would have been better."""
    from sprintlib.services.learning import try_learning

    found = try_learning(app.project, app.moment(as_of))
    click.echo(json.dumps(asdict(found), indent=2) if as_json else found.sentence)


@command.command("adopt", short_help="Use it from now on, if it helps.")
@click.option("--json", "as_json", is_flag=True, help="Print the version as one JSON object.")
@click.pass_obj
def adopt(app: App, as_json: bool) -> None:
    """Put what was learned into force as a new version; refused, with the reason, where it would not have helped."""
    from sprintlib.services.learning import adopt_learning

    found = adopt_learning(app.project, app.project.clock())
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=str))
        return
    click.echo(f"Adopted {found}.")
    click.echo(f"Brier score on your own sprints: {found.brier:.3f} instead of {found.brier_without:.3f}.")
    click.echo("'sprint learning revert' takes it back.")


@command.command("revert", short_help="Take back what is in force.")
@click.option("--json", "as_json", is_flag=True, help="Print the versions as one JSON object.")
@click.pass_obj
def revert(app: App, as_json: bool) -> None:
    """Take the recalibration in force back: from now on the version before it holds, or none."""
    from sprintlib.services.learning import revert_learning

    gone, now = revert_learning(app.project, app.project.clock())
    if as_json:
        told = {"taken_back": asdict(gone), "in_force": asdict(now) if now else None}
        click.echo(json.dumps(told, indent=2, default=str))
        return
    holds = f"recalibration {now.version} holds again" if now else "forecasts are the model's own again"
    click.echo(f"Taken back: recalibration {gone.version}; {holds}.")


def _shown(found: "Learned") -> "Iterator[str]":
    from sprintlib.forecast import count

    yield found.sentence
    for version, takes, sprints, without, brier, state in found.rows():
        yield f"  {version:>3}  {takes}, {sprints} sprints, Brier {brier} instead of {without}; {state}"
    yield f"The chance to deliver the scope learns by itself from {count(found.sprints, 'finished sprint')}."
    for one in found.plays:
        yield f"{one.play} is weighted {one.acceptance:.0%}. {one.record}"
    if not found.plays:
        yield "No recommendation was answered yet, so all plays weigh alike ('sprint feedback')."
    if found.priors:
        yield f"Priors of other teams: {found.priors}."
