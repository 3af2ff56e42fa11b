"""`sprint doctor`."""

import json
import sys

import click

from sprintlib.cli.main import App

_SIGNS = {"ok": ("✓", "green"), "info": ("·", "cyan"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """Check what could stand in the way, a line each, with what to do.

    Looks at the token and what it may read in each repository, the rate budget, the clock, the disk,
    the store, git, the Jupyter kernel, Ollama and the scheduler. Exits 1 when something failed.
    """
    from sprintlib import doctor

    checks = []
    for check in doctor.examine(app.settings):
        checks.append(check)
        if not as_json:
            sign, colour = _SIGNS[check.state]
            todo = f"\n    → {check.todo}" if check.todo else ""
            click.echo(f"{click.style(sign, fg=colour)} {check.name}: {check.message}{todo}")
    if as_json:
        click.echo(json.dumps([check.as_dict() for check in checks], indent=2))
    sys.exit(1 if any(check.state == "fail" for check in checks) else 0)
