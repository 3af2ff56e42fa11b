"""Risks with an entry of the playbook that applies as it is."""

import pytest

from sprintlib.recommend import interventions
from sprintlib.recommend.playbook_entries import PLAYS


def test_every_play_is_in_the_playbook() -> None:
    assert {play for play, _ in PLAYS.values()} <= interventions().keys()


@pytest.mark.parametrize("kind", PLAYS)
def test_an_action_names_the_items_and_nothing_else(kind: str) -> None:
    _, action = PLAYS[kind]
    assert "{" not in action.format(items="acme/api#1")
    assert action.endswith(".")
