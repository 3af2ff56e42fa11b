"""Embedding in a process of its own, and search by meaning with the real model."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sprintlib.errors import KnowledgeError
from sprintlib.history.texts import read_texts
from sprintlib.knowledge import build_index, open_meaning, search
from sprintlib.knowledge.bert import load_bert
from sprintlib.knowledge.embedding import Embedder, embedder, installed, model_folder
from sprintlib.knowledge.store import write_chunks
from sprintlib.settings import parse
from tests.world import World, at

needs_model = pytest.mark.skipif(not installed(), reason="torch and FAISS (locks/knowledge.txt) are not installed")
TEXTS = ["customers pay twice", "Why is 0.8.1 late?", "x", "日本語 und ümlauts", "Payment intents " * 300]


@pytest.fixture(scope="module")
def running() -> Iterator[Embedder]:
    with embedder() as found:
        yield found


@needs_model
def test_the_worker_gives_rows_of_length_one(running: Embedder) -> None:
    vectors = running.encode(TEXTS)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert running.encode([]).shape == (0, 384)


@needs_model
def test_numpy_gives_the_same_vectors_as_torch(running: Embedder) -> None:
    here = load_bert(Path(model_folder(None)))
    assert here is not None
    assert here.model == running.model
    cosines = (here.encode(TEXTS) * running.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.9999


@needs_model
def test_a_worker_that_dies_gives_one_sentence() -> None:
    with embedder() as found:
        found._process.kill()
        found._process.wait()
        with pytest.raises(KnowledgeError, match="ended early .* run 'sprint index' again"):
            found.encode(["a"])


@needs_model
def test_a_model_that_is_not_there_gives_one_sentence_and_downloads_nothing(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be loaded, and nothing is downloaded"), embedder(str(tmp_path)):
        pass


def test_folders_of_another_kind_are_left_to_the_worker(tmp_path: Path) -> None:
    assert load_bert(tmp_path) is None


@pytest.fixture
def home(talk: World, tmp_path: Path) -> World:
    talk.settings = parse({"home": tmp_path, "project": {"name": "acme", "repositories": ["acme/api", "acme/web"]}})
    return talk


def test_without_an_index_one_sentence(home: World) -> None:
    with pytest.raises(KnowledgeError, match="installed|run 'sprint index'"), open_meaning(home.engine, home.settings):
        pass


@needs_model
def test_meaning_finds_what_has_no_word_in_common(home: World) -> None:
    seen: list[tuple[str, int, int | None]] = []
    summary = build_index(home.engine, home.settings, progress=lambda *what: seen.append(what))
    assert summary.vectors == summary.chunks == summary.embedded
    assert ("Embedding", summary.chunks, summary.chunks) in seen
    assert build_index(home.engine, home.settings).embedded == 0
    with open_meaning(home.engine, home.settings) as meaning:
        hits = search(home.engine, home.settings, "infinite recursion", meaning=meaning)
        assert hits[0].excerpt == "The retry loop never ends."
        assert set(hits[0].why) >= {"meaning, rank 1"}
        early = search(home.engine, home.settings, "infinite recursion", at("03-18 11:00"), meaning=meaning)
        assert all(hit.happened_at is None or hit.happened_at <= at("03-18 11:00") for hit in early)
        assert early
        only = search(home.engine, home.settings, "infinite recursion", milestone="Sprint 2", meaning=meaning)
        assert {hit.milestone for hit in only} == {"Sprint 2"}
        assert search(home.engine, home.settings, " ", meaning=meaning) == []


@needs_model
def test_the_process_that_searches_has_no_torch(home: World, tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    write_chunks(home.engine, read_texts(home.engine, home.settings), frozenset({"github.com"}))
    build_index(home.engine, home.settings)
    program = (
        "import sys\n"
        "from sprintlib import settings\n"
        "from sprintlib.analysis import ask\n"
        "from sprintlib.store import open_store\n"
        "found = settings.load(sys.argv[1])\n"
        "answer = ask(open_store(found.database_url), found, 'infinite recursion')\n"
        "assert any('meaning' in name for hit in answer.hits for name in hit.why), answer.notes\n"
        "assert 'faiss' in sys.modules\n"
        "sys.exit(str({'torch', 'onnxruntime'} & set(sys.modules) or '') or 0)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
