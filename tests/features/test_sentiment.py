"""Tone of comments: the lexicon, and the team's share against its own range."""

import csv
from dataclasses import fields
from pathlib import Path

import pytest

from sprintlib.features import Metric, sentiment
from tests.features.builder import at, view


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("Thanks, this looks great!", 1),
        ("This is terrible and I hate it", 2),
        ("The cache is read in line 12.", 0),
        ("this is not bad", 1),
        ("`hate` is a flag\n> I hate this\n", 0),
        ("", 0),
    ],
)
def test_tone_of_one_comment(text: str, tone: int) -> None:
    assert sentiment.classify(text) == tone


def comments(count: int, negative: int, day: str, authors: int = 4) -> list[dict[str, object]]:
    bodies = ["I hate this"] * negative + ["Merged."] * (count - negative)
    return [
        {"number": n, "author": f"dev{n % authors}", "body": body, "created_at": at(f"{day} 09:00")}
        for n, body in enumerate(bodies)
    ]


def test_a_dip_is_measured_against_the_teams_own_range() -> None:
    usual = sentiment.negative_share(view(comments=comments(40, 4, "11-05") + comments(20, 2, "11-19")))
    assert (usual.value, usual.reason) == (0.1, None)
    dip = sentiment.negative_share(view(comments=comments(40, 4, "11-05") + comments(20, 8, "11-19")))
    assert (dip.value, dip.reason) == (0.4, "above the team's own range (up to 21%)")
    assert dip.evidence == ("acme/api#0", "acme/api#1", "acme/api#2", "acme/api#3", "acme/api#4")


def test_small_groups_are_not_measured() -> None:
    few_people = sentiment.negative_share(view(comments=comments(40, 4, "11-05", 2) + comments(20, 8, "11-19", 2)))
    few_comments = sentiment.negative_share(view(comments=comments(40, 4, "11-05") + comments(5, 5, "11-19")))
    assert few_people.value is None
    assert few_comments.value is None


def test_no_person_can_appear() -> None:
    assert not {"author", "actor", "login", "person"} & {field.name for field in fields(Metric)}
    metric = sentiment.negative_share(view(comments=comments(40, 4, "11-05") + comments(20, 8, "11-19")))
    assert "dev" not in repr(metric)


@pytest.mark.realdata
def test_agreement_with_gold_labels_is_what_the_page_says(real_data: Path) -> None:
    with (real_data / "sentiment" / "github-test.csv").open(newline="", encoding="utf-8", errors="replace") as file:
        pairs = [(int(row["label"]), sentiment.classify(row["sentence"])) for row in csv.DictReader(file)]
    scores = []
    for label in (0, 1, 2):
        hits = sum(gold == said == label for gold, said in pairs)
        scores.append(2 * hits / (sum(gold == label for gold, _ in pairs) + sum(said == label for _, said in pairs)))
    page = Path(__file__).parents[2] / "docs" / "metrics" / "negative_share.md"
    assert f"macro-F1 {sum(scores) / 3:.2f} on {len(pairs)} comments" in page.read_text()
