"""One cluster for the tests of this room."""

from collections.abc import Iterator

import pytest

from tests.parallel.cluster import Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers."""
    pytest.importorskip("distributed")
    found = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        found.wait(2)
        yield found
    finally:
        found.close()
