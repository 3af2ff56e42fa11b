"""`sprint` on pages of its own: `python with_other_pages.py FOLDER ...`, started anew as the command does."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sprintlib import resources
from sprintlib.cli.main import main

SHIPPED, BECOME = resources.folder, os.execve
PAGES = sys.argv.pop(1)


def folder(name: str) -> Path:
    return Path(PAGES) if name == "dashboards" else SHIPPED(name)  # type: ignore[arg-type]


def become(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    _, _, _, _, *rest = arguments  # python -P -m sprintlib
    BECOME(program, [program, "-P", __file__, PAGES, *rest], environment)


resources.folder, os.execve = folder, become  # type: ignore[assignment]
main()
