"""`sprint token`: tokens by which programs use the API."""

import json
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App
from sprintlib.clock import local_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from sprintlib.access import ApiToken

_ROLES = ("viewer", "member", "admin")


@click.group("token")
def command() -> None:
    """Make, list and end tokens by which programs use the API, and hash passwords for people.

    A program sends one as 'Authorization: Bearer sprint_...'. Only a digest of it is stored.
    """


@command.command("create", short_help="Make a token; it is shown once.")
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True, help="What it may do.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it counts.")
@click.option("--repository", "repositories", multiple=True, metavar="OWNER/NAME", help="It sees only this one.")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object, the value as 'token'.")
@click.pass_obj
def create(app: App, name: str, role: str, days: int, repositories: tuple[str, ...], as_json: bool) -> None:
    """Make a token called NAME.

    A viewer reads; a member also answers recommendations; an admin also runs jobs, and sees deliveries and the audit.
    """
    from datetime import timedelta

    from sprintlib.access import Role
    from sprintlib.services import create_token

    value, made = create_token(app.project, name, Role[role], timedelta(days=days), repositories)
    if as_json:
        click.echo(json.dumps({"token": value, **made.as_dict()}, indent=2))
        return
    click.echo(value)
    click.echo(f"Copy it now: it is shown once. It counts until {made.expires_at:%Y-%m-%d}.", err=True)


@command.command("list", short_help="Every token, without its value.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def list_tokens(app: App, as_json: bool) -> None:
    """Every token that was made, newest first: until when it counts, and when it was last used."""
    from sprintlib.services import tokens

    found = tokens(app.project)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], indent=2))
        return
    for one in found:
        click.echo(_line(one, app.settings.time_zone))
    if not found:
        click.echo("No tokens yet: 'sprint token create NAME' makes one.")


@command.command("revoke", short_help="End a token at once.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
@click.pass_obj
def revoke(app: App, name: str, as_json: bool) -> None:
    """End the token NAME, a name or number of 'sprint token list', at once."""
    from sprintlib.services import revoke_token

    ended = revoke_token(app.project, name)
    click.echo(json.dumps(ended.as_dict(), indent=2) if as_json else f"The token '{ended.name}' no longer counts.")


@command.command("password", short_help="Hash a password for sprint.toml.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.password_option(help="Asked for if it is not given; others on this machine see what is written here.")
def password(password: str, as_json: bool) -> None:
    """Hash a password for [auth] passwords in sprint.toml, where mode is password."""
    from sprintlib.access.passwords import hash_password

    kept = hash_password(password)
    click.echo(json.dumps({"hash": kept}) if as_json else kept)


def _line(one: "ApiToken", zone: "tzinfo") -> str:
    until = f"until {one.expires_at.astimezone(zone):%Y-%m-%d}"
    used = f"last used {local_time(one.used_at, zone)}" if one.used_at else "never used"
    seen = f", only {', '.join(one.repositories)}" if one.repositories else ""
    return f"{one.id:>4}  {one.name:<20} {one.role:<6}  {one.state:<7}  {until}, {used}{seen}"
