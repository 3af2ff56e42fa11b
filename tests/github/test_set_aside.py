"""One bad element never stops the rest: it is set aside with its reason, and tried again."""

import contextlib
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from sprintlib import doctor
from sprintlib.errors import DatasetError, NotFoundError
from sprintlib.facts.batch import KINDS, FactBatch
from sprintlib.facts.rows import Origin
from sprintlib.github import SyncSummary, Token, headers, sync
from sprintlib.github.clone import Clone, CloneError
from sprintlib.github.git_log import GitLogError, logged_commits
from sprintlib.github.set_aside import Shelf, key_of
from sprintlib.settings import Settings
from sprintlib.store import schema
from sprintlib.text import printable
from sprintsim.fake_github import Dataset, running, serve
from tests.github import shop
from tests.github.conftest import HASTE, MakeSettings
from tests.github.odd_server import Answer, odd_server
from tests.github.stores import count

AT = "2026-11-23T20:13:20+00:00"


@pytest.fixture
def collect(engine: Engine) -> Callable[[Settings], SyncSummary]:
    return lambda settings: sync(engine, settings, None, retry_policy=HASTE)


def whats(summary: SyncSummary) -> list[tuple[str, str]]:
    return [(one.what, one.reason) for one in summary.set_aside]


# ------------------------------------------------------------------ one request that always fails


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/issues/5/timeline", "the timeline of acme/shop#5"),
        ("/pulls/3", "the size of acme/shop#3"),
        ("/issues/comments", "the comments of acme/shop"),
        ("/milestones", "the milestones of acme/shop"),
    ],
)
def test_what_always_answers_502_is_set_aside(
    make_settings: MakeSettings, engine: Engine, dataset: Dataset, collect: Any, path: str, what: str
):
    with running([dataset], fault=f"502:every=1,path={path}") as url:
        settings = make_settings(url, clone=False)
        summary = collect(settings)
        assert whats(summary) == [(what, "it answers 502")]
        assert any(f"1 set aside: {what}" in part.sentence() for part in summary.completeness)
        assert count(engine, schema.issue) == 3
        (checked,) = [check for check in doctor.examine(settings) if check.name == "collection"]
        assert checked.state == "warn"
        assert what in checked.message
    with running([dataset]) as url:
        summary = collect(make_settings(url, clone=False))
    assert summary.set_aside == ()
    assert all(part.complete for part in summary.completeness)


def test_it_rests_longer_each_time(engine: Engine):
    now = datetime(2026, 3, 20, tzinfo=UTC)
    waits = []
    for _ in range(6):
        shelf = Shelf(engine, shop.NAME, now)
        shelf.put("timeline", "5", "it answers 502")
        due = now
        while Shelf(engine, shop.NAME, due).rests("timeline", "5"):
            due += timedelta(minutes=15)
        waits.append((due - now) / timedelta(hours=1))
        now = due
    assert waits == [0, 0.25, 1, 4, 24, 24]


def test_what_failed_once_is_tried_next_time_though_the_clock_goes_back(engine: Engine):
    now = datetime(2026, 3, 20, tzinfo=UTC)
    Shelf(engine, shop.NAME, now).put("comments", "", "it answers 502")
    assert not Shelf(engine, shop.NAME, now - timedelta(seconds=1)).rests("comments", "")


# ------------------------------------------------------------------ one element that cannot be read

BAD = [
    ("its time", {"created_at": "10000-01-01T00:00:00Z"}),
    ("its zone", {"created_at": "2026-03-01T00:00:00+518:00"}),
    ("no zone", {"created_at": "2026-03-01T00:00:00"}),
    ("the first moment", {"created_at": "0001-01-01T00:00:00+14:00"}),
    ("a number", {"comments": 2**70}),
    ("a title", {"title": None}),
    ("labels", {"labels": 7}),
    ("a milestone", {"milestone": {"number": 2**70, "title": "x", "created_at": AT}}),
]


@pytest.mark.parametrize("change", [change for _, change in BAD], ids=[name for name, _ in BAD])
def test_an_item_that_cannot_be_read(
    make_settings: MakeSettings, engine: Engine, collect: Any, url: str, change: dict[str, Any]
):
    def odd(path: str) -> Answer | None:
        if not path.startswith("/repos/acme/shop/issues?") or "milestone=" in path:
            return None
        good = [shop.issue(1, 1), shop.issue(2, 2)]
        return 200, {}, json.dumps([good[0], shop.issue(5, 5) | change, good[1]]).encode()

    with odd_server(odd, url) as here:
        summary = collect(make_settings(here, clone=False))
    assert [what for what, _ in whats(summary)] == ["issue acme/shop#5"]
    assert count(engine, schema.issue) == 2
    summary = collect(make_settings(url, clone=False))
    assert summary.set_aside == ()
    assert count(engine, schema.issue) == 3


def test_a_commit_without_any_time(make_settings: MakeSettings, engine: Engine, collect: Any, dataset: Dataset):
    nameless = shop.committed("f" * 40, 4) | {"author": {"name": "Ann"}, "committer": {"name": "Ann"}}
    dataset.put(shop.document(shop.pull(6, 6), [nameless, shop.reviewed(99, 6, 7)]))
    with running([dataset]) as url:
        summary = collect(make_settings(url, clone=False))
    (left_out,) = summary.set_aside
    assert left_out.what == f"the entry committed {'f' * 40} in the timeline of acme/shop#6"
    assert left_out.reason == "committed_at is missing"
    assert count(engine, schema.review, number=6) == 1


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=9) | st.booleans(), lambda inner: st.lists(inner, max_size=3)
)
FIELDS = ("id", "node_id", "number", "title", "state", "labels", "user", "milestone", "updated_at", "html_url")


@given(
    kind=st.sampled_from(sorted(KINDS)),
    bad=ANYTHING | st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5),
)
def test_any_element_is_read_or_named(kind: str, bad: Any):
    """Whatever stands beside a good element, the good one is read, and the other has a name that a table can hold."""
    left_out: list[str] = []
    origin = Origin(7, "rest", datetime.fromisoformat(AT))
    facts = FactBatch(origin, lambda kind, payload, number, error: left_out.append(key_of(kind, payload, number)))
    facts.add(kind, [bad], number=3)
    facts.add("issue", [shop.issue(9, 9)])
    assert len(left_out) <= 1
    assert all(0 < len(key) <= 96 for key in left_out)
    assert [row["number"] for row in facts.rows(schema.issue)][-1] == 9


# ------------------------------------------------------------------ without end


def test_pages_that_lead_in_a_circle(make_settings: MakeSettings, engine: Engine, collect: Any, url: str):
    def odd(path: str) -> Answer | None:
        if "/issues/5/timeline" not in path:
            return None
        link = f'<{url}/repos/acme/shop/issues/5/timeline?page=2>; rel="next"'
        return 200, {"Link": link}, json.dumps([shop.event("labeled", 900, 5, label={"name": "x"})]).encode()

    with odd_server(odd, url) as here:
        summary = collect(make_settings(here, clone=False))
    ((what, why),) = whats(summary)
    assert what == "the timeline of acme/shop#5"
    assert "lead in a circle" in why
    assert summary.requests < 40


_PEAK = """
import sys, tracemalloc
from sprintlib.errors import CollectError
from sprintlib.github import RetryPolicy, connect
from sprintlib.settings import parse
project = {"name": "a", "repositories": ["a/b"]}
settings = parse({"home": "/tmp", "project": project, "github": {"api_url": sys.argv[1]}})
client = connect(settings, None, RetryPolicy(attempts=1))
tracemalloc.start()
try:
    client.get("/repos/a/b")
except CollectError as error:
    print(error)
print(tracemalloc.get_traced_memory()[1] // 1024**2)
"""
BEYOND = {
    "bomb": (
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 300_000_000, 1)),
        "of more than 16 MB for /repos",
    ),
    "values": ((200, {}, b"[" + b"{}," * 4_000_000 + b"{}]"), "it holds more than 500,000 values"),
    "deep": ((200, {}, b"[" * 500_000 + b"]" * 500_000), "it is nested too deeply"),
}


@pytest.mark.parametrize("kind", BEYOND)
def test_an_answer_beyond_all_measure_stays_small_in_memory(kind: str):
    answer, told = BEYOND[kind]
    with odd_server(lambda path: answer) as url:
        done = subprocess.run([sys.executable, "-c", _PEAK, url], capture_output=True, text=True, check=True)
    sentence, megabytes = done.stdout.splitlines()
    assert told in sentence
    assert int(megabytes) < 100


# ------------------------------------------------------------------ headers in any form


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Mon, 23 Nov 2026 20:14:20 GMT", 60),
        ("1m0s", 60),
        ("1h", 3600),
        ("30", 30),
        ("1.5", 1.5),
        ("-3", 0),
        ("Mon, 23 Nov 2020 20:14:20 GMT", 0),
        ("soon", None),
        ("", None),
        ("nan", None),
    ],
)
def test_retry_after(text: str, seconds: float | None):
    assert headers.retry_after(text, datetime.fromisoformat(AT)) == seconds


@given(text=st.text(max_size=60) | st.from_regex(r"[0-9a-zA-Z :,;<>=\"/?.+-]{0,60}"))
def test_any_header_is_read_or_left_out(text: str):
    there = datetime.fromisoformat(AT)
    waits = headers.retry_after(text, there)
    assert waits is None or waits >= 0
    headers.reset_time(text)
    headers.count(text)
    headers.http_date(text)
    headers.page_number(headers.linked(text, "next") or "")


# ------------------------------------------------------------------ words and git


def test_words_of_others_are_stripped():
    assert printable("a\x1b]8;;http://evil\x1b\\b\n\u202ec") == "a ]8;;http://evil \\b c"
    assert len(printable("x" * 10_000)) == 200


def record(sha: str, message: bytes, files: list[bytes]) -> bytes:
    raw = b"".join(b":100644 100644 %s %s M\0%s\0" % (b"1" * 40, b"2" * 40, file) for file in files)
    head = sha.encode() + b"\0\0Ann\x001793600000\x001793600000\0" + message + b"\0\0"
    return head + (b"\n" + raw if raw else b"")


without_zero = st.binary(max_size=30).map(lambda raw: raw.replace(b"\0", b"?"))


@given(
    commits=st.lists(st.tuples(without_zero, st.lists(without_zero.filter(bool), max_size=3)), max_size=4),
    size=st.integers(1, 50),
)
def test_any_bytes_in_messages_and_names(commits: list[tuple[bytes, list[bytes]]], size: int):
    text = b"".join(record(f"{n:040x}", message, files) for n, (message, files) in enumerate(commits))
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    found = list(logged_commits(pieces, "--raw"))
    assert [one.message for one in found] == [m.decode(errors="replace").strip() for m, _ in commits]
    assert [[file.path for file in one.files] for one in found] == [
        [file.decode(errors="replace") for file in files] for _, files in commits
    ]


@given(st.binary(max_size=200))
def test_what_git_never_prints_is_refused_or_read(text: bytes):
    with contextlib.suppress(GitLogError):
        list(logged_commits([text], "--raw"))


def bare(folder: Path, author: str, committer: str, message: str, name: bytes = b"a.txt") -> None:
    def git(*arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(["git", "-C", str(folder), *arguments], input=given, capture_output=True, check=True)
        return done.stdout.decode().strip()

    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    blob = git("hash-object", "-w", "--stdin", given=b"x\n")
    tree = git("mktree", "-z", given=b"100644 blob " + blob.encode() + b"\t" + name + b"\0")
    text = f"tree {tree}\nauthor {author}\ncommitter {committer}\n\n{message}\n".encode()
    git("update-ref", "refs/heads/main", git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=text))


WRITTEN = "2026-11-02T06:13:20+00:00"
GOOD = "Ann <ann@example.com> 1793600000 +0000"


@pytest.mark.parametrize(
    ("author", "committer", "authored_at"),
    [
        ("Ann <ann@example.com> 1793600000 +51800", "Ann <ann@example.com> 1793600000 +51800", WRITTEN),
        ("Ann <ann@example.com> 1793600000 -7530", GOOD, WRITTEN),
        ("Ann <ann@example.com> 99999999999999 +0000", GOOD, None),
        ("Ann <ann@example.com>", GOOD, None),
    ],
)
def test_commits_with_impossible_times(tmp_path: Path, author: str, committer: str, authored_at: str | None):
    folder = tmp_path / "acme_shop"
    folder.mkdir()
    (folder / "repository.json").write_text(json.dumps(shop.REPOSITORY), encoding="utf-8")
    bare(folder / "repo.git", author, committer, "pasted \x1f and \x1e here", b"odd\x1e\n\tname")
    with running([folder]) as url:
        clone = Clone.at(tmp_path / "clones", 7, f"{url}/acme/shop.git", None, url)
        clone.update()
        ((row, files),) = clone.commits([], datetime(2026, 1, 1, tzinfo=UTC))
    assert row["authored_at"] == (authored_at and datetime.fromisoformat(authored_at))
    assert row["committed_at"] == datetime.fromisoformat(WRITTEN)
    assert row["message"] == "pasted \x1f and \x1e here"
    assert [(file["path"], file["additions"]) for file in files] == [("odd\x1e\n\tname", 1)]


def test_a_commit_without_any_possible_time_is_set_aside(
    tmp_path: Path, make_settings: MakeSettings, engine: Engine, collect: Any
):
    folder = tmp_path / "acme_shop"
    folder.mkdir()
    (folder / "repository.json").write_text(json.dumps(shop.REPOSITORY), encoding="utf-8")
    bare(folder / "repo.git", "Ann <a@example.com>", "Ann <a@example.com>", "no time")
    with running([folder]) as url:
        for _ in range(2):
            ((what, why),) = whats(collect(make_settings(url)))
    assert what.startswith("commit ")
    assert why == "committed_at is missing"
    assert count(engine, schema.changed_file) == 0


def test_git_follows_no_redirect_with_the_token(tmp_path: Path):
    asked: list[str] = []

    def elsewhere(path: str) -> Answer | None:
        asked.append(path)
        return None

    with odd_server(elsewhere) as other:
        moved: Callable[[str], Answer] = lambda path: (302, {"Location": f"{other}{path}"}, b"")  # noqa: E731
        with odd_server(moved) as url:
            clone = Clone.at(tmp_path / "clones", 7, f"{url}/acme/shop.git", Token("secret", "test"), url)
            with pytest.raises(CloneError):
                clone.update()
    assert asked == []


def test_the_token_stays_at_its_port(tmp_path: Path):
    clone = Clone.at(tmp_path, 7, "http://127.0.0.1:2/a/b.git", Token("secret", "test"), "http://127.0.0.1:1")
    assert "GIT_CONFIG_COUNT" not in clone.environment


def test_a_backup_without_node_ids_is_refused(tmp_path: Path):
    folder = tmp_path / "acme_shop"
    (folder / "issues").mkdir(parents=True)
    old = {key: value for key, value in shop.issue(1, 1).items() if key != "node_id"}
    (folder / "issues" / "1.json").write_text(json.dumps({"type": "issue", "issue": old}), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"^acme/shop#1 has no node_id, .* make the backup again\.$"):
        serve([folder], 0)


REFUSALS = [(451, r"for legal reasons \(451: \]8;;x DMCA\)"), (410, r"is gone \(410\)")]


@pytest.mark.parametrize(("status", "sentence"), REFUSALS)
def test_refusals_are_named(make_settings: MakeSettings, collect: Any, status: int, sentence: str):
    body = json.dumps({"message": "\x1b]8;;x\x07DMCA"}).encode()
    with odd_server(lambda path: (status, {}, body)) as url, pytest.raises(NotFoundError, match=sentence):
        collect(make_settings(url))
