"""Known vulnerabilities of what the locks pin, as far as the advisory service can be reached."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.conftest import ROOT

LOCKS = ("run", "dev", "knowledge")
_SECONDS = 60


def audit(lock: str) -> list[dict[str, Any]] | None:
    """Each pin of a lock: its name, version and vulns, or a skip_reason; None where nobody answered."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", f"locks/{lock}.txt", "--format", "json"]
    command += ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def report(pins: Sequence[dict[str, Any]] | None) -> tuple[str, bool]:
    """What was found, and whether anything is vulnerable. Not being reached is told, and is no fault of the pins."""
    asked = [pin for pin in pins or () if "skip_reason" not in pin]
    if not asked:
        return "the advisory service cannot be reached from here: nothing was checked.", False
    vulnerable = [
        f"{pin['name']} {pin['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        for pin in asked
        for one in pin["vulns"]
    ]
    told = f"{len(asked)} of {len(pins or ())} pinned packages could be asked about, {len(vulnerable)} advisories."
    return "\n".join([told, *vulnerable]), bool(vulnerable)


if __name__ == "__main__":
    first = audit(LOCKS[0])
    if first is None or all("skip_reason" in pin for pin in first):
        text, failed = report(first)
    else:
        text, failed = report([*first, *(pin for lock in LOCKS[1:] for pin in audit(lock) or ())])
    print(text)  # noqa: T201
    sys.exit(failed)
