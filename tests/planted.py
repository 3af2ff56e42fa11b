"""Secrets planted in an environment, and a notebook cell that looks for them as a hostile one would."""

from collections.abc import Mapping, Sequence
from pathlib import Path

PLANTED = {
    "GITHUB_TOKEN": "planted-github",
    "GH_TOKEN": "planted-gh",
    "OLLAMA_API_KEY": "planted-ollama",
    "SPRINT_WEBHOOK_SECRET": "planted-webhook",
    "AWS_SECRET_ACCESS_KEY": "planted-aws",
    "QX7_LEDGER": "planted-under-a-name-of-no-list",
    "PYTHONPATH": "/planted-code",
}


def looking(file: Path) -> str:
    """Source of a cell that writes its own environment, and its parent's environment and arguments, to a file."""
    return (
        "import json, os, psutil\nfrom pathlib import Path\n"
        "parent = psutil.Process(os.getppid())\n"
        "seen = {'own': dict(os.environ), 'parent': parent.environ(), 'arguments': parent.cmdline()}\n"
        f"Path({str(file)!r}).write_text(json.dumps(seen))\n"
    )


def planted_in(*seen: Mapping[str, str] | Sequence[str]) -> list[str]:
    """What of it shows up, by name or by value."""
    words = [*PLANTED, *PLANTED.values()]
    return [word for word in words for place in seen if word in repr(place)]
