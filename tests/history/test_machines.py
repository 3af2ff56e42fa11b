"""Which accounts are machines, wherever they speak."""

import polars as pl
import pytest

from sprintlib.errors import SettingsError
from sprintlib.history import ProjectState
from sprintlib.history.machines import Machines, named_like_a_machine
from sprintlib.settings import parse
from tests.world import World


@pytest.mark.parametrize(
    ("login", "account_type", "is_machine"),
    [
        ("renovate[bot]", "User", True),
        ("anything", "Bot", True),
        ("codecov-commenter", "User", True),
        ("Codecov-Commenter", None, True),
        ("acme-bot", "User", True),
        ("acme_BOT", "User", True),
        ("k8s-ci-robot", "User", True),
        ("DrahtBot", "User", True),
        ("acme-deploy", "User", True),
        ("ann", "User", False),
        ("talbot", "User", False),
        ("Abbot", "User", False),
        ("bot-lover", "User", False),
        (None, None, False),
    ],
)
def test_one_rule_for_a_login_and_for_a_column(login: str | None, account_type: str | None, is_machine: bool) -> None:
    machines = Machines.of(["ACME-deploy"])
    assert machines.includes(login, account_type) is is_machine
    frame = pl.DataFrame({"who": [login], "type": [account_type]}, schema={"who": pl.String, "type": pl.String})
    assert frame.select(machines.expression("who", "type")).to_series().to_list() == [is_machine]


def test_machines_of_the_settings_are_no_people_anywhere(world: World) -> None:
    world.issue(1, author="acme-deploy")
    world.comment(1, "Deployed.", "03-02", author="acme-deploy")
    world.review(1, "commented", "03-02", author="acme-deploy")
    world.event(1, "labeled", "03-02", subject="done", actor="acme-deploy")
    world.commit("a" * 40, "03-02", author="acme-deploy")
    past = world.past("03-05")
    assert not any(_flags(past))
    project = world.settings.project.model_copy(update={"machines": ("acme-deploy",)})
    world.settings = world.settings.model_copy(update={"project": project})
    assert all(_flags(world.past("03-05")))


def _flags(past: ProjectState) -> list[bool]:
    frames = (past.items, past.comments, past.reviews, past.commits)
    return [*(frame["author_is_bot"].item() for frame in frames), past.events["actor_is_bot"].item()]


def test_a_login_of_the_settings_is_checked() -> None:
    project = {"name": "acme", "repositories": ["acme/api"], "machines": ["acme deploy"]}
    with pytest.raises(SettingsError, match=r"project.machines: 'acme deploy' is not a GitHub login"):
        parse({"home": "/tmp", "project": project})


@pytest.mark.parametrize(("login", "expected"), [("acme-deploy", True), ("ci-runner", True), ("cindy", False)])
def test_what_a_machines_login_reads_like(login: str, expected: bool) -> None:
    assert named_like_a_machine(login) is expected
