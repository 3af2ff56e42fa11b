"""`sprint github-server`: recorded or simulated repositories, served as GitHub would."""

from pathlib import Path

import click

from sprintsim.fake_github.faults import KINDS, OPTIONS


def _table(title: str, rows: dict[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(["\b", title, *(f"  {name.ljust(width)}  {meaning}" for name, meaning in rows.items())])


_FAULTS = "\n\n".join(
    [_table("Faults, as KIND or KIND:name=value,name=value:", KINDS), _table("Options of any fault:", OPTIONS)]
)


@click.command("github-server", epilog=_FAULTS)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="Folder or .tar.xz backup with issues/ and pulls/; may be given several times.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8123, show_default=True, help="On 127.0.0.1; 0 takes a free one."
)
@click.option("--fault", metavar="KIND", help="What goes wrong, see below.")
def command(datasets: tuple[Path, ...], port: int, fault: str | None) -> None:
    """Serve repositories on http://127.0.0.1:PORT with GitHub's REST semantics.

    Any token is accepted and none is needed. GET /_stats counts requests by path, repository and status;
    DELETE /_stats starts again from zero.
    """
    from sprintsim.fake_github import Fault, load, serve

    planned = Fault.parse(fault) if fault else None
    loaded = load(*datasets)
    for dataset in loaded:
        pulls = sum(item.is_pull for item in dataset.items.values())
        click.echo(f"{dataset.full_name}: {len(dataset.items) - pulls:,} issues, {pulls:,} pull requests")
    try:
        serve(loaded, port, planned, ready=lambda url: click.echo(f"Serving at {url} until Ctrl-C."))
    except KeyboardInterrupt:
        return
