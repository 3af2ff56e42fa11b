"""`sprint worker`: what `sprint serve` runs beside the receiver."""

import click

from sprintlib.cli.main import App


@click.command("worker")
@click.pass_obj
def command(app: App) -> None:
    """Work on the deliveries in the inbox until Ctrl-C.

    'sprint serve' runs one by itself. Several may work on one store; one that is killed loses nothing.
    """
    from sprintlib.store import open_store
    from sprintlib.worker import RefreshThread, Worker

    settings = app.settings
    engine = open_store(settings.database_url)
    refreshes = RefreshThread(engine, settings)
    refreshes.start()
    try:
        Worker(engine, settings).run()
    except KeyboardInterrupt:
        return
    finally:
        refreshes.stop()
        refreshes.join(timeout=5)
