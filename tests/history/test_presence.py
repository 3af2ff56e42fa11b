"""What went is counted until it went, and names that changed still find their repository."""

from pathlib import Path

from sprintlib.history.scope import scope
from sprintlib.history.state import ProjectState
from sprintlib.history.truncation import truncate
from sprintlib.store import schema, upsert
from tests.sprints import team_in
from tests.world import API, SEEN, WEB, World, at


def _refs(past: ProjectState) -> set[str]:
    return set(past.items["ref"])


def test_a_deleted_item_is_there_until_it_went(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    before, inside = team.past("03-19 09:00"), team.past("03-20 12:00").memberships.filter(number=14)
    team.gone(schema.issue, "03-19 12:00", repository_id=1, number=14)
    assert team.past("03-19 09:00").items.equals(before.items)
    assert team.past("03-19 09:00").memberships.equals(before.memberships)
    after = team.past("03-20 12:00")
    assert "acme/api#14" not in _refs(after)
    (left,) = after.memberships.filter(number=14)["left_at"]
    assert (len(inside), left) == (1, at("03-19 12:00"))
    assert _refs(truncate(after, at("03-19 09:00"))) == _refs(before)


def test_a_transfer_within_the_project_is_one_item(tmp_path: Path) -> None:
    world = World(team_in(tmp_path).engine, tmp_path)
    for repo in (API, WEB):
        world.milestone(50, "Move", "03-01", due="04-01", repo=repo)
    world.issue(60, "03-02 09:00", milestone=50)
    world.event(60, "milestoned", "03-02 09:00", "Move")
    world.issue(61, "03-02 09:00", repo=WEB, milestone=50)
    world.event(61, "milestoned", "03-02 09:00", "Move", repo=WEB)
    world.event(61, "transferred", "03-10 09:00", repo=WEB)
    world.gone(schema.issue, "03-12 09:00", repository_id=1, number=60)
    for moment, ref in (("03-09 12:00", "acme/api#60"), ("03-11 12:00", "acme/web#61"), ("03-13", "acme/web#61")):
        assert _refs(world.past(moment)) & {"acme/api#60", "acme/web#61"} == {ref}


def test_a_deleted_milestone_holds_nothing_more(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    team.milestone(70, "Old plan", "03-01")
    team.issue(71, milestone=70)
    team.event(71, "milestoned", "03-02 09:00", "Old plan")
    team.gone(schema.milestone, "03-12 09:00", repository_id=1, number=70)
    assert scope(team.past("03-11"), 1, 70, None).open == ("acme/api#71",)
    after = team.past("03-13")
    assert 70 not in after.milestones["number"]
    assert scope(after, 1, 70, None).open == ()


def test_a_former_name_finds_the_repository(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    team.blocked_by(12, "acme/web#3", "03-04")
    team.flush()
    with team.engine.begin() as connection:
        table = schema.repository
        connection.execute(table.update().where(table.c.id == 2).values(full_name="acme/site"))
        upsert(connection, schema.repository_name, [{"name": "acme/web", "repository_id": 2, "seen_at": SEEN}])
    past = team.past("03-20 12:00")
    assert dict(past.repositories.select("repo", "named").iter_rows())["acme/site"] == "acme/web"
    assert past.holdings.former_names == {"acme/web": "acme/site"}
    assert past.dependencies["blocker"].to_list() == ["acme/site#3"]
