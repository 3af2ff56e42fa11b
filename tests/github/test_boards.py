"""GitHub Projects: collected as they are now, a version at a time, and what they say of sprints as of a moment."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from sprintlib.analysis import analyze_past
from sprintlib.analysis.model import Points
from sprintlib.calendar import WorkingCalendar
from sprintlib.cli.main import sprint
from sprintlib.github import sync
from sprintlib.history import find_sprints, load_state
from sprintlib.settings import Settings, SprintSettings, load
from sprintlib.store import open_store, schema
from sprintlib.views.words import in_points
from sprintsim.fake_github import Dataset, running
from tests.github import shop
from tests.github.boards import board, entry, iteration
from tests.github.conftest import HASTE, MakeSettings
from tests.github.odd_server import Answer, odd_server

SPRINTS = SprintSettings(source="projects", project="acme/3", points="Points")
CALENDAR = WorkingCalendar()


def noon(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def evening(day: int) -> datetime:
    """After the sync of that day."""
    return datetime(2026, 3, day, 18, tzinfo=UTC)


class Team:
    """The small shop with a board, and a store that follows it. Syncs happen at noon of a day of March."""

    def __init__(self, home: Path, make_settings: MakeSettings) -> None:
        self.dataset: Dataset = shop.dataset()
        self.engine: Engine = open_store(f"sqlite:///{home / 'boards.db'}")
        self._make = make_settings

    def show(self, *entries: shop.Json, **more: object) -> None:
        self.dataset.set_extra("boards", [board(*entries, **more)])

    def sync(self, day: int, sprints: SprintSettings = SPRINTS) -> tuple[str, ...]:
        """What was set aside, in words."""
        with running([self.dataset], clock=lambda: noon(day)) as url:
            self.settings: Settings = self._make(url, clone=False).model_copy(update={"sprints": sprints})
            summary = sync(self.engine, self.settings, None, retry_policy=HASTE)
        self.warnings = summary.warnings
        return tuple(one.sentence() for one in summary.set_aside)

    def inside(self, day: int, title: str) -> list[str]:
        past = load_state(self.engine, self.settings, evening(day))
        (found,) = find_sprints(past, CALENDAR, title)
        return found.items["ref"].to_list()


@pytest.fixture
def team(tmp_path: Path, make_settings: MakeSettings) -> Team:
    return Team(tmp_path, make_settings)


def test_iterations_are_the_sprints(team: Team) -> None:
    team.show(entry(1, "b2", 16, 3.0), entry(2, "a1", 2), entry(4, None, 3, kind="pulls"))
    assert team.sync(17) == ()
    past = load_state(team.engine, team.settings, evening(17))
    (found,) = find_sprints(past, CALENDAR)
    assert (found.title, found.due_on, found.state) == ("Sprint 2", date(2026, 3, 29), "open")
    assert found.items["ref"].to_list() == ["acme/shop#1"]
    (earlier,) = find_sprints(past, CALENDAR, "Sprint 1")
    assert (earlier.state, earlier.items["ref"].to_list()) == ("closed", ["acme/shop#2"])
    with team.engine.connect() as connection:
        rows = connection.execute(select(schema.board_item).order_by(schema.board_item.c.number)).all()
    assert [(row.number, row.iteration, row.points, row.status) for row in rows] == [
        (1, "b2", 3.0, "Todo"), (2, "a1", None, "Todo"), (4, None, None, "Todo")
    ]  # fmt: skip


def test_what_was_before_the_first_sync_is_marked(team: Team) -> None:
    team.show(entry(1, "b2", 16))
    team.sync(20)
    then = load_state(team.engine, team.settings, evening(17))
    (found,) = find_sprints(then, CALENDAR)
    assert found.items["ref"].to_list() == ["acme/shop#1"]
    assert found.parts[0].known_later == ("due_on", "title_then", "items")
    (now,) = find_sprints(load_state(team.engine, team.settings, evening(20)), CALENDAR)
    assert now.parts[0].known_later == ()


def test_a_move_and_its_past_stay(team: Team) -> None:
    team.show(entry(1, "a1", 3), entry(2, "a1", 3))
    team.sync(5)
    team.show(entry(1, "b2", 18), entry(2, "a1", 3))
    team.sync(19)
    team.sync(19)  # and again: nothing new
    assert team.inside(10, "Sprint 1") == ["acme/shop#1", "acme/shop#2"]
    assert team.inside(19, "Sprint 1") == ["acme/shop#2"]
    assert team.inside(19, "Sprint 2") == ["acme/shop#1"]
    with team.engine.connect() as connection:
        assert len(connection.execute(select(schema.board_item)).all()) == 3


def test_what_is_taken_off_the_board_is_in_no_sprint(team: Team) -> None:
    team.show(entry(1, "b2", 16), entry(2, "b2", 16))
    team.sync(17)
    team.show(entry(1, "b2", 16), {**entry(2, "b2", 18), "archived_at": shop.at(18)})
    team.sync(19)
    assert team.inside(19, "Sprint 2") == ["acme/shop#1"]
    team.show()
    team.sync(20)
    assert (team.inside(17, "Sprint 2"), team.inside(20, "Sprint 2")) == (["acme/shop#1", "acme/shop#2"], [])


def test_an_iteration_keeps_its_identity_under_another_title_and_date(team: Team) -> None:
    team.show(entry(1, "b2", 16))
    team.sync(17)
    (before,) = find_sprints(load_state(team.engine, team.settings, evening(17)), CALENDAR)
    moved = board(entry(1, "b2", 16))
    moved["fields"][1]["configuration"]["iterations"][1] = iteration("b2", "The big one", "2026-03-16", 21)
    team.dataset.set_extra("boards", [moved])
    team.sync(19)
    (after,) = find_sprints(load_state(team.engine, team.settings, evening(19)), CALENDAR)
    assert (after.title, after.due_on, after.key) == ("The big one", date(2026, 4, 5), before.key)
    (then,) = find_sprints(load_state(team.engine, team.settings, evening(18)), CALENDAR)
    assert (then.parts[0].title_then, then.due_on) == ("Sprint 2", date(2026, 3, 29))


@pytest.mark.parametrize(
    ("more", "sprints", "sentence"),
    [
        ({"forbidden": True}, SPRINTS, "'Projects: read' of its organization"),
        ({}, SPRINTS.model_copy(update={"project": "acme/4"}), "GitHub does not show the project acme/4"),
        ({}, SPRINTS.model_copy(update={"points": "Size"}), "has no number field 'Size'"),
        ({}, SPRINTS.model_copy(update={"iteration": "Cycle"}), "does not have an iteration field 'Cycle'"),
        ({"items": [{"id": 1, "content": {"url": f"{shop.API}/issues/1"}}]}, SPRINTS, "updated_at is missing"),
    ],
)
def test_what_cannot_be_read_is_set_aside_in_one_sentence(
    team: Team, more: dict[str, object], sprints: SprintSettings, sentence: str
) -> None:
    team.show(**more)
    (told,) = team.sync(17, sprints)
    assert told.startswith(f"the GitHub Project {sprints.project} is set aside since 2026-03-17T12:00Z: ")
    assert sentence in told


def test_init_finds_the_board(team: Team, tmp_path: Path) -> None:
    team.show(entry(1, "b2", 16))
    with running([team.dataset]) as url:
        arguments = ["--home", str(tmp_path), "init", "--repo", "acme/shop", "--api-url", url, "--yes"]
        result = CliRunner().invoke(sprint, arguments)
    assert "Sprints: the iterations of the GitHub Project acme/3 (Planning).\n" in result.output
    assert load(tmp_path).sprints == SprintSettings(
        source="projects", project="acme/3", iteration="Sprint", points="Points"
    )


def test_long_boards_are_read_to_the_end(team: Team) -> None:
    many = [shop.document(shop.issue(number, 5)) for number in range(100, 230)]
    for one in many:
        team.dataset.put(one)
    team.show(*(entry(number, "b2", 16) for number in range(100, 230)))
    team.sync(17)
    assert len(team.inside(17, "Sprint 2")) == 130


def test_pages_that_lead_in_a_circle_end_in_a_sentence(team: Team) -> None:
    """Whatever a server says is the next page: what was collected besides stays."""
    team.show(entry(1, "b2", 16))

    def circle(path: str) -> Answer | None:
        if "/projectsV2/3/items" not in path:
            return None
        here = f'<{{}}{path.partition("?")[0]}?again=1>; rel="next"'
        return 200, {"Link": here.format(address[0]), "Content-Type": "application/json"}, b"[]"

    address: list[str] = []
    with running([team.dataset], clock=lambda: noon(17)) as upstream, odd_server(circle, upstream) as url:
        address.append(url)
        settings = team._make(url, clone=False).model_copy(update={"sprints": SPRINTS})
        summary = sync(team.engine, settings, None, retry_policy=HASTE)
    (told,) = [one.sentence() for one in summary.set_aside]
    assert "lead in a circle" in told


def test_scope_and_pace_are_told_in_points_too(team: Team) -> None:
    team.show(entry(1, "b2", 16, 3.0), entry(4, "b2", 17, kind="pulls"), entry(2, "b2", 17, 5.0))
    team.sync(18)
    past = load_state(team.engine, team.settings, evening(18))
    (sprint_now,) = analyze_past(past, team.settings).milestones
    assert sprint_now.points == Points(
        committed=8, added=0, removed=0, done=5, dropped=0, open=3, per_working_day=0.0, without=1
    )
    assert in_points(sprint_now) == (
        "In story points: 8 committed + 0 added - 0 removed = 5 done + 0 dropped + 3 open; 0.0 a working day; "
        "1 item without points."
    )


def moved(told: shop.Json) -> shop.Json:
    """An entry whose repository has another owner now."""
    content = told["content"]
    return {**told, "content": {**content, "url": content["url"].replace("acme/", "initech/")}}


def test_a_board_keeps_its_history_when_its_owner_is_renamed(team: Team) -> None:
    team.show(entry(1, "a1", 3), entry(2, "b2", 16))
    team.sync(17)
    team.dataset.rename("initech/shop")
    team.show(moved(entry(1, "b2", 18)), moved(entry(2, "b2", 16)), owner="initech")
    assert team.sync(19) == ()
    assert "The GitHub Project acme/3 is now initech/3: update sprint.toml." in team.warnings
    past = load_state(team.engine, team.settings, evening(17))
    (then,) = find_sprints(past, CALENDAR, "Sprint 2")
    assert then.items["number"].to_list() == [2]
    today = SPRINTS.model_copy(update={"project": "initech/3"})
    team.sync(20, today)
    assert not [one for one in team.warnings if "GitHub Project" in one]
    (now,) = find_sprints(load_state(team.engine, team.settings, evening(20)), CALENDAR, "Sprint 2")
    assert (now.items["number"].to_list(), now.key) == ([1, 2], then.key)


def test_another_board_under_the_new_name_is_not_mistaken_for_it(team: Team) -> None:
    team.show(entry(1, "b2", 16))
    team.sync(17)
    team.dataset.rename("initech/shop")
    project = {**board()["project"], "id": 4, "node_id": "PVT_4"}
    team.show(moved(entry(1, None, 18)), owner="initech", project=project)
    (told,) = team.sync(19)
    assert "GitHub does not show the project acme/3" in told
    assert team.inside(19, "Sprint 2") == ["initech/shop#1"]
