"""The generator makes what it says, and the check catches it."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from sprintlib.history import ProjectState, load_state
from sprintlib.knowledge import verify
from tests.knowledge.falsehoods import Falsehood, Truth, falsehoods, truths
from tests.world import World

KINDS = {
    "invented id",
    "wrong id",
    "wrong number",
    "wrong date",
    "wrong login",
    "wrong state",
    "future fact",
    "stitched quote",
}


def generated(past: ProjectState, items: int, seed: int = 7) -> tuple[list[Truth], list[Falsehood]]:
    random = Random(seed)
    true = truths(past, random, items)
    return true, [false for one in true for false in falsehoods(one, true, past, random)]


def caught(past: ProjectState, true: list[Truth], false: list[Falsehood]) -> tuple[dict[str, float], float]:
    """Share of the falsehoods that are dropped, by kind, and of the truths."""
    context = list({one.source.id: one.source for one in true}.values())
    good = verify([one.claim for one in true], context, past)
    bad = verify([one.claim for one in false], context, past)
    dropped = Counter(one.claim for one in bad.dropped)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for one in false:
        by_kind[one.how].append(dropped[one.claim] > 0)
    return {how: sum(found) / len(found) for how, found in by_kind.items()}, good.report.dropped / len(true)


@pytest.fixture
def past(talk: World) -> ProjectState:
    for number, body in ((50, "first"), (51, "second")):
        words = " ".join(f"{body}{place}" for place in range(30))
        talk.issue(number, "03-17 08:00", title=f"Long {body} story", body=words, author=f"writer-{body}")
    return talk.past("03-20 12:00")


def test_what_is_made_false_is_false(past: ProjectState) -> None:
    true, false = generated(past, 40)
    assert {one.how for one in false} == KINDS
    spoken = {one.claim for one in true}
    for one in false:
        assert one.claim not in spoken
    numbers = [one.claim.text for one in false if one.how == "wrong number"]
    assert all("has 0 comments" not in text for text in numbers)
    stitched = [one.claim.text for one in false if one.how == "stitched quote"]
    assert stitched
    for text in stitched:
        quoted = text.split('"')[1]
        assert not any(quoted in truth.source.text for truth in true)


def test_falsehoods_are_caught_and_truths_stay(past: ProjectState) -> None:
    shares, false_drops = caught(past, *generated(past, 40))
    assert shares == dict.fromkeys(shares, 1.0)
    assert false_drops == 0


@pytest.mark.realdata
@pytest.mark.slow
def test_on_real_milestones(real_data: Path, tmp_path: Path) -> None:
    """On secp256k1: 0.95 caught at least, at most 5 % of true sentences dropped."""
    from sprintlib.github.dataset import ingest_dataset
    from sprintlib.settings import parse
    from sprintlib.store import open_store

    engine = open_store(f"sqlite:///{tmp_path}/sprint.db")
    ingest_dataset(engine, real_data / "github-backups" / "bitcoin-core_secp256k1.tar.xz", "secp256k1")
    names = ["bitcoin-core/secp256k1"]
    settings = parse({"home": tmp_path, "project": {"name": "secp256k1", "repositories": names}})
    for moment in (datetime(2023, 3, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)):
        past = load_state(engine, settings, moment)
        true, false = generated(past, 300)
        shares, false_drops = caught(past, true, false)
        print(moment.date(), len(true), len(false), shares, false_drops)  # noqa: T201 - the measurement
        assert min(shares.values()) >= 0.95
        assert false_drops <= 0.05
