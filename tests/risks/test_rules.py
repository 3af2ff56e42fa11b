"""Every rule of the package is found, named after its module and described."""

import re

import pytest

from sprintlib.recommend import interventions
from sprintlib.risks import plays, rules
from sprintlib.risks.model import Rule

_ROW = re.compile(r"^\| \[[^]]+\]\(#[a-z-]+\) \|", re.M)  # of the table "At a glance" in docs/risks.md


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.KIND)
def test_a_rule_is_named_after_its_module_and_has_a_row(rule: Rule, pytestconfig: pytest.Config) -> None:
    assert getattr(rule, "__name__", "").rpartition(".")[2] == rule.KIND
    assert f"`{rule.KIND}`" in (pytestconfig.rootpath / "docs/risks.md").read_text(encoding="utf-8")


def test_all_of_them_are_found_each_in_a_place_of_its_own(pytestconfig: pytest.Config) -> None:
    with_hostile_text = len(rules()) + 2  # and `prompt_injection`, and the second row of blocked_item
    assert len(_ROW.findall((pytestconfig.rootpath / "docs/risks.md").read_text(encoding="utf-8"))) == with_hostile_text
    assert len({rule.PLACE for rule in rules()}) == len(rules()) > 10


def test_every_play_is_in_the_playbook_and_is_a_sentence() -> None:
    assert "late_start" in plays()
    for play in plays().values():
        assert play.entry in interventions()
        assert play.action.format(items="acme/api#1").endswith(".")
