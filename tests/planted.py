"""Secrets planted in an environment, and a notebook cell that looks for them as a hostile one would.

E-mail addresses planted in every text of a repository, and a search of every file of a home, unpacked as far as can be.
"""

import gzip
import io
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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


LEAK = b"leak.example"  # the domain of every planted address
_TEXTS = frozenset({"body", "description", "display_title", "email", "message", "name", "title"})
_NAMED = frozenset({"head_commit", "author", "committer"})  # whose `name` is a text that people choose


def with_addresses(value: Any, counter: "count[int] | None" = None, inside: str = "") -> Any:
    """A payload of GitHub with an address of its own in every text that people write."""
    counter = counter or count()
    if isinstance(value, list):
        return [with_addresses(one, counter, inside) for one in value]
    if not isinstance(value, dict):
        return value
    planted = {}
    for key, one in value.items():
        if isinstance(one, str) and key in _TEXTS and (key != "name" or inside in _NAMED):
            planted[key] = f"{one} <ada.{next(counter)}@{LEAK.decode()}>"
        else:
            planted[key] = with_addresses(one, counter, key)
    return planted


def stored_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder as it is; archives unpacked; and each value of a SQLite file, decompressed."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        name, content = str(file.relative_to(folder)), file.read_bytes()
        yield name, content
        if name.endswith(".tar.gz"):
            with TemporaryDirectory() as place, tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as packed:
                packed.extractall(place, filter="data")
                yield from ((f"{name}/{inside}", text) for inside, text in stored_in(Path(place)))
        elif content.startswith(b"SQLite format 3"):
            yield from ((f"{name}/{table}", value) for table, value in _values(file))


def _values(file: Path) -> Iterator[tuple[str, bytes]]:
    """What is compressed or binary in a SQLite file, by table."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in store.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, bytes):
                        yield table, _decompressed(value)


def _decompressed(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
