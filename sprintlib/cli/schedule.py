"""`sprint schedule`: unattended reports."""

import json
import sys

import click

from sprintlib.cli.main import App


@click.group("schedule")
def command() -> None:
    """Have cron, launchd or systemd call 'sprint run due', or keep a service running."""


@command.command()
@click.option("--cron", "kind", flag_value="cron", help="A block in your crontab.")
@click.option("--launchd", "kind", flag_value="launchd", help="An agent of your macOS account.")
@click.option("--systemd", "kind", flag_value="systemd", help="A timer of your own systemd.")
@click.option(
    "--service",
    type=click.Choice(["watch", "serve", "dashboards"]),
    help="Instead, keep this command running, after a reboot too (systemd, launchd).",
)
@click.option("--print", "only_print", is_flag=True, help="Print what would be written, and change nothing.")
@click.pass_obj
def install(app: App, kind: str | None, service: str | None, only_print: bool) -> None:
    """Call it every quarter of an hour; what is due is decided then. Installing again replaces."""
    from typing import cast

    from sprintlib import schedule

    if service and kind == "cron":
        raise click.UsageError("cron keeps nothing running: use --systemd, or launchd on macOS, with --service.")
    usual = "systemd" if service and sys.platform != "darwin" else schedule.default_kind()
    chosen = cast(schedule.Kind, kind or usual)
    kept = cast(schedule.Service | None, service)
    if only_print:
        click.echo(schedule.definition(app.settings, chosen, kept), nl=False)
    elif kept:
        click.echo(schedule.install_service(app.settings, kept))
    else:
        click.echo(schedule.install(app.settings, chosen))


@command.command()
@click.pass_obj
def remove(app: App) -> None:
    """Stop calling it."""
    from sprintlib import schedule

    click.echo(schedule.remove(app.settings))


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def status(app: App, as_json: bool) -> None:
    """Say whether it is called, and by what."""
    from sprintlib import schedule

    installed = schedule.status(app.settings)
    if as_json:
        click.echo(json.dumps({"installed": installed, "log": str(schedule.log_file(app.settings))}, indent=2))
    else:
        click.echo(installed or "Not scheduled: run 'sprint schedule install'.")
