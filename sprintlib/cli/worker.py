"""`sprint worker`: what `sprint serve` runs beside the receiver."""

import os

import click

from sprintlib.cli.main import App


@click.command("worker")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started this one is gone.")
@click.pass_obj
def command(app: App, with_parent: bool) -> None:
    """Work on the deliveries in the inbox until Ctrl-C.

    'sprint serve' runs one by itself. Several may work on one store; one that is killed loses nothing.
    """
    from sprintlib.figures import Keeper
    from sprintlib.worker import RefreshThread, Worker

    settings, engine = app.project.settings, app.project.engine
    refreshes = RefreshThread(engine, settings)
    refreshes.start()
    worker, parent = Worker(engine, settings), os.getppid()

    def look() -> None:
        if with_parent and os.getppid() != parent:
            worker.stop()

    try:
        with Keeper(engine):
            worker.run(on_round=look)
    except KeyboardInterrupt:
        return
    finally:
        refreshes.stop()
        refreshes.join(timeout=5)
