"""The explanation in sentences, each with its citations; a model's own wording is marked as such."""

from collections.abc import Iterator

from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Sentence
from sprintlib.views.markup import citations, known_repositories, sentence, text


def narrative(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The sentences as a section; "" where nobody asked for an explanation ('sprint explain')."""
    told = list(sentences(milestone))
    if not told:
        return ""
    known = known_repositories(analysis)
    items = "".join(f"<li>{_item(one, known)}</li>" for one in told)
    return (
        f'<section aria-labelledby="in-words"><h2 id="in-words">In thirty seconds</h2><ul class="notes">{items}</ul>'
        f'<p class="muted">{text(worded_by(milestone))}</p></section>'
    )


def sentences(milestone: MilestoneAnalysis) -> Iterator[Sentence]:
    """The sentences without the one that stands at the top of every page anyway."""
    return (one for one in milestone.narrative if one.text != milestone.summary)


def worded_by(milestone: MilestoneAnalysis) -> str:
    """Who wrote the sentences; plain text."""
    llm = milestone.llm
    if llm.used:
        dropped = f"; {llm.dropped_claims} that did not check out were dropped" if llm.dropped_claims else ""
        return f"Sentences marked * were worded by {llm.model} and checked against what is stored{dropped}."
    return f"No language model was used. {llm.missing or ''}".strip()


def _item(one: Sentence, known: frozenset[str]) -> str:
    mark, cites = "* " if one.by_model else "", citations(one.evidence, known, one.text)
    beside = f' <span class="muted">{cites}</span>' if cites else ""
    return f"{mark}{sentence(one.text, one.evidence, known)}{beside}"
