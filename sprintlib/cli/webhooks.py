"""`sprint webhooks`: GitHub's side of `sprint serve`."""

import json
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.services.webhooks import HookStatus


@click.group("webhooks")
def command() -> None:
    """Make GitHub's webhooks, and see that nothing they tell is missed.

    Needs a token that may manage the webhooks of the repositories. Where sprint.toml names a GitHub App, they are about
    the app's own webhook instead, and need no more than its private key.
    """


@command.command("install")
@click.argument("address")
@click.pass_obj
def install_command(app: App, address: str) -> None:
    """Have GitHub tell ADDRESS what happens.

    ADDRESS: where 'sprint serve' can be reached, such as https://sprint.example.org. The secret is made and kept in a
    file that only you can read. Doing it again brings a webhook up to date.
    """
    from sprintlib.services.webhooks import install_webhooks

    origin = None
    for one in install_webhooks(app.project, address):
        origin = one.secret_from
        click.echo(f"{one.place}: {'made' if one.is_new else 'brought up to date'}, tells {one.hook.url}")
    click.echo(f"The secret is that of {origin}. 'sprint serve' receives, 'sprint webhooks status' shows how it goes.")


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, with the ids of deliveries.")
@click.pass_obj
def status_command(app: App, as_json: bool) -> None:
    """Say whether they are there, and how deliveries went."""
    from sprintlib.services.webhooks import webhook_status

    found = list(webhook_status(app.project))
    if as_json:
        click.echo(json.dumps({"webhooks": [one.as_dict() for one in found]}, indent=2))
        return
    for one in found:
        click.echo(_line(one))
    if any(one.failed or one.unknown for one in found):
        click.echo("Run 'sprint webhooks reconcile' to have those delivered again.")


@command.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print what was asked for as JSON.")
@click.pass_obj
def reconcile_command(app: App, as_json: bool) -> None:
    """Have GitHub deliver again what failed, and what the inbox lacks."""
    from sprintlib.services.webhooks import reconcile_webhooks

    found = list(reconcile_webhooks(app.project))
    if as_json:
        click.echo(json.dumps({"redelivered": [one.as_dict() for one in found]}, indent=2))
        return
    for one in found:
        asked = len(one.failed) + len(one.unknown)
        click.echo(f"{one.place}: {f'{asked:,} asked for again' if asked else 'nothing is missing'}")
    if not found:
        click.echo("There is no webhook: run 'sprint webhooks install'.")


@command.command("remove")
@click.pass_obj
def remove_command(app: App) -> None:
    """Take the webhooks away; the secret stays."""
    from sprintlib.services.webhooks import remove_webhooks

    found = list(remove_webhooks(app.project))
    for place, hook in found:
        click.echo(f"{place}: removed, told {hook.url}")
    if not found:
        click.echo("There was no webhook.")


def _line(one: "HookStatus") -> str:
    if one.hook is None:
        return f"{one.place}: no webhook; run 'sprint webhooks install'."
    parts = [f"{one.delivered:,} delivered"]
    if one.failed:
        parts.append(f"{len(one.failed):,} failed")
    if one.unknown:
        parts.append(f"{len(one.unknown):,} not in the inbox")
    if not one.hook.active:
        parts.append("switched off")
    if one.hook.missing:
        parts.append(f"not told of {', '.join(one.hook.missing)}")
    return f"{one.place}: tells {one.hook.url}; of the last three days {', '.join(parts)}"
