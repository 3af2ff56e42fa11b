"""The chunk table follows what was said; vectors follow the chunks; the file follows the vectors."""

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, delete, func, select

from sprintlib.errors import KnowledgeError
from sprintlib.history.texts import Text, read_texts
from sprintlib.knowledge import build_index, is_indexed, search, update_texts
from sprintlib.knowledge.documents import Chunk, chunks
from sprintlib.knowledge.faiss_index import nearest
from sprintlib.knowledge.indexing import index_lock
from sprintlib.knowledge.store import IndexChanges, _write, write_chunks
from sprintlib.knowledge.vectors import (
    embed_missing,
    read_index,
    read_manifest,
    write_index,
)
from sprintlib.recommend.playbook import playbook_texts
from sprintlib.store import schema
from tests.knowledge.conftest import BagOfWords
from tests.world import World

HOSTS = frozenset({"github.com"})

DOWN = f"comment:issue-{zlib.crc32(b'down')}"  # the comment whose key in the world is "down"


def index(world: World) -> IndexChanges:
    world.flush()
    return write_chunks(world.engine, read_texts(world.engine, world.settings), HOSTS)


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Shows nothing."""


def count(world: World, table: object) -> int:
    with world.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_everything_said_is_indexed_once(talk: World) -> None:
    assert not is_indexed(talk.engine)
    first = index(talk)
    kinds = [row.kind for row in _chunks(talk) if row.number in (14, 40)]
    assert sorted(kinds) == ["comment", "comment", "commit", "issue", "pull", "review"]
    assert is_indexed(talk.engine)
    assert first.added == count(talk, schema.chunk)
    assert index(talk) == IndexChanges(0, 0, 0)


def test_headers_say_where_a_text_is_from(talk: World) -> None:
    index(talk)
    (commit,) = [row for row in _chunks(talk) if row.kind == "commit"]
    assert (commit.ref, commit.title, commit.number) == ("acme/api@abc1234", "Retry refunds", 40)
    assert commit.url == "https://github.com/acme/api/commit/abc1234def5678abc1234def5678abc1234def56"


def test_an_edit_is_followed_and_the_chunk_keeps_its_id(talk: World) -> None:
    index(talk)
    before = {row.source_key: row.id for row in _chunks(talk)}
    talk.comment(14, "The sandbox is back.", "03-18 10:00", key="down")
    assert index(talk) == IndexChanges(added=0, changed=1, removed=0)
    assert {row.source_key: row.id for row in _chunks(talk)} == before
    assert search(talk.engine, talk.settings, "sandbox")[0].excerpt == "The sandbox is back."
    assert not [hit for hit in search(talk.engine, talk.settings, "tuesday") if "full text" in str(hit.why)]


def test_a_deletion_is_followed(talk: World) -> None:
    index(talk)
    with talk.engine.begin() as connection:
        connection.execute(delete(schema.comment).where(schema.comment.c.node_id == "down"))
    assert index(talk) == IndexChanges(added=0, changed=0, removed=1)
    assert search(talk.engine, talk.settings, "sandbox") == []


def test_what_has_not_changed_is_not_cleaned_again(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    index(talk)
    cleaned: list[str] = []

    def spy(text: Text, hosts: frozenset[str]) -> Iterator[Chunk]:
        cleaned.append(text.key)
        return chunks(text, hosts)

    monkeypatch.setattr("sprintlib.knowledge.store.chunks", spy)
    talk.comment(14, "The sandbox is back.", "03-18 10:00", key="down")
    assert index(talk) == IndexChanges(added=0, changed=1, removed=0)
    assert [key for key in cleaned if key == DOWN] == [DOWN]
    assert not [key for key in cleaned if key.startswith(("issue:", "pull:", "commit:"))]
    monkeypatch.setattr("sprintlib.knowledge.store.rules", lambda: "another version")
    cleaned.clear()
    assert index(talk) == IndexChanges(0, 0, 0)
    assert [key for key in cleaned if key.startswith("issue:")]


def test_a_text_in_parts_is_never_half_written(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.comment(14, "A long story. " * 300, "03-18 10:00", key="down")
    talk.flush()
    batches: list[set[str]] = []

    def spy(connection: Connection, *rows: list[dict[str, Any]]) -> None:
        batches.append({row["source_key"] for row in rows[0]})
        _write(connection, *rows)

    monkeypatch.setattr("sprintlib.knowledge.store.BATCH", 2)
    monkeypatch.setattr("sprintlib.knowledge.store._write", spy)
    index(talk)
    assert [row.part for row in _chunks(talk) if row.source_key == DOWN] == [0, 1, 2, 3, 4]
    assert sum(DOWN in batch for batch in batches) == 1


def test_full_text_is_brought_up_to_date_when_something_came(talk: World) -> None:
    first = update_texts(talk.engine, talk.settings)
    assert first is not None
    assert first.added == count(talk, schema.chunk)
    assert update_texts(talk.engine, talk.settings) is None
    talk.comment(14, "A zebra crossed the road.", "03-19 13:00")
    talk.flush()
    assert update_texts(talk.engine, talk.settings) == IndexChanges(added=1)
    assert search(talk.engine, talk.settings, "zebra")[0].excerpt == "A zebra crossed the road."
    with talk.engine.begin() as connection:
        connection.execute(delete(schema.comment).where(schema.comment.c.node_id == "down"))
    assert update_texts(talk.engine, talk.settings) == IndexChanges(removed=1)


def test_only_what_changed_is_embedded_again(talk: World, bag: BagOfWords) -> None:
    index(talk)
    total = count(talk, schema.chunk)
    assert embed_missing(talk.engine, bag, silent) == total
    assert embed_missing(talk.engine, bag, silent) == 0
    talk.comment(14, "The sandbox is back.", "03-18 10:00", key="down")
    index(talk)
    bag.spoken.clear()
    assert embed_missing(talk.engine, bag, silent) == 1
    assert bag.spoken == ["Payment intents: create and refund\nThe sandbox is back."]
    assert count(talk, schema.vector) == total


def test_a_stopped_run_goes_on_where_it_was(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(BagOfWords):
        def encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[override]
            if self.spoken:
                raise KnowledgeError("stopped")
            return super().encode(texts)

    index(talk)
    monkeypatch.setattr("sprintlib.knowledge.vectors.BATCH", 4)
    with pytest.raises(KnowledgeError, match="stopped"):
        embed_missing(talk.engine, Dying(), silent)
    assert count(talk, schema.vector) == 4
    bag = BagOfWords()
    assert embed_missing(talk.engine, bag, silent) == count(talk, schema.chunk) - 4


def test_another_model_replaces_the_vectors(talk: World, bag: BagOfWords) -> None:
    index(talk)
    embed_missing(talk.engine, bag, silent)
    other = BagOfWords("other", 8)
    assert embed_missing(talk.engine, other, silent) == count(talk, schema.chunk)
    with talk.engine.connect() as connection:
        assert set(connection.scalars(select(schema.vector.c.model))) == {"other"}


@pytest.fixture
def built(talk: World, bag: BagOfWords, tmp_path: Path) -> Path:
    pytest.importorskip("faiss", reason="FAISS is not installed here")
    index(talk)
    embed_missing(talk.engine, bag, silent)
    write_index(talk.engine, tmp_path / "index", bag.model, None, bag.dimension)
    return tmp_path / "index"


def test_the_manifest_describes_the_file(talk: World, built: Path) -> None:
    manifest = read_manifest(built)
    assert manifest is not None
    assert (manifest.model, manifest.dimension, manifest.count) == ("bag", 64, count(talk, schema.chunk))
    assert sorted(path.name for path in built.iterdir()) == ["vectors.faiss", "vectors.json"]


def test_exact_cosine_and_filled_up_ids_are_left_out(talk: World, built: Path, bag: BagOfWords) -> None:
    manifest = read_manifest(built)
    assert manifest is not None
    found = read_index(talk.engine, built, manifest)
    query = bag.encode(["sandbox provider down"])[0]
    by_hand = sorted(_vectors(talk).items(), key=lambda pair: (-float(pair[1] @ query), pair[0]))
    assert nearest(found, query, 1)[0] == by_hand[0][0]
    assert nearest(found, query, 5, among=[by_hand[3][0]]) == [by_hand[3][0]]
    assert nearest(found, query, 5, among=[10**9]) == []
    with pytest.raises(ValueError, match="dimension"):
        nearest(found, query[:10], 5)


@pytest.mark.parametrize("damage", ["truncated", "another", "missing", "manifest"])
def test_what_does_not_fit_is_made_again(talk: World, built: Path, damage: str) -> None:
    manifest = read_manifest(built)
    assert manifest is not None
    file = built / "vectors.faiss"
    good = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(good[: len(good) // 2])
    elif damage == "another":
        file.write_bytes(b"not an index")
    elif damage == "missing":
        file.unlink()
    else:
        (built / "vectors.json").write_text(json.dumps({"model": 3}))
        assert read_manifest(built) is None
        return
    assert read_index(talk.engine, built, manifest).ntotal == manifest.count
    assert file.read_bytes() == good


def test_vectors_that_came_since_are_seen(talk: World, built: Path, bag: BagOfWords) -> None:
    manifest = read_manifest(built)
    assert manifest is not None
    talk.comment(14, "A zebra crossed the road.", "03-19 13:00")
    index(talk)
    embed_missing(talk.engine, bag, silent)
    assert read_index(talk.engine, built, manifest).ntotal == manifest.count + 1


def test_a_vector_of_another_length_is_left_out(talk: World, built: Path, bag: BagOfWords) -> None:
    with talk.engine.begin() as connection:
        first = connection.scalar(select(func.min(schema.vector.c.chunk_id)))
        changed = schema.vector.update().where(schema.vector.c.chunk_id == first)
        connection.execute(changed.values(value=b"\0" * 12))
    made = write_index(talk.engine, built, bag.model, None, bag.dimension)
    assert made.ntotal == count(talk, schema.chunk) - 1


def test_one_indexing_at_a_time(talk: World, tmp_path: Path) -> None:
    with (
        index_lock(tmp_path),
        pytest.raises(KnowledgeError, match="is running: wait for it"),
        index_lock(tmp_path),
    ):
        pass


def test_without_the_packages_full_text_works_and_says_so(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sprintlib.knowledge.indexing.installed", lambda: False)
    summary = build_index(talk.engine, talk.settings)
    assert summary.chunks == count(talk, schema.chunk)
    assert summary.note is not None
    assert "full text alone" in summary.note
    assert search(talk.engine, talk.settings, "sandbox")[0].ref == "acme/api#14"


def test_the_playbook_stays_when_it_is_not_given(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sprintlib.knowledge.indexing.installed", lambda: False)
    build_index(talk.engine, talk.settings, playbook=playbook_texts())
    assert build_index(talk.engine, talk.settings).removed == 0
    hits = search(talk.engine, talk.settings, "ask a reviewer", kinds=["playbook"])
    assert hits
    assert {hit.kind for hit in hits} == {"playbook"}


def test_importing_and_searching_load_no_torch() -> None:
    """faiss and torch in one process crash on macOS; the command line stays light too."""
    program = (
        "import sys, sprintlib.knowledge, sprintlib.embedding.bert, sprintlib.analysis\n"
        "heavy = {'torch', 'onnxruntime', 'sentence_transformers', 'transformers', 'faiss'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _chunks(world: World) -> list[Any]:
    with world.engine.connect() as connection:
        return list(connection.execute(select(schema.chunk)))


def _vectors(world: World) -> dict[int, np.ndarray]:  # type: ignore[type-arg]
    with world.engine.connect() as connection:
        rows = connection.execute(select(schema.vector.c.chunk_id, schema.vector.c.value))
        return {key: np.frombuffer(value, dtype="<f4") for key, value in rows}
