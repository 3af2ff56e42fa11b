"""`sprint explain`: the verdict in thirty seconds, with a local model's words where they check out."""

from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.agents import WorkflowRun


@click.command("explain")
@click.option("--milestone", metavar="TITLE", help="Which one, by title or number; default: the one due next.")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date (end of that day); default: now.")
@click.option("--no-model", is_flag=True, help="Ask no language model, even if one is there.")
@click.option("--resume", metavar="RUN", help="Resume a run that was stopped.")
@click.option("--json", "as_json", is_flag=True, help="Print the analysis as one JSON object.")
@click.pass_obj
def command(
    app: App, milestone: str | None, as_of: str | None, no_model: bool, resume: str | None, as_json: bool
) -> None:
    """Explain one milestone: eight agents over the steps of 'sprint analyze', with the same numbers.

    The result is kept as a revision of the analysis; 'sprint trace show RUN' shows how it came about.
    """
    from rich.console import Console

    from sprintlib.services import explain

    moment = app.moment(as_of)
    with Console(stderr=True).status("Explaining ..."):
        run = explain(app.project, moment, milestone, words=not no_model, resume=resume)
    if as_json:
        click.echo(run.analysis.model_dump_json(indent=2))
    else:
        _show(run)


def _show(run: "WorkflowRun") -> None:
    from rich.console import Console

    from sprintlib.views.terminal import render_explanation

    Console(highlight=False).print(render_explanation(run.analysis.milestones[0]))
    click.echo(f"Run {run.id}: 'sprint trace show {run.id}' has every step.", err=True)
