"""Risks under other thresholds: move a slider, and the detectors run again on the same past."""

from typing import Any

import ipywidgets
import polars as pl
from polars._typing import PolarsDataType

from sprintlib import settings as settings_module
from sprintlib import views
from sprintlib.agents import AnalysisContext, WorkflowState, open_workflow
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.project import ProjectHandle
from sprintlib.risks import Risk
from sprintlib.settings import RiskSettings
from sprintlib.views.templating import Templates
from sprintlib.views.words import SEVERITIES

_COLUMNS: dict[str, PolarsDataType] = {
    "severity": pl.String,
    "kind": pl.String,
    "statement": pl.String,
    "refs": pl.List(pl.String()),
}
# a threshold's longest name, and beside it room for its number
_NAME, _ROW = "22em", "32em"
_macro = Templates("sprintlib.dashboards.widgets").macro


class RiskExplorer(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """Sliders for every threshold, a choice of severities, and the risks that fire. Nothing is stored."""

    def __init__(self, analysis_context: AnalysisContext, state: WorkflowState, analysis: Analysis) -> None:
        self._desk, self._state, self._analysis = analysis_context, state, analysis
        self.severities = ipywidgets.SelectMultiple(
            options=list(SEVERITIES), value=list(SEVERITIES), description="Severities", rows=len(SEVERITIES) + 1
        )
        self.thresholds = {
            name: _number(name, value, RiskSettings.model_fields[name].description or "")
            for name, value in state["request"]["thresholds"].items()
        }
        self.risks = ipywidgets.HTML()
        for control in (self.severities, *self.thresholds.values()):
            control.observe(self._changed, names="value")
        self.found: tuple[Risk, ...] = ()
        self._changed(None)
        numbers = ipywidgets.Accordion([ipywidgets.VBox(list(self.thresholds.values()))], titles=["Thresholds"])
        super().__init__([self.severities, numbers, self.risks])

    def frame(self) -> pl.DataFrame:
        """One row a risk that fires now: severity, kind, statement, and refs of what it cites."""
        rows = [(risk.severity, risk.kind, risk.statement, [one.ref for one in risk.evidence]) for risk in self.found]
        return pl.DataFrame(rows, schema=_COLUMNS, orient="row")

    def _changed(self, _change: Any) -> None:
        request = self._state["request"] | {"thresholds": {name: one.value for name, one in self.thresholds.items()}}
        state: WorkflowState = {**self._state, "request": request}
        with open_workflow(self._desk) as chain:
            update = chain.agents["risk_assessor"](state)
        risks = [Risk.model_validate(risk) for risk in update["risks"]]
        self.found = tuple(risk for risk in risks if risk.severity in self.severities.value)
        milestone: MilestoneAnalysis = self._analysis.milestones[0].model_copy(update={"risks": self.found})
        faults = " ".join(update.get("faults", []))
        said = f"{len(self.found)} of {len(risks)} risks, under these thresholds. {faults}"
        listed = views.risk_list(self._analysis, milestone, rules=True)
        section = _macro("reasoning.html", "section", (_macro("reasoning.html", "paragraph", said), listed))
        self.risks.value = views.style() + views.wrapped(section)


def explore_risks(home: str | None = None, milestone: str | None = None, as_of: str | None = None) -> RiskExplorer:
    """The explorer of one milestone, for a notebook. Parameters and errors as of `open_reasoning`."""
    project = ProjectHandle.open(settings_module.load(home))
    analysis_context = AnalysisContext(project.engine, project.settings)
    with open_workflow(analysis_context) as chain:
        run = chain.start(project.moment(as_of), milestone, words=False)
    return RiskExplorer(analysis_context, run.state, run.analysis)


def _number(name: str, value: float, description: str) -> Any:
    kind = ipywidgets.BoundedIntText if isinstance(value, int) else ipywidgets.BoundedFloatText
    more = {} if isinstance(value, int) else {"step": 0.05}
    return kind(
        value=value,
        min=1 if isinstance(value, int) else 0.01,
        max=max(10 * value, 1),
        description=name.replace("_", " "),
        tooltip=description,
        style={"description_width": _NAME},
        layout=ipywidgets.Layout(width=_ROW),
        **more,
    )
