"""`sprint doctor`."""

import json
import sys
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.doctor import Measurement, Timing

_SIGNS = {"ok": ("✓", "green"), "info": ("·", "cyan"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


@click.command()
@click.option("--measure", is_flag=True, help="Instead, time every step with your own data and model, once.")
@click.option("--milestone", metavar="TITLE", help="With --measure: which one; default: the one due next.")
@click.option("--as-of", metavar="T", help="With --measure: RFC 3339, or a date (end of that day); default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks, or the measurement, as JSON.")
@click.pass_obj
def command(app: App, measure: bool, milestone: str | None, as_of: str | None, as_json: bool) -> None:
    """Check what could stand in the way, a line each, with what to do.

    Looks at the token and what it may read in each repository, the rate budget, the clock, the disk,
    the store, git, the Jupyter kernel, Ollama and the scheduler. Exits 1 when something failed. Where there is no
    sprint.toml yet, the machine is checked.

    With --measure it says instead where the time goes on this machine; nothing of it is kept.
    """
    if measure:
        _measure(app, milestone, as_of, as_json=as_json)
        return
    if milestone or as_of:
        raise click.UsageError("--milestone and --as-of belong to --measure.")
    from sprintlib import doctor
    from sprintlib.settings import find_home

    checks = []
    for check in doctor.examine_home(find_home(app.home)):
        checks.append(check)
        if not as_json:
            sign, colour = _SIGNS[check.state]
            todo = f"\n    → {check.todo}" if check.todo else ""
            click.echo(f"{click.style(sign, fg=colour)} {check.name}: {check.message}{todo}")
    if as_json:
        click.echo(json.dumps([check.as_dict() for check in checks], indent=2))
    sys.exit(1 if any(check.state == "fail" for check in checks) else 0)


def _measure(app: App, milestone: str | None, as_of: str | None, *, as_json: bool) -> None:
    from rich.console import Console

    from sprintlib.as_of import parse_as_of
    from sprintlib.doctor import measure

    with Console(stderr=True).status("Measuring ...") as status:

        def tell(step: "str | Timing") -> None:
            if isinstance(step, str):
                status.update(f"Measuring: {step} ...")
            elif not as_json:
                click.echo(_line(step))

        found = measure(app.settings, parse_as_of(as_of, app.settings), milestone, tell)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        click.echo("\n".join(_sums(found)))


def _line(timing: "Timing") -> str:
    from sprintlib.views.terminal import plain

    seconds = "-" if timing.seconds is None else f"{timing.seconds:.2f} s"
    return _sum(timing.name, seconds, plain(timing.told))


def _sums(found: "Measurement") -> list[str]:
    lines = ["", _sum("numbers, complete", f"{found.numbers_seconds:.2f} s", "from the store to the last action")]
    if found.words_seconds is not None:
        rates = (found.prompt_tokens_per_second, found.answer_tokens_per_second)
        told = f"{rates[0]:.0f} tokens a second read, {rates[1]:.0f} written" if all(rates) else ""
        lines.append(_sum("words by the model", f"{found.words_seconds:.2f} s", told))
    lines.append(_sum("memory at most", f"{found.peak_megabytes:,} MB", "of one process here"))
    if found.model_megabytes is not None:
        lines.append(_sum("memory of the model", f"{found.model_megabytes:,} MB", "in Ollama"))
    return lines


def _sum(name: str, value: str, told: str) -> str:
    return f"  {name:<24}{value:>10}   {told}".rstrip()
