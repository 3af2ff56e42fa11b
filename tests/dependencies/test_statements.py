"""What sentences say about waiting."""

import pytest

from sprintlib.dependencies.statements import statements
from sprintlib.references import Resolver

RESOLVER = Resolver(("acme/api", "acme/web"), frozenset({"github.com", "git.acme.dev"}))


def said(text: str, repo: str = "acme/api") -> list[tuple[str, str, str | None]]:
    return [(found.says, found.signal, found.ref) for found in statements(text, repo, RESOLVER)]


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("see #12", ["acme/api#12"]),
        ("see GH-12 and acme/web#3", ["acme/api#12", "acme/web#3"]),
        ("see web#3", ["acme/web#3"]),
        ("see ACME/Web#3", ["acme/web#3"]),
        ("see other#3", []),
        ("see someone/else#3", ["someone/else#3"]),
        ("https://github.com/acme/web/pull/7", ["acme/web#7"]),
        ("https://github.com/acme/web/issues/7#issuecomment-1", ["acme/web#7"]),
        ("[the fix](https://git.acme.dev/acme/api/issues/4)", ["acme/api#4"]),
        ("https://evil.example/acme/api/issues/4", []),
        ("colour #123abc, a#b, x#, #0", []),
        ("#12.", ["acme/api#12"]),
        ("(#12)", ["acme/api#12"]),
        ("&#39;quoted&#39;", []),
    ],
)
def test_references(text: str, refs: list[str]) -> None:
    assert [found.ref for found in RESOLVER.references(text, "acme/api")] == refs


@pytest.mark.parametrize(
    "text",
    [
        "Blocked by #12",
        "blocked on #12",
        "This is blocked by https://github.com/acme/api/issues/12.",
        "I think this depends on #12",
        "This PR depends on the schema change in #12",
        "Waiting for #12 before merging",
        "We have to wait on the release of #12",
        "**Blocked by** [the API](https://github.com/acme/api/pull/12)",
    ],
)
def test_strong_words(text: str) -> None:
    assert said(text) == [("waits", "text", "acme/api#12")]


@pytest.mark.parametrize(
    "text",
    [
        "needs #12",
        "This requires the fix from #12",
        "Let us merge this after #12 lands",
        "Once #12 is merged, rebase and merge this",
        "on hold until #12 gets released",
        "Based on #12",
        "Builds on top of #12.",
        "Draft for now, as it is stacked on #12",
    ],
)
def test_weak_words(text: str) -> None:
    assert said(text) == [("waits", "weak text", "acme/api#12")]


@pytest.mark.parametrize(
    "text",
    [
        "see #12",
        "fixes #12",
        "Needs tests, see #12",
        "needs a rebase after #12",
        "Rebased after #12 merge.",
        "based on the work from #12",
        "This was blocked by #12",
        "It had been waiting for #12",
        "Does this depend on #12?",
        "if it depends on #12 we have a problem",
        "Now that #12 is merged, this depends on nothing",
        "- [x] update after #12 is merged",
        "I refactored this based on https://github.com/acme/api/pull/12#issuecomment-99",
        "blocked by the lawyers: see #12",
    ],
)
def test_mere_mentions(text: str) -> None:
    assert said(text) == [("mentions", "mention", "acme/api#12")]


@pytest.mark.parametrize(
    "text",
    ["no longer blocked by #12", "This does not depend on #12 any more", "isn't blocked on #12", "not requiring #12"],
)
def test_taken_back(text: str) -> None:
    assert said(text) == [("free", "text", "acme/api#12")]


@pytest.mark.parametrize("text", ["Unblocked!", "We are no longer blocked.", "this is not blocked"])
def test_taken_back_without_a_reference(text: str) -> None:
    assert said(text) == [("free", "text", None)]


@pytest.mark.parametrize("text", ["This no longer needs a lock.", "It does not depend on secret data.", "hello", ""])
def test_nothing_said(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`blocked by #12`",
        "```\nblocked by #12\n```",
        "~~~ text\nblocked by #12\n~~~",
        "> blocked by #12",
        "<!-- blocked by #12 -->",
        "<!-- depends on #12",
        "```\nnever closed, blocked by #12",
    ],
)
def test_code_quotes_and_comments_are_not_read(text: str) -> None:
    assert said(text) == []


def test_text_around_code_and_quotes_is_read() -> None:
    text = "> why?\nblocked by #1\n```\nblocked by #2\n```\ndepends on `x` and #3"
    assert [ref for _, _, ref in said(text)] == ["acme/api#1", "acme/api#3"]


def test_a_list_of_references_shares_the_words_before_it() -> None:
    assert said("Depends on #1, acme/web#2 and #3, like #4") == [
        ("waits", "text", "acme/api#1"),
        ("waits", "text", "acme/web#2"),
        ("waits", "text", "acme/api#3"),
        ("mentions", "mention", "acme/api#4"),
    ]


def test_words_do_not_reach_into_the_next_sentence() -> None:
    assert said("This is blocked by legal. See #12") == [("mentions", "mention", "acme/api#12")]


def test_blocking_goes_the_other_way() -> None:
    assert said("This blocks acme/web#7") == [("blocks", "text", "acme/web#7")]


def test_footers() -> None:
    text = "Add endpoint\n\nDepends-On: https://github.com/acme/web/pull/7\r\nblocked-by: #3, #4\n"
    assert said(text) == [
        ("waits", "footer", "acme/web#7"),
        ("waits", "footer", "acme/api#3"),
        ("waits", "footer", "acme/api#4"),
    ]


def test_hostile_text_takes_no_time() -> None:
    text = "blocked by " * 2000 + "`" * 5000 + "<!--" * 2000 + "#1 " * 2000 + "> " * 2000
    assert isinstance(said(text), list)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("On top of #12.", "waits"),
        ("Rebased on top of new #12", "waits"),
        ("The list on top of #12 is longer", "mentions"),
        ("Being rebased on top of this PR, #12 got a small diff", "mentions"),
        ("Closing in favor of #9, which has it rebased on #12", "mentions"),
        ("This PR is not yet rebased on #12", "mentions"),
        ("Define it yourself, or wait for #12", "mentions"),
        ("It is acceptable to wait for #12", "mentions"),
        ("We should wait for #12", "waits"),
    ],
)
def test_who_is_based_on_whom(text: str, says: str):
    assert said(text)[-1] == (says, said(text)[-1][1], "acme/api#12")
