"""`sprint mcp`: the project for an editor's language model."""

import click

from sprintlib.cli.main import App


@click.command("mcp")
@click.pass_obj
def command(app: App) -> None:
    """Answer an editor's language model over the Model Context Protocol, on standard input and output.

    Tools: verdict, risks, recommendations, what_if, ask and evidence. They read only. The editor starts this command;
    docs/mcp.md says what to write into its settings.
    """
    from dataclasses import replace

    from sprintlib.access import Identity, Role
    from sprintlib.mcp import create_server
    from sprintlib.services.shared_states import States

    reader = app.project.seen_by(Identity("mcp", Role.viewer, "local"))
    create_server(replace(reader, load=States())).run("stdio")
