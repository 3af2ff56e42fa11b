"""The commands whose output is kept, and which of their values may differ from run to run."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sprintlib.cli.main import sprint
from tests.startup import AS_OF

FOLDER = Path(__file__).parent
COMMANDS = {
    "analyze": ("analyze",),
    "whatif-drop": ("whatif", "--drop", "web#60", "--people", "1"),
    "whatif-target": ("whatif", "--target", "0.8"),
    "ask-late": ("ask", "why is it late?"),
    "ask-blocked": ("ask", "what blocks web#49?"),
}
_VOLATILE = frozenset({"timings", "seconds"})


def run(name: str, startup: Path, folder: Path) -> Any:
    """What a command prints of the startup's home, which is copied into a folder first."""
    home = folder / name
    shutil.copytree(startup, home, ignore=shutil.ignore_patterns("github"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SPRINT_DATABASE_URL", raising=False)
        ended = CliRunner().invoke(
            sprint, ["--home", str(home), *COMMANDS[name], "--as-of", AS_OF, "--json"], catch_exceptions=False
        )
    return steady(json.loads(ended.stdout))


def steady(value: Any) -> Any:
    """Without what differs from run to run."""
    if isinstance(value, dict):
        return {key: steady(one) for key, one in value.items() if key not in _VOLATILE}
    return [steady(one) for one in value] if isinstance(value, list) else value


def differences(kept: Any, now: Any, path: str = "") -> Iterator[str]:
    """Where two values differ, one line each; figures may differ in their tenth digit between processors."""
    if isinstance(kept, dict) and isinstance(now, dict):
        for key in kept.keys() | now.keys():
            yield from differences(kept.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        for place, pair in enumerate(zip(kept, now, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif kept != (pytest.approx(now, rel=1e-9, abs=1e-12) if isinstance(now, float) else now):
        yield f"{path}: {_short(kept)} -> {_short(now)}"


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.json"


def _short(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 160 else f"{told[:160]}..."
