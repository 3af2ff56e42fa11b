"""The explainer: the analysis as a whole, in thirty seconds of words, the model's first where there are any."""

from typing import Any

from sprintlib.agents.analysis_agents import read_findings
from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.explanation import explanation
from sprintlib.agents.grounding import report
from sprintlib.agents.llm_call import MOST_CLAIMS, ask
from sprintlib.agents.llm_reasoner import calls_left
from sprintlib.agents.prompt_context import PromptNote, facts_entry, finding_entries, similar_entries, within_budget
from sprintlib.agents.state import WorkflowState
from sprintlib.analysis.model import Analysis, Llm, MilestoneAnalysis, Sentence
from sprintlib.analysis.pipeline import build_analysis, build_milestone_analysis
from sprintlib.explain import summary
from sprintlib.forecast import count
from sprintlib.knowledge import Claim, Report, Similar, similar_sprints
from sprintlib.results.analyses import previous_analysis


def explain_all(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
    """Put the analysis together, explain it, and let the model word what checks out."""
    findings = read_findings(state)
    found = put_together(state, analysis_context, summary(analysis_context.inputs(state), findings.forecast))
    (milestone,) = found.milestones
    sprint_context = analysis_context.sprint_context(state)
    similar = similar_sprints(
        analysis_context.past(state), sprint_context.sprint.calendar, str(sprint_context.sprint.key)
    )
    entries = _pack(state, analysis_context, similar)
    left = calls_left(state["reasoning"])
    asked = ask("explainer", entries, state, analysis_context, left, ("fact", "inference", "advice"))
    if not left:
        asked["missing"] = state["reasoning"]["missing"] or asked["missing"]
    words = [*_worded(asked), *_worded(state["reasoning"])]
    earlier = previous_analysis(analysis_context.engine, found.project, milestone, found.as_of)
    told = milestone.model_copy(
        update={
            "narrative": (*words, *explanation(milestone, earlier, similar, found.zone)),
            "llm": _llm(asked, state["reasoning"], bool(words)),
        }
    )
    said = found.model_copy(update={"milestones": (told,), "notes": (*found.notes, *_hidden_orders(state))})
    return {"words": asked, "analysis": said.model_dump(mode="json")}


def without_words(state: WorkflowState, analysis_context: AnalysisContext, reason: str) -> WorkflowState:
    """The analysis without its sentence, and why."""
    said = state.copy()
    said["faults"] = [*state.get("faults", []), reason]
    return {
        "analysis": put_together(said, analysis_context, f"{state['facts']['title']}: {reason}").model_dump(mode="json")
    }


def put_together(state: WorkflowState, analysis_context: AnalysisContext, sentence: str) -> Analysis:
    """The object of `sprint analyze`, from what the agents found."""
    sprint_context, inputs = analysis_context.sprint_context(state), analysis_context.inputs(state)
    timings = {step["agent"]: step["seconds"] for step in state.get("trace", [])}
    milestone: MilestoneAnalysis = build_milestone_analysis(inputs, read_findings(state), sentence).model_copy(
        update={"timings": timings}
    )
    found = build_analysis(
        analysis_context.past(state),
        analysis_context.settings,
        [sprint_context],
        (milestone,),
        state.get("dropped", 0),
        {},
    )
    return found.model_copy(update={"notes": (*found.notes, *state.get("faults", []))})


def _pack(state: WorkflowState, analysis_context: AnalysisContext, similar: Similar) -> list[PromptNote]:
    """What was found, and what the reasoner made of the texts; its claims keep the evidence they had."""
    sprint_context = analysis_context.sprint_context(state)
    findings = finding_entries(sprint_context, read_findings(state))
    thoughts = [
        PromptNote(id=f"K{place}", told=sentence.text, evidence=sentence.evidence)
        for place, sentence in enumerate(_worded(state["reasoning"]), start=1)
    ]
    return within_budget([facts_entry(sprint_context, state), *findings, *similar_entries(similar), *thoughts])


def _worded(asked: dict[str, Any]) -> list[Sentence]:
    """Claims that were kept, with the evidence of the notes they cite."""
    notes = {note["id"]: PromptNote.model_validate(note) for note in asked.get("pack", [])}
    claims = [Claim.model_validate(claim) for claim in asked.get("kept", [])]
    return [
        Sentence(
            text=claim.text,
            kind=claim.kind,
            evidence=tuple(dict.fromkeys(cited for one in claim.evidence for cited in notes[one].evidence)),
            by_model=True,
        )
        for claim in claims
    ]


def _llm(asked: dict[str, Any], reasoning: dict[str, Any], used: bool) -> Llm:
    calls = [*reasoning.get("calls", []), *asked["calls"]]
    dropped = len(reasoning.get("dropped", [])) + len(asked["dropped"])
    missing = reasoning.get("missing") or asked["missing"] if not used else asked["missing"]
    if calls and not used and missing is None:
        missing = "Nothing the model said checked out."
    model = calls[-1]["model"] if calls else None
    citations = _citations([one for one in (reasoning, asked) if one.get("answer")])
    return Llm(used=used, model=model, dropped_claims=dropped, missing=missing, citations=citations)


def _citations(answered: list[dict[str, Any]]) -> Report | None:
    """The report over both answers: of all claims, and of all notes that were shown."""
    if not answered:
        return None
    kept = [
        Claim.model_validate(claim | {"evidence": [f"{one['agent']} {note}" for note in claim["evidence"]]})
        for one in answered
        for claim in one["kept"]
    ]
    cited = sum(len(set(claim["evidence"])) for one in answered for claim in one["answer"]["claims"][:MOST_CLAIMS])
    context = sum(len(one["pack"]) for one in answered)
    return report(kept, sum(len(one["dropped"]) for one in answered), cited, context)


def _hidden_orders(state: WorkflowState) -> list[str]:
    kept = len(state["reasoning"].get("kept_from_the_model", []))
    was = "was" if kept == 1 else "were"
    return [f"{count(kept, 'text')} looked like prompt injection and {was} kept from the model."] if kept else []
