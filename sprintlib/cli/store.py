"""`sprint store`: moving a project to another store."""

import json

import click


@click.group("store")
def command() -> None:
    """Move a project's facts and results to another store."""


@command.command("migrate", short_help="Copy a store into an empty one; compare every row.")
@click.argument("source")
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print the rows of each table as JSON.")
def migrate(source: str, target: str, as_json: bool) -> None:
    """Copy the store at SOURCE into the empty one at TARGET, and compare every row.

    SOURCE and TARGET are database URLs, such as sqlite:////home/me/acme/data/sprint.db and
    postgresql+psycopg://me@server/acme. Stop collecting meanwhile. Nothing in SOURCE changes; afterwards name TARGET as
    [store] url in sprint.toml, or as SPRINT_DATABASE_URL.
    """
    from sprintlib.backup.moving import move_store

    moved = move_store(source, target)
    if as_json:
        click.echo(json.dumps({"rows": moved.rows}, indent=2))
        return
    click.echo(f"{sum(moved.rows.values()):,} rows of {len(moved.rows)} tables were copied and are the same.")
    click.echo("Next: name the new store as [store] url in sprint.toml, and run 'sprint index' if you use search.")
