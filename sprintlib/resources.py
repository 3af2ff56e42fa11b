"""Where the notebooks and dashboards lie: inside the installed package, or at the top of a source tree."""

from pathlib import Path
from typing import Literal

from sprintlib.errors import SettingsError

_PACKAGE = Path(__file__).parent


def folder(name: Literal["notebooks", "dashboards"]) -> Path:
    """The folder that holds them. Raises SettingsError when the installation is incomplete."""
    for candidate in (_PACKAGE / "shipped" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise SettingsError(f"The {name} folder of the installation is missing: install sprintlib again.")
