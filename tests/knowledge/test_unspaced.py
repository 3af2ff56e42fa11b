"""Scripts without spaces are found by neighbouring characters; nothing else is touched by it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from sprintlib.history.texts import read_texts
from sprintlib.knowledge import search
from sprintlib.knowledge.store import write_chunks
from sprintlib.knowledge.unspaced import pairs
from sprintlib.project import ProjectHandle
from sprintlib.services import answer
from sprintlib.store import open_store
from tests.world import World, at

HOSTS = frozenset({"github.com"})


@pytest.fixture
def shop(tmp_path: Path) -> World:
    world = World(open_store(f"sqlite:///{tmp_path / 'sprint.db'}"), tmp_path)
    world.issue(1, title="支払いに失敗することがある", body="カード決済が完了しない。再試行すると成功する。")
    world.issue(2, title="退款流程需要审批", body="用户申请退款以后没有通知。")
    world.issue(3, title="결제 화면이 멈춤", body="카드를 바꾸면 화면이 멈춥니다.")
    world.issue(4, title="Straße und café naïve", body="Nothing of the kind.")
    world.flush()
    write_chunks(world.engine, read_texts(world.engine, world.settings), HOSTS)
    return world


@pytest.mark.parametrize(
    ("question", "ref"),
    [
        ("支払い", "acme/api#1"),
        ("決済", "acme/api#1"),
        ("決済はいつ終わりますか", "acme/api#1"),
        ("支払いの状況は？", "acme/api#1"),
        ("退款", "acme/api#2"),
        ("退款什么时候通知", "acme/api#2"),
        ("결제", "acme/api#3"),
        ("카드 화면은 왜", "acme/api#3"),
    ],
)
def test_a_question_finds_and_quotes_the_text_that_holds_its_words(shop: World, question: str, ref: str) -> None:
    assert search(shop.engine, shop.settings, question, at("03-20"))[0].ref == ref
    found = answer(ProjectHandle(shop.settings, shop.engine), question, at("03-20"))
    assert found.sentences[0].text.startswith(f"{ref} (issue")
    assert {one.ref for sentence in found.sentences for one in sentence.evidence} == {ref}


def test_what_nothing_holds_is_not_known(shop: World) -> None:
    assert answer(ProjectHandle(shop.settings, shop.engine), "天気はどうですか", at("03-20")).outcome == "unknown"


def test_edited_and_deleted_texts(shop: World) -> None:
    shop.issue(1, title="配送が遅い", body="三日かかる。", updated="03-05")
    shop.flush()
    texts = [text for text in read_texts(shop.engine, shop.settings) if text.number != 2]
    write_chunks(shop.engine, texts, HOSTS)
    assert search(shop.engine, shop.settings, "決済", at("03-20")) == []
    assert search(shop.engine, shop.settings, "退款", at("03-20")) == []
    assert [hit.ref for hit in search(shop.engine, shop.settings, "配送", at("03-20"))] == ["acme/api#1"]


def test_pairs_leave_grammar_out() -> None:
    assert pairs("支払いの方法") == ["支払", "方法"]
    assert pairs("退款流程") == ["退款", "款流", "流程"]
    assert pairs("how do refunds work? 100%_x") == []


def test_only_texts_with_such_scripts_are_indexed(shop: World) -> None:
    with shop.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM chunk_trigram").scalar()
    assert rows == 3


def test_on_postgresql(on_postgresql: Engine) -> None:
    world = World(on_postgresql)
    world.issue(1, title="支払いに失敗することがある", body="カード決済が完了しない。")
    world.issue(2, title="退款流程", body="100% of it_")
    world.flush()
    write_chunks(world.engine, read_texts(world.engine, world.settings), HOSTS)
    found = search(world.engine, world.settings, "決済", at("03-20"))
    assert [hit.ref for hit in found] == ["acme/api#1"]
    assert answer(ProjectHandle(world.settings, world.engine), "決済", at("03-20")).outcome == "answered"
    assert answer(ProjectHandle(world.settings, world.engine), "asdfgh", at("03-20")).outcome == "unknown"
