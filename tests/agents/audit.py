"""What is shown, held against the store by other means than the product's own; and a model that lies by a recipe.

`shown` and `read` know nothing of `knowledge.verify`: ids are looked up in the tables, numbers in the texts of the
notes that a sentence cites and in the rows of the items it names.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, select

from sprintlib.agents import AnalysisContext, Workflow, WorkflowState, open_workflow
from sprintlib.analysis import Analysis, analyze
from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.errors import AnalysisError
from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState
from sprintlib.recommend import interventions
from sprintlib.settings import LlmSettings, Settings
from sprintlib.store import schema
from tests.agents import models
from tests.agents.plain import plain
from tests.llm.ollama import OllamaStandIn, running

LIES = (
    *("invented id", "wrong id", "wrong number", "misplaced number", "wrong state", "wrong login", "future fact"),
    *("stitched quote", "turned round", "swapped numbers"),
)
_REF = re.compile(r"[\w.-]+/[\w.-]+#\d+")
_NUMBER = re.compile(r"(?<![\w#./-])\d+(?:\.\d+)?(?![\w/-]|\.\d)")
_MOST_CLAIMS = 5


# ---------------------------------------------------------------- what is shown


def stored_refs(engine: Engine) -> frozenset[str]:
    """Every ref that resolves, straight from the tables."""
    with engine.connect() as connection:
        names = dict(connection.execute(select(schema.repository.c.id, schema.repository.c.full_name)).all())

        def refs(table: Any, mark: str, column: str = "number") -> set[str]:
            rows = connection.execute(select(table.c.repository_id, table.c[column])).all()
            return {f"{names[key]}{mark}{value}" for key, value in rows}

        items = refs(schema.issue, "#") | refs(schema.pull_request, "#")
        others = refs(schema.milestone, " milestone ") | refs(schema.workflow_run, " run ", "id")
        return frozenset(items | others | set(interventions()))


def shown(milestone: MilestoneAnalysis) -> list[Evidence]:
    """Every citation on the page."""
    parts = (milestone.narrative, milestone.risks, milestone.recommendations, milestone.drivers)
    return [cited for part in parts for one in part for cited in one.evidence]


@dataclass
class Audit:
    """Counts over many analyses. foreign: shown ids that are in no table. unfounded: shown numbers nobody stored."""

    analyses: int = 0
    ids: int = 0
    foreign: list[str] = field(default_factory=list)
    numbers: int = 0
    unfounded: list[str] = field(default_factory=list)
    sentences: int = 0

    def read(
        self, state: WorkflowState, milestone: MilestoneAnalysis, past: ProjectState, refs: frozenset[str]
    ) -> None:
        """Look at everything that one analysis shows of a model's words, and at every id of its page."""
        self.analyses += 1
        cited = shown(milestone)
        self.ids += len(cited)
        self.foreign += [one.ref for one in cited if one.ref not in refs]
        facts = {row["ref"]: json.dumps(row, default=str) for row in past.items.iter_rows(named=True)}
        for asked in (state["reasoning"], state["words"]):
            notes = {note["id"]: f"{note['told']} {note['quoted']}" for note in asked["pack"]}
            for claim in asked["kept"]:
                self.sentences += 1
                named = _REF.findall(claim["text"])
                self.ids += len(named)
                self.foreign += [ref for ref in named if ref not in refs]
                where = " ".join(notes[one] for one in claim["evidence"])
                where += " ".join(facts.get(ref, "") for ref in _REF.findall(where))
                said = _NUMBER.findall(_REF.sub(" ", claim["text"]))
                self.numbers += len(said)
                self.unfounded += [
                    f"{number} in: {claim['text']}"
                    for number in said
                    if not re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", where)
                ]


# ---------------------------------------------------------------- what a model says


@dataclass
class Told:
    """What a model said, answer by answer: (text, kind), where kind is `true` or that of the lie."""

    answers: list[list[tuple[str, str]]] = field(default_factory=list)

    def said(self) -> list[str]:
        """The kind of each claim."""
        return [kind for answer in self.answers for _, kind in answer]

    def passed(self, asked: Sequence[dict[str, Any]]) -> list[str]:
        """Lies that were kept, each with its kind."""
        lies = {text: how for answer in self.answers for text, how in answer if how != "true"}
        return [
            f"{lies[claim['text']]}: {claim['text']}" for one in asked for claim in one["kept"] if claim["text"] in lies
        ]

    def survivors(self, asked: Sequence[dict[str, Any]]) -> list[str]:
        """The kind of each claim that was kept. asked: what became of the answers, in order."""
        kinds = []
        for answer, one in zip(self.answers, asked, strict=True):
            by_text = dict(answer)
            kinds += [by_text[claim["text"]] for claim in one["kept"]]
        return kinds


def faithful(random: Random, told: Told) -> models.Say:
    """Says one sentence of each of five notes."""

    def say(request: dict[str, Any]) -> str:
        chosen = _pick(random, list(_sentences(request)))
        told.answers.append([(text, "true") for _, text in chosen])
        return models.answer(*((text, [key], _kind(key)) for key, text in chosen))

    return say


def lying(random: Random, told: Told, past: ProjectState) -> models.Say:
    """Says five sentences of notes, each made false in one way."""

    def say(request: dict[str, Any]) -> str:
        notes = models.notes(request)
        pairs = list(_sentences(request))
        lies = [
            (how, key, _reworded(text, random))
            for kind in LIES
            for how, key, text in _lies(kind, pairs, notes, past, random)
        ]
        random.shuffle(lies)
        by_kind: dict[str, tuple[str, str, str]] = {}
        for how, key, text in lies:
            by_kind.setdefault(how, (how, key, text))
        chosen = _pick(random, list(by_kind.values()))
        told.answers.append([(text, how) for how, _, text in chosen])
        return models.answer(*((text, [key], _kind(key) if key in notes else "fact") for _, key, text in chosen))

    return say


def _sentences(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(note, a sentence of it) without what only introduces it."""
    for key, text in models.notes(request).items():
        bare = re.sub(r"^(?:Risk, \w+|Possible action|Past sprints): ", "", text)
        bare = re.sub(r" (?:Next move|Gain by the model): .*$", "", bare)
        first = re.split(r"(?<=[a-z0-9)%])\. (?=[A-Z0-9])", bare)[0].rstrip(".") + "."
        if not key.startswith("T"):  # who wrote and when is no sentence
            yield key, first


def _lies(
    how: str, pairs: Sequence[tuple[str, str]], notes: dict[str, str], past: ProjectState, random: Random
) -> Iterator[tuple[str, str, str]]:
    """(kind, note to cite, false sentence) for every note that can be made false in this way."""
    everything = " ".join(notes.values())
    logins = sorted(set(past.items["author"].drop_nulls().to_list()))
    for key, text in pairs:
        refs = _REF.findall(text)
        if how == "invented id":
            yield how, "Z99", text
        elif how == "wrong id" and refs:
            strangers = [other for other in notes if not set(_REF.findall(notes[other])) & set(refs)]
            if strangers:
                yield how, random.choice(strangers), f"{text[:-1]} ."
        elif how == "wrong number" and (number := _NUMBER.search(_hide(text))):
            other = _absent(number[0], everything, random)
            yield how, key, text[: number.start()] + other + text[number.end() :]
        elif how == "misplaced number" and (number := _NUMBER.search(_hide(text))):
            others = {one for other in notes.values() if other != notes[key] for one in _NUMBER.findall(_hide(other))}
            far = sorted(others - set(_NUMBER.findall(notes[key])) - set(re.findall(r"\d+", notes[key])))
            if far:
                yield how, key, text[: number.start()] + random.choice(far) + text[number.end() :]
        elif how == "turned round" and len(refs) == 2 and "wait" in text:
            one, two = refs
            yield how, key, text.replace(one, "\0").replace(two, one).replace("\0", two)
        elif how == "swapped numbers" and len(found := list(_NUMBER.finditer(_hide(text)))) > 1:
            one, two = found[:2]
            if one[0] != two[0]:
                middle = text[one.end() : two.start()]
                yield how, key, text[: one.start()] + two[0] + middle + one[0] + text[two.end() :]
        elif how == "wrong state" and key.startswith("I"):
            yield how, key, f"{refs[0]} is {random.choice(('closed', 'merged', 'done'))}."
        elif how == "wrong login" and (named := re.search(r"assigned to (\S+?)[.,]", text)):
            far = [login for login in logins if login not in everything]
            if far:
                yield how, key, text.replace(named[1], random.choice(far))
        elif how == "future fact" and key.startswith("I"):
            day = past.as_of + timedelta(days=random.randint(1, 30))
            yield how, key, f"{refs[0]} was closed on {day:%Y-%m-%d}."
        elif how == "stitched quote" and key.startswith("I") and len(pairs) > 1:
            words = [other.split() for _, other in random.sample(list(pairs), 2)]
            yield how, key, f'{refs[0]} says "{" ".join(words[0][-4:])} {" ".join(words[1][:4])}".'


def _reworded(text: str, random: Random) -> str:
    """Two of three do not begin as the note does."""
    before = random.choice(("", "At the moment, ", "For the team now: "))
    return before + (text[0].lower() + text[1:] if before else text)


def _hide(text: str) -> str:
    """The same length, without the digits of refs and dates."""
    return re.sub(r"[\w.-]+/[\w.-]+#\d+|\d{4}-\d\d-\d\d|\b\d{1,2} [A-Z][a-z]{2} \d{4}", lambda m: "x" * len(m[0]), text)


def _absent(number: str, everything: str, random: Random) -> str:
    while True:
        other = f"{float(number) + random.randint(2, 40):g}"
        if not re.search(rf"(?<!\d){re.escape(other)}(?!\d)", everything):
            return other


def _kind(key: str) -> str:
    return "advice" if key.startswith("A") else "fact"


def _pick(random: Random, found: list[Any]) -> list[Any]:
    return random.sample(found, min(_MOST_CLAIMS, len(found)))


# ---------------------------------------------------------------- many analyses


@dataclass
class Result:
    """Counts over all analyses."""

    audits: dict[str, Audit] = field(default_factory=lambda: {"truthful": Audit(), "lying": Audit()})
    said: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    reports: dict[str, list[tuple[float, ...]]] = field(default_factory=lambda: {"truthful": [], "lying": []})
    differing: int = 0
    passed: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


def audited(
    engine: Engine, settings: Settings, moments: Iterable[tuple[str, datetime]], seed: int, result: Result
) -> Iterator[None]:
    """Explain milestones as of moments, and count; yields after each that could be analysed."""
    random, refs = Random(seed), stored_refs(engine)
    for title, as_of in moments:
        told = {"truthful": Told(), "lying": Told()}
        analysis_context = AnalysisContext(engine, settings)
        with open_workflow(analysis_context) as chain:
            try:
                first = chain.start(as_of, title, words=False)
            except AnalysisError:
                continue
            past = analysis_context.past(first.state)
            says = {"truthful": faithful(random, told["truthful"]), "lying": lying(random, told["lying"], past)}
            for name, say in says.items():
                state, milestone = _worded(chain, first.state, say)
                asked = (state["reasoning"], state["words"])
                result.audits[name].read(state, milestone, past, refs)
                result.said.update(told[name].said())
                result.kept.update(told[name].survivors(asked))
                result.passed += told[name].passed(asked)
                if citations := milestone.llm.citations:
                    values = citations.model_dump(exclude={"claims", "kept", "dropped"}).values()
                    result.reports[name].append(tuple(value or 0.0 for value in values))
                if name == "truthful":
                    result.reasons.update(_general(one["reason"]) for part in asked for one in part["dropped"])
        direct = analyze(engine, settings, as_of, title)
        result.differing += plain(first.analysis) != plain(direct)
        yield


def _worded(chain: Workflow, state: WorkflowState, say: models.Say) -> tuple[WorkflowState, MilestoneAnalysis]:
    """The two agents that ask, once more, with a model behind them."""
    with _model(chain.analysis_context, say):
        asked = WorkflowState(**{**state, "request": state["request"] | {"words": True}})  # type: ignore[typeddict-item]
        for agent in ("llm_reasoner", "explainer"):
            asked = WorkflowState(**{**asked, **chain.agents[agent](asked), "trace": []})  # type: ignore[typeddict-item]
    return asked, Analysis.model_validate(asked["analysis"]).milestones[0]


@contextmanager
def _model(analysis_context: AnalysisContext, say: models.Say) -> Iterator[None]:
    before = analysis_context.settings
    with running(OllamaStandIn([say])) as host:
        analysis_context.settings = before.model_copy(update={"llm": LlmSettings(host=host)})
        try:
            yield
        finally:
            analysis_context.settings = before


def _general(reason: str) -> str:
    return " ".join("..." if any(sign in word for sign in "#0123456789'\"") else word for word in reason.split())
