"""Fragments as a browser would read them: structure, words, and nothing that GitHub's text could smuggle in."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from sprintlib import views
from sprintlib.analysis.model import FinishPoint, Part, Scope
from sprintlib.views.finish_chart import finish_chart
from tests import samples

VOID = {"meta", "link", "img", "br", "hr", "input"}
MAKERS = {
    "answer_card": views.answer_card,
    "burn_up_figure": views.burn_up_figure,
    "risk_list": lambda a, m: views.risk_list(a, m, rules=True),
    "action_list": views.action_list,
    "drivers_table": views.drivers_table,
    "scope_table": views.scope_table,
    "finish_chart": lambda a, m: finish_chart(m, a.as_of.date()),
    "risks_and_actions": views.risks_and_actions,
    "freshness": lambda a, m: views.freshness(a),
    "notes": views.notes,
    "item_table": views.item_table,
    "hostile_text": views.hostile_text,
    "earlier_sprints": lambda a, m: views.earlier_sprints(a),
    "measurements": lambda a, m: views.measurements(m),
    "first_screen": views.first_screen,
    "all_findings": views.all_findings,
    "scope": views.scope,
    "what_it_rests_on": views.what_it_rests_on,
}
SAMPLES = (samples.milestone, samples.without_number, samples.without_due_date, samples.hostile)


class Reader(HTMLParser):
    """Elements, addresses and visible text; complains about elements that are not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.addresses, self.handlers, self.text = [], [], [], [], ""
        self.feed(str(html))
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
        "Usually the last to finishsprint-demo/web",
        "50% chance to finish byMon 30 Nov",
        "Plan forThu 3 Dec (85% chance to finish by then)",
        "Wed 25 Nov to Fri 4 Dec",
        "17 to 22 of 22",
        "Chance of closing this many items, whichever they are52% (pace alone)",
        "this team's own history (47 completed items)",
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
    assert "chance to finish by" not in text


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
    assert "No risks found." in read(views.risk_list, risks=()).text
    assert "nothing in the playbook" in read(views.action_list, recommendations=()).text


def test_drivers_add_up_line_by_line():
    milestone = samples.milestone()
    html = views.drivers_table(samples.analysis(milestone), milestone)
    for points, total in (("55.0", "55.0"), ("+6.0", "61.0"), ("-14.0", "47.0"), ("-9.0", "38.0")):
        assert f'<td class="number">{points}</td>' in html
        assert f'<td class="number">{total}</td>' in html
    assert 'class="down" style="left:47%;width:14%"' in html


def test_every_driver_says_its_log_odds_and_what_would_remove_it():
    milestone = samples.milestone()
    html = views.drivers_table(samples.analysis(milestone), milestone)
    assert '<td class="number">-0.37</td>' in html
    assert 'title="-9.0 points, -0.37 in log-odds. Unblock sprint-demo/web#31' in html
    assert "Unblock web#31 (waits for api#44)." in Reader(html).text


def test_bars_that_move_nothing_share_one_line():
    still = samples.driver("Items added after the start", 0.0, 0.0, "Nothing to remove.")
    shown = read(views.drivers_table, drivers=(*samples.milestone().drivers, still))
    assert "No effect here: items added after the start." in shown.text
    assert shown.tags.count("tr") == 5


def test_the_items_of_a_driver_beyond_the_first_four_are_folded():
    refs = tuple(f"{samples.API}#{number}" for number in range(1, 8))
    cited = tuple(samples.cite(samples.API, number) for number in range(1, 7))
    driver = samples.milestone().drivers[0].model_copy(update={"items": refs, "evidence": cited})
    shown = read(views.drivers_table, drivers=(driver,))
    assert "and 3 moreapi#5 · api#6 · api#7" in shown.text
    assert len(shown.addresses) == 6


def test_items_are_shown_from_the_least_likely_each_with_what_carries_it():
    text = read(views.item_table).text
    assert "web#31Checkout pagewaiting for review, blocked35%" in text
    assert "↳ web#32Checkout page, first halfreviewed, not approved50%" in text
    assert text.index("web#31") < text.index("web#32") < text.index("api#44")


def test_pull_requests_that_carry_each_other_are_each_told_once():
    first, second, third = samples.items()
    circle = (
        first,
        second.model_copy(update={"kind": "pull", "carries": (third.ref,)}),
        third.model_copy(update={"carries": (second.ref,)}),
    )
    text = read(views.item_table, items=circle).text
    assert [text.count(item.ref.rpartition("/")[2]) for item in circle] == [1, 1, 1]


def test_items_without_a_probability_say_why():
    nothing = tuple(one.model_copy(update={"closes_by_due": None, "reason": "No due date."}) for one in samples.items())
    text = read(views.item_table, items=nothing).text
    assert "No probability of single items: No due date." in text
    assert "least likely" not in text
    assert "api#44Payment intents endpointin progress–" in text
    assert views.item_table(samples.analysis(), samples.milestone(items=())) == ""


def test_texts_that_speak_to_a_model_stand_apart_from_the_risks():
    milestone = samples.milestone()
    analysis = samples.analysis(milestone)
    assert "Possible prompt injection" not in Reader(views.risk_list(analysis, milestone)).text
    assert "Possible prompt injection" in Reader(views.hostile_text(analysis, milestone)).text
    assert "1 item holds possible prompt injection" in Reader(views.first_screen(analysis, milestone)).text
    assert views.hostile_text(analysis, samples.milestone(hostile_text=())) == ""


def test_earlier_sprints_are_told_with_their_accuracy_and_n():
    text = Reader(views.earlier_sprints(samples.analysis())).text
    for said in (
        "Planning accuracy 70%: the share of the planned items that was done or dropped in time.",
        "It varies from sprint to sprint by 28 points; less is more predictable",
        "Capacity accuracy 98%",
        "Averages of 2 sprints. Only 2 sprints: treat this as a rough guide.",
        "Sprint 7Fri 30 Oct 20261091" + "2190%1 day late",
    ):
        assert said in text
    assert views.earlier_sprints(samples.analysis(earlier=())) == ""
    nothing_planned = views.earlier_sprints(samples.analysis(plan_accuracy=None))
    assert "No finished sprint had anything planned" in nothing_planned


def test_measurements_say_value_range_meaning_and_weight():
    shown = Reader(views.measurements(samples.milestone()))
    for said in (
        "3 of 4 known; 1 moves the forecast",
        "1.2 items per working day–10Items of the milestone done per working day",
        "in the forecast",
        "7.1 working days (85%: 14)–37",
        "25%up to 20%24",
        "Above the team's own range (up to 20%).More",
        "context only",
        "unknown–0",
        "No CI runs are known.",
        "How to improve it?",
        "Taken from: issues done in the 28 days before; n = 37",
    ):
        assert said in shown.text
    assert shown.tags.count("details") == 5
    assert views.measurements(samples.milestone(measurements=())) == ""


def test_drivers_are_missing_without_a_number():
    assert "There is no explanation" in read(views.drivers_table, samples.without_number()).text


def test_scope_is_given_for_all_and_for_each_repository():
    html = views.scope_table(samples.analysis(), samples.milestone())
    assert html.count("<tr>") == 4
    assert '<td class="number">7</td>' in html


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
    html = views.scope(samples.analysis(milestone), milestone)
    assert html.count("<tr>") == 2


def test_parts_say_which_one_governs():
    shown = read(views.scope_table)
    assert "43%Fri 27 Nov 2026usually the last to finish" in shown.text
    assert "https://github.com/sprint-demo/web/milestone/7" in shown.addresses


def test_freshness_says_how_old_the_facts_are():
    text = Reader(views.freshness(samples.analysis())).text
    assert "12 minutes old" in text
    assert "27 hours old" in text
    assert "never collected" in text


def test_what_was_heard_after_a_collection_makes_its_facts_younger():
    heard = {samples.WEB: samples.AS_OF - timedelta(minutes=3), samples.MOBILE: samples.AS_OF}
    found = samples.analysis(heard=heard)
    assert [samples.AS_OF - at if at else None for at in found.facts_of.values()] == [
        timedelta(minutes=12),
        timedelta(minutes=3),
        None,  # something is missing, whatever was heard
    ]
    assert "3 minutes old" in Reader(views.freshness(found)).text


def test_notes_tell_what_was_known_only_later_and_former_titles():
    milestone = samples.milestone(titles_then=("Sprint 9", "Sprint IX"))
    text = Reader(views.notes(samples.analysis(milestone), milestone)).text
    assert "fits no number" in text
    assert "Known later: due_on of sprint-demo/api" in text
    assert "Called at the time: Sprint 9, Sprint IX" in text
    nothing = samples.milestone(known_later=())
    assert "No known gaps." in views.notes(samples.analysis(nothing, notes=()), nothing)


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


def test_the_verdict_is_not_said_twice():
    text = read(views.answer_card).text
    assert "has a 38% chance" not in text
    odd = read(views.answer_card, title="v2: Pay", summary="v2: Pay has a 38% chance to be done by Friday: all waits.")
    assert "All waits." in odd.text
    assert "Nobody knows." in read(views.answer_card, summary="Nobody knows.").text


def test_what_is_late_is_called_late_everywhere_and_has_no_bar():
    late = samples.milestone(due_on=date(2026, 11, 16), probability=0.03)
    analysis = samples.analysis(late)
    assert 'class="bar"' not in views.answer_card(analysis, late)


def test_hundreds_of_items_are_folded_after_the_first_twenty():
    one = samples.items()[0]
    many = tuple(one.model_copy(update={"ref": f"{samples.API}#{number}"}) for number in range(1, 301))
    shown = read(views.item_table, items=many)
    assert "280 more items" in shown.text
    assert shown.tags.count("details") == 1
    assert shown.tags.count("tr") == 302


def test_points_are_explained_where_there_are_any():
    assert "points added to the 38% chance" in read(views.first_screen).text
    unknown = tuple(one.model_copy(update={"expected_gain": None}) for one in samples.milestone().recommendations)
    assert "points are" not in read(views.first_screen, recommendations=unknown).text


def test_a_rule_that_fired_twice_in_a_row_is_told_once():
    risk = samples.milestone().risks[0]
    assert read(lambda a, m: views.risk_list(a, m, rules=True), risks=(risk, risk)).text.count("Rule:") == 1


def test_the_finish_distribution_is_told_drawn_and_tabled():
    days = [FinishPoint(day=date(2026, 11, 26 + n), share=share) for n, share in enumerate((0.1, 0.38, 0.6, 0.9))]
    shown = Reader(finish_chart(samples.milestone(finish_by_day=tuple(days)), samples.AS_OF.date()))
    assert "Finished by Mon 30 Nov in half of the futures, by Thu 3 Dec in 85%." in shown.text
    assert "By the due date, Fri 27 Nov, in 38%." in shown.text
    assert "10% of the futures finish after Sun 29 Nov 2026." in shown.text
    assert "Fri 27 Nov 202628%38%" in shown.text
    assert shown.tags.count("rect") == 4
    assert finish_chart(samples.milestone(), samples.AS_OF.date()) == ""
