"""`sprint inbox`: what became of the deliveries of webhooks."""

import json
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from datetime import tzinfo

    from sprintlib.services.delivery_records import DeliveryRecord

_STATES = ("waiting", "taken", "done", "ignored", "aside")


@click.group("inbox")
def command() -> None:
    """What GitHub delivered, and what became of it.

    A delivery waits, is taken by a worker, and is then done, ignored with a reason, or set aside after it failed too
    often.
    """


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only these; may be repeated.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print them, and how many are in each state, as JSON.")
@click.pass_obj
def list_command(app: App, states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List deliveries, the newest first."""
    from sprintlib.project import ProjectHandle
    from sprintlib.services import deliveries

    found = deliveries(ProjectHandle.open(app.settings, read_only=True), states, limit)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for one in found.deliveries:
        click.echo(_line(one, app.settings.time_zone))
    counted, owed = found.counts, found.to_refresh
    click.echo(
        f"{counted['waiting'] + counted['taken']:,} waiting, {counted['done']:,} done, {counted['ignored']:,} ignored, "
        f"{counted['aside']:,} set aside; {counted['repeats']:,} came again; {owed:,} items to ask GitHub about"
    )


@command.command("show")
@click.argument("delivery")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, with headers and body.")
@click.pass_obj
def show_command(app: App, delivery: str, as_json: bool) -> None:
    """Show one DELIVERY with its headers and its body.

    DELIVERY: its number or GitHub's id.
    """
    from sprintlib import services
    from sprintlib.project import ProjectHandle
    from sprintlib.views.terminal import plain

    one = services.delivery(ProjectHandle.open(app.settings, read_only=True), delivery)
    if as_json:
        click.echo(one.model_dump_json(indent=2))
        return
    click.echo(_line(one, app.settings.time_zone))
    for name, value in one.headers.items():
        click.echo(f"  {name}: {value}")
    click.echo(f"  {one.unreadable or 'the body is no longer kept'}" if one.body is None else plain(one.body))


@command.command("retry")
@click.argument("deliveries", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print how many as JSON.")
@click.pass_obj
def retry_command(app: App, deliveries: tuple[str, ...], as_json: bool) -> None:
    """Work again on DELIVERIES, or on all that are set aside.

    DELIVERIES: numbers or GitHub's ids.
    """
    from sprintlib.services import retry_deliveries

    count = retry_deliveries(app.project, deliveries)
    if as_json:
        click.echo(json.dumps({"retried": count}))
    else:
        click.echo(f"{count:,} {'delivery waits' if count == 1 else 'deliveries wait'} to be worked on again.")


def _line(one: "DeliveryRecord", zone: "tzinfo") -> str:
    reason = f": {one.reason}" if one.reason else ""
    again = f", came {one.repeats + 1} times" if one.repeats else ""
    return f"{one.id:>6}  {one.received_at.astimezone(zone):%m-%d %H:%M:%S}  {one.event:<28} {one.state}{again}{reason}"
