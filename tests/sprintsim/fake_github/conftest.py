"""The hand-made repository, served."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sprintsim.fake_github import Dataset, load, running
from tests.sprintsim.fake_github import sample

Get = Callable[..., requests.Response]


@pytest.fixture
def shop() -> Dataset:
    return sample.dataset()


@pytest.fixture
def url(shop: Dataset) -> Iterator[str]:
    with running([shop]) as url:
        yield url


@pytest.fixture
def get(url: str) -> Get:
    """GET below the repository's address; `headers` as a dict, everything else is the query."""

    def get(path: str, headers: dict[str, str] | None = None, **query: Any) -> requests.Response:
        return requests.get(f"{url}/repos/{sample.NAME}{path}", params=query, headers=headers, timeout=20)

    return get


@pytest.fixture
def numbers(get: Get) -> Callable[..., list[int]]:
    """The numbers of the items in a list."""

    def numbers(path: str, **query: Any) -> list[int]:
        answer = get(path, **query)
        assert answer.status_code == 200, answer.text
        return [item["number"] for item in answer.json()]

    return numbers


@pytest.fixture(scope="session")
def backups(real_data: Path) -> list[Dataset]:
    """secp256k1 and bips; loaded once, not to be changed."""
    folder = real_data / "github-backups"
    return load(folder / "bitcoin-core_secp256k1.tar.xz", folder / "bitcoin_bips.tar.xz")
