"""The security checks of `make check`, side by side: bandit, a scan for secrets, and advisories about the pins."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import ROOT

CODE = ("sprintlib", "sprintsim", "training")
LINE = "{relpath}:{line}: {test_id} {msg}"
CHECKS = {
    "bandit": ["bandit", "-q", "-r", *CODE, "-c", "pyproject.toml", "-f", "custom", "--msg-template", LINE],
    "secrets": ["tests.checks.secret_scan"],
    "advisories": ["tests.checks.advisories"],
}


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """One check, in a process of its own."""
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, text=True, capture_output=True)


if __name__ == "__main__":
    with ThreadPoolExecutor() as pool:
        done = dict(zip(CHECKS, pool.map(run, CHECKS.values()), strict=True))
    for name, check in done.items():
        told = check.stdout if check.returncode == 0 else check.stdout + check.stderr
        print(f"{name}: {told.strip() or 'nothing found.'}")  # noqa: T201
    sys.exit(any(check.returncode for check in done.values()))
