"""The command line: one thin command per verb, each in a module of its own."""

from sprintlib.cli.main import main

__all__ = ["main"]
