"""The rules of this package: every module of it that has a KIND, a PLACE and a `detect` (model.Rule)."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

import sprintlib.risks
from sprintlib.risks.context import SprintContext
from sprintlib.risks.model import Play, Risk, Rule

_ORDER = ("high", "medium", "low", "unknown")


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by its PLACE."""
    names = [found.name for found in iter_modules(sprintlib.risks.__path__)]
    modules = [import_module(f"sprintlib.risks.{name}") for name in names]
    found = [cast(Rule, module) for module in modules if hasattr(module, "PLACE")]
    return tuple(sorted(found, key=lambda rule: rule.PLACE))


@cache
def plays() -> dict[str, Play]:
    """Kind of risk -> what teams do about it, where its rule says so."""
    return {rule.KIND: play for rule in rules() if (play := getattr(rule, "PLAY", None))}


def find_risks(context: SprintContext) -> tuple[Risk, ...]:
    """Every risk of the sprint, worst first; none once nothing is open."""
    if context.sprint.open_items.is_empty():
        return ()
    found = [risk for rule in rules() for risk in rule.detect(context)]
    return tuple(sorted(found, key=lambda risk: _ORDER.index(risk.severity)))
