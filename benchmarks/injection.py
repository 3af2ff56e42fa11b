"""How often texts for a language model are noticed, and how often people's texts are taken for them.

`python benchmarks/injection.py [DATA]`, half a minute: attack strings and real texts of the data folder
(../shared/data): every title, description, comment, review, commit message, label and branch name of the backups.
"""

import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

from sprintlib.knowledge import instructions


def main(data: Path) -> None:
    """Print both tables."""
    print("| attack strings | noticed | of |\n|---|---|---|")
    for file in sorted((data / "injection").glob("*.json")):
        for group, strings in json.loads(file.read_text(encoding="utf-8")).items():
            noticed = sum(bool(instructions(text)) for text in strings)
            print(f"| {file.stem.split('_')[0]}: {group} | {noticed} | {len(strings)} |")
    print("\n| real texts | n | taken for orders | per 1,000 | MB a second |\n|---|---|---|---|---|")
    for archive in sorted((data / "github-backups").glob("*.tar.xz")):
        texts = [text for item in _items(archive) for text in _texts(item) if text and text.strip()]
        started = process_time()
        alarms = [found for text in texts if (found := instructions(text))]
        speed = sum(map(len, texts)) / 1e6 / (process_time() - started)
        rate = 1000 * len(alarms) / len(texts)
        print(f"| {archive.name} | {len(texts)} | {len(alarms)} | {rate:.2f} | {speed:.1f} |")
        for one in (one for found in alarms for one in found):
            print(f"    {one.asks}: {one.words!r}", file=sys.stderr)


def _items(archive: Path) -> Iterator[dict[str, Any]]:
    with tarfile.open(archive) as members:
        for member in members:
            if member.isfile() and member.name.endswith(".json") and (file := members.extractfile(member)):
                found = json.load(file)
                if "type" in found:
                    yield found


def _texts(found: dict[str, Any]) -> Iterator[str | None]:
    item = found[found["type"]]
    yield from (item["title"], item.get("body"), (item.get("head") or {}).get("ref"))
    yield from (label["name"] for label in item.get("labels", []))
    said = [*found.get("comments", []), *found.get("events", [])]
    said += [comment for event in found.get("events", []) for comment in event.get("comments") or []]
    yield from {text for event in said for text in (event.get("body"), event.get("message")) if isinstance(text, str)}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared" / "data")
