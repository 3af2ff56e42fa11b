from sprintsim.simulation import constants
from sprintsim.simulation.team import AREAS, DEVELOPERS, REPOS
from sprintsim.simulation.work import load_texts

TEXTS = load_texts()


def test_every_item_belongs_to_a_repository_of_its_sprint_and_to_an_area_with_files():
    for sprint in TEXTS.sprint:
        for work in (*sprint.committed, *sprint.arrivals):
            assert work.repo in sprint.repos
            assert AREAS[work.repo][work.area]
            assert work.assignee in {None, *(person.login for person in DEVELOPERS)}
    for bug in TEXTS.bug:
        assert AREAS[bug.repo][bug.area]


def test_what_must_be_done_before_is_in_the_same_sprint_and_waits_for_nothing_itself():
    for sprint in TEXTS.sprint:
        by_title = {work.title: work for work in sprint.committed}
        blockers = [by_title[title] for work in sprint.committed for title in work.after]
        assert blockers
        assert all(not blocker.after for blocker in blockers)


def test_titles_are_unique_so_that_efforts_and_dependencies_can_go_by_title():
    titles = [work.title for sprint in TEXTS.sprint for work in (*sprint.committed, *sprint.arrivals)]
    assert len(titles) == len(set(titles))


def test_the_sprint_in_progress_spans_two_repositories_and_carries_the_known_troubles():
    sprint = TEXTS.sprint[-1]
    assert sprint.repos == ("api", "web")
    assert {work.hold for work in sprint.committed} == {"", "unclaimed", "review"}
    assert any("<script>" in work.title for work in sprint.arrivals)
    assert any("ignore all previous instructions" in work.why for work in sprint.arrivals)


def test_every_repository_has_updates_to_offer():
    assert {bumps.repo for bumps in TEXTS.bump} == set(REPOS)


def test_there_is_a_plan_for_every_past_sprint_and_one_for_the_sprint_in_progress():
    assert len(TEXTS.sprint) == constants.PAST_SPRINTS + 1
