import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib import views
from sprintlib.views.markdown import plain
from tests import samples


def report(milestone):
    return views.markdown_report(samples.analysis(milestone), milestone)


def test_the_report_says_what_the_page_says():
    said = report(samples.milestone())
    for line in (
        "# Sprint 9",
        "**38%** Unlikely to land by Fri 27 Nov",
        "- Plan for: Thu 3 Dec (85% chance to finish by then)",
        "1. **High**: Checkout page waits for the payment intents endpoint, which nobody has started. Next move: mira.",
        "1. **+11 points**: Start sprint-demo/api#44 today",
        "[sprint-demo/api#44](<https://github.com/sprint-demo/api/issues/44>)",
        "| Scope added after the start | -14.0 | -0.56 | Close the added item or move it out: sprint-demo/api#58. | "
        "[sprint-demo/api#58](<https://github.com/sprint-demo/api/issues/58>) |",
        "| sprint-demo/web#31 | Checkout page | waiting for review, blocked | 35% |",
        "## Possible prompt injection",
        "| Sprint 7 | Fri 30 Oct 2026 | 10 | 9 | 12 | 1 | 90% |",
        "| Lead time | 7.1 working days (85%: 14) | – | 37 |",
        "| All | 18 | 5 | 1 | 10 | 1 | 11 | 38% | Fri 27 Nov 2026 |",
        "- sprint-demo/mobile: never collected",
        "- Known later: due_on of sprint-demo/api",
    ):
        assert line in said


def test_a_missing_number_is_replaced_by_its_reason():
    said = report(samples.without_number())
    assert "**No number** Only 2 working days with a closing are known; a forecast needs 5." in said
    assert "There is no explanation" in said


def test_nothing_found_is_said():
    said = report(samples.milestone(risks=(), recommendations=()))
    assert "No risks found." in said
    assert "No recommended actions: nothing in the playbook applies today." in said


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("<img src=x>", "\\<img src=x\\>"),
        ("[a](javascript:x)", "\\[a\\](javascript:x)"),
        ("a `code` | b", "a \\`code\\` \\| b"),
        ("*bold* _it_ snake_case", "\\*bold\\* \\_it\\_ snake_case"),
        ("two\nlines\r\n# here", "two lines # here"),
        ("@maintainer", "@\u200bmaintainer"),
        ("https://evil.example", "https:\u200b//evil.example"),
        ("&lt; \\", "\\&lt; \\\\"),
    ],
)
def test_remote_text_stays_text(remote, shown):
    assert plain(remote) == shown


@given(st.text())
def test_remote_text_is_one_line_without_open_markup(remote):
    shown = plain(remote)
    assert "\n" not in shown
    assert "\r" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[<>\[\]`*|]", re.sub(r"\\[\\`*\[\]<>|~&$_]", "", shown))


def test_links_lead_only_to_known_places():
    said = report(samples.hostile())
    assert "](<javascript" not in said
    assert "](<https://evil" not in said
    assert "](<" not in said.split("## Scope")[0]


def test_the_cells_of_a_table_cannot_be_split():
    said = report(samples.hostile())
    rows = [line for line in said.splitlines() if line.startswith("| ") and "pwned" in line]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [5, 6, 9, 7]


def test_a_project_without_an_open_milestone():
    analysis = samples.analysis(notes=("No milestone is open: 3 to 9 items close.",)).model_copy(
        update={"milestones": ()}
    )
    said = views.markdown_report(analysis, None)
    assert "**No open milestone**\n\n- No milestone is open: 3 to 9 items close." in said
    assert "- sprint-demo/api: 12 minutes old" in said
    assert "Planning accuracy 70%" in said
