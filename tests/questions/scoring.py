"""How an answer is judged: right, partly, wrong or no answer, by what its first sentences say."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sprintlib.services import Answer

Verdict = Literal["right", "partly", "wrong", "no answer"]
READ = 4  # sentences a reader looks at
_FILE = Path(__file__).with_name("questions.toml")


@dataclass(frozen=True)
class Question:
    """One of questions.toml, whose head says what the fields mean."""

    id: str
    project: str
    half: str
    text: str
    kind: str = "facts"
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = field(default=())


def questions(half: str | None = None, project: str | None = None) -> Iterator[Question]:
    """All of them, or those of a half, or of a project."""
    for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["question"]:
        one = Question(
            **{key: row[key] for key in ("id", "project", "half", "text", "kind") if key in row},
            says=tuple(row.get("says", ())),
            never=tuple(row.get("not", ())),
        )
        if half in (None, one.half) and project in (None, one.project):
            yield one


def judged(question: Question, found: Answer) -> Verdict:
    """A fact that is wrong or about something else is worse than none: it makes the answer wrong."""
    read = found.sentences[:READ]
    text = "\n".join(sentence.text for sentence in read)
    silent = not any(sentence.evidence for sentence in found.sentences)
    if question.kind != "facts":
        return "right" if silent and len(found.sentences) == 1 and _admits(question, text) else "wrong"
    if silent:
        return "no answer"
    if any(re.search(pattern, text, re.I) for pattern in question.never):
        return "wrong"
    there = [bool(re.search(_bounded(pattern), text, re.I)) for pattern in question.says]
    return "right" if all(there) else "partly" if any(there) else "wrong"


def counts(verdicts: Iterable[Verdict]) -> str:
    """`n = 44: right 40, partly 2, wrong 1, no answer 1`."""
    several = Counter(verdicts)
    parts = (f"{name} {several[name]}" for name in ("right", "partly", "wrong", "no answer"))
    return f"n = {several.total()}: {', '.join(parts)}"


def _admits(question: Question, text: str) -> bool:
    wanted = r"\bperson|people\b" if question.kind == "refused" else r"do not know|no .*is (?:stored|known)|cannot"
    return bool(re.search(wanted, text, re.I))


def _bounded(pattern: str) -> str:
    """An item's number ends where the pattern does: #66 is not #661."""
    return rf"(?:{pattern})(?!\d)" if re.search(r"#\(?\d|\d$", pattern) else pattern
