"""Where notebooks, dashboards and the pages on metrics lie: inside the installed package, or in a source tree."""

from pathlib import Path
from typing import Literal

from sprintlib.errors import SettingsError

_PACKAGE = Path(__file__).parent


def folder(name: Literal["notebooks", "dashboards", "metrics"]) -> Path:
    """The folder that holds them. Raises SettingsError when the installation is incomplete."""
    source = _PACKAGE.parent / ("docs/metrics" if name == "metrics" else name)
    for candidate in (_PACKAGE / "shipped" / name, source):
        if candidate.is_dir():
            return candidate
    raise SettingsError(f"The {name} folder of the installation is missing: install sprintlib again.")
