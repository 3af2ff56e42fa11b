"""Fragments as a browser would read them: structure, words, and nothing that GitHub's text could smuggle in."""

from html.parser import HTMLParser

import pytest

from sprintlib import views
from sprintlib.analysis.model import Part, Scope
from tests import samples

VOID = {"meta", "link", "img", "br", "hr", "input"}
MAKERS = {
    "answer_card": views.answer_card,
    "burn_up_figure": views.burn_up_figure,
    "risk_list": lambda a, m: views.risk_list(a, m, rules=True),
    "action_list": views.action_list,
    "drivers_table": views.drivers_table,
    "parts_table": views.parts_table,
    "scope_table": lambda a, m: views.scope_table(m),
    "milestone_table": lambda a, m: views.milestone_table(a, {m.title: "x?a=1&b=2"}),
    "freshness": lambda a, m: views.freshness(a),
    "notes": views.notes,
    "first_screen": views.first_screen,
    "all_findings": views.all_findings,
    "scope_and_parts": views.scope_and_parts,
    "what_it_rests_on": views.what_it_rests_on,
}
SAMPLES = (samples.milestone, samples.without_number, samples.without_due_date, samples.hostile)


class Reader(HTMLParser):
    """Elements, addresses and visible text; complains about elements that are not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.addresses, self.handlers, self.text = [], [], [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action", "xlink:href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "script" not in self.open and "style" not in self.open:
            self.text += data


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
@pytest.mark.parametrize("name", MAKERS)
def test_every_fragment_is_well_formed_and_safe(name, sample):
    milestone = sample()
    read = Reader(MAKERS[name](samples.analysis(milestone), milestone))
    assert read.handlers == []
    assert "img" not in read.tags
    for address in read.addresses:
        assert address.startswith(("https://github.com/sprint-demo/", "https://google.github.io/", "#", "x?a=1"))


@pytest.mark.parametrize("name", MAKERS)
def test_hostile_text_is_shown_as_text(name):
    milestone = samples.hostile()
    html = MAKERS[name](samples.analysis(milestone), milestone)
    assert "<script>window.pwned" not in html
    assert "<img" not in html


def read(maker, milestone=None, **changes):
    milestone = milestone or samples.milestone(**changes)
    return Reader(maker(samples.analysis(milestone), milestone))


def test_the_answer_holds_what_a_lead_asks_for():
    text = read(views.answer_card).text
    for said in (
        "38%",
        "Unlikely to land by Fri 27 Nov",
        "11 of 22 items are open",
        "50% finished byMon 30 Nov",
        "85% finished byThu 3 Dec",
        "Wed 25 Nov to Fri 4 Dec",
        "17 to 22 of 22",
        "Same amount delivered, by any items52%",
        "sprint-demo/web",
        "this team's own history (n = 47 closings)",
    ):
        assert said in text


def test_no_page_promises_while_work_remains():
    text = read(views.answer_card, probability=0.97, probability_delivered=0.96).text
    assert ">95%" in text
    assert "97%" not in text
    assert "96%" not in text


def test_a_missing_number_is_replaced_by_its_reason():
    text = read(views.answer_card, samples.without_number()).text
    assert "No number" in text
    assert "a forecast needs 5" in text
    assert "finished by" not in text


def test_the_first_screen_shows_three_risks_and_three_actions_with_links():
    html = read(views.first_screen)
    assert html.text.count("next move") == 2
    assert "28 % of the 18" in html.text
    assert "no assignee" not in html.text
    assert "Empty states" not in html.text
    assert "https://github.com/sprint-demo/api/issues/44" in html.addresses
    assert "#all-risks" in html.addresses
    assert "#all-actions" in html.addresses
    assert "and 2 more below" in html.text
    assert html.tags.count("h1") == 1
    assert html.tags.count("h2") == 2


def test_severity_is_said_in_words_and_the_rule_is_given():
    text = read(views.all_findings).text
    for said in ("High", "Medium", "Low", "Unknown", "Rule: An open item is blocked by another open item"):
        assert said in text
    assert "gain unknown" in text


def test_no_risk_and_no_action_are_said():
    assert "No detector found a risk." in read(views.risk_list, risks=()).text
    assert "Nothing in the playbook" in read(views.action_list, recommendations=()).text


def test_drivers_add_up_line_by_line():
    milestone = samples.milestone()
    html = views.drivers_table(samples.analysis(milestone), milestone)
    for points, total in (("55", "55"), ("+6", "61"), ("-14", "47"), ("-9", "38")):
        assert f'<td class="number">{points}</td>' in html
        assert f'<td class="number">{total}</td>' in html
    assert 'class="down" style="left:47%;width:14%"' in html


def test_drivers_are_missing_without_a_number():
    assert "There is no explanation" in read(views.drivers_table, samples.without_number()).text


def test_scope_is_given_for_all_and_for_each_repository():
    html = views.scope_table(samples.milestone())
    assert html.count("<tr>") == 4
    assert '<th scope="row">sprint-demo/web</th><td class="number">7</td>' in html


def test_a_single_part_is_not_repeated():
    part = Part(
        repo=samples.API,
        number=9,
        html_url=f"https://github.com/{samples.API}/milestone/9",
        title_then="Sprint 9",
        due_on=None,
        scope=Scope(committed=1, added=0, removed=0, done=0, dropped=0, open=1),
        probability=None,
        reason="too little data",
    )
    milestone = samples.milestone(parts=(part,), repos=(samples.API,))
    html = views.scope_and_parts(samples.analysis(milestone), milestone)
    assert "Parts by repository" not in html
    assert html.count("<tr>") == 2


def test_parts_say_which_one_governs():
    text = read(views.parts_table).text
    assert "sprint-demo/web, milestone 7Fri 27 Nov 202643%6governs" in text


def test_the_milestone_table_links_to_its_pages_and_says_chance_in_words():
    analysis = samples.analysis(samples.milestone(), samples.without_number())
    html = views.milestone_table(analysis, {"Sprint 9": "overview.ipynb?milestone=Sprint%209"})
    assert '<a href="overview.ipynb?milestone=Sprint%209">Sprint 9</a>' in html
    assert "38% unlikely" in html
    assert "no number" in html
    assert Reader(html).text.count("Sprint 10") == 1


def test_a_project_without_open_milestones():
    assert "No milestone was open" in views.milestone_table(samples.analysis().model_copy(update={"milestones": ()}))


def test_freshness_says_how_old_the_facts_are():
    text = Reader(views.freshness(samples.analysis())).text
    assert "12 minutes old" in text
    assert "27 hours old" in text
    assert "never collected" in text


def test_notes_tell_what_was_known_only_later_and_former_titles():
    milestone = samples.milestone(titles_then=("Sprint 9", "Sprint IX"))
    text = Reader(views.notes(samples.analysis(milestone), milestone)).text
    assert "fits no number" in text
    assert "Known later: due_on of sprint-demo/api" in text
    assert "Called at the time: Sprint 9, Sprint IX" in text
    nothing = samples.milestone(known_later=())
    assert "Nothing is missing" in views.notes(samples.analysis(nothing, notes=()), nothing)


def test_the_document_forbids_itself_every_request():
    html = views.document("A <title>", "<p>body</p>")
    assert "default-src 'none'" in html
    assert "<title>A &lt;title&gt;</title>" in html
    assert Reader(html).addresses == ["data:,"]


def test_the_style_sheet_asks_for_nothing_and_stays_in_its_scope():
    css = views.css()
    assert "url(" not in css
    assert "@import" not in css
    for line in css.splitlines():
        if line and not line.startswith((" ", "@", "}", "/*")):
            assert ".sprint" in line


def test_a_project_without_an_open_milestone_shows_its_notes():
    analysis = samples.analysis(notes=(samples.HOSTILE, "3 to 9 items close")).model_copy(update={"milestones": ()})
    shown = Reader(views.project_screen(analysis) + views.what_it_rests_on(analysis, None))
    assert "No open milestone" in shown.text
    assert "3 to 9 items close" in shown.text
    assert "img" not in shown.tags
