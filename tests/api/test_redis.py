"""Answers and counts in a Redis of Debian: shared by servers, unreadable there, and not needed to answer."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis, RedisError

from sprintlib.api.limits import Limits
from sprintlib.api.redis_answers import RedisAnswers
from sprintlib.api.v1 import findings
from sprintlib.errors import SettingsError
from sprintlib.settings import ApiSettings
from tests.api.conftest import Open
from tests.api.test_behind_proxies import ended, free_port
from tests.conftest import ROOT

_UNPACKED = ROOT / ".venv" / "redis" / "redis-server"  # by tests/redis.sh
PROGRAM = shutil.which("redis-server") or (str(_UNPACKED) if _UNPACKED.is_file() else None)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if PROGRAM is None:
        pytest.skip("Redis is not installed here")
    port = free_port()
    command = [PROGRAM, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    with ended(subprocess.Popen([*command, str(tmp_path_factory.mktemp("redis"))], stdout=subprocess.DEVNULL)):
        for _ in range(300):
            try:
                Redis(port=port).ping()
                break
            except RedisError:
                time.sleep(0.1)
        yield f"redis://127.0.0.1:{port}"


def kept(url: str) -> dict[bytes, Any]:
    held = Redis.from_url(url)
    return {key: held.get(key) for key in held.keys("sprint-answers:*")}


def test_servers_share_answers_that_nobody_else_can_read(url: str, tmp_path: Path) -> None:
    one, other, stranger = (RedisAnswers(url, tmp_path / home) for home in ("home", "home", "elsewhere"))
    assert other.get('W/"t"') is None
    one.put('W/"t"', b"a private answer")
    one.put('W/"t"', b"another")
    assert (one.get('W/"t"'), other.get('W/"t"')) == (b"a private answer", b"a private answer")
    assert stranger.get('W/"t"') is None
    ((key, value),) = kept(url).items()
    assert b"private" not in value
    assert 0 < Redis.from_url(url).ttl(key) <= 3600
    Redis.from_url(url).set(key, b"forged")
    assert RedisAnswers(url, tmp_path / "home").get('W/"t"') is None
    Redis.from_url(url).flushall()


def test_a_second_server_answers_with_what_the_first_was_asked(
    url: str, serve: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = serve(api={"answers_url": url}).get("/api/v1/risks")
    assert (first.status_code, len(kept(url))) == (200, 1)

    def unreadable(*_: Any) -> Any:
        raise AssertionError("read again")

    monkeypatch.setattr(findings, "risks", unreadable)
    again = serve(api={"answers_url": url}).get("/api/v1/risks")
    assert (again.status_code, again.content) == (200, first.content)
    Redis.from_url(url).flushall()


def test_without_redis_the_store_answers(serve: Open, tmp_path: Path) -> None:
    nobody = f"redis://127.0.0.1:{free_port()}"
    client = serve(api={"answers_url": nobody})
    assert [client.get("/api/v1/risks").status_code for _ in range(2)] == [200, 200]
    answers = RedisAnswers(nobody, tmp_path)
    answers.put("t", b"here")
    assert answers.get("t") == b"here"


def test_requests_are_counted_for_all_servers(url: str) -> None:
    one, other = (Limits(ApiSettings(requests_per_minute=3, limits_url=url)) for _ in range(2))
    left = [limits.count("ada")["RateLimit-Remaining"] for limits in (one, other, one)]
    assert left == ["2", "1", "0"]
    with pytest.raises(Exception, match="429"):
        other.count("ada")
    Redis.from_url(url).flushall()


def test_a_missing_client_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sprintlib.api.redis_answers.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="pip install redis"):
        RedisAnswers("redis://127.0.0.1", tmp_path)
