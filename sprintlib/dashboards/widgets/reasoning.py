"""An analysis opened step by step in a notebook: what each agent was given and found, and what another value gives."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from IPython.display import HTML
from markupsafe import Markup

from sprintlib import settings as settings_module
from sprintlib import views
from sprintlib.agents import AGENTS, AnalysisContext, WorkflowRun, WorkflowState, open_workflow
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.errors import AnalysisError
from sprintlib.forecast import points
from sprintlib.project import ProjectHandle
from sprintlib.recommend.feedback import Decision
from sprintlib.results import store_analysis
from sprintlib.services import record_feedback
from sprintlib.views.templating import Templates
from sprintlib.views.words import day, headline, percent

_TEMPLATES = Templates("sprintlib.dashboards.widgets")
_MOST_CHARACTERS = 4_000
_ADDED = {
    "orchestrator": ("request",),
    "data_collector": ("facts",),
    "feature_engineer": ("work", "features"),
    "llm_reasoner": ("reasoning",),
    "sprint_analyzer": ("forecast", "drivers"),
    "risk_assessor": ("risks",),
    "recommender": ("recommendations",),
    "explainer": ("words", "analysis"),
}


class Reasoning:
    """One run of the chain. Nothing here changes it: `again` makes another run from any step on."""

    def __init__(self, analysis_context: AnalysisContext, run: WorkflowRun, forked: bool = False) -> None:
        self.analysis_context = analysis_context
        self.run = run
        self._forked = forked

    @property
    def milestone(self) -> MilestoneAnalysis:
        """What the run found."""
        return self.run.analysis.milestones[0]

    def state(self, agent: str) -> WorkflowState:
        """The state right after an agent."""
        with open_workflow(self.analysis_context) as chain:
            return chain.after(self.run.id, agent)

    def request(self, **changes: dict[str, Any]) -> dict[str, Any]:
        """The request of the run with some of its thresholds or prompts replaced."""
        asked = self.run.state["request"]
        return asked | {name: asked[name] | values for name, values in changes.items()}

    def again(self, after: str, **changes: Any) -> "Reasoning":
        """Another run, from the state after an agent with keys of it replaced; what lies before is not done again."""
        with open_workflow(self.analysis_context) as chain:
            return Reasoning(self.analysis_context, chain.fork(self.run.id, after, **changes), forked=True)

    def steps(self) -> HTML:
        """The agents in their order, with the seconds they took and what they added."""
        taken = {step["agent"]: step["seconds"] for step in self.run.state["trace"]}
        rows = [[name, f"{taken.get(name, 0):.2f}", ", ".join(_ADDED[name])] for name in AGENTS]
        return _shown(_table(f"Run {self.run.id}", ("Agent", "Seconds", "Adds"), rows, (1,)))

    def added(self, agent: str) -> HTML:
        """What an agent added to the state, as JSON."""
        return _shown(*(part for name in _ADDED[agent] for part in _json(name, self.run.state.get(name))))

    def prompt(self, agent: str) -> HTML:
        """What a model was asked, or would be asked, by `llm_reasoner` or `explainer`."""
        asked = self._asked(agent)
        title = f"{agent}, prompt {asked['version']}"
        return _shown(_macro("heading", title), _verbatim(asked["system"]), _verbatim(asked["prompt"]))

    def evidence(self, agent: str) -> HTML:
        """The pack: what may be cited, what Python says of it, and what people wrote."""
        rows = [[note["id"], note["told"], note["quoted"]] for note in self._asked(agent)["pack"]]
        return _shown(_table("Evidence", ("Id", "What Python says", "What people wrote"), rows))

    def claims(self, agent: str) -> HTML:
        """What the model said: kept, or dropped and why."""
        asked = self._asked(agent)
        rows = [[claim["text"], " ".join(claim["evidence"]), "kept"] for claim in asked["kept"]]
        for dropped in asked["dropped"]:
            claim = dropped["claim"]
            rows.append([claim["text"], " ".join(claim["evidence"]), f"dropped: {dropped['reason']}"])
        if not rows:
            return _shown(_macro("paragraph", f"No words from a model. {asked['missing'] or ''}"))
        return _shown(_table("Claims", ("Claim", "Cites", "Outcome"), rows))

    def verdict(self) -> HTML:
        """The answer and its explanation."""
        analysis = self.run.analysis
        return _shown(views.answer_card(analysis, self.milestone), views.narrative(analysis, self.milestone))

    def beside(self, *others: "Reasoning") -> HTML:
        """This verdict and those of other runs, side by side."""
        runs = [self, *others]
        rows = [[name, *values] for name, values in _compared(runs)]
        return _shown(_table("Verdicts", ("", *(one.run.id for one in runs)), rows))

    def actions(self) -> HTML:
        """What is recommended, numbered as `answer` takes it."""
        found = self.milestone.recommendations
        rows = [[str(place), one.action, points(one.expected_gain)] for place, one in enumerate(found, 1)]
        return _shown(_table("Actions", ("", "Action", "Expected gain"), rows, (2,)))

    def answer(self, number: int, decision: Decision, reason: str | None = None, until: date | None = None) -> HTML:
        """The team's answer to an action: accept, dismiss or snooze; what it changes in their order.

        It is stored, as by 'sprint feedback'. A run that was changed on the way is no analysis: its own actions can
        be answered only where an analysis recommends them too. Raises AnalysisError in one sentence.
        """
        found = self.milestone.recommendations
        if not 1 <= number <= len(found):
            raise AnalysisError(f"There is no action {number}: this run recommends {len(found)}.")
        project = ProjectHandle(self.analysis_context.settings, self.analysis_context.engine)
        if not self._forked:
            store_analysis(project.engine, self.run.analysis)
        said = record_feedback(project, found[number - 1].id, decision, project.clock(), reason, until)
        rows = [[str(place), action, str(was or "new")] for place, (action, was) in enumerate(said.order, 1)]
        return _shown(_macro("paragraph", said.weighting), _table("Order from now on", ("", "Action", "Before"), rows))

    def _asked(self, agent: str) -> dict[str, Any]:
        return self.run.state["reasoning"] if agent == "llm_reasoner" else self.run.state["words"]


def open_reasoning(
    home: str | None = None, milestone: str | None = None, as_of: str | None = None, words: bool = True
) -> Reasoning:
    """Run the chain over one milestone, for a notebook; the run is kept in data/traces.db.

    home: folder with sprint.toml; None: SPRINT_HOME or the working folder. milestone: a title; None: the one due next.
    words: ask a local model, if one is there. Raises SettingsError, StoreError or AnalysisError with one sentence.
    """
    project = ProjectHandle.open(settings_module.load(home))
    analysis_context = AnalysisContext(project.engine, project.settings)
    with open_workflow(analysis_context) as chain:
        return Reasoning(analysis_context, chain.start(project.moment(as_of), milestone, words=words))


def _compared(runs: Iterable[Reasoning]) -> list[tuple[str, list[str]]]:
    found = [(one.run.analysis, one.milestone) for one in runs]
    return [
        ("Verdict", [" ".join(headline(*pair)) for pair in found]),
        ("Chance", [percent(one.probability) for _, one in found]),
        ("85% chance to finish by", [day(one.forecast_dates.p85) for _, one in found]),
        ("Risks", [", ".join(f"{risk.kind} ({risk.severity})" for risk in one.risks) or "none" for _, one in found]),
        ("First action", [one.recommendations[0].action if one.recommendations else "none" for _, one in found]),
        ("Words", [one.llm.model or one.llm.missing or "none" for _, one in found]),
    ]


def _json(name: str, value: Any) -> tuple[Markup, Markup]:
    return _macro("heading", name), _verbatim(json.dumps(value, indent=2, ensure_ascii=False))


def _verbatim(said: str) -> Markup:
    return _macro("verbatim", said if len(said) <= _MOST_CHARACTERS else said[:_MOST_CHARACTERS] + "\n…")


def _macro(name: str, *values: Any) -> Markup:
    return _TEMPLATES.macro("reasoning.html", name, *values)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], numeric: tuple[int, ...] = ()) -> Markup:
    return _TEMPLATES.macro("macros.html", "table", caption, head, rows, numeric)


def _shown(*fragments: Markup) -> HTML:
    return HTML(views.style() + views.wrapped(_macro("section", fragments)))
