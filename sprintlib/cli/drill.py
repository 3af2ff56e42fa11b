"""`sprint drill`: proof that a backup can be restored."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.backup import Drill


@click.command("drill")
@click.option("--from", "file", type=click.Path(path_type=Path), help="A backup; default: the newest of this home.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def command(app: App, file: Path | None, as_json: bool) -> None:
    """Restore a backup into a scratch place and compare every row, and one analysis, with what was saved.

    Nothing of this home changes. Exits 1 when anything differs.
    """
    from sprintlib import backup
    from sprintlib.cli.restore import newest_of

    found = backup.drill(app.settings, (file or newest_of(app)).resolve())
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        click.echo(_sentence(found))
    sys.exit(0 if found.ok else 1)


def _sentence(found: "Drill") -> str:
    if found.differing:
        return f"{found.file} restores, but not what was saved: {', '.join(found.differing)} differ. Take another one."
    if found.analysis is False:
        return f"{found.file} restores every row, but the analysis of that moment is another one: please report this."
    also = "and the analysis of that moment is the same" if found.analysis else "no analysis was saved to compare"
    return f"{found.file} restores in {found.seconds:.1f} s: all {found.rows:,} rows are what was saved, {also}."
