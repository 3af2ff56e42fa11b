"""Building the index: chunks first, so that full text works at once, then what is new is embedded."""

from collections.abc import Callable
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from sprintlib.history.texts import read_texts
from sprintlib.knowledge.cleaning import GITHUB_HOSTS
from sprintlib.knowledge.store import count_chunks, write_chunks
from sprintlib.settings import Settings

# (what is being done, how many so far, of how many or None)
OnProgress = Callable[[str, int, int | None], None]


class IndexSummary(BaseModel):
    """What indexing did. note: what is missing, in one sentence, or null."""

    model_config = ConfigDict(frozen=True)

    chunks: int
    added: int
    changed: int
    removed: int
    note: str | None = None


def build_index(
    engine: Engine, settings: Settings, model: str | None = None, progress: OnProgress | None = None
) -> IndexSummary:
    """Bring the index to what is stored. What has not changed is not touched; a stopped run goes on where it was."""
    changes = write_chunks(engine, read_texts(engine, settings), known_hosts(settings))
    return IndexSummary(
        chunks=count_chunks(engine), added=changes.added, changed=changes.changed, removed=changes.removed
    )


def known_hosts(settings: Settings) -> frozenset[str]:
    """Hosts that links in texts may lead to: GitHub's, or those of the GitHub Enterprise that is collected from."""
    host = (urlsplit(settings.github.api_url).hostname or "").removeprefix("api.")
    return GITHUB_HOSTS | ({host} if host else frozenset())
