"""Embedding in a process of its own, by every way of reading the model."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sprintlib.embedding import Embedder, Vectors, embedder, installed, model_folder
from sprintlib.embedding.architecture import folder_digest, read_architecture
from sprintlib.embedding.bert import load_bert
from sprintlib.embedding.onnx_bert import batches, open_onnx_bert
from sprintlib.errors import KnowledgeError

needs_model = pytest.mark.skipif(not installed(), reason="the packages of locks/knowledge.txt are not installed")
TEXTS = ["customers pay twice", "Why is 0.8.1 late?", "x", "", "日本語 und ümlauts", "Payment intents " * 300]


@pytest.fixture(scope="module")
def running() -> Iterator[Embedder]:
    with embedder() as found:
        yield found


@needs_model
def test_the_worker_gives_rows_of_length_one(running: Embedder) -> None:
    vectors = running.encode(TEXTS)
    assert vectors.shape == (6, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert running.encode([]).shape == (0, 384)
    assert running.model == folder_digest(Path(model_folder(None)))


@pytest.mark.slow
@needs_model
def test_numpy_torch_and_exact_onnxruntime_give_the_same_vectors() -> None:
    here, exact = load_bert(Path(model_folder(None))), open_onnx_bert(Path(model_folder(None)), exact=True)
    assert here is not None
    assert exact is not None
    wanted = here.encode(TEXTS)
    assert (wanted * _by_torch(TEXTS)).sum(axis=1).min() > 0.9999
    assert (wanted * exact.encode(TEXTS)).sum(axis=1).min() > 0.9999
    assert np.abs(exact.encode(TEXTS[:1])[0] - exact.encode(TEXTS)[0]).max() < 1e-5


@needs_model
def test_the_worker_s_vectors_are_near_the_exact_ones(running: Embedder) -> None:
    here = load_bert(Path(model_folder(None)))
    assert here is not None
    assert here.model == running.model
    assert (here.encode(TEXTS) * running.encode(TEXTS)).sum(axis=1).min() > 0.97
    assert (here.encode(TEXTS[:1]) * running.encode(TEXTS[:1])).sum() > 0.97


@needs_model
def test_another_model_of_the_same_kind_is_read_exactly(tmp_path: Path) -> None:
    here = load_bert(Path(model_folder(None)))
    assert here is not None
    with embedder(str(_copy(tmp_path / "copy"))) as other:
        assert other.model == here.model
        assert (here.encode(TEXTS) * other.encode(TEXTS)).sum(axis=1).min() > 0.9999


@needs_model
def test_the_default_model_is_read_without_torch() -> None:
    program = (
        "import sys\n"
        "from sprintlib.embedding.worker import open_encoder\n"
        "open_encoder(sys.argv[1]).encode(['a'])\n"
        "sys.exit(str({'torch', 'transformers', 'faiss', 'sqlalchemy'} & set(sys.modules) or '') or 0)\n"
    )
    subprocess.run([sys.executable, "-c", program, model_folder(None)], check=True)


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


def test_folders_of_another_kind_are_left_to_sentence_transformers(tmp_path: Path) -> None:
    assert read_architecture(tmp_path) is None
    assert load_bert(tmp_path) is None


def test_a_batch_holds_what_fits_with_its_padding_or_one_text() -> None:
    assert list(batches([5, 1, 30, 2, 4], tokens=12)) == [[1, 3, 4], [0], [2]]
    assert list(batches([])) == []


def _copy(folder: Path) -> Path:
    """The default model's files in another folder."""
    shutil.copytree(model_folder(None), folder)
    return folder


def _by_torch(texts: list[str]) -> Vectors:
    """In a process of its own, as FAISS may be loaded in this one."""
    program = (
        "import sys, json, numpy as np\n"
        "from sprintlib.embedding.worker import open_sentence_transformer\n"
        "found = open_sentence_transformer(sys.argv[1]).encode(json.loads(sys.stdin.read()))\n"
        "sys.stdout.buffer.write(found.tobytes())\n"
    )
    command = [sys.executable, "-c", program, model_folder(None)]
    done = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True, check=True)
    return np.frombuffer(done.stdout[-4 * 384 * len(texts) :], dtype="<f4").reshape(len(texts), 384)
