"""`sprint priors`: what a team's history says, as numbers that it may give to another one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sprintlib.learning import Priors

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("priors")
def command() -> None:
    """Give another team the numbers that your history comes to, or take theirs in (docs/learning.md).

    A file of priors holds numbers only: no text, names, logins, titles or ids. Imported ones are used where you have no
    history of your own yet, and it says so where the number is shown.
    """


@command.command("export", short_help="Write your own numbers into FILE.")
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as one JSON object.")
@click.pass_obj
def export(app: App, file: Path, as_json: bool) -> None:
    """Write what your own history says into FILE; it is printed too, so that you see everything that you give away."""
    from sprintlib.services.priors import export_priors

    _say(export_priors(app.project, file, app.project.clock()), f"Written to {file}:", as_json=as_json)


@command.command("import", short_help="Take another team's numbers in.")
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print what was imported as one JSON object.")
@click.pass_obj
def import_file(app: App, file: Path, as_json: bool) -> None:
    """Use the numbers in FILE from now on, in place of earlier ones, where you have no history of your own."""
    from sprintlib.services.priors import import_priors

    _say(import_priors(app.project, file, app.project.clock()), "Imported:", as_json=as_json)


@command.command("show", short_help="The imported ones in use.")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON object; null for none.")
@click.pass_obj
def show(app: App, as_of: str | None, as_json: bool) -> None:
    """The imported priors in use, and since when."""
    from sprintlib.services.priors import used_priors

    found = used_priors(app.project, app.moment(as_of))
    if found is None:
        click.echo("null" if as_json else "No priors were imported: those that ship are in use.")
        return
    day = found[0].astimezone(app.settings.time_zone).date()
    _say(found[1], f"In use since {day}, where there is no history of your own:", as_json=as_json)


@command.command("drop", short_help="Go back to those that ship.")
@click.option("--json", "as_json", is_flag=True, help="Print null, for none in use.")
@click.pass_obj
def drop(app: App, as_json: bool) -> None:
    """Take imported priors out of use."""
    from sprintlib.services.priors import drop_priors

    drop_priors(app.project, app.project.clock())
    click.echo("null" if as_json else "Dropped: the priors that ship are in use again.")


def _say(found: "Priors", head: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    click.echo(head)
    for line in _lines(found):
        click.echo(f"  {line}")


def _lines(found: "Priors") -> "Iterator[str]":
    if found.items_per_developer_day is not None:
        yield (
            f"{found.items_per_developer_day:g} items a working day for each developer, seen in {found.working_days} "
            f"working days and {found.sprints} finished sprints"
        )
    for name, counts in found.plays.items():
        yield f"{name}: accepted {counts.accepted}, dismissed {counts.dismissed}"
