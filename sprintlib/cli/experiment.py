"""`sprint experiment`: which of two plays helps, decided by lot."""

import json
import re
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sprintlib.services.experiments import ExperimentStanding

_PERCENT = click.FloatRange(0, 100, min_open=True, max_open=True)


@click.group("experiment", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Compare two plays fairly: each item gets one of them by lot (docs/experiments.md).

    Nothing is drawn unless you start an experiment. How many items it takes is said before, and the result once.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_experiments)


@command.command("plan", short_help="How many items an effect needs.")
@click.option(
    "--effect", type=click.FloatRange(-100, 100), required=True, help="Points that the share would change by."
)
@click.option("--baseline", type=_PERCENT, default=50.0, show_default=True, help="Share with the usual play, in %.")
@click.option("--power", type=_PERCENT, default=80.0, show_default=True, help="Chance to see such an effect, in %.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def plan(effect: float, baseline: float, power: float, as_json: bool) -> None:
    """Say how many items it takes to see an effect. Nothing is stored."""
    from sprintlib.experiments import items_needed

    needed = items_needed(baseline / 100, effect / 100, power / 100)
    if as_json:
        click.echo(json.dumps({"items": needed}))
        return
    click.echo(_needs(needed, baseline, effect, power))


@command.command("start", short_help="Begin one: items are drawn from now on.")
@click.argument("name")
@click.option("--usual", required=True, metavar="PB-001", help="The play whose recommendations are drawn.")
@click.option("--other", required=True, metavar="PB-002", help="The play that half of its items get instead.")
@click.option("--effect", type=click.FloatRange(-100, 100), required=True, help="Points that matter to you.")
@click.option("--baseline", type=_PERCENT, default=50.0, show_default=True, help="Share with the usual play, in %.")
@click.option("--power", type=_PERCENT, default=80.0, show_default=True, help="Chance to see such an effect, in %.")
@click.option(
    "--outcome", type=click.Choice(["closed", "moved"]), default="closed", show_default=True, help="What is looked at."
)
@click.option("--within", type=click.IntRange(1, 60), default=5, show_default=True, help="Working days until then.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Of the lots; default: a new one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def start(
    app: App,
    name: str,
    usual: str,
    other: str,
    effect: float,
    baseline: float,
    power: float,
    outcome: str,
    within: int,
    seed: int | None,
    as_json: bool,
) -> None:
    """Begin the experiment NAME. Its terms cannot be changed afterwards."""
    from sprintlib.experiments import NAME
    from sprintlib.services.experiments import Terms, experiment_standing, start_experiment

    if not re.fullmatch(NAME, name):
        raise click.UsageError(f"'{name}' is no name for an experiment: write up to 40 of a-z, 0-9 and -.")
    terms = Terms(
        name=name,
        usual=usual.upper(),
        other=other.upper(),
        effect=effect / 100,
        baseline=baseline / 100,
        outcome="moved" if outcome == "moved" else "closed",
        within=within,
        power=power / 100,
        seed=seed,
    )
    begun = start_experiment(app.project, terms, app.project.clock())
    if as_json:
        click.echo(json.dumps(experiment_standing(app.project, name, begun.started_at).as_dict(), indent=2))
        return
    click.echo(f"Started: items that would get {begun.usual} get {begun.usual} or {begun.other} by lot from now on.")
    click.echo(_needs(begun.items, baseline, effect, power))
    click.echo(f"'sprint experiment show {name}' says how it stands, 'sprint experiment stop {name}' ends it.")


@command.command("list")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_experiments(app: App, as_of: str | None = None, as_json: bool = False) -> None:
    """Every experiment, and how it stands."""
    from sprintlib.services.experiments import experiment_standings

    found = experiment_standings(app.project, app.moment(as_of))
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], indent=2))
        return
    for line in _listed(found):
        click.echo(line)
    if not found:
        click.echo(
            "No experiments: 'sprint experiment start NAME --usual PB-001 --other PB-002 --effect 20' begins one."
        )


@command.command("show", short_help="How one of them stands.")
@click.argument("name")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(app: App, name: str, as_of: str | None, as_json: bool) -> None:
    """Say how the experiment NAME stands, with its result once there are enough items."""
    from sprintlib.services.experiments import experiment_standing

    found = experiment_standing(app.project, name, app.moment(as_of))
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
        return
    for line in _listed([found]):
        click.echo(line)


@command.command("stop", short_help="End one: no further item is drawn.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def stop(app: App, name: str, as_json: bool) -> None:
    """End the experiment NAME for good. Items that are in it are still looked at when their time is over."""
    from sprintlib.services.experiments import stop_experiment

    found = stop_experiment(app.project, name, app.project.clock())
    click.echo(json.dumps(found.as_dict(), indent=2) if as_json else f"Stopped. {found.sentence}")


def _needs(items: int, baseline: float, effect: float, power: float) -> str:
    return (
        f"To see {effect:+g} points from {baseline:g}% with a chance of {power:g}% takes {items} items, half with each "
        "play; without any effect, 1 such experiment in 20 shows one."
    )


def _listed(found: "Sequence[ExperimentStanding]") -> "Iterator[str]":
    from sprintlib.recommend import interventions

    for one in found:
        terms = one.experiment
        state = f"stopped {terms.stopped_at:%Y-%m-%d}" if terms.stopped_at else "running"
        yield f"{terms.name}: {terms.other} instead of {terms.usual}, {state} (since {terms.started_at:%Y-%m-%d})"
        yield f"  {terms.usual}  {interventions()[terms.usual].action}"
        yield f"  {terms.other}  {interventions()[terms.other].action}"
        yield f"  {one.sentence}"
