from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.evidence import Evidence
from sprintlib.views.markup import known_repositories, safe_url, seen, short, web_url
from sprintlib.views.templating import Templates
from tests import samples

TEMPLATES = Templates()
KNOWN = frozenset({"sprint-demo/api", "sprint-demo/web"})


def link(*values):
    return TEMPLATES.macro("macros.html", "link", *values)


def cite(*values):
    return TEMPLATES.macro("macros.html", "cite", *values)


def sentence(*values):
    return TEMPLATES.macro("macros.html", "sentence", *values)


def citations(*values):
    return TEMPLATES.macro("macros.html", "citations", *values)


def text(value):
    """A value as a template shows it."""
    return link(None, value).removeprefix("<span>").removesuffix("</span>")


def test_text_escapes_what_html_gives_meaning_to():
    assert text("<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"


@given(st.text())
def test_text_never_holds_markup(value):
    escaped = text(value)
    assert not set("<>\"'") & set(escaped)


@given(st.text())
def test_text_is_shown_as_it_is_but_for_what_a_page_obeys(value):
    assert unescape(text(value)) == seen(value)


def test_text_cannot_turn_or_hide_its_neighbours():
    assert text("a\u202eb\u2066c\x1bd") == "abcd"


def test_known_repositories_are_those_of_the_project_in_lower_case():
    assert known_repositories(samples.analysis()) == {"sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"}


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/sprint-demo/api/issues/44",
        "http://127.0.0.1:8080/sprint-demo/web/pull/3#discussion_r1",
        "https://GitHub.com/Sprint-Demo/API/commit/0a1b2c3",
    ],
)
def test_urls_into_known_repositories_are_links(url):
    assert web_url(url, KNOWN) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)//sprint-demo/api/",
        "data:text/html,<script>alert(1)</script>",
        "https://evil.example/x",
        "https://github.com/someone/else/issues/1",
        "https://user@github.com/sprint-demo/api/issues/1",
        "https://github.com/sprint-demo/api issues/1",
        "//github.com/sprint-demo/api/issues/1",
        "https:///sprint-demo/api/issues/1",
        "https://[::1/sprint-demo/api/issues/1",
        "",
    ],
)
def test_other_urls_are_not(url):
    assert web_url(url, KNOWN) is None


def test_playbook_sources_may_lie_anywhere_but_only_on_https():
    entry = samples.playbook(1, "reply within a day")
    assert safe_url(entry, KNOWN) == entry.url
    assert safe_url(entry.model_copy(update={"url": "http://example.org/"}), KNOWN) is None


def test_a_link_has_no_opener_and_an_escaped_title():
    assert link("https://github.com/a/b", "a<b", 'say "hi"') == (
        '<a href="https://github.com/a/b" rel="noopener noreferrer" title="say &#34;hi&#34;">a&lt;b</a>'
    )
    assert link(None, "a<b", "note") == "<span>a&lt;b</span>"


def test_a_citation_shows_its_reference_and_note():
    shown = cite(samples.cite(samples.API, 44, "Payment <intents>"), KNOWN)
    assert shown == (
        '<a href="https://github.com/sprint-demo/api/issues/44" rel="noopener noreferrer" '
        'title="sprint-demo/api#44: Payment &lt;intents&gt;">api#44</a>'
    )


def test_mentions_of_cited_items_become_links_and_other_text_is_escaped():
    evidence = [samples.cite(samples.API, 44)]
    shown = sentence("Start sprint-demo/api#44, not sprint-demo/api#444 & <b>", evidence, KNOWN)
    assert shown == (
        'Start <a href="https://github.com/sprint-demo/api/issues/44" rel="noopener noreferrer" '
        'title="sprint-demo/api#44">api#44</a>, not api#444 &amp; &lt;b&gt;'
    )


def test_a_name_is_short_where_it_stays_clear():
    assert short("sprint-demo/api#44", KNOWN) == "api#44"
    assert short("sprint-demo/api run 9", KNOWN) == "api run 9"
    assert short("Sprint-Demo/API", KNOWN) == "API"
    assert short("elsewhere/api#44", KNOWN) == "elsewhere/api#44"
    assert short("sprint-demo/api2#44", KNOWN) == "sprint-demo/api2#44"
    assert short("PB-001", KNOWN) == "PB-001"
    assert short("sprint-demo/api#44", KNOWN | {"fork/api"}) == "sprint-demo/api#44"


def test_an_entry_of_the_playbook_is_called_so():
    assert ">playbook PB-001</a>" in cite(samples.playbook(1, "reply within a day"), KNOWN)


def test_a_mention_whose_citation_leads_elsewhere_stays_text():
    evidence = [Evidence(ref="sprint-demo/api#44", kind="issue", url="javascript:alert(1)")]
    assert sentence("See sprint-demo/api#44.", evidence, KNOWN) == "See api#44."


@given(st.text(alphabet="ab/#1<>&\"' ."))
def test_a_sentence_without_citations_is_its_escaped_text(statement):
    assert sentence(statement, [], KNOWN) == text(statement)


def test_citations_leave_out_what_the_sentence_says_already():
    evidence = [samples.cite(samples.API, 44), samples.cite(samples.WEB, 31)]
    assert "#44" not in citations(evidence, KNOWN, "Start sprint-demo/api#44.")
    assert "#31" in citations(evidence, KNOWN, "Start sprint-demo/api#44.")
    assert citations([], KNOWN) == ""


def test_a_table_names_its_rows_and_columns():
    shown = TEMPLATES.macro("macros.html", "table", "Counts <1>", ("What", "n"), [["a", "1"]], (1,))
    assert '<th scope="col" class="number">n</th>' in shown
    assert '<tr><th scope="row">a</th><td class="number">1</td></tr>' in shown
    assert "<caption>Counts &lt;1&gt;</caption>" in shown
