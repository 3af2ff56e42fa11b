"""The table of all milestones in a terminal."""

import io

import pytest
from rich.console import Console

from sprintlib.analysis import Analysis
from sprintlib.views.terminal_table import milestone_table
from tests import samples


def shown(analysis: Analysis, width: int = 140) -> str:
    written = io.StringIO()
    Console(file=written, width=width, highlight=False).print(milestone_table(analysis, width))
    return written.getvalue()


def test_a_line_a_milestone_with_the_figures_of_the_analysis():
    text = shown(samples.analysis(samples.milestone(), samples.without_due_date()))
    line = next(line for line in text.splitlines() if line.startswith("Sprint 9"))
    for part in ("38% unlikely", "Fri 27 Nov", "Mon 30 Nov", "Thu 3 Dec", "11 of 22", "web#31"):
        assert part in line
    assert "Backlog" in text


@pytest.mark.parametrize("width", [44, 60, 76, 90, 118])
@pytest.mark.parametrize("probability", [0.03, 0.97])
def test_a_narrow_terminal_cuts_no_verdict(probability: float, width: int):
    text = " ".join(shown(samples.analysis(samples.milestone(probability=probability)), width).split())
    assert "almost" in text
    assert ("not" in text.split()) == (probability < 0.5)


def test_control_characters_of_titles_are_not_obeyed():
    assert "\x1b" not in shown(samples.analysis(samples.milestone(title="a\x1b[31mred")))
