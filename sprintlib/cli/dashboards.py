"""`sprint dashboards`: serve the dashboards, read-only."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sprintlib.cli.main import App


@click.command("dashboards")
@click.option("--port", type=click.IntRange(0, 65535), default=8866, show_default=True, help="0 takes a free one.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="Address to serve on; others need --token.")
@click.option("--token", envvar="SPRINT_DASHBOARDS_TOKEN", help="Secret that a visitor must give once.")
@click.option("--token-from", type=int, hidden=True, help="Open file that holds the token, from the launching process.")
@click.option("--browser/--no-browser", default=True, help="Open the overview in a browser.")
@click.option("--analyze/--no-analyze", default=True, help="Store analyses of now and of past days while serving.")
@click.pass_obj
def command(
    app: "App", port: int, ip: str, token: str | None, token_from: int | None, browser: bool, analyze: bool
) -> None:
    """Serve the dashboards until Ctrl-C; pages only read."""
    from sprintlib.dashboards.serving import launch_server, received_token

    if token_from is not None:
        token = received_token(token_from)
    elif app.is_program:
        launch_server(app.home, debug=app.debug, ip=ip, port=port, token=token, browser=browser, analyze=analyze)
    from sprintlib.imports import import_without_uri_grammar

    import_without_uri_grammar("voila.app")
    from sprintlib.dashboards.serving import serve

    serve(app.settings, ip=ip, port=port, token=token, browser=browser, say=click.echo, analyze=analyze)
