"""`sprint archive`: what happened long ago, from hourly files of GH Archive."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sprintlib.cli.main import App

if TYPE_CHECKING:
    from sprintlib.archive import ArchiveSummary

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("archive")
@click.argument("files", nargs=-1, type=_FILE)
@click.option(
    "--from", "first", metavar="TIME", help="Fetch from this day or hour on (2015-01-01, 2015-01-01T15; UTC)."
)
@click.option("--to", "last", metavar="TIME", help="The last day or hour to fetch; default: until now.")
@click.option("--repo", "repositories", multiple=True, metavar="OWNER/NAME", help="Only these; may be repeated.")
@click.option("--base-url", metavar="URL", help="Where hours are fetched from; default: https://data.gharchive.org.")
@click.option("--scheduler", metavar="ADDRESS", help="tcp://HOST:PORT of a Dask cluster that reads side by side.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.pass_obj
def command(
    app: App,
    files: tuple[Path, ...],
    first: str | None,
    last: str | None,
    repositories: tuple[str, ...],
    base_url: str | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Read hourly files of GH Archive into the store: FILES (.json.gz), or those from --from to --to.

    It keeps what is about the repositories of sprint.toml, or about those of --repo. A file that is cut off or a line
    that is no event is named, and the rest is kept. 'sprint sync' fills in what the archive does not tell.
    """
    from sprintlib import archive
    from sprintlib.github import shown
    from sprintlib.services import read_archive

    if bool(files) == bool(first):
        raise click.UsageError("Name files to read, or the first day with --from; not both.")
    if last and not first:
        raise click.UsageError("--to needs --from.")
    wanted = archive.hours(first, last, datetime.now(UTC)) if first else []
    with shown() as progress:
        address = base_url or archive.BASE_URL
        absolute = [path.resolve() for path in files]  # who reads them may work in another folder
        summary = read_archive(app.project, absolute, wanted, repositories, address, progress, scheduler)
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
    else:
        _show(summary)


def _show(summary: "ArchiveSummary") -> None:
    for sentence in summary.problems():
        click.echo(f"sprint: {sentence}", err=True)
    for sentence in summary.lacks():
        click.echo(f"{sentence}.")
    files = "1 file" if len(summary.files) == 1 else f"{len(summary.files):,} files"
    click.echo(
        f"{summary.events:,} events in {files}: {summary.kept:,} kept, {summary.bad:,} bad, in {summary.seconds:.1f} s"
    )
