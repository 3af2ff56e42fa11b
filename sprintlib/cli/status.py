"""`sprint status`: everything on one screen."""

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App
from sprintlib.clock import local_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from rich.table import Table

    from sprintlib.figures import Figure
    from sprintlib.status import Status


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """Show verdicts, how old the facts are, what waits, what runs and what was backed up.

    Asks GitHub nothing and writes nothing. Exits 1 when there is a problem, which is named with the command that
    mends it.
    """
    from rich.console import Console

    from sprintlib.project import ProjectHandle
    from sprintlib.status import status

    found = status(ProjectHandle.open(app.settings, read_only=True))
    if as_json:
        click.echo(json.dumps(found.as_dict(), default=_written, indent=2))
    else:
        console = Console(highlight=False)
        console.print(_table(found, app.settings.time_zone))
        for problem in found.problems:
            console.print(f"! {problem.what}  → {problem.todo}", markup=False, style="yellow")
    sys.exit(1 if found.problems else 0)


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _table(found: "Status", zone: "tzinfo") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from sprintlib.views.words import age

    table = Table.grid(padding=(0, 2))
    rows = [("project", f"{found.project}, as of {local_time(found.as_of, zone)}")]
    rows += [("milestone", _verdict(found, number)) for number in range(len(found.verdicts))]
    rows += [("facts", f"{name}: {age(at, found.as_of)}") for name, at in found.facts.items()]
    waiting = found.inbox["waiting"] + found.inbox["taken"]
    rows.append(("inbox", f"{waiting:,} waiting, {found.inbox['done']:,} done, {found.inbox['aside']:,} set aside"))
    rows.append(("last report", _run(found, zone)))
    rows.append(("scheduler", found.scheduler or "none"))
    rows.append(("last backup", _moment(found.last_backup, zone)))
    rows += [("figures", _figure(one)) for one in found.figures if one.value is not None]
    size = "on a server" if found.store_bytes is None else f"{found.store_bytes / 1e6:.1f} MB"
    rows.append(("store", f"{size}, sprintlib {found.version}"))
    for name, told in rows:
        table.add_row(Text(name, style="dim"), Text(told))
    return table


def _figure(one: "Figure") -> str:
    return f"{one.sentence()}{'' if one.state == 'ok' else f': {one.state}'}"


def _verdict(found: "Status", number: int) -> str:
    from sprintlib.forecast import percent
    from sprintlib.views.terminal import plain
    from sprintlib.views.words import day

    one = found.verdicts[number]
    chance = "no number" if one.probability is None else f"{percent(one.probability)} chance"
    due = f", due {day(one.due_on)}" if one.due_on else ""
    return f"{plain(one.title)}: {chance}{due}, {one.open} open, {one.done} done"


def _run(found: "Status", zone: "tzinfo") -> str:
    from sprintlib.views.terminal import plain

    if found.last_run is None:
        return "none"
    return f"{_moment(found.last_run.started_at, zone)}, {found.last_run.state}: {plain(found.last_run.milestone)}"


def _moment(at: datetime | None, zone: "tzinfo") -> str:
    return local_time(at, zone) if at else "none"
