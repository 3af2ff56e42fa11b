"""`sprint ask`: a question about the project, answered with citations."""

import click

from sprintlib.cli.main import App


@click.command("ask")
@click.argument("question")
@click.option("--as-of", metavar="T", help="RFC 3339, or a date (end of that day); default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(app: App, question: str, as_of: str | None, as_json: bool) -> None:
    """Answer a question such as "why is 0.8.1 late?" from the analysis and from what was said, with citations."""
    from sprintlib.github import shown
    from sprintlib.services import ask
    from sprintlib.views.terminal import render_answer

    moment = app.moment(as_of)
    with shown() as progress:
        found = ask(app.project, question, moment, progress=progress)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        from rich.console import Console

        Console(highlight=False).print(render_answer(found), crop=False)
