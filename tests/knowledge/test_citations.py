"""What makes a claim fall, and what is counted."""

import pytest

from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState
from sprintlib.knowledge import Claim, Source, search, sources, verify
from sprintlib.knowledge.literals import DayLiteral, plain_number, read_details
from sprintlib.knowledge.stored_facts import StoredFacts
from sprintlib.knowledge.tokens import overlap, quotation, words
from sprintlib.references import Resolver
from tests.world import World


@pytest.fixture
def past(talk: World) -> ProjectState:
    return talk.past("03-20 12:00")


def source(key: str, number: int, text: str, kind: str = "issue", repo: str = "acme/api") -> Source:
    url = f"https://github.com/{repo}/{'pull' if kind == 'pull' else 'issues'}/{number}"
    evidence = Evidence.model_validate({"ref": f"{repo}#{number}", "kind": kind, "url": url, "note": text[:40]})
    return Source(id=key, text=text, evidence=(evidence,))


CONTEXT = [
    source(
        "E1", 14, "Payment intents: create and refund. The sandbox of the provider is down since Tuesday; 3 calls fail."
    ),
    source("E2", 5, "Card form in the payment step. Blocked by acme/api#14.", repo="acme/web"),
    source("E3", 40, "Refund webhooks. Closes #14. The retry loop never ends.", "pull"),
]


def reason(past: ProjectState, text: str, *evidence: str, kind: str = "fact") -> str | None:
    claim = Claim.model_validate({"text": text, "evidence": evidence or ("E1",), "kind": kind})
    verified = verify([claim], CONTEXT, past)
    return verified.dropped[0].reason if verified.dropped else None


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The provider's sandbox is down.", ("E1",)),
        ("acme/api#14 is open and its sandbox is down.", ("E1",)),
        ("Three calls fail in the sandbox.", ("E1",)),
        ("acme/web#5, the card form, is blocked by acme/api#14, which is open.", ("E2",)),
        ("The pull request for refund webhooks is not merged.", ("E3",)),
        ("web#5 waits: blocked until api#14 is closed.", ("E2",)),
        ("acme/api#14 was created on 16 March and is due on Fri 27 Mar.", ("E1",)),
        ("ann opened the payment intents issue.", ("E1",)),
        ('People say "the sandbox of the provider is down since Tuesday".', ("E1",)),
        ("Payment intents, see https://github.com/acme/api/issues/14.", ("E1",)),
    ],
)
def test_what_holds(past: ProjectState, text: str, evidence: tuple[str, ...]) -> None:
    assert reason(past, text, *evidence) is None


@pytest.mark.parametrize(
    ("text", "evidence", "because"),
    [
        ("The sandbox is down.", ("E9",), "not in the context"),
        ("The sandbox of the provider is down; 4 calls fail.", ("E1",), "the number 4"),
        ("Five calls of the sandbox fail.", ("E1",), "the number 5"),
        ("The provider sandbox is down since 17 March.", ("E1",), "the date ????-03-17"),
        ("The payment intents sandbox is due on 2026-03-28.", ("E1",), "the date 2026-03-28"),
        ("acme/api#14, payment intents, is closed.", ("E1",), "acme/api#14 is not closed"),
        ("acme/api#14, payment intents, is not open.", ("E1",), "acme/api#14 is open"),
        ("The refund webhooks of api#40 were merged.", ("E3",), "acme/api#40 is not merged"),
        ("acme/web#5 payment sandbox is down.", ("E1",), "acme/web#5 is not in what it cites"),
        ("Commit 1a2b3c4 broke the payment sandbox.", ("E1",), "commit 1a2b3c4"),
        ("@zoe says the provider sandbox is down.", ("E1",), "zoe is not"),
        ('Payment intents: "the sandbox is up".', ("E1",), "is not written"),
        ('It says "card form in the payment step The retry loop never ends".', ("E2", "E3"), "is not written"),
        ("The provider sandbox is down, see https://evil.example/x.", ("E1",), "leads to nothing"),
        ("Everybody agrees that mobile releases need another designer.", ("E1",), "of its words"),
    ],
)
def test_what_falls(past: ProjectState, text: str, evidence: tuple[str, ...], because: str) -> None:
    found = reason(past, text, *evidence)
    assert found is not None
    assert because in found


def test_a_claim_without_citation_falls(past: ProjectState) -> None:
    verified = verify([Claim(text="All is well.", evidence=())], CONTEXT, past)
    assert verified.dropped[0].reason == "cites nothing"


def test_facts_of_the_future_fall(talk: World) -> None:
    talk.event(14, "closed", "03-25 09:00")
    talk.issue(14, "03-16 09:00", title="Payment intents: create and refund", closed="03-25 09:00", milestone=2)
    text = "acme/api#14, payment intents, is closed since 2026-03-25."
    assert reason(talk.past("03-20 12:00"), text) is not None
    assert reason(talk.past("03-26 12:00"), text) is None


def test_advice_may_speak_of_states_that_are_not_yet(past: ProjectState) -> None:
    text = "Ask for the payment intents sandbox until acme/api#14 is closed."
    assert reason(past, text, kind="advice") is None


def test_what_is_counted(past: ProjectState) -> None:
    claims = [
        Claim(text="The provider's sandbox is down.", evidence=("E1", "E3")),
        Claim(text="The provider's sandbox is down; 9 calls fail.", evidence=("E1",)),
        Claim(text="The retry loop never ends.", evidence=("E3",)),
    ]
    verified = verify(claims, CONTEXT, past)
    assert [claim.evidence for claim in verified.kept] == [("E1",), ("E3",)]
    report = verified.report
    assert (report.claims, report.kept, report.dropped) == (3, 2, 1)
    assert report.citation_precision == 0.5  # E1 and E3 of four citations
    assert report.citation_recall == pytest.approx(2 / 3, abs=1e-4)
    assert report.unsupported_rate == pytest.approx(1 / 3, abs=1e-4)
    assert report.coverage == pytest.approx(2 / 3, abs=1e-4)
    empty = verify([], [], past).report
    assert (empty.citation_precision, empty.coverage) == (None, None)


def test_similarity_may_stand_in_for_words(past: ProjectState) -> None:
    claim = Claim(text="Nobody can reach the third party environment.", evidence=("E1",))
    assert verify([claim], CONTEXT, past).dropped
    assert verify([claim], CONTEXT, past, lambda _claim, _source: 0.7).kept == (claim,)


def test_hits_become_sources(talk: World, past: ProjectState) -> None:
    from sprintlib.history.texts import read_texts
    from sprintlib.knowledge.store import write_chunks

    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), frozenset({"github.com"}))
    hits = search(talk.engine, talk.settings, "reconciliation", k=1)
    (one,) = sources(hits, first=4)
    assert one.id == "E4"
    assert one.evidence[0].ref == "acme/api#14"
    claim = Claim(text='cat said on 2026-03-19: "Reconciliation needs idempotent webhooks."', evidence=("E4",))
    assert verify([claim], [one], past).kept == (claim,)


def test_details_of_a_sentence(past: ProjectState) -> None:
    facts = StoredFacts.of(past)
    text = "On 3 March 2026 ann merged api#40 (abc1234) with 1,308 tests, 2.50 days late; 0.8.1 waits for two. 8 % left"
    found = read_details(text, facts.resolver, facts.logins)
    assert found.refs == ("acme/api#40",)
    assert found.shas == ("abc1234",)
    assert found.dates == (DayLiteral(2026, 3, 3),)
    assert found.numbers == {"1308", "2.5", "0.8.1", "2", "8"}
    assert [(state.name, state.ref) for state in found.states] == [("merged", "acme/api#40")]


@pytest.mark.parametrize(
    ("written", "plain"),
    [("1,308", "1308"), ("2.50", "2.5"), ("007", "7"), ("-3", "3"), ("0.8.1", "0.8.1"), ("0", "0")],
)
def test_numbers_are_compared_plainly(written: str, plain: str) -> None:
    assert plain_number(written) == plain


def test_words_and_quotations() -> None:
    assert words("The reviewers were waiting; reviews waited.") == words("review wait")
    assert overlap(words("card form broken"), words("the card form")) == pytest.approx(2 / 3)
    assert overlap(frozenset(), frozenset()) == 1.0
    assert quotation("“It’s”  Done") == "'it's' done"


@pytest.mark.parametrize(
    ("said", "states"),
    [
        ("acme/web#5 has a 56% chance of being done by the deadline.", []),
        ("acme/web#5 is to be merged, and acme/web#6 will be closed.", []),
        ("acme/web#5 is done.", ["done"]),
    ],
)
def test_what_may_come_is_no_state(said: str, states: list[str]) -> None:
    details = read_details(said, Resolver(("acme/web",), ("github.com",)), ())
    assert [state.name for state in details.states] == states
