"""`sprint privacy`: what is held about one person."""

import json

import click

from sprintlib.cli.main import App


@click.group("privacy")
def command() -> None:
    """Export what is held about one person, or put a pseudonym in its place."""


@command.command("export", short_help="Everything held about somebody, as JSON.")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="As always: the answer is one JSON object.")
@click.pass_obj
def export(app: App, login: str, as_json: bool) -> None:
    """Print every stored row that names LOGIN, by table."""
    from sprintlib.services.privacy import export_person

    click.echo(json.dumps(export_person(app.project, login), indent=2, ensure_ascii=False))


@command.command("erase", short_help="Put a pseudonym in the place of a login.")
@click.argument("login")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.pass_obj
def erase(app: App, login: str, yes: bool, as_json: bool) -> None:
    """Put a pseudonym in the place of LOGIN in everything stored, and in whatever comes in later.

    It cannot be undone: of the login only a digest is kept, by which it is recognised when facts come in again.
    """
    from sprintlib.services.privacy import erase_person

    if not yes:
        click.confirm(f"Erase {login} from this store? It cannot be undone.", abort=True)
    done = erase_person(app.project, login)
    if as_json:
        click.echo(json.dumps(done.as_dict(), indent=2))
        return
    click.echo(f"{login} is {done.pseudonym} from now on: {sum(done.rows.values()):,} rows were changed.")
    click.echo("Not reached:")
    for one in done.remains:
        click.echo(f"  - {one}")
    click.echo("Next: run 'sprint index' if you use search by meaning, and start 'sprint serve' again if it runs.")
