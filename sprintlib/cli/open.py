"""`sprint open`: the right page of the dashboards in a browser."""

from urllib.parse import urlencode

import click

from sprintlib import resources
from sprintlib.cli.main import App
from sprintlib.dashboards.serving.pages import pages

_PAGES = {page.title.lower(): page.path for page in pages(resources.folder("dashboards"))}


@click.command("open")
@click.argument("page", type=click.Choice(list(_PAGES)), default="portfolio")
@click.option("--milestone", metavar="TITLE", help="Title or key of a milestone.")
@click.option("--as-of", metavar="DAY", help="As it stood at the end of a day: 2026-11-23, yesterday, -3d.")
@click.option("--port", type=click.IntRange(1, 65535), default=8866, show_default=True, help="Where they are served.")
@click.option("--print", "print_only", is_flag=True, help="Print the address instead of opening it.")
@click.pass_obj
def command(app: App, page: str, milestone: str | None, as_of: str | None, port: int, print_only: bool) -> None:
    """Open PAGE of the dashboards that 'sprint dashboards' serves on this machine."""
    day = app.moment(as_of).astimezone(app.settings.time_zone).date().isoformat() if as_of else None
    wanted = {name: value for name, value in (("milestone", milestone), ("as_of", day)) if value}
    query = f"?{urlencode(wanted)}" if wanted else ""
    address = f"http://127.0.0.1:{port}/voila/render/{_PAGES[page]}{query}"
    if print_only:
        click.echo(address)
        return
    import webbrowser

    from sprintlib.errors import SettingsError

    if not _is_served(port):
        raise SettingsError(f"Nothing is served on port {port}: run 'sprint dashboards' first, or give its --port.")
    click.echo(address)
    webbrowser.open(address)


def _is_served(port: int) -> bool:
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False
