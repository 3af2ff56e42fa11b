"""`sprint lab`: open JupyterLab on the notebooks."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sprintlib.cli.main import App


@click.command("lab")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8888, show_default=True, help="Port to use, or the next free one."
)
@click.option("--browser/--no-browser", default=True, help="Open it in a browser.")
@click.argument("more", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(app: "App", port: int, browser: bool, more: tuple[str, ...]) -> None:
    """Open JupyterLab, on this machine only, with your copies of the notebooks.

    MORE, after --, goes to JupyterLab itself: sprint lab -- --allow-root
    """
    from sprintlib.dashboards.serving.lab import copy_notebooks, start_lab

    for path in copy_notebooks(app.settings.home):
        click.echo(f"Copied {path}")
    start_lab(app.settings, port, browser, more)
