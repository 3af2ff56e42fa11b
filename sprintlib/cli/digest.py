"""`sprint digest`: the short message of the day."""

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.project import ProjectHandle
    from sprintlib.settings import DigestTarget


_TARGETS = ("file", "slack", "teams", "email", "issue", "summary")  # settings.DigestTarget, not imported at start


@click.command("digest")
@click.option("--to", "targets", type=click.Choice(_TARGETS), multiple=True, help="Where to; default: [digest] to.")
@click.option("--send", "send_it", is_flag=True, help="Send it; without this it is only shown.")
@click.option("--anyway", is_flag=True, help="With --send: even if nothing has changed.")
@click.option("--snooze", metavar="DAY", help="Send nothing by itself before that day: 2026-12-01, +7d, or off.")
@click.option(
    "--pseudonyms/--names", default=None, help="Call people dev-1a2b3c; default: as [report] pseudonyms says."
)
@click.option("--json", "as_json", is_flag=True, help="Print what became of it as JSON.")
@click.pass_obj
def command(
    app: App,
    targets: tuple["DigestTarget", ...],
    send_it: bool,
    anyway: bool,
    snooze: str | None,
    pseudonyms: bool | None,
    as_json: bool,
) -> None:
    """Show the short message of the day, or send it.

    Verdicts, the first three things to do, who can act next, and what changed since the last message. Nothing is sent
    twice on one day, and nothing when nothing changed. 'sprint run due' sends it where [digest] names a target.
    """
    if snooze is not None:
        _snooze(app, snooze)
        return
    if anyway and not send_it:
        raise click.UsageError("--anyway goes with --send.")
    chosen = targets or app.settings.digest.to
    project = app.project
    if pseudonyms is not None:
        report = project.settings.report.model_copy(update={"pseudonyms": pseudonyms})
        project = replace(project, settings=project.settings.model_copy(update={"report": report}))
    if send_it:
        _send(project, chosen, anyway, as_json)
    else:
        _show(project, chosen, as_json)


def _show(project: "ProjectHandle", targets: tuple["DigestTarget", ...], as_json: bool) -> None:
    from sprintlib.digest.mail import as_text
    from sprintlib.digest.sending import todays_digest
    from sprintlib.digest.targets import TARGETS
    from sprintlib.views.markup import seen

    digest = todays_digest(project)
    shown = {target: TARGETS[target](project).preview(digest) for target in targets}
    if as_json:
        click.echo(json.dumps({"has_news": digest.has_news, "since": digest.since, "would_send": shown}, indent=2))
        return
    for target, text in shown.items():
        click.echo(f"--- {target}")
        click.echo(seen(text))
    if not shown:
        click.echo(seen(as_text(digest)))
    news = "" if digest.has_news else f" Nothing has changed since {digest.since}: --send would send nothing."
    where = "Send it with --send." if shown else "Name where it goes with --to, or 'to' under [digest] in sprint.toml."
    click.echo(f"Nothing was sent.{news} {where}", err=True)


def _send(project: "ProjectHandle", targets: tuple["DigestTarget", ...], anyway: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from sprintlib.digest import send

    if not targets:
        raise click.UsageError("Name where it goes with --to, or 'to' under [digest] in sprint.toml.")
    outcomes = send(project, targets, anyway)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in outcomes], indent=2))
    else:
        for one in outcomes:
            click.echo(one.message if one.ok else f"sprint: {one.target}: {one.message}", err=not one.ok)
    sys.exit(0 if all(one.ok for one in outcomes) else 1)


def _snooze(app: App, text: str) -> None:
    """Write `snooze_until` into sprint.toml, which keeps everything else as it is."""
    from sprintlib.digest.snoozing import snooze

    until = snooze(app.settings, text)
    click.echo(f"Nothing is sent by itself before {until}." if until else "Digests go out again.")
