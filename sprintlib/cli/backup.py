"""`sprint backup`: a copy of the store and the settings."""

import json
from pathlib import Path

import click

from sprintlib.cli.main import App
from sprintlib.clock import local_time


@click.command("backup")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder for it; default: [backup] folder.")
@click.option("--list", "only_list", is_flag=True, help="List the backups that there are, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def command(app: App, folder: Path | None, only_list: bool, as_json: bool) -> None:
    """Copy the store as it is now, with sprint.toml, into one file; others may write meanwhile.

    Secrets are not in it. 'sprint drill' proves that it can be restored.
    """
    from sprintlib import backup
    from sprintlib.backup.files import folder_of

    place = folder or folder_of(app.settings)
    found = backup.backups(place) if only_list else [backup.make_backup(app.settings, folder=folder)]
    if as_json:
        told = [{"file": str(one.file), "made_at": one.made_at.isoformat(), "bytes": one.size} for one in found]
        click.echo(json.dumps({"backups": told}, indent=2))
        return
    if not found:
        click.echo(f"No backup in {place} yet: run 'sprint backup'.")
    for one in found:
        click.echo(f"{local_time(one.made_at, app.settings.time_zone)}  {one.size / 1e6:8.1f} MB  {one.file}")
