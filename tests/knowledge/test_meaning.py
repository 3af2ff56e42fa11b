"""Search by meaning with the real model."""

import subprocess
import sys
from pathlib import Path

import pytest

from sprintlib.embedding import installed
from sprintlib.errors import KnowledgeError
from sprintlib.history.texts import read_texts
from sprintlib.knowledge import build_index, open_semantic_index, search
from sprintlib.knowledge.store import write_chunks
from sprintlib.settings import parse
from tests.world import World, at

needs_model = pytest.mark.skipif(not installed(), reason="the packages of locks/knowledge.txt are not installed")


@pytest.fixture
def home(talk: World, tmp_path: Path) -> World:
    talk.settings = parse({"home": tmp_path, "project": {"name": "acme", "repositories": ["acme/api", "acme/web"]}})
    return talk


def test_without_an_index_one_sentence(home: World) -> None:
    with (
        pytest.raises(KnowledgeError, match="installed|run 'sprint index'"),
        open_semantic_index(home.engine, home.settings),
    ):
        pass


@needs_model
def test_meaning_finds_what_has_no_word_in_common(home: World) -> None:
    seen: list[tuple[str, int, int | None]] = []
    summary = build_index(home.engine, home.settings, progress=lambda *what: seen.append(what))
    assert summary.vectors == summary.chunks == summary.embedded
    assert ("Embedding", summary.chunks, summary.chunks) in seen
    assert build_index(home.engine, home.settings).embedded == 0
    with open_semantic_index(home.engine, home.settings) as semantic_index:
        hits = search(home.engine, home.settings, "infinite recursion", semantic_index=semantic_index)
        assert hits[0].excerpt == "The retry loop never ends."
        assert set(hits[0].why) >= {"meaning, rank 1"}
        early = search(
            home.engine, home.settings, "infinite recursion", at("03-18 11:00"), semantic_index=semantic_index
        )
        assert all(hit.happened_at is None or hit.happened_at <= at("03-18 11:00") for hit in early)
        assert early
        only = search(
            home.engine, home.settings, "infinite recursion", milestone="Sprint 2", semantic_index=semantic_index
        )
        assert {hit.milestone for hit in only} == {"Sprint 2"}
        assert search(home.engine, home.settings, " ", semantic_index=semantic_index) == []


@needs_model
def test_the_process_that_searches_has_no_torch(home: World, tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    write_chunks(home.engine, read_texts(home.engine, home.settings), frozenset({"github.com"}))
    build_index(home.engine, home.settings)
    program = (
        "import sys\n"
        "from sprintlib import settings\n"
        "from sprintlib.services import ask\n"
        "from sprintlib.project import ProjectHandle\n"
        "found = settings.load(sys.argv[1])\n"
        "answer = ask(ProjectHandle.open(found), 'infinite recursion')\n"
        "assert any('meaning' in name for hit in answer.hits for name in hit.why), answer.notes\n"
        "assert 'faiss' in sys.modules\n"
        "sys.exit(str({'torch', 'onnxruntime'} & set(sys.modules) or '') or 0)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
