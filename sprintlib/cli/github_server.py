"""`sprint github-server`: recorded or simulated repositories, served as GitHub would."""

from pathlib import Path

import click

FAULTS = """\b
Faults (--fault KIND or KIND:name=value,name=value):
  401              the token is refused
  403              the token may not read the repository
  404              the repository is not found
  429              too many requests, with Retry-After: 1 (every 5th)
  500 502 503 504  server errors (every 3rd); 502:every=1,times=20 is a storm
                   that passes
  rate-limit       403 after budget=60 requests until the reset, window=3600
                   seconds after the first
  secondary-limit  403 with Retry-After: 1 (every 20th)
  cut              the connection closes in the middle of the body (every 4th)
  stall            the body stops half-way for seconds=60 (every 10th)
  flaky            502, cut, 429 and a short stall in turn (every 5th)

\b
Of any of them:
  after=N    let N requests pass first
  every=N    hit each N-th of the rest
  times=N    at most so many
  path=TEXT  only requests whose path contains TEXT, git included
"""


@click.command("github-server", epilog=FAULTS)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="Folder or .tar.xz backup with issues/ and pulls/; may be given several times.",
)
@click.option("--port", default=8123, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--fault", metavar="KIND", help="What goes wrong, see below.")
def command(datasets: tuple[Path, ...], port: int, fault: str | None) -> None:
    """Serve repositories on http://127.0.0.1:PORT with GitHub's REST semantics.

    Any token is accepted and none is needed. GET /_stats counts requests by path, repository and status;
    DELETE /_stats starts again from zero.
    """
    from sprintlib.standin import load, serve

    loaded = load(*datasets)
    for dataset in loaded:
        pulls = sum(item.is_pull for item in dataset.items.values())
        click.echo(f"{dataset.full_name}: {len(dataset.items) - pulls:,} issues, {pulls:,} pull requests")
    try:
        serve(loaded, port, fault, ready=lambda url: click.echo(f"Serving at {url} until Ctrl-C."))
    except KeyboardInterrupt:
        return
