"""A report as PDF: its page, printed by a Chromium that is installed here."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sprintlib.child_environment import child_environment
from sprintlib.errors import ReportError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 90.0  # seconds
_DRAWING = 10_000  # milliseconds of the page's own time, for charts
_QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    f"--virtual-time-budget={_DRAWING}",
)


def find_browser() -> str:
    """The Chromium to print with. Raises ReportError where there is none."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise ReportError(
            "There is no Chromium here to print with: install it (on Debian: apt install chromium), or print "
            "report.html in your browser."
        )
    return found


def write_pdf(html: Path) -> Path:
    """Print a report's page into `report.pdf` beside it. Raises ReportError with one sentence."""
    browser, target = find_browser(), html.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="sprint-", ignore_cleanup_errors=True) as scratch:
        made = Path(scratch) / "report.pdf"
        command = [browser, *_QUIET, f"--user-data-dir={scratch}/profile", f"--print-to-pdf={made}", html.as_uri()]
        if os.geteuid() == 0:  # Chromium has no sandbox for root
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(
                command,
                check=False,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_PATIENCE,
                env=child_environment() | {"TMPDIR": scratch},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError(f"{browser} did not print the report ({type(error).__name__}): try again.") from error
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF-"):
            raise ReportError(f"{browser} did not print the report: print {html} in a browser.")
        shutil.move(made, target)
    return target
