"""`sprint secrets`: the keys of this home."""

import json

import click

from sprintlib.cli.main import App


@click.group("secrets")
def command() -> None:
    """The keys that sign sessions, in data/keys.json, which only you can read."""


@command.command("rotate", short_help="Use a new key from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print the ids of the keys as one JSON object.")
@click.pass_obj
def rotate(app: App, as_json: bool) -> None:
    """Make a new key that is used from now on; the last two still count, so that nobody is signed out.

    Three times in a row signs everybody out.
    """
    from sprintlib.access.keys import rotate_keys

    project = app.project
    with project.acting("token", "rotate keys"):
        keys = rotate_keys(project.settings.data_dir)
    if as_json:
        click.echo(json.dumps({"keys": [key.id for key in keys]}))
    else:
        click.echo(f"Key {keys[0].id} is used from now on; {len(keys) - 1} before it still count.")
