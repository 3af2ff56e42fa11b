"""The explanation in sentences, each with its citations; a model's own wording is marked as such."""

from collections.abc import Iterator

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Sentence
from sprintlib.views.markup import known_repositories
from sprintlib.views.templating import render


def narrative(analysis: Analysis, milestone: MilestoneAnalysis) -> Markup:
    """The sentences as a section; "" where nobody asked for an explanation ('sprint explain')."""
    told = list(sentences(milestone))
    if not told:
        return Markup()
    return render("narrative.html", sentences=told, known=known_repositories(analysis), worded_by=worded_by(milestone))


def sentences(milestone: MilestoneAnalysis) -> Iterator[Sentence]:
    """The sentences without the one that stands at the top of every page anyway."""
    return (one for one in milestone.narrative if one.text != milestone.summary)


def worded_by(milestone: MilestoneAnalysis) -> str:
    """Who wrote the sentences; plain text."""
    llm = milestone.llm
    if llm.used:
        dropped = f"; {llm.dropped_claims} that did not check out were dropped" if llm.dropped_claims else ""
        return f"Sentences marked * were written by {llm.model} and checked against what is stored{dropped}."
    return f"No language model was used. {llm.missing or ''}".strip()
