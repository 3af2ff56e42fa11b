"""`sprint restore`: a backup put back."""

import json
from pathlib import Path

import click

from sprintlib.cli.main import App
from sprintlib.clock import local_time


@click.command("restore")
@click.option("--from", "file", type=click.Path(path_type=Path), help="A backup; default: the newest of this home.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Home folder to restore into; default: this one.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def command(app: App, file: Path | None, folder: Path | None, as_json: bool) -> None:
    """Put a backup back: store and sprint.toml, on this machine or a new one.

    The store that is there now is kept beside the restored one, and a sprint.toml that is there stays.
    """
    from sprintlib import backup
    from sprintlib.settings import find_home, load

    chosen = file or newest_of(app)
    done = backup.restore(chosen.resolve(), (folder or find_home(app.home)).expanduser().resolve())
    if as_json:
        told = {
            "home": str(done.home),
            "backup": str(chosen),
            "made_at": done.manifest.made_at.isoformat(),
            "rows": sum(done.manifest.contents.rows.values()),
            "kept": str(done.kept) if done.kept else None,
            "notes": list(done.notes),
        }
        click.echo(json.dumps(told, indent=2))
        return
    made = local_time(done.manifest.made_at, load(done.home).time_zone)
    click.echo(f"Restored {done.home} as of {made}: {sum(done.manifest.contents.rows.values()):,} rows.")
    if done.kept:
        click.echo(f"What was there before is kept as {done.kept}.")
    for note in done.notes:
        click.echo(note)
    click.echo("Next: 'sprint sync' collects what has happened since.")


def newest_of(app: App) -> Path:
    """The newest backup of this home. Raises BackupError where there is none."""
    from sprintlib import backup
    from sprintlib.backup.files import folder_of
    from sprintlib.errors import BackupError

    last = backup.newest(folder_of(app.settings))
    if last is None:
        raise BackupError(f"No backup in {folder_of(app.settings)}: name one with --from, or run 'sprint backup'.")
    return last.file
