"""Every format: what it says, its limits, and that no text of others does anything in it."""

import json
import re
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import escape

from sprintlib.digest.mail import as_text, mail
from sprintlib.digest.markdown import MARK, as_markdown, comment
from sprintlib.digest.message import Digest
from sprintlib.digest.slack import slack_message
from sprintlib.digest.teams import size, teams_message
from tests.digest.messages import HOSTILE, digest, hostile, verdict

ANY_TEXT = st.text(min_size=1, max_size=60).map(lambda text: " ".join(text.split())).filter(bool)
MANY = digest(*(verdict(f"Sprint {number} {'x' * 250}", because="y" * 900) for number in range(120)))


# ---------------------------------------------------------------- Markdown


def test_the_markdown_of_a_day():
    assert as_markdown(digest()) == (
        "# acme, Thu 26 Nov 2026\n\n"
        "**[2.4 Checkout](<https://github.com/acme/api/milestone/4>): 29%** Unlikely to land by Fri 27 Nov  \n"
        "8 of 20 items are open.  \n"
        "*Since Wed 25 Nov: chance 34% to 29%, 1 closed.*\n\n"
        "## First things to do\n\n"
        "1. Start acme/api#44 today. (+11 points) [acme/api#44](<https://github.com/acme/api/issues/44>)\n\n"
        "**Next:** mira can act: Start acme/api#44 today.\n"
    )


def test_what_ended_and_what_is_wrong_is_said():
    text = as_markdown(digest(ended=("2.3 Reminders",), problems=("The last report failed.",)))
    assert "No longer open: 2.3 Reminders." in text
    assert "- The last report failed." in text


@given(ANY_TEXT)
@example(HOSTILE)
@example("acme/api#12 GH-7 @acme/team https://github.com/acme/api/issues/3 ![x](http://e/p.png)")
def test_a_comment_calls_nobody_and_mentions_no_item(text: str):
    body = comment(hostile(text))
    assert re.search(r"@\w", body) is None
    assert re.search(r"#\d|\bGH-\d", body) is None
    assert "https://github.com/acme/api/issues" not in body  # by its own address GitHub would tell the item
    links = re.findall(r"\]\(<([^>]*)>\)", body)
    assert {link.partition("/acme/")[0] for link in links} <= {"https://redirect.github.com"}
    assert re.search(r"(?<!\\)<(?!!-- sprint)(?!https://redirect)", body) is None
    assert body.startswith(f"{MARK}\n")


def test_a_comment_keeps_to_githubs_limit():
    for many in (MANY, hostile("z" * 3000, 60), hostile("#1" * 40_000)):
        assert len(comment(many)) <= 65_536
    assert "more milestones: 'sprint analyze' shows all." in comment(digest(*(verdict("t" * 2000) for _ in range(60))))


# ---------------------------------------------------------------- Slack


def sections(message: dict) -> list[str]:
    return [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]


def test_slack_says_the_same():
    message = slack_message(digest())
    assert message["text"] == "acme: 2.4 Checkout 29%"
    assert [block["type"] for block in message["blocks"]] == ["header", "section", "divider", "section", "section"]
    assert sections(message)[0] == (
        "*<https://github.com/acme/api/milestone/4|2.4 Checkout>: 29%* Unlikely to land by Fri 27 Nov\n"
        "8 of 20 items are open.\nSince Wed 25 Nov: chance 34% to 29%, 1 closed."
    )
    assert sections(message)[2] == "*Next:* mira can act: Start acme/api#\u200b44 today."


@given(ANY_TEXT)
@example(HOSTILE)
@example("<!here> <https://evil.example|acme> <#C1> <@U1>")
def test_in_slack_only_our_own_links_are_links(text: str):
    message = slack_message(hostile(text))
    assert all(block["text"]["verbatim"] for block in message["blocks"] if block["type"] == "section")
    for said in (*sections(message), message["text"]):
        for special in re.findall(r"<([^>]*)>", said):
            assert special.startswith("https://github.com/acme/api/")
        assert "<" not in re.sub(r"<https://github\.com/acme/api/[^|<>]*\|[^<>]*>", "", said)
        assert re.search(r"@\w", said) is None


@pytest.mark.parametrize("many", [MANY, hostile("<&>" * 2000, 80), hostile("x" * 5000, 80)])
def test_slack_keeps_to_its_limits(many: Digest):
    blocks = slack_message(many)["blocks"]
    assert len(blocks) <= 50
    for block in blocks:
        if block["type"] == "section":
            assert len(block["text"]["text"]) <= 3000
            assert re.search(r"&[a-z]*…|<[^>]*…$", block["text"]["text"]) is None  # not cut within a sign or a link
        if block["type"] == "header":
            assert len(block["text"]["text"]) <= 150


# ---------------------------------------------------------------- Teams


def runs(message: dict) -> list[dict]:
    card = message["attachments"][0]["content"]
    return [run for block in card["body"] for run in block["inlines"]]


def test_teams_gets_an_adaptive_card():
    message = teams_message(digest())
    assert message["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {run["type"] for run in runs(message)} == {"TextRun"}
    said = "".join(run["text"] for run in runs(message))
    assert "2.4 Checkout: 29% Unlikely to land by Fri 27 Nov\n8 of 20 items are open." in said
    assert "Next: mira can act: Start acme/api#44 today." in said
    opened = [run["selectAction"]["url"] for run in runs(message) if "selectAction" in run]
    assert opened == ["https://github.com/acme/api/milestone/4", "https://github.com/acme/api/issues/44"]


@pytest.mark.parametrize("many", [MANY, hostile("ä" * 4000, 50), hostile('"' * 3000, 3)])
def test_teams_keeps_to_28_kilobytes(many: Digest):
    assert size(teams_message(many)) <= 28 * 1024


# ---------------------------------------------------------------- mail


def parts(one: Digest) -> tuple[str, str, str]:
    """Subject, plain text and HTML as a reader gets them."""
    got = message_from_bytes(mail(one, "sprint@acme.example", ["team@acme.example"]).as_bytes(), policy=default)
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(got["Subject"]), plain.get_content(), html.get_content()


def test_a_mail_has_text_and_html():
    subject, plain, html = parts(digest())
    assert subject == "acme: 2.4 Checkout 29%"
    assert "2.4 Checkout: 29%, Unlikely to land by Fri 27 Nov" in plain
    assert '<a href="https://github.com/acme/api/milestone/4"' in html
    assert "Since Wed 25 Nov: chance 34% to 29%, 1 closed." in html


@given(ANY_TEXT)
@example(HOSTILE)
@example("x\r\nBcc: evil@example.com")
def test_no_text_leaves_its_place_in_a_mail(text: str):
    message = mail(hostile(text), "sprint@acme.example", ["team@acme.example"])
    assert set(message.keys()) >= {"Subject", "From", "To"}
    assert "Bcc" not in message
    html = message.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    if text.strip().isalnum():
        assert str(escape(text)) in html.get_content()


def test_long_titles_are_cut_in_the_subject():
    assert len(parts(digest(verdict("t" * 900)))[0]) <= 150


def test_nothing_open_is_said_by_all():
    nothing = digest(verdicts=(), steps=())
    assert "No milestone is open." in as_markdown(nothing)
    assert "No milestone is open." in as_text(nothing)
    assert "No milestone is open." in json.dumps(slack_message(nothing))
    assert "No milestone is open." in json.dumps(teams_message(nothing))
