"""Priors between organisations: numbers only, used where a team has no history of its own, and said so."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.analysis import Analysis, analyze
from sprintlib.cli.main import sprint
from sprintlib.errors import AnalysisError
from sprintlib.forecast.rates import ITEMS_PER_DEVELOPER_DAY, PACE_SHAPE, starting_pace
from sprintlib.learning import Counts, Priors, read_priors, written_priors
from sprintlib.project import ProjectHandle
from sprintlib.results import store_analysis
from sprintlib.services import open_recommendations, record_feedback
from sprintlib.services.learning import learned
from sprintlib.services.priors import drop_priors, export_priors, import_priors, own_priors
from tests.sprints import put
from tests.world import World, at

NOW = at("03-20 12:00")
SECRET = "zanzibar"


def handle(world: World, now: datetime = NOW) -> ProjectHandle:
    return ProjectHandle(world.settings, world.engine, lambda: now)


def analysis(world: World, moment: datetime = NOW) -> Analysis:
    return analyze(world.engine, world.settings, moment)


def settings_in(world: World, folder: Path) -> None:
    text = f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[store]\nurl = "{world.engine.url}"\n'
    (folder / "sprint.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def answered(team: World) -> World:
    """Sprint 2 with texts, titles, logins and answers that all hold a secret; its actions are stored and answered."""
    team.pull(20, created="03-16 12:00", title=f"{SECRET} pull", body=f"Closes #14 {SECRET}")
    team.event(20, "review_requested", "03-17 12:00", subject=SECRET)
    team.issue(16, created="03-16 09:00", milestone=2, title=f"{SECRET} issue", body=SECRET)
    team.event(15, "blocked_by_added", "03-17 12:00", subject="acme/api#16")
    team.flush()
    store_analysis(team.engine, analysis(team))
    first, second = open_recommendations(handle(team))[:2]
    record_feedback(handle(team), first.short, "accept", NOW)
    record_feedback(handle(team), second.short, "dismiss", NOW, reason=f"{SECRET} said no")
    return team


def test_what_is_exported_are_numbers_alone(answered: World, tmp_path: Path) -> None:
    file = tmp_path / "priors.json"
    found = export_priors(handle(answered), file, at("03-20 13:00"))
    text = file.read_text(encoding="utf-8")
    assert read_priors(file) == found
    assert sum(one.accepted + one.dismissed for one in found.plays.values()) == 2
    said = json.loads(text)
    assert set(said) == {"format", "items_per_developer_day", "working_days", "sprints", "plays"}
    assert SECRET not in text
    for word in ("acme", "api", "web", "Sprint", "bob", "#", "2026", str(answered.engine.url)):
        assert word not in text, word


@given(
    st.builds(
        Priors,
        items_per_developer_day=st.floats(0.01, 20),
        working_days=st.integers(0, 1000),
        sprints=st.integers(0, 100),
        plays=st.dictionaries(
            st.integers(1, 20).map("PB-{:03d}".format),
            st.builds(Counts, accepted=st.integers(0, 99), dismissed=st.integers(0, 99)),
        ),
    )
)
def test_every_leaf_of_a_file_is_a_number(priors: Priors) -> None:
    def leaves(value: object) -> list[object]:
        return [leaf for each in value.values() for leaf in leaves(each)] if isinstance(value, dict) else [value]

    said = json.loads(written_priors(priors))
    assert said.pop("format") == "sprint-priors/1"
    assert all(isinstance(leaf, int | float) for leaf in leaves(said))
    assert all(len(name) == 6 and name.startswith("PB-") for name in said["plays"])
    assert Priors.model_validate_json(written_priors(priors)) == priors


@given(st.text(min_size=1, max_size=40))
def test_no_text_can_be_put_into_a_file_of_priors(secret: str) -> None:
    good = {"items_per_developer_day": 0.4}
    for bad in (
        {**good, "note": secret},
        {**good, "plays": {f"PB-001{secret}": {"accepted": 1, "dismissed": 1}}},
        {**good, "plays": {"PB-001": {"accepted": 1, "dismissed": 1, "note": secret}}},
        {**good, "format": f"sprint-priors/1{secret}"},
    ):
        with pytest.raises(ValueError, match="validation error"):
            Priors.model_validate(bad)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no file of priors (Invalid JSON"),
        ("[]", "is no file of priors (Input should be an object"),
        ("{}", "is no file of priors (it holds no number: neither a pace nor answers to plays)"),
        ('{"items_per_developer_day": 0}', "(Input should be greater than 0 at 'items_per_developer_day')"),
        ('{"items_per_developer_day": 1e999}', "is no file of priors ("),
        ('{"items_per_developer_day": 0.4, "login": "kim"}', "(Extra inputs are not permitted at 'login')"),
        ('{"format": "sprint-priors/2", "items_per_developer_day": 0.4}', "at 'format')"),
    ],
)
def test_a_bad_file_gives_one_sentence_and_changes_nothing(team: World, tmp_path: Path, text: str, words: str) -> None:
    team.flush()
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError) as told:
        import_priors(handle(team), file, NOW)
    assert words in str(told.value)
    assert "\n" not in str(told.value)
    assert learned(handle(team), NOW).priors is None
    with pytest.raises(AnalysisError, match="cannot be read: No such file"):
        import_priors(handle(team), tmp_path / "none.json", NOW)


def test_imported_pace_counts_until_the_own_history_weighs_as_much() -> None:
    shipped = PACE_SHAPE / (ITEMS_PER_DEVELOPER_DAY * 4)
    assert starting_pace(4, 0.0, 0.7)[0].mean == pytest.approx(2.8)
    assert starting_pace(4, 0.0, None) == (starting_pace(4, shipped, 0.7)[0], ITEMS_PER_DEVELOPER_DAY)
    assert starting_pace(4, shipped, 0.1)[1] == ITEMS_PER_DEVELOPER_DAY
    assert starting_pace(4, shipped - 0.01, 0.1)[1] == 0.1


def fresh(world: World) -> World:
    """A team in its first sprint: six closings on five days by one person, whose pace still rests on other teams."""
    world.milestone(1, "Sprint 1", created="03-13", due="03-27")
    for number in range(1, 12):
        closed = {"closed": f"03-{15 + number} 15:00"} if number <= 5 else {}
        put(world, number, "Sprint 1", "03-16 08:00", milestone=1, **closed)
    world.flush()
    return world


def test_imported_priors_are_used_where_there_is_no_own_history_and_said(world: World, tmp_path: Path) -> None:
    fresh(world)
    moment = at("03-20 16:00")
    before = analysis(world, moment).milestones[0]
    assert before.basis == "prior"
    file = tmp_path / "priors.json"
    file.write_text(written_priors(Priors(items_per_developer_day=0.4)), encoding="utf-8")
    import_priors(handle(world), file, at("03-20 15:30"))
    after = analysis(world, moment).milestones[0]
    assert after.probability is not None
    assert before.probability is not None
    assert after.probability > before.probability
    assert after.adopted == ("that pace is from imported priors: 0.4 items a working day for each developer",)
    assert before.adopted == ()
    assert analysis(world, at("03-20 15:15")).milestones[0].adopted == ()
    drop_priors(handle(world), at("03-20 15:45"))
    again = analysis(world, moment).milestones[0]
    assert (again.probability, again.adopted) == (before.probability, ())
    with pytest.raises(AnalysisError, match="No priors were imported, so there are none to drop"):
        drop_priors(handle(world), at("03-20 15:50"))


def test_a_team_with_history_of_its_own_is_left_alone(team: World, tmp_path: Path) -> None:
    team.flush()
    before = analysis(team).milestones[0]
    file = tmp_path / "priors.json"
    file.write_text(written_priors(Priors(items_per_developer_day=3.0)), encoding="utf-8")
    import_priors(handle(team), file, at("03-20 10:00"))
    after = analysis(team).milestones[0]
    assert before.basis == "learned"
    assert (after.probability, after.adopted) == (before.probability, ())


def test_imported_answers_weigh_until_the_first_own_one(answered: World, tmp_path: Path) -> None:
    file = tmp_path / "priors.json"
    plays = {f"PB-{number:03d}": Counts(accepted=8, dismissed=0) for number in range(1, 21)}
    file.write_text(written_priors(Priors(plays=plays)), encoding="utf-8")
    import_priors(handle(answered), file, at("03-20 10:00"))
    before = analysis(answered, at("03-20 11:00")).milestones[0].recommendations
    assert {one.record for one in before} == {
        "Not answered here yet; in imported priors accepted 8 and dismissed 0 times."
    }
    after = [one.record or "" for one in analysis(answered, at("03-20 14:00")).milestones[0].recommendations]
    assert any(told.startswith("Accepted 1 and dismissed 0 times here") for told in after)


def test_nothing_to_export_is_said(world: World) -> None:
    fresh(world)
    with pytest.raises(AnalysisError, match="There is nothing to export yet"):
        own_priors(handle(world), at("03-20 16:00"))


def test_the_command(answered: World, tmp_path: Path) -> None:
    settings_in(answered, tmp_path)
    file = tmp_path / "p.json"

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "priors", *words])
        assert result.exit_code == code, result.output
        return result.output + (str(result.exception) if code else "")

    assert run("show") == "No priors were imported: those that ship are in use.\n"
    assert run("export", str(file)).startswith(f"Written to {file}:\n  ")
    assert run("import", str(file)).startswith("Imported:\n  ")
    assert run("show").startswith("In use since ")
    assert json.loads(run("show", "--json")) == json.loads(file.read_text(encoding="utf-8"))
    assert run("drop") == "Dropped: the priors that ship are in use again.\n"
    assert "none to drop" in run("drop", code=1)
