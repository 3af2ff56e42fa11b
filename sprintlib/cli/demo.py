"""`sprint demo`: a simulated startup, from collection to report."""

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.demo import Demo, Step
    from sprintlib.github import OnProgress

DEFAULT_SEED = 4
_STEPS = 4


@click.command("demo")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Another seed, another startup.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Where its time stands still; default: today (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--live", is_flag=True, help="Let the startup go on working, and the dashboards follow it, until Ctrl-C.")
@click.option(
    "--pace", type=click.FloatRange(1), default=60, show_default=True, help="With --live: seconds a working day."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="With --live: of the dashboards; default: a free one."
)
@click.option("--browser/--no-browser", default=True, help="With --live: open the dashboards in a browser.")
@click.pass_obj
def command(
    app: App, seed: int, today: datetime | None, as_json: bool, live: bool, pace: float, port: int, browser: bool
) -> None:
    """Simulate a startup, serve it as GitHub would, collect, analyse and report it.

    Needs no token and no network. Everything lies in data/demo/, which is emptied first; the report goes to
    papermill_runs/.

    With --live it shows the last weeks before today, one working day a minute: the local GitHub sends webhooks, the
    worker analyses, and the dashboards move.
    """
    if live and as_json:
        raise click.UsageError("--live runs until Ctrl-C and has no result: leave out --json.")
    if live:
        _show_live(app, seed, (today or datetime.now(UTC)).date(), pace, port, browser=browser)
        return
    started = time.perf_counter()
    with _live("Starting"):
        from sprintlib.demo import run_demo
        from sprintlib.settings import find_home

    seconds: dict[str, float] = {}
    day = (today or datetime.now(UTC)).date()
    demo = run_demo(find_home(app.home), seed, day, steps(seconds, to_stderr=as_json))
    seconds["In all"] = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(_as_json(demo, seconds), indent=2))
    else:
        show(demo, seconds)


def _show_live(app: App, seed: int, today: date, pace: float, port: int, *, browser: bool) -> None:
    with _live("Starting"):
        from sprintlib.live_demo import live_demo
        from sprintlib.settings import find_home

    home = find_home(app.home)
    try:
        with live_demo(home, seed, today, pace, port, steps({}, to_stderr=False), browser=browser) as demo:
            click.echo(f"\nDashboards: {demo.page}\nOne working day takes {pace:g} seconds. Ctrl-C ends all of it.\n")
            demo.run(click.echo)
    except KeyboardInterrupt:
        click.echo(f"\nEnded. What was collected stays: {_command(home / 'data' / 'demo', 'dashboards')}")


def steps(seconds: dict[str, float], *, to_stderr: bool) -> "Step":
    """A step shows that it runs while it does (on a terminal), and one line when it is done."""

    @contextmanager
    def step(name: str) -> Iterator["OnProgress | None"]:
        started = time.perf_counter()
        with _live(name) as progress:
            yield progress
        seconds[name] = time.perf_counter() - started
        click.echo(f"{len(seconds)}/{_STEPS} {name:<24} {seconds[name]:5.1f} s", err=to_stderr)

    return step


@contextmanager
def _live(name: str) -> Iterator["OnProgress | None"]:
    """Something that moves while a step runs, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
    elif name.startswith("Collecting"):
        from sprintlib.github import shown

        with shown() as progress:
            yield progress
    else:
        from rich.console import Console

        with Console(stderr=True).status(f"{name} ..."):
            yield None


def show(demo: "Demo", seconds: dict[str, float]) -> None:
    """Print what a person wants to know when it is over."""
    from sprintlib.demo import findings
    from sprintlib.views.terminal import plain

    items = len(demo.event_log.items)
    click.echo(
        f"\n{items} issues and pull requests of {len(demo.event_log.repos)} repositories, "
        f"{demo.collected.requests} requests, {seconds['In all']:.0f} s in all.\n"
    )
    for number, finding in enumerate(findings(demo.milestone), start=1):
        click.echo(f"{number}. {plain(finding)}")
    for advice in demo.milestone.recommendations[:1]:
        click.echo(f"\nFirst thing to do: {plain(advice.action)}")
    click.echo(f"\nReport:     {_typed(demo.report.html)}")
    click.echo(f"Dashboards: {_command(demo.home, 'dashboards')}")
    click.echo(f'Questions:  {_command(demo.home, "ask")} "why is it late?"')


def _as_json(demo: "Demo", seconds: dict[str, float]) -> dict[str, Any]:
    from sprintlib.demo import findings

    return {
        "home": str(demo.home),
        "as_of": demo.analysis.as_of.isoformat(),
        "items": len(demo.event_log.items),
        "requests": demo.collected.requests,
        "milestone": demo.milestone.title,
        "probability": demo.milestone.probability,
        "findings": list(findings(demo.milestone)),
        "report": str(demo.report.html),
        "dashboards": _command(demo.home, "dashboards"),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
    }


def _command(home: Path, verb: str) -> str:
    """What the reader types to look at the demo."""
    prefix = "SPRINT_DATABASE_URL= " if os.environ.get("SPRINT_DATABASE_URL") else ""  # else it would win over the home
    return f"{prefix}{_program()} --home {shlex.quote(_typed(home))} {verb}"


def _program() -> str:
    """How the reader calls this program: by name if that finds it, else by the path that was used."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(_typed(Path(sys.executable)))} -m sprintlib"
    found = shutil.which("sprint")
    if found and called.exists() and Path(found).samefile(called):
        return "sprint"
    return shlex.quote(_typed(called))


def _typed(path: Path) -> str:
    """A path as somebody in the working folder would type it."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links of a virtual environment
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
