"""`sprint replay`: the facts made again from the payloads that were kept, without GitHub."""

import json
import sys
from pathlib import Path

import click

from sprintlib.cli.main import App


@click.command("replay")
@click.option(
    "--into",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the new store; default: data/replayed.db, made anew each time.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON object.")
@click.pass_obj
def command(app: App, target: Path | None, as_json: bool) -> None:
    """Make an empty store full again from what GitHub once sent, offline, and compare it with the present one.

    Nothing in the present store changes. It ends with 1 where the two differ.
    """
    from sprintlib.github import shown
    from sprintlib.services import replay

    with shown() as progress:
        made = replay(app.project, target, progress)
    if as_json:
        click.echo(json.dumps(made.as_dict(), indent=2))
    else:
        for one in made.tables:
            differs = f": {one.missing:,} missing, {one.surplus:,} surplus" if one.missing or one.surplus else ""
            click.echo(f"  {one.table:<20} {one.rows:>9,} rows{differs}")
        click.echo(f"{made.payloads:,} payloads replayed: {'equal' if made.is_equal else 'not equal'}")
    if not made.is_equal:
        sys.exit(1)
