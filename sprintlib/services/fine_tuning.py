"""What a team accepted and dismissed, as chats from which a language model can be fine-tuned (docs/learning.md).

A chat for each answer: how the milestone stood when the action was recommended, the action, and what was said. It holds
the team's own titles, logins and reasons; secrets are masked as everywhere.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.errors import AnalysisError
from sprintlib.facts.names import former_names
from sprintlib.forecast import points
from sprintlib.masking import mask
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Feedback, Recommendation, read_feedback
from sprintlib.recommend.feedback import identifier_today
from sprintlib.results import newest_before
from sprintlib.results.analyses import recommended

SYSTEM = (
    "You help a software team with its current milestone. You read how it stands and one action that was proposed. "
    "Say whether the team would do it: 'Accept.', or 'Dismiss: ' and why."
)
_MOST_RISKS = 5
Chat = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class ChatExport:
    """What was written. left_out: answers whose analysis is no longer stored in a shape that can be read."""

    accepted: int
    dismissed: int
    left_out: int


def chats(project: ProjectHandle, as_of: datetime) -> list[tuple[Feedback, Chat | None]]:
    """Each accepted or dismissed action with its chat, the oldest first; None where its analysis cannot be read."""
    given = [one for one in read_feedback(project.engine, project.name, as_of) if one.decision in ("accept", "dismiss")]
    with project.engine.connect() as connection:
        former = former_names(connection)
    shown = [(at, identifier_today(name, former)) for at, name in recommended(project.engine, project.name)]
    return [(one, _chat(project, one, shown, former)) for one in given]


def export_chats(project: ProjectHandle, file: Path, as_of: datetime) -> ChatExport:
    """Write a chat a line into a file: `{"messages": [system, user, assistant]}`.

    Raises AnalysisError where there is none; AccessError; OSError where the file cannot be written.
    """
    project.permit("run")
    if project.withheld:
        raise AnalysisError("An export takes sight of every repository of the project.")
    found = chats(project, as_of)
    known = [(given, chat) for given, chat in found if chat is not None]
    if not known:
        raise AnalysisError("There is nothing to export yet: no recommendation was accepted or dismissed.")
    with project.acting("run", "answers exported as chats"):
        file.write_text("".join(_line(chat) for _, chat in known), encoding="utf-8")
    accepted = sum(given.decision == "accept" for given, _ in known)
    return ChatExport(accepted, len(known) - accepted, len(found) - len(known))


def _line(chat: Chat) -> str:
    return json.dumps(chat, ensure_ascii=False) + "\n"


def _chat(
    project: ProjectHandle, given: Feedback, shown: list[tuple[datetime, str]], former: Mapping[str, str]
) -> Chat | None:
    """From the last analysis that recommended it before the answer. former: as identifier_today."""
    moments = [moment for moment, name in shown if name == given.recommendation and moment <= given.happened_at]
    if not moments:
        return None
    stored = newest_before(project.engine, project.name, max(moments), max(moments))
    for _, milestone in stored.values():
        for advice in milestone.recommendations:
            if identifier_today(advice.id, former) == given.recommendation:
                return _messages(milestone, advice, given)
    return None


def _messages(milestone: MilestoneAnalysis, advice: Recommendation, given: Feedback) -> Chat:
    why = f" {given.reason.strip()}" if given.reason and given.reason.strip() else ""
    said = "Accept." if given.decision == "accept" else f"Dismiss:{why or ' no reason was given.'}"
    told = (("system", SYSTEM), ("user", "\n".join(_asked(milestone, advice))), ("assistant", said))
    return {"messages": [{"role": role, "content": mask(text)} for role, text in told]}


def _asked(milestone: MilestoneAnalysis, advice: Recommendation) -> Iterator[str]:
    yield milestone.summary
    if milestone.risks:
        yield "Risks:"
        for risk in milestone.risks[:_MOST_RISKS]:
            yield f"- {risk.statement}"
    gain = "" if advice.expected_gain is None else f" ({points(advice.expected_gain)} expected)"
    yield f"Proposed: {advice.action}{gain}"
