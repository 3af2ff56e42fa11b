"""Write the kept outputs again: python -m tests.golden."""

import json
import tempfile
from pathlib import Path

from tests.golden.commands import COMMANDS, differences, file_of, run
from tests.startup import startup_home

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "startup").mkdir()
        startup = startup_home(folder / "startup")
        for command in COMMANDS:
            file, now = file_of(command), run(command, startup, folder)
            kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
            print(f"{file.name}: {len(list(differences(kept, now)))} values differ")  # noqa: T201
            text = json.dumps(now, indent=1, ensure_ascii=False, sort_keys=True)
            file.write_text(f"{text}\n", encoding="utf-8")
