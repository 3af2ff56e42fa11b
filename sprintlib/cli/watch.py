"""`sprint watch`: follow GitHub by asking it."""

import shutil
import sys

import click

from sprintlib.cli.main import App


@click.command("watch")
@click.option("--once", is_flag=True, help="Ask once, analyse, and end: for cron.")
@click.pass_obj
def command(app: App, once: bool) -> None:
    """Stay up to date without webhooks: ask GitHub what is new, and analyse what that touches, until Ctrl-C.

    It asks every half minute while something happens and less often while nothing does; an answer that nothing changed
    costs nothing of the rate limit. Beside 'sprint serve' it finds what a webhook missed.
    """
    from sprintlib.figures import Keeper
    from sprintlib.services import sync
    from sprintlib.worker import RefreshThread, Watch, Worker
    from sprintlib.worker.polling import told

    settings, engine = app.project.settings, app.project.engine
    worker = Worker(engine, settings)
    if once:
        summary = sync(app.project, daily=False)
        worker.settle()
        changed = {0: "no analysis", 1: "1 analysis"}.get(worker.analyses, f"{worker.analyses:,} analyses")
        click.echo(f"{told(summary)}; {changed} changed.")
        return
    line = _Line()
    polls, refreshes = Watch(engine, settings, line.say), RefreshThread(engine, settings)
    polls.start()
    refreshes.start()
    try:
        with Keeper(engine):
            worker.run()
    except KeyboardInterrupt:
        line.end()
    finally:
        for thread in (polls, refreshes):
            thread.stop()
        for thread in (polls, refreshes):
            thread.join(timeout=5)


class _Line:
    """One line that is written over in a terminal; elsewhere a line for each new sentence."""

    def __init__(self) -> None:
        self._last = ""
        self._over = sys.stdout.isatty()

    def say(self, sentence: str) -> None:
        if not self._over:
            if not sentence.startswith("Asking"):
                click.echo(sentence)
            return
        told = sentence[: max(shutil.get_terminal_size().columns - 1, 20)]
        click.echo(f"\r{told.ljust(len(self._last))}", nl=False)
        self._last = told

    def end(self) -> None:
        if self._over:
            click.echo()
