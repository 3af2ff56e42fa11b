"""`sprint feedback`: what the team says to recommendations; it shifts their order."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.cli.day import DayParameter
from sprintlib.cli.main import App
from sprintlib.clock import local_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sprintlib.recommend.feedback import Decision
    from sprintlib.services.feedback import FeedbackResult, OpenRecommendation

_DONE = {"accept": "Accepted", "dismiss": "Dismissed", "snooze": "Put off", "undo": "Taken back"}


@click.group("feedback", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Answer what is recommended: list the actions, then accept, dismiss or snooze one by its short or long id.

    Dismissed and snoozed ones are left out; what a team accepts more often comes first. Answers do not
    say who gave them.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_open)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_open(app: App, as_json: bool = False) -> None:
    """What the latest analyses recommend, with the letters to answer by."""
    from sprintlib.results.analyses import left_out
    from sprintlib.services import open_recommendations

    found = open_recommendations(app.project)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], indent=2))
        return
    for line in _listed(found, app):
        click.echo(line)
    if not found and left_out(app.project.engine, app.project.name):
        click.echo("The stored recommendations are from another version of sprint: run 'sprint analyze' to renew them.")
    elif not found:
        click.echo("No recommendations yet: run 'sprint analyze'.")


@command.command("accept", short_help="The team does it.")
@click.argument("action")
@click.option("--json", "as_json", is_flag=True, help="Print what it changed as one JSON object.")
@click.pass_obj
def accept(app: App, action: str, as_json: bool) -> None:
    """The team does ACTION, a short or long id; what came of it is checked after three working days."""
    _give(app, action, "accept", as_json=as_json)


@command.command("dismiss", short_help="The team will not do it, and why.")
@click.argument("action")
@click.option("--reason", required=True, metavar="TEXT", help="Why not, for whoever reads it later.")
@click.option("--json", "as_json", is_flag=True, help="Print what it changed as one JSON object.")
@click.pass_obj
def dismiss(app: App, action: str, reason: str, as_json: bool) -> None:
    """The team will not do ACTION, a short or long id: it is not shown again."""
    _give(app, action, "dismiss", reason, as_json=as_json)


@command.command("snooze", short_help="Not now: leave it out until a day.")
@click.argument("action")
@click.option("--until", required=True, type=DayParameter(), help="The day it is shown again.")
@click.option("--json", "as_json", is_flag=True, help="Print what it changed as one JSON object.")
@click.pass_obj
def snooze(app: App, action: str, until: "date", as_json: bool) -> None:
    """Not now: ACTION, a short or long id, is left out until a day."""
    _give(app, action, "snooze", until=until, as_json=as_json)


@command.command("undo", short_help="Take the last answer back.")
@click.argument("action")
@click.option("--json", "as_json", is_flag=True, help="Print what it changed as one JSON object.")
@click.pass_obj
def undo(app: App, action: str, as_json: bool) -> None:
    """Take back the last answer to ACTION, a short or long id, as if it had not been given."""
    _give(app, action, "undo", as_json=as_json)


@command.command("export", short_help="Your answers as chats, to fine-tune a model.")
@click.option(
    "--chat",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File to write: a line of JSON for each answer.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as one JSON object.")
@click.pass_obj
def export(app: App, file: Path, as_json: bool) -> None:
    """Write what the team accepted and dismissed as chats, a line each (docs/learning.md).

    It holds your own titles, logins and reasons: treat it like your code.
    """
    from dataclasses import asdict

    from sprintlib.forecast import count
    from sprintlib.services.fine_tuning import export_chats

    found = export_chats(app.project, file, app.project.clock())
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    chats = count(found.accepted + found.dismissed, "chat")
    click.echo(f"{chats} written to {file}: {found.accepted} accepted, {found.dismissed} dismissed.")
    if found.left_out:
        click.echo(f"{count(found.left_out, 'answer')} left out: their analysis is no longer stored.")


def _give(
    app: App,
    action: str,
    decision: "Decision",
    reason: str | None = None,
    until: "date | None" = None,
    *,
    as_json: bool,
) -> None:
    from pydantic import TypeAdapter

    from sprintlib.services import FeedbackResult, record_feedback

    found = record_feedback(app.project, action, decision, app.project.clock(), reason, until)
    if as_json:
        click.echo(TypeAdapter(FeedbackResult).dump_json(found, indent=2).decode())
        return
    for line in _told(found, until):
        click.echo(line)


def _listed(found: "Sequence[OpenRecommendation]", app: App) -> "Iterator[str]":
    from sprintlib.forecast import points
    from sprintlib.views.terminal import plain

    milestone = None
    for one in found:
        if one.milestone != milestone:
            milestone = one.milestone
            yield f"{plain(one.milestone)}, as of {local_time(one.as_of, app.settings.time_zone)}"
        notes = [points(one.expected_gain)] if one.expected_gain else []
        notes += [_DONE[one.said].lower()] if one.said else []
        beside = f" ({', '.join(notes)})" if notes else ""
        yield f"{one.short}  {plain(one.action)}{beside}"
        yield "  ".join(part for part in (f"       {one.id}", one.record, one.experiment) if part)
    if found:
        name = found[0].short
        yield (
            f"Answer with 'sprint feedback accept {name}', 'dismiss {name} --reason TEXT' or 'snooze {name} --until "
            f"2026-12-01'; 'undo {name}' takes the last answer back."
        )


def _told(found: "FeedbackResult", until: "date | None") -> "Iterator[str]":
    from sprintlib.views.terminal import plain

    day = f" until {until}" if until else ""
    yield f"{_DONE[found.decision]}{day}: {plain(found.option.action)}"
    if found.weighting:
        yield found.weighting
    if not found.moved:
        yield "The order of the actions stays the same."
        return
    yield "The order of the actions from now on:"
    for place, (short, (action, was)) in enumerate(zip(found.shorts, found.order, strict=True), start=1):
        change = "" if was == place else " (new)" if was is None else f" (was number {was})"
        yield f"{short}  {plain(action)}{change}"
