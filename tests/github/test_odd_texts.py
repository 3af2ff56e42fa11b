"""Characters that no database takes as text: null bytes and halves of surrogate pairs, anywhere in what GitHub says."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from sprintlib.cli import main
from sprintlib.github import ingest_dataset, sync
from sprintlib.github.json_text import read_json
from sprintlib.history import load_state
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import HASTE, NOW, MakeSettings
from tests.github.stores import contents, differences
from tests.github.test_bad_input import write_toml
from tests.github.test_dataset import write


def odd(value: Any) -> Any:
    """Null bytes in every text that a person can write."""
    if isinstance(value, list):
        return [odd(one) for one in value]
    if not isinstance(value, dict):
        return value
    texts = ("title", "body", "message", "description")
    labelled = {"name": value["name"] + "\0"} if set(value) == {"name"} else {}
    return {key: f"\0{one}\0" if key in texts and one else odd(one) for key, one in value.items()} | labelled


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (r'"a\u0000b"', "ab"),
        (r'{"k\u0000": ["\ud83d", "\ud83d\ude00", 1, null]}', {"k": ["", "😀", 1, None]}),
        (r'"a backslash: \\u0000"', r"a backslash: \u0000"),
        (b'"plain"', "plain"),
        ('"\ud800"', "\ud800"),  # no JSON document can hold it but as an escape: not looked for
    ],
)
def test_what_no_database_takes_is_taken_out(content: str | bytes, value: Any) -> None:
    assert read_json(content) == value


def test_a_dataset_with_null_bytes_is_the_same_as_without(
    on_postgresql: Engine, engine: Engine, tmp_path: Path
) -> None:
    plain, strange = shop.documents(), odd(shop.documents())
    strange[0]["issue"]["body"] += "\ud83d"
    for store, documents in ((engine, plain), (on_postgresql, strange)):
        folder = write(tmp_path / store.dialect.name, documents, repository=shop.REPOSITORY)
        ingest_dataset(store, folder, "acme")
    assert differences(contents(on_postgresql), contents(engine)) == {}


def test_a_collection_with_null_bytes_is_the_same_as_without(
    on_postgresql: Engine, engine: Engine, make_settings: MakeSettings, tmp_path: Path
) -> None:
    for store, documents in ((engine, shop.documents()), (on_postgresql, odd(shop.documents()))):
        dataset = shop.dataset(documents)
        with running([dataset]) as url:
            found = make_settings(url, home=tmp_path / store.dialect.name)
            sync(store, found, None, retry_policy=HASTE)
    assert differences(*(contents(one, without=["clone_url"]) for one in (on_postgresql, engine))) == {}
    assert load_state(on_postgresql, found, NOW).milestones["title"].to_list() == ["Alpha"]


@pytest.mark.slow
def test_every_command_survives_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running([shop.dataset(odd(shop.documents()))]) as url:
        write_toml(tmp_path, url)
        for verb in ("sync", "analyze --json", "explain --no-model", "report --no-explain --json", "ask Words"):
            assert code_of(["--home", str(tmp_path), *verb.split()]) == 0, verb
    out = capsys.readouterr().out
    assert "\0" not in out
    assert "Alpha" in out
    engine = open_store(load(tmp_path).database_url)
    with engine.connect() as connection:
        bodies = connection.scalars(select(schema.analysis.c.body)).all()
    assert bodies
    assert "\\u0000" not in json.dumps(bodies)
    (page,) = tmp_path.glob("papermill_runs/*/*/report.html")
    assert "\0" not in page.read_text()


def code_of(arguments: list[str]) -> int:
    try:
        main(arguments)
    except SystemExit as left:
        return int(left.code or 0)
    return 0
