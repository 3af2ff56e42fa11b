"""Here stores are made as users' are: by the migrations."""

from collections.abc import Iterator

import pytest

from sprintlib.store import engine
from sprintlib.store.upgrade import upgrade


@pytest.fixture(autouse=True)
def migrated_stores(copied_stores: pytest.MonkeyPatch) -> Iterator[None]:
    """Each store runs the migrations itself."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(engine, "upgrade", upgrade)
        yield
