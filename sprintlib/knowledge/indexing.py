"""Building the index: chunks first, so that full text works at once, then what is new is embedded."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from sprintlib.embedding import MISSING, embedder, installed
from sprintlib.errors import KnowledgeError
from sprintlib.history.texts import Text, read_texts, texts_state
from sprintlib.knowledge.cleaning import GITHUB_HOSTS
from sprintlib.knowledge.semantic_index import index_folder
from sprintlib.knowledge.store import IndexChanges, count_chunks, is_indexed, rules, write_chunks
from sprintlib.knowledge.vectors import embed_missing, write_index
from sprintlib.locks import LockedError, file_lock
from sprintlib.observe.log import LOGGER
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
    embedded: int = 0
    vectors: int = 0
    note: str | None = None


def build_index(
    engine: Engine,
    settings: Settings,
    model: str | None = None,
    progress: OnProgress | None = None,
    playbook: Iterable[Text] | None = None,
    scheduler: str | None = None,
) -> IndexSummary:
    """Bring the index to what is stored. What has not changed is not touched; a stopped run goes on where it was.

    model: a folder, or a name in the local cache; default: the weights that a package carries. playbook: its entries
    as texts; those indexed before stay without it. scheduler: of a Dask cluster that embeds.
    Raises KnowledgeError for a model that cannot be loaded, and while another indexing runs.
    """
    show = progress or (lambda _what, _done, _total: None)
    with index_lock(settings.data_dir):
        changes = _update_texts(engine, settings, show, playbook) or IndexChanges()
        found = IndexSummary(
            chunks=count_chunks(engine), added=changes.added, changed=changes.changed, removed=changes.removed
        )
        if not installed():
            return found.model_copy(update={"note": MISSING})
        with embedder(model) as running:
            embedded = embed_missing(engine, running, show, scheduler, model)
            index = write_index(engine, index_folder(settings), running.model, model, running.dimension)
    return found.model_copy(update={"embedded": embedded, "vectors": index.ntotal})


def update_texts(
    engine: Engine, settings: Settings, progress: OnProgress | None = None, playbook: Iterable[Text] | None = None
) -> IndexChanges | None:
    """Bring full text alone to what is stored, if anything has come since; None when nothing has.

    Takes milliseconds then, a second for every thousand new texts otherwise. Raises KnowledgeError while an indexing
    runs.
    """
    with index_lock(settings.data_dir):
        return _update_texts(engine, settings, progress or (lambda _what, _done, _total: None), playbook)


def _update_texts(
    engine: Engine, settings: Settings, show: OnProgress, playbook: Iterable[Text] | None
) -> IndexChanges | None:
    entries = None if playbook is None else list(playbook)
    told = repr((texts_state(engine, settings), rules(), sorted(known_hosts(settings)), entries))
    state = blake2b(told.encode(), digest_size=16).hexdigest()  # before reading: what comes meanwhile is read next time
    if is_indexed(engine) and _read_state(settings) == state:
        return None
    texts = chain(_shown(read_texts(engine, settings), show), entries or ())
    kept = frozenset({"playbook"}) if entries is None else frozenset[str]()
    changes = write_chunks(engine, texts, known_hosts(settings), kept)
    try:
        _state_file(settings).parent.mkdir(parents=True, exist_ok=True)
        _state_file(settings).write_text(state, encoding="utf-8")
    except OSError as error:
        LOGGER.warning("What has been indexed was not noted in %s: %s", _state_file(settings), error)
    return changes


def _read_state(settings: Settings) -> str | None:
    try:
        return _state_file(settings).read_text(encoding="utf-8")
    except OSError:
        return None


def _state_file(settings: Settings) -> Path:
    return index_folder(settings) / "texts.state"


def _shown(texts: Iterable[Text], show: OnProgress) -> Iterator[Text]:
    for number, text in enumerate(texts):
        if number and number % 1000 == 0:
            show("Reading texts", number, None)
        yield text


@contextmanager
def index_lock(data_dir: Path) -> Iterator[None]:
    """One indexing at a time. Raises KnowledgeError while another runs."""
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(data_dir / "index.lock"))
        except LockedError:
            raise KnowledgeError(f"Another 'sprint index' of {data_dir} is running: wait for it.") from None
        yield


def known_hosts(settings: Settings) -> frozenset[str]:
    """Hosts that links in texts may lead to: GitHub's, or those of the GitHub Enterprise that is collected from."""
    host = (urlsplit(settings.github.api_url).hostname or "").removeprefix("api.")
    return GITHUB_HOSTS | ({host} if host else frozenset())
