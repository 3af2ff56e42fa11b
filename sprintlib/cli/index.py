"""`sprint index`: bring the search index to what is stored."""

import click

from sprintlib.cli.main import App


@click.command("index")
@click.option("--model", metavar="NAME", help="Another sentence-transformers model: a folder, or a name in its cache.")
@click.option("--scheduler", metavar="ADDRESS", help="tcp://HOST:PORT of a Dask cluster that embeds side by side.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.pass_obj
def command(app: App, model: str | None, scheduler: str | None, as_json: bool) -> None:
    """Index what was said in issues, reviews and commits, for 'sprint ask'.

    Only what is new or changed is embedded; a run that was stopped picks up where it left off.
    """
    from sprintlib.github import shown
    from sprintlib.knowledge import build_index
    from sprintlib.recommend.playbook import playbook_texts

    with shown() as progress:
        summary = build_index(app.project.engine, app.settings, model, progress, playbook_texts(), scheduler)
    if as_json:
        click.echo(summary.model_dump_json(indent=2))
        return
    click.echo(
        f"{summary.chunks:,} texts: {summary.added:,} new, {summary.changed:,} changed, {summary.removed:,} removed; "
        f"{summary.embedded:,} embedded, {summary.vectors:,} searched by meaning."
    )
    if summary.note:
        click.echo(f"sprint: {summary.note}", err=True)
