"""Every feature has a page, every page a feature, and each says what a reader wants to know."""

import pytest

from sprintlib.features import FEATURES, measure
from tests.conftest import ROOT
from tests.features.builder import view

PAGES = ROOT / "docs" / "metrics"
QUESTIONS = ("What is it?", "Why does it matter?", "How is it computed?", "What is left out?", "How to improve it?")


def test_pages_and_features_are_the_same() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == {feature.__name__ for feature in FEATURES}


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.__name__)
def test_each_page_answers_the_questions(feature: object) -> None:
    name = feature.__name__  # type: ignore[attr-defined]
    text = (PAGES / f"{name}.md").read_text()
    assert all(question in text for question in QUESTIONS)
    assert f"docs/metrics/{name}.md" in str(feature.__doc__)


def test_an_empty_project_is_measured_without_a_number_that_is_not_there() -> None:
    metrics = measure(view())
    assert [metric.name for metric in metrics] == [feature.__name__ for feature in FEATURES]
    assert all(metric.value is not None or metric.reason for metric in metrics)
