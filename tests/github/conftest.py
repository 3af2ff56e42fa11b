"""A store, settings that point at a stand-in, and the small repository served."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sprintlib.github import RetryPolicy
from sprintlib.settings import Settings, parse
from sprintsim.fake_github import Dataset, running
from tests.github import shop

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
# retries without the waits of real life
HASTE = RetryPolicy(attempts=3, first_wait_seconds=0.01)


@pytest.fixture
def dataset() -> Dataset:
    return shop.dataset()


@pytest.fixture
def url(dataset: Dataset) -> Iterator[str]:
    with running([dataset]) as url:
        yield url


MakeSettings = Callable[..., Settings]


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Settings for a base URL; more github settings as keywords. details_days covers the dates of the small shop."""

    def make(url: str, *repositories: str, home: Path | None = None, **github: Any) -> Settings:
        return parse(
            {
                "home": home or tmp_path,
                "project": {"name": "acme", "repositories": repositories or (shop.NAME,)},
                "github": {"api_url": url, "details_days": 3650, **github},
            }
        )

    return make


@pytest.fixture
def settings(make_settings: MakeSettings, url: str) -> Settings:
    return make_settings(url)
