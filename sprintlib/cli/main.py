"""The `sprint` command: finds the verb, and turns expected errors into one sentence."""

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.errors import SprintError
from sprintlib.observe import log, measures, tracing
from sprintlib.observe.context import bound, ids
from sprintlib.permissions import private_files
from sprintlib.signals import sigterm_as_interrupt

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.exc import DatabaseError

    from sprintlib.project import ProjectHandle
    from sprintlib.settings import Settings

# verb -> (module, one line for --help); a module is imported only when its verb is used
COMMANDS = {
    "demo": ("sprintlib.cli.demo", "A simulated startup, from collection to report; no token."),
    "init": ("sprintlib.cli.init", "Write sprint.toml for your repositories."),
    "doctor": ("sprintlib.cli.doctor", "Check token, disk, store and the rest, with what to do."),
    "status": ("sprintlib.cli.status", "Verdicts, facts, runs and backups on one screen."),
    "sync": ("sprintlib.cli.sync", "Collect what is new from GitHub."),
    "archive": ("sprintlib.cli.archive", "Read hours of GH Archive, for what happened long ago."),
    "replay": ("sprintlib.cli.replay", "Make the facts again from what was kept, and compare."),
    "watch": ("sprintlib.cli.watch", "Stay up to date by asking GitHub what is new."),
    "serve": ("sprintlib.cli.serve", "Serve the API and receive GitHub's webhooks."),
    "worker": ("sprintlib.cli.worker", "Work on what webhooks delivered; 'serve' runs one."),
    "webhooks": ("sprintlib.cli.webhooks", "Make GitHub's webhooks, and miss nothing they tell."),
    "inbox": ("sprintlib.cli.inbox", "What webhooks delivered, and what became of it."),
    "analyze": ("sprintlib.cli.analyze", "Say whether the milestones land, and what threatens them."),
    "explain": ("sprintlib.cli.explain", "Explain the verdict in thirty seconds of reading."),
    "feedback": ("sprintlib.cli.feedback", "Accept, dismiss or snooze a recommendation."),
    "experiment": ("sprintlib.cli.experiment", "Compare two plays, which items get by lot."),
    "learning": ("sprintlib.cli.learning", "What was learned from your outcomes, and its use."),
    "priors": ("sprintlib.cli.priors", "Give or take what a team's history says, as numbers."),
    "trace": ("sprintlib.cli.trace", "Open the reasoning behind an explanation, and fork it."),
    "whatif": ("sprintlib.cli.whatif", "Forecast again under changes, or find what reaches a target."),
    "index": ("sprintlib.cli.index", "Index what was said, for 'sprint ask'."),
    "ask": ("sprintlib.cli.ask", "Answer a question, every sentence with its citation."),
    "report": ("sprintlib.cli.report", "Write the dated report of a milestone."),
    "run": ("sprintlib.cli.run", "Write reports that are due, or list past runs."),
    "digest": ("sprintlib.cli.digest", "Show the short message of the day, or send it."),
    "schedule": ("sprintlib.cli.schedule", "Have cron or launchd call 'sprint run due'."),
    "backup": ("sprintlib.cli.backup", "Copy store and settings into one file."),
    "restore": ("sprintlib.cli.restore", "Put a backup back, here or on a new machine."),
    "drill": ("sprintlib.cli.drill", "Prove that the newest backup can be restored."),
    "store": ("sprintlib.cli.store", "Move a project to another store, such as PostgreSQL."),
    "evaluate": ("sprintlib.cli.evaluate", "Score the forecasts on your own or on recorded sprints."),
    "dashboards": ("sprintlib.cli.dashboards", "Serve the dashboards, read-only."),
    "mcp": ("sprintlib.cli.mcp", "Let an editor's language model ask, over MCP."),
    "secrets": ("sprintlib.cli.secrets", "The keys that sign sessions."),
    "token": ("sprintlib.cli.token", "Tokens by which programs use the API."),
    "privacy": ("sprintlib.cli.privacy", "What is held about one person: export it, or erase it."),
    "open": ("sprintlib.cli.open", "Open a page of the dashboards in a browser."),
    "lab": ("sprintlib.cli.lab", "Open JupyterLab on the notebooks."),
    "github-server": ("sprintlib.cli.github_server", "Serve recorded or simulated repositories as GitHub would."),
}


@dataclass
class App:
    """What every command gets: `@click.pass_obj`."""

    home: Path | None
    debug: bool
    is_program: bool = False  # started as `sprint`, so that the process may turn into another

    @cached_property
    def settings(self) -> "Settings":
        from sprintlib import permissions, settings

        found = settings.load(self.home)
        for folder in (found.data_dir, found.reports_dir):
            if found.home in folder.parents:
                permissions.close_folder(folder)
        log.keep(found.home)
        tracing.begin(found.telemetry.otlp_url, str(ids().get("command", "")))
        return found

    def moment(self, as_of: str | None) -> "datetime":
        """What `--as-of` names, now for None. Raises SettingsError before any store is opened."""
        from sprintlib.as_of import parse_as_of

        return parse_as_of(as_of, self.settings)

    @cached_property
    def project(self) -> "ProjectHandle":
        """The project of the home folder, its store open for writing."""
        from sprintlib.project import ProjectHandle

        return ProjectHandle.open(self.settings)


_BEGIN = """\b
Where to begin:
  sprint demo      a simulated startup in ten seconds, with no token
  sprint init      your own repositories; then sync, analyze, dashboards
"""


@dataclass(frozen=True)
class _Start:
    """What click carries from `main` to the group. is_program: the process is `sprint` itself, no caller of it."""

    arguments: Sequence[str]
    is_program: bool


_ASKED = ("github_budget", "retrieval", "llm_tokens")  # what only commands that asked somebody measure
_REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


def _database_error() -> "type[DatabaseError] | tuple[()]":
    """SQLAlchemy's error, if anything has imported SQLAlchemy."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return loaded.DatabaseError if loaded else ()


def _keep_figures(app: object) -> None:
    """What a command measured that asked GitHub, a model or the index; what only read a store is not worth a write."""
    if not isinstance(app, App) or "project" not in vars(app) or not measures.holds(*_ASKED):
        return
    from sqlalchemy.exc import DatabaseError

    from sprintlib.figures import keep

    with suppress(DatabaseError):
        keep(app.project.engine)


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            alike = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean '{alike[0]}'?" if alike else ""
            ctx.fail(f"There is no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and keep in the log of its home what it failed with."""
        try:
            return self._invoke(ctx)
        except SprintError as error:
            log.LOGGER.error("%s", error, extra=log.KEPT_ONLY)
            raise
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log.LOGGER.critical("it broke", exc_info=error, extra=log.KEPT_ONLY)
            raise
        finally:
            _keep_figures(ctx.obj)
            tracing.end()

    def _invoke(self, ctx: click.Context) -> object:
        """Run the command; what the disk or the database refuses in the middle of it becomes a sentence too."""
        try:
            return super().invoke(ctx)
        except _database_error() as error:
            from sprintlib.store import store_error

            raise store_error(ctx.obj.settings.database_url, error) from error
        except OSError as error:
            if error.errno not in _REFUSALS:
                raise
            place = error.filename or "What belongs on the disk"
            raise SprintError(
                f"{place} cannot be written ({error.strerror}): free some space there, or use another --home."
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_BEGIN)
@click.option("--home", type=click.Path(path_type=Path), help="Folder with sprint.toml; default: the working folder.")
@click.option(
    "--debug",
    is_flag=True,
    help="Say what runs where, log everything, show tracebacks; all of it is kept in data/debug.log.",
)
@click.version_option(package_name="sprintlib")
@click.pass_context
def sprint(context: click.Context, home: Path | None, debug: bool) -> None:
    """Will the milestone land, what threatens it, and what to do today."""
    start: _Start | None = context.obj
    log.configure()
    if debug:
        from sprintlib.cli import debugging

        debugging.begin(home, start.arguments if start else ())
    context.obj = App(home=home, debug=debug, is_program=start is not None and start.is_program)
    context.with_resource(bound(command=context.invoked_subcommand, run=os.urandom(4).hex()))
    if os.environ.get("NO_COLOR"):  # rich looks for it itself, click does not
        context.color = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Exits 0 when done, 1 when it failed, 2 for wrong usage or settings.

    arguments: by default those that this program was started with.
    """
    start = _Start(list(sys.argv[1:] if arguments is None else arguments), is_program=arguments is None)
    arguments = start.arguments
    try:
        with sigterm_as_interrupt(), private_files():
            try:
                sprint.main(list(arguments), prog_name="sprint", standalone_mode=False, obj=start)
            finally:
                sys.stdout.flush()
    except SprintError as error:
        _log_traceback(error, arguments)
        click.echo(f"sprint: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except OSError as error:
        if error.errno not in (*_REFUSALS, errno.EPIPE):
            raise
        _leave_output()
        if error.errno != errno.EPIPE:  # nobody reads on: that is no fault
            click.echo(f"sprint: The output cannot be written: {error.strerror}.", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("sprint: stopped; everything collected so far is kept.", err=True)
        sys.exit(1)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except Exception as error:
        _log_traceback(error, arguments)
        raise


def _log_traceback(error: Exception, arguments: Sequence[str]) -> None:
    if "--debug" in arguments:
        from sprintlib.cli import debugging

        debugging.end(error)


def _leave_output() -> None:
    """Let what is left of the output go, since Python tries to write it once more when it ends."""
    with suppress(OSError, ValueError):  # tests replace stdout by something without a descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
