"""One simulated startup on disk, shared by the tests that read it."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sprintsim.simulation import EventLog, write_startup

SEED, TODAY = 4, date(2026, 11, 23)


@dataclass(frozen=True)
class Startup:
    folder: Path
    event_log: EventLog

    def read(self, *path: str) -> Any:
        return json.loads(self.folder.joinpath(*path).read_text(encoding="utf-8"))

    def files(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob(f"*/{kind}/*.json"))]


@pytest.fixture(scope="session")
def startup(tmp_path_factory: pytest.TempPathFactory) -> Startup:
    folder = tmp_path_factory.mktemp("startup")
    return Startup(folder, write_startup(folder, SEED, TODAY))
