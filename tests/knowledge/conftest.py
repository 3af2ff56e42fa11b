"""A small project in which things were said, and an encoder that needs no model."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest

from sprintlib.embedding import Vectors
from sprintlib.knowledge.tokens import words
from tests.sprints import team_in
from tests.world import API, WEB, World


class BagOfWords:
    """Texts with words in common are near each other; `spoken` are the texts it was given."""

    def __init__(self, model: str = "bag", dimension: int = 64) -> None:
        self.model = model
        self.dimension = dimension
        self.spoken: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.spoken += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text) or {"nothing"}:
                row[int.from_bytes(blake2b(word.encode(), digest_size=4).digest()) % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def bag() -> BagOfWords:
    return BagOfWords()


@pytest.fixture
def talk(tmp_path: Path) -> World:
    """Sprint 2 of tests.sprints is under way; acme/web#5 waits for acme/api#14, and people talk about it."""
    world = team_in(tmp_path)
    world.issue(
        14, "03-16 09:00", title="Payment intents: create and refund", body="Everything stands on it.", milestone=2
    )
    world.issue(5, "03-16 10:00", repo=WEB, title="Card form in the payment step", body="Blocked by acme/api#14.")
    world.event(5, "blocked_by_added", "03-17 09:00", subject=f"{API}#14", repo=WEB)
    world.pull(40, "03-17 09:00", title="Refund webhooks", body="Closes #14", head_sha="f" * 40)
    world.comment(14, "The sandbox of the provider is down since Tuesday.", "03-18 10:00", key="down")
    world.comment(14, "Reconciliation needs idempotent webhooks.", "03-19 10:00", key="hooks", author="cat")
    world.comment(14, "Coverage 81 %", "03-19 11:00", key="bot", author="cov[bot]", author_type="Bot")
    world.review(40, "changes_requested", "03-19 12:00", body="The retry loop never ends.", key="rev")
    world.commit("abc1234def5678abc1234def5678abc1234def56", "03-18 12:00", 40, "Retry refunds\n\nThree times at most.")
    world.flush()
    return world
