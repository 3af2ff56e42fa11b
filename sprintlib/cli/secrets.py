"""`sprint secrets`: the keys of this home."""

import json

import click

from sprintlib.cli.main import App


@click.group("secrets")
def command() -> None:
    """The keys that sign sessions and encrypt webhook deliveries: in data/keys.json, or in the system's keyring."""


@command.command("rotate", short_help="Use a new key from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print the ids of the keys as one JSON object.")
@click.pass_obj
def rotate(app: App, as_json: bool) -> None:
    """Make a new key that is used from now on, and encrypt again what is encrypted.

    The last two keys still count, so that nobody is signed out. Three times in a row signs everybody out.
    """
    from sprintlib import inbox
    from sprintlib.access.keys import rotate_keys
    from sprintlib.github.hook_secret import close_secret_again

    project = app.project
    closed: list[int] = []

    def close_again() -> None:
        closed.append(inbox.close_bodies(project.engine, again=True))
        close_secret_again(project.settings)

    with project.acting("token", "rotate keys"):
        keys = rotate_keys(project.settings.data_dir, close_again)
    if as_json:
        click.echo(json.dumps({"keys": [key.id for key in keys], "encrypted": sum(closed)}))
    else:
        before = len(keys) - 1
        click.echo(f"Key {keys[0].id} is used from now on; {before} before it still count{'s' if before == 1 else ''}.")
        click.echo(
            f"{sum(closed):,} webhook {'delivery was' if sum(closed) == 1 else 'deliveries were'} encrypted anew."
        )


@command.command("move", short_help="Take the keys to the keyring of the system, or back.")
@click.argument("place", type=click.Choice(["keyring", "file"]))
@click.pass_obj
def move(app: App, place: str) -> None:
    """Take the keys to PLACE: `keyring`, that of the operating system, or back to `file`.

    Only processes of your desktop session reach the keyring: leave the keys in the file where cron, systemd or a
    container starts 'sprint serve'.
    """
    from sprintlib.access.keys import move_keys

    project = app.project
    with project.acting("token", f"move keys to {place}"):
        move_keys(project.settings.data_dir, "keyring" if place == "keyring" else "file")
    where = "the keyring of the system" if place == "keyring" else "data/keys.json, which only you can read"
    click.echo(f"The keys are in {where}.")
