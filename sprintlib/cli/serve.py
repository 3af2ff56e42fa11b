"""`sprint serve`: webhooks in, analyses out."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_SECONDS = 1.0


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8484, show_default=True, help="0 takes a free one.")
@click.option("--worker/--no-worker", default=True, help="Work on what arrives, in a process of its own.")
@click.pass_obj
def command(app: App, host: str, port: int, worker: bool) -> None:
    """Answer other programs, receive GitHub's webhooks and keep the analyses up to date, until Ctrl-C.

    The REST API is at http(s)://HOST:PORT/api/v1, described by /openapi.json (docs/api.md).
    GitHub sends to http(s)://HOST:PORT/webhooks/github, as JSON, with the secret of SPRINT_WEBHOOK_SECRET or of the
    file that sprint.toml names as [webhooks] secret_file. GET /health says how the inbox stands, GET /metrics
    is for Prometheus. A delivery is stored
    before it is answered; 'sprint inbox list' shows what became of it.
    """
    from sprintlib.api import WebhookSecrets, serve
    from sprintlib.figures import Keeper
    from sprintlib.github.hook_secret import VARIABLE

    project = app.project
    secrets = WebhookSecrets.given_by(project.settings)

    def ready(url: str) -> None:
        if secrets:
            click.echo(f"Webhooks go to {url}/webhooks/github. The API is at {url}/api/v1. Ctrl-C ends it.")
        else:
            click.echo(f"The API is at {url}/api/v1. Ctrl-C ends it.")
            click.echo(f"There is no webhook secret, so deliveries are refused: set {VARIABLE} to receive them.")

    beside = _worker(project.settings.home, debug=app.debug) if worker else nullcontext()
    with suppress(KeyboardInterrupt), beside, Keeper(project.engine):
        serve(project, secrets, host, port, ready)


@contextmanager
def _worker(home: "Path", *, debug: bool) -> Iterator[None]:
    """A worker beside the receiver, which is begun again whenever it ends: its computing never delays an answer."""
    from sprintlib.child_environment import NETWORK, STORE, TELEMETRY, TOKEN, child_environment

    command = [sys.executable, "-m", "sprintlib", "--home", str(home), *(["--debug"] if debug else [])]
    command += ["worker", "--with-parent"]
    over = threading.Event()

    def keep() -> None:
        while not over.is_set():
            # Ctrl-C is met here, and ends the worker after the receiver
            process = subprocess.Popen(
                command, env=child_environment(STORE, NETWORK, TOKEN, TELEMETRY), start_new_session=True
            )
            while process.poll() is None and not over.wait(_LOOK_SECONDS):
                pass
            if over.is_set():
                process.terminate()
                process.wait(timeout=30)
            elif not over.wait(_LOOK_SECONDS):
                click.echo(f"sprint: the worker ended ({process.returncode}) and begins again.", err=True)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
