"""The questions of questions.toml: how many are answered right, on the half that answers were not built on.

Counts are printed (`pytest -s`); docs/research/questions.md tells them.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sprintlib.github import sync
from sprintlib.github.dataset import ingest_dataset
from sprintlib.knowledge import update_texts
from sprintlib.project import ProjectHandle
from sprintlib.services import answer
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintsim.fake_github import running
from sprintsim.simulation import write_startup
from tests.questions.scoring import Verdict, counts, judged, questions

DEMO = datetime(2026, 11, 23, 8, tzinfo=UTC)
REAL = datetime(2026, 8, 22, 23, 59, 59, tzinfo=UTC)
RIGHT, NOT_WRONG = 0.8, 0.95


def verdicts(settings: Settings, project: str, half: str, moment: datetime) -> Iterator[Verdict]:
    engine = open_store(settings.database_url)
    update_texts(engine, settings)
    for question in questions(half, project):
        found = answer(ProjectHandle(settings, engine), question.text, moment)
        verdict = judged(question, found)
        if verdict != "right":
            lines = [f"{verdict}: {question.text}", *(f"    {one.text}" for one in found.sentences[:4])]
            sys.stdout.write("\n".join([*lines, ""]))
        yield verdict
    engine.dispose()


def held_up(found: list[Verdict], half: str, project: str) -> None:
    sys.stdout.write(f"{project}, {half}: {counts(found)}\n")
    assert found.count("right") >= RIGHT * len(found)
    assert len(found) - found.count("wrong") >= NOT_WRONG * len(found)


@pytest.mark.slow
@pytest.mark.parametrize("half", ["tune", "held"])
def test_the_simulated_startup(tmp_path: Path, half: str) -> None:
    write_startup(tmp_path / "github", 5, date(2026, 11, 23))
    with running([tmp_path / "github"]) as url:
        names = ["sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"]
        settings = parse(
            {"home": tmp_path, "project": {"name": "demo", "repositories": names}, "github": {"api_url": url}}
        )
        sync(open_store(settings.database_url), settings, None)
    held_up(list(verdicts(settings, "demo", half, DEMO)), half, "the simulated startup")


@pytest.mark.realdata
@pytest.mark.slow
def test_two_real_repositories(tmp_path: Path, real_data: Path) -> None:
    names = ["bitcoin-core/secp256k1", "bitcoin/bips"]
    settings = parse({"home": tmp_path, "project": {"name": "real", "repositories": names}})
    engine = open_store(settings.database_url)
    for name in ("bitcoin-core_secp256k1", "bitcoin_bips"):
        ingest_dataset(
            engine, real_data / "github-backups" / f"{name}.tar.xz", "real", datetime(2026, 8, 25, tzinfo=UTC)
        )
    engine.dispose()
    for half in ("tune", "held"):
        held_up(list(verdicts(settings, "real", half, REAL)), half, "secp256k1 and bips")


def test_the_file_holds_enough_questions_in_two_halves() -> None:
    every = list(questions())
    assert len(every) >= 64
    assert len({one.id for one in every}) == len(every)
    assert min(len(list(questions(half))) for half in ("tune", "held")) >= 32
