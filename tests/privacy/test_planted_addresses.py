"""E-mail addresses in every text that GitHub gives, every main path walked, and no file of the home has one."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from sqlalchemy import select

from sprintlib import backup, inbox
from sprintlib.access.keys import rotate_keys
from sprintlib.facts.replay import replay
from sprintlib.github import sync
from sprintlib.knowledge import search, update_texts
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintlib.worker import Worker
from sprintsim.fake_github import Dataset, running
from tests.github import shop
from tests.github.conftest import HASTE, NOW
from tests.planted import LEAK, stored_in, with_addresses


def leaking() -> Dataset:
    """The small shop with an address in each of its texts, a release and a run of a commit."""
    made = Dataset(shop.NAME)
    made.set_extra("repository", deepcopy(shop.REPOSITORY))
    made.set_extra("milestones", with_addresses([shop.milestone()]))
    for one in shop.documents():
        made.put(with_addresses(one))
    return made


def delivered(number: int) -> bytes:
    """A webhook about issue 1, as GitHub sends it: it names who pushed with an address."""
    told: dict[str, Any] = {
        "action": "edited",
        "issue": shop.issue(1, 6, milestone=shop.milestone(), body=f"Ask ada.{number}@leak.example"),
        "repository": shop.REPOSITORY,
        "sender": shop.user("ann"),
        "pusher": {"name": "ann", "email": f"ann.{number}@leak.example"},
    }
    return json.dumps(told).encode()


def leaks(folder: Path) -> list[str]:
    return [name for name, content in stored_in(folder) if LEAK in content]


def test_no_file_of_a_home_has_an_address(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with running([leaking()]) as url:
        (home / "sprint.toml").write_text(
            f'[project]\nname = "acme"\nrepositories = ["{shop.NAME}"]\n'
            f'[github]\napi_url = "{url}"\ndetails_days = 3650\nclone = false\n',
            encoding="utf-8",
        )
        project = ProjectHandle(settings := load(home), open_store(settings.database_url), lambda: NOW)
        sync(project.engine, settings, None, retry_policy=HASTE)
    for number in range(3):
        inbox.receive(project.engine, f"g-{number}", "issues", {}, delivered(number))
    assert leaks(home) == []  # while they wait
    Worker(project.engine, settings).settle()
    assert inbox.counts(project.engine)["done"] == 3
    analyze(project, store=True)
    update_texts(project.engine, settings)
    backup.make_backup(settings, NOW)
    rotate_keys(settings.data_dir, lambda: inbox.close_bodies(project.engine, again=True))

    assert leaks(home) == []
    assert inbox.find(project.engine, "g-2").body == delivered(2)  # and yet nothing is lost of what came
    with project.engine.connect() as connection:
        told = connection.execute(select(schema.issue.c.body).where(schema.issue.c.number == 1)).scalar_one()
    assert told == "Ask [address removed]"
    assert "acme/shop#1" in [hit.ref for hit in search(project.engine, settings, "Ask")]
    again = open_store(f"sqlite:///{tmp_path}/again/sprint.db")
    assert replay(project.engine, again, lambda *_: None).is_equal
    again.dispose()
    project.engine.dispose()
    (home / "notes.txt").write_bytes(b"a check of the check: ada@leak.example")
    assert leaks(home) == ["notes.txt"]
