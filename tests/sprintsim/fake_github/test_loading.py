"""Datasets on disk: whole, odd and broken ones."""

import gzip
import io
import json
import lzma
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sprintlib.errors import DatasetError
from sprintsim.fake_github import load
from tests.sprintsim.fake_github import sample


def write_folder(folder: Path, **extras: Any) -> Path:
    for document in sample.documents():
        kind = document["type"]
        file = folder / f"{kind}s" / f"{document[kind]['number']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, indent=2))
    for name, content in extras.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def write_archive(path: Path, files: dict[str, Any]) -> Path:
    with tarfile.open(path, "w:xz" if path.suffix == ".xz" else "w:gz") as archive:
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return path


def test_a_folder_is_a_dataset(tmp_path: Path):
    folder = write_folder(tmp_path, releases=[{"id": 1}], repository={"full_name": "acme/shop", "id": 3})
    (folder / "repo.git").mkdir()
    [dataset] = load(folder)
    assert (dataset.full_name, sorted(dataset.items)) == ("acme/shop", [1, 2, 3, 4, 5, 6, 7])
    assert dataset.extras["releases"] == [{"id": 1}]
    assert dataset.git_dir == folder / "repo.git"
    assert dataset.repository()["id"] == 3


def test_a_folder_of_folders_is_a_project(tmp_path: Path):
    write_folder(tmp_path / "shop")
    (tmp_path / "web" / "issues").mkdir(parents=True)
    (tmp_path / "web" / "repository.json").write_text('{"full_name": "acme/web"}')
    (tmp_path / "notes").mkdir()
    assert [(d.full_name, len(d.items)) for d in load(tmp_path)] == [("acme/shop", 7), ("acme/web", 0)]


@pytest.mark.parametrize("suffix", ["tar.xz", "tar.gz"])
@pytest.mark.parametrize("prefix", ["", "./", "backup/"])
def test_an_archive_is_a_dataset(tmp_path: Path, prefix: str, suffix: str):
    files = {f"{prefix}{d['type']}s/{d[d['type']]['number']}.json": d for d in sample.documents()}
    [dataset] = load(write_archive(tmp_path / f"any.{suffix}", {f"{prefix}state.json": {}, **files}))
    assert (dataset.full_name, len(dataset.items)) == ("acme/shop", 7)


def test_a_folder_of_archives_is_a_project(tmp_path: Path):
    write_archive(tmp_path / "acme_shop.tar.xz", {"issues/1.json": sample.issue(1, 1)})
    write_archive(tmp_path / "acme_web.tar.xz", {"state.json": {}})
    assert [(d.full_name, len(d.items)) for d in load(tmp_path)] == [("acme/shop", 1), ("acme/web", 0)]


def test_an_empty_repository_is_called_as_its_file_is(tmp_path: Path):
    [dataset] = load(write_archive(tmp_path / "acme-inc_shop_two.tar.xz", {"state.json": {}}))
    assert (dataset.full_name, dataset.items) == ("acme-inc/shop_two", {})
    assert (dataset.milestones(), dataset.issue_events()) == ([], [])
    assert dataset.repository()["open_issues_count"] == 0


def test_items_may_lack_almost_everything(tmp_path: Path):
    files = {
        "issues/1.json": {"type": "issue", "issue": {"number": 1}},
        "issues/2.json": {"title": "a bare payload"},
        "pulls/3.json": {"pull": {"number": 3, "labels": None, "user": None, "head": None, "base": {}}, "events": None},
        "pulls/4.json": {
            "type": "pull",
            "pull": {"title": "number in the file name"},
            "events": [{}],
            "comments": [{}],
        },
        "issues/5.json": {"issue": {"number": 5, "labels": [{}], "milestone": {"number": 1}, "assignees": [None]}},
    }
    [dataset] = load(write_archive(tmp_path / "acme_shop.tar.xz", files))
    assert sorted(dataset.items) == [1, 2, 3, 4, 5]
    assert [item.is_pull for _, item in sorted(dataset.items.items())] == [False, False, True, True, False]
    assert dataset.milestones()[0]["due_on"] is None
    assert json.loads(dataset.items[3].pull)["head"] == {"repo": None, "user": None, "label": None}


def test_the_same_number_in_both_folders_is_a_pull_request(tmp_path: Path):
    issue = write_folder(tmp_path) / "issues" / "4.json"
    issue.write_text(json.dumps(sample.issue(4, 4)))
    [dataset] = load(tmp_path)
    assert dataset.items[4].is_pull


def broken(tmp_path: Path, kind: str) -> Path:
    whole = write_archive(tmp_path / "acme_shop.tar.xz", {f"issues/{n}.json": sample.issue(n, 1) for n in range(1, 99)})
    tar = lzma.decompress(whole.read_bytes())
    match kind:
        case "half an xz":
            whole.write_bytes(whole.read_bytes()[:-200])
        case "half a gzip":
            whole.write_bytes(gzip.compress(tar)[:-200])
        case "half a tar":
            whole.write_bytes(lzma.compress(tar[:5000]))
        case "noise":
            whole.write_bytes(b"\x00\x01noise" * 999)
        case "nothing":
            whole.write_bytes(b"")
        case "half a file":
            write_archive(whole, {"issues/1.json": b'{"type": "issue", "iss'})
        case "a list":
            write_archive(whole, {"issues/1.json": []})
        case "no item":
            write_archive(whole, {"issues/x.json": {"type": "issue"}})
        case "bad encoding":
            write_archive(whole, {"issues/1.json": b'{"title": "\xff"}'})
        case "an odd number":
            write_archive(whole, {"issues/x.json": {"issue": {"number": "one"}}})
        case "odd labels":
            write_archive(whole, {"issues/1.json": {"issue": {"number": 1, "labels": ["bug"]}}})
        case "odd events":
            write_archive(whole, {"issues/1.json": {"issue": {"number": 1}, "events": "none"}})
        case "odd runs":
            write_archive(whole, {"workflow_runs.json": {"total_count": 0}})
    return whole


@pytest.mark.parametrize(
    "kind",
    [
        *("half an xz", "half a gzip", "half a tar", "noise", "nothing", "half a file", "a list", "no item"),
        *("bad encoding", "an odd number", "odd labels", "odd events", "odd runs"),
    ],
)
def test_a_broken_archive_gives_one_sentence(tmp_path: Path, kind: str):
    with pytest.raises(DatasetError) as error:
        load(broken(tmp_path, kind))
    sentence = str(error.value)
    assert "acme_shop.tar.xz" in sentence
    assert sentence.endswith("again.")
    assert "\n" not in sentence


def test_a_path_without_a_dataset(tmp_path: Path):
    with pytest.raises(DatasetError, match="There is no dataset at .*: name a folder or"):
        load(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="holds no dataset"):
        load(tmp_path)


def test_a_repository_without_a_name(tmp_path: Path):
    (tmp_path / "data" / "issues").mkdir(parents=True)
    with pytest.raises(DatasetError, match="does not say whose repository it is"):
        load(tmp_path / "data")


def test_a_repository_given_twice(tmp_path: Path):
    write_folder(tmp_path / "a")
    write_folder(tmp_path / "b")
    with pytest.raises(DatasetError, match="acme/shop is in more than one dataset"):
        load(tmp_path / "a", tmp_path / "b")
