"""Secrets in what git holds, as detect-secrets finds them, that `.secrets.baseline` does not know to be none.

`python -m tests.checks.secret_scan --accept` writes the baseline anew: read its diff, and say in the commit why each
new one is none.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from detect_secrets.core import baseline
from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from tests.conftest import ROOT

BASELINE = ROOT / ".secrets.baseline"
_NO_TEXT = (".png", ".svg", ".gz", ".npz", ".parquet", ".joblib", ".woff2")
# digests of packages, and names of public commits: thousands of lines that look random and are public
_PUBLIC = ("locks/", "sprintlib/forecast/sprints/public.json", BASELINE.name)
_PROCESSES = 2
# wider than what each detector of the baseline looks for: words, quoted strings of some length, and known beginnings
_CANDIDATE = re.compile(
    r"pass|pwd|secret|key|token|AKIA|aws|gh[pousr]_|BEGIN|eyJ|xox|slack|sk-|pypi-|://[^/\s]*:"
    r"|['\"][0-9a-f]{8,}['\"]|['\"][\w+/=\\-]{20,}['\"]",
    re.IGNORECASE,
)


def settings() -> dict[str, Any]:
    """Which detectors look, and which files are left out."""
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    return {"plugins_used": known["plugins_used"], "filters_used": known["filters_used"]}


def tracked(root: Path) -> list[str]:
    """The text files that git holds, or would with `git add`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    return [
        name
        for name in names
        if name and not name.endswith(_NO_TEXT) and not name.startswith(_PUBLIC) and (root / name).is_file()
    ]


def scan(root: Path, names: Sequence[str]) -> list[PotentialSecret]:
    """What looks like a secret in these files, each with its place."""
    found = []
    with transient_settings(settings()), tempfile.TemporaryDirectory() as folder:
        for name in names:
            kept = candidates((root / name).read_text(encoding="utf-8", errors="replace"))
            copy, held = Path(folder) / Path(name).name, SecretsCollection()
            copy.write_text("".join(f"{line}\n" for line in kept.values()), encoding="utf-8")
            held.scan_file(str(copy))
            numbers = list(kept)
            found += [
                PotentialSecret(one.type, name, one.secret_value or "", numbers[one.line_number - 1]) for _, one in held
            ]
    return found


def candidates(text: str) -> dict[int, str]:
    """The lines that could hold a secret, by number: detect-secrets takes a second for each 3,000 lines of any kind."""
    return {place: line for place, line in enumerate(text.splitlines(), start=1) if _CANDIDATE.search(line)}


def scan_all(root: Path) -> list[PotentialSecret]:
    """The same for everything that git holds, on two cores."""
    names = tracked(root)
    parts = [names[place::_PROCESSES] for place in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        return [secret for part in pool.map(scan, [root] * _PROCESSES, parts) for secret in part]


def unknown(found: Sequence[PotentialSecret]) -> Iterator[PotentialSecret]:
    """Those that the baseline does not hold; that a line has moved makes none new."""
    with transient_settings(settings()):
        known = {(name, secret.secret_hash) for name, secret in baseline.load(baseline.load_from_file(str(BASELINE)))}
    return (secret for secret in found if (secret.filename, secret.secret_hash) not in known)


def accept(found: Sequence[PotentialSecret]) -> None:
    """Have the baseline hold these."""
    held = SecretsCollection()
    for secret in found:
        held[secret.filename].add(secret)
    with transient_settings(settings()):
        text = json.dumps(baseline.format_for_output(held) | {"generated_at": ""}, indent=1)
    BASELINE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    looked_at = scan_all(ROOT)
    if "--accept" in sys.argv:
        accept(looked_at)
    new = sorted(unknown(looked_at), key=lambda secret: (secret.filename, secret.line_number))
    for one in new:
        print(f"{one.filename}:{one.line_number}: {one.type}")  # noqa: T201
    sys.exit(bool(new))
