"""Every rule of the package is found, named after its module and described."""

import pytest

from sprintlib.recommend import interventions
from sprintlib.risks import plays, rules
from sprintlib.risks.model import Rule

EXPECTED = 16


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.KIND)
def test_a_rule_is_named_after_its_module_and_has_a_row(rule: Rule, pytestconfig: pytest.Config) -> None:
    assert getattr(rule, "__name__", "").rpartition(".")[2] == rule.KIND
    assert f"| `{rule.KIND}` |" in (pytestconfig.rootpath / "docs/risks.md").read_text(encoding="utf-8")


def test_all_of_them_are_found_each_in_a_place_of_its_own() -> None:
    assert len({rule.PLACE for rule in rules()}) == len(rules()) == EXPECTED


def test_every_play_is_in_the_playbook_and_is_a_sentence() -> None:
    assert len(plays()) == 10
    for play in plays().values():
        assert play.entry in interventions()
        assert play.action.format(items="acme/api#1").endswith(".")
