"""`sprint github-server`: recorded or simulated repositories, served as GitHub would."""

from pathlib import Path

import click


@click.command("github-server")
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="Folder or .tar.xz backup with issues/ and pulls/; may be given several times.",
)
@click.option("--port", default=8123, show_default=True, help="Port on 127.0.0.1.")
def command(datasets: tuple[Path, ...], port: int) -> None:
    """Serve datasets on http://127.0.0.1:PORT with GitHub's REST semantics."""
    from sprintlib.standin import serve

    serve(datasets, port)
