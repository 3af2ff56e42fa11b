"""GH Archive: hourly files of everything public that happened on GitHub, read into the same facts.

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.archive.collecting import Source, collect
    from sprintlib.archive.downloading import BASE_URL, Download, Hour, hours
    from sprintlib.archive.scanning import Wanted, scan_file
    from sprintlib.archive.summary import ArchiveSummary, BadLine, FileSummary

__all__ = [
    "BASE_URL",
    "ArchiveSummary",
    "BadLine",
    "Download",
    "FileSummary",
    "Hour",
    "Source",
    "Wanted",
    "collect",
    "hours",
    "scan_file",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "collecting": ("Source", "collect"),
        "downloading": ("BASE_URL", "Download", "Hour", "hours"),
        "scanning": ("Wanted", "scan_file"),
        "summary": ("ArchiveSummary", "BadLine", "FileSummary"),
    },
)
