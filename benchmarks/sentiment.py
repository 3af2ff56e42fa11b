"""Macro-F1 of the tone lexicon on gold-labelled GitHub comments.

    python benchmarks/sentiment.py ../shared/data/sentiment

Reads github-train.csv, github-valid.csv and github-test.csv (label 0 neutral, 1 positive, 2 negative).
"""

import csv
import sys
from pathlib import Path

from sprintlib.features import sentiment


def macro_f1(pairs: list[tuple[int, int]]) -> float:
    """Mean over the three labels of the F1 of (gold, said) pairs."""
    scores = []
    for label in (0, 1, 2):
        hits = sum(gold == said == label for gold, said in pairs)
        scores.append(2 * hits / (sum(gold == label for gold, _ in pairs) + sum(said == label for _, said in pairs)))
    return sum(scores) / len(scores)


def main(folder: Path) -> None:
    """Print one line a split."""
    for split in ("train", "valid", "test"):
        with (folder / f"github-{split}.csv").open(newline="", encoding="utf-8", errors="replace") as file:
            pairs = [(int(row["label"]), sentiment.classify(row["sentence"])) for row in csv.DictReader(file)]
        print(f"{split:<6} n = {len(pairs):>5}  macro-F1 {macro_f1(pairs):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
