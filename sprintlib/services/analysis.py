"""The analysis of a project: by its steps alone, or by the agents that word it too."""

from datetime import datetime
from typing import TYPE_CHECKING

from sprintlib import analysis
from sprintlib.analysis import Analysis
from sprintlib.project import ProjectHandle
from sprintlib.results import store_analysis
from sprintlib.services.redaction import redacted

if TYPE_CHECKING:
    from sprintlib.agents import WorkflowRun
    from sprintlib.llm import Found


def analyze(
    project: ProjectHandle, as_of: datetime | None = None, milestone: str | None = None, *, store: bool = False
) -> Analysis:
    """Analyse every milestone that was open at `as_of` (None: now), or the one of that title or number.

    store: keep the result, for feedback and for later comparisons.
    Who may not see every repository gets their part, and a note that there is more; it cannot be kept.
    Raises AnalysisError when nothing has been collected, or `milestone` names none that existed then; AccessError.
    """
    project.permit("run" if store else "read")
    moment = as_of or project.clock()
    found = analysis.analyze(project.engine, project.settings, moment, milestone, load=project.state)
    if store:
        with project.acting("run", f"analysis as of {moment.isoformat()}"):
            store_analysis(project.engine, found)
    return with_note(redacted(project, found), len(project.withheld)) if project.withheld else found


def with_note(found: Analysis, withheld: int) -> Analysis:
    """The analysis with a note on how many repositories are left out."""
    many = "1 repository of this project is" if withheld == 1 else f"{withheld} repositories of this project are"
    note = f"{many} not shown, as you may not see them: milestones may have more parts."
    return found.model_copy(update={"notes": (note, *found.notes)})


def explain(
    project: ProjectHandle,
    as_of: datetime | None = None,
    milestone: str | None = None,
    *,
    words: bool = True,
    resume: str | None = None,
    model: "Found | None" = None,
    seconds: float | None = None,
) -> "WorkflowRun":
    """Run the eight agents over one milestone (None: the one due next), and keep its analysis with their words.

    words: ask a local model. resume: go on with that run instead. model: where one was found already. seconds: that
    it may have, at most `llm.words_seconds`. The run itself is kept in data/traces.db.
    Raises AnalysisError where there is nothing to analyse, or no such run.
    """
    from sprintlib.agents import AnalysisContext, open_workflow  # over a second of imports

    project.permit("run")
    settings = project.settings
    if seconds is not None:
        hurried = settings.llm.model_copy(update={"words_seconds": min(seconds, settings.llm.words_seconds)})
        settings = settings.model_copy(update={"llm": hurried})
    with open_workflow(AnalysisContext(project.engine, settings, model)) as workflow:
        run = workflow.resume(resume) if resume else workflow.start(as_of or project.clock(), milestone, words=words)
    with project.acting("run", f"explanation {run.id}"):
        store_analysis(project.engine, run.analysis)
    return run
