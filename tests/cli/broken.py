"""A command with a bug."""

import click


@click.command("analyze")
def command() -> None:
    _ = 1 / 0
