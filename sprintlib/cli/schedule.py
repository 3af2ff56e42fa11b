"""`sprint schedule`: unattended reports."""

import json

import click

from sprintlib.cli.main import App


@click.group("schedule")
def command() -> None:
    """Have cron or launchd call 'sprint run due'."""


@command.command()
@click.option("--cron", "kind", flag_value="cron", help="A block in your crontab.")
@click.option("--launchd", "kind", flag_value="launchd", help="An agent of your macOS account.")
@click.option("--print", "only_print", is_flag=True, help="Print what would be written, and change nothing.")
@click.pass_obj
def install(app: App, kind: str | None, only_print: bool) -> None:
    """Call it every quarter of an hour; what is due is decided then. Installing again replaces."""
    from sprintlib import schedule

    chosen: schedule.Kind = "cron" if kind == "cron" else "launchd" if kind == "launchd" else schedule.default_kind()
    if only_print:
        click.echo(schedule.definition(app.settings, chosen), nl=False)
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
