"""How often words are right, on pairs of items labelled by hand: `labelled_pairs.csv` has ids and labels only.

All pairs that were read as waiting or as free when the sample was drawn, 135 mentions in sentences with a word such as
"after" or "need", and 15 others. waits: the author says that this item is to come after the other, or needs it. free:
that it does not. other: neither; follow-ups, successors and alternatives are no waiting.
"""

import csv
import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sprintlib.dependencies.statements import statements
from sprintlib.references import Resolver

PAIRS = Path(__file__).with_name("labelled_pairs.csv")
BACKUPS = {"bitcoin-core/secp256k1": "bitcoin-core_secp256k1.tar.xz", "bitcoin/bips": "bitcoin_bips.tar.xz"}
RESOLVER = Resolver(tuple(BACKUPS), frozenset({"github.com"}))
Place = tuple[str, int, str, str]


def labelled() -> list[tuple[Place, str, str]]:
    """Where a text is, what it refers to, and the label."""
    with PAIRS.open() as file:
        rows = list(csv.DictReader(file))
    return [
        ((row["repository"], int(row["number"]), row["place"], row["id"]), row["ref"], row["label"]) for row in rows
    ]


def texts(repository: str, archive: Path) -> Iterator[tuple[Place, str]]:
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.name.endswith(".json") else None
            document: dict[str, Any] = json.load(content) if content else {}
            if document.get("type") in ("issue", "pull"):
                number = document[document["type"]]["number"]
                for place, thing in _parts(document):
                    key = "" if place == "body" else str(thing.get("id"))
                    yield (repository, number, place, key), thing.get("body") or ""


def _parts(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "body", document[document["type"]]
    names = {"commented": "comment", "reviewed": "review"}
    yield from ((names[entry["event"]], entry) for entry in document["events"] if entry["event"] in names)
    yield from (("review_comment", comment) for comment in document.get("comments") or ())


def test_there_are_enough_pairs():
    pairs = labelled()
    assert len({(place, ref) for place, ref, _ in pairs}) == len(pairs) >= 150
    assert {label for *_, label in pairs} == {"waits", "free", "other"}


@pytest.mark.realdata
@pytest.mark.slow
def test_what_words_say_is_right_often_enough(real_data: Path):
    wanted = {place for place, *_ in labelled()}
    held = {
        place: text
        for repository, name in BACKUPS.items()
        for place, text in texts(repository, real_data / "github-backups" / name)
        if place in wanted
    }
    assert set(held) == wanted
    counts: Counter[tuple[str, bool]] = Counter()
    missed = found = 0
    for place, ref, label in labelled():
        said = [one for one in statements(held[place], place[0], RESOLVER) if one.ref == ref and one.says == "waits"]
        if said:
            counts[said[0].signal, label == "waits"] += 1
        found += bool(said) and label == "waits"
        missed += not said and label == "waits"
    right = {signal: counts[signal, True] / (counts[signal, True] + counts[signal, False]) for signal, _ in counts}
    assert right["text"] >= 0.8
    assert right["weak text"] >= 0.8
    assert found / (found + missed) >= 0.7
