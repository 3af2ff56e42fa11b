"""The server and its tools. None of them writes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from typing import Annotated, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field
from sqlalchemy.exc import DatabaseError

from sprintlib import services
from sprintlib.errors import SprintError
from sprintlib.mcp import answers
from sprintlib.mcp.untrusted import NOTICE
from sprintlib.project import ProjectHandle
from sprintlib.services.stored import latest

AsOf = Annotated[str | None, Field(max_length=40, description="RFC 3339, or a date (the end of that day); null: now")]
Title = Annotated[str | None, Field(max_length=300, description="title or number of a milestone; null: every open one")]
Refs = Annotated[Sequence[str], Field(max_length=50, description="items as 12, api#12 or acme/api#12")]
Severity = Literal["high", "medium", "low", "unknown"]
_ABOUT = f"Will the milestones of a project land, what threatens them, and what to do today. {NOTICE}"


def create_server(project: ProjectHandle) -> MCPServer:
    """The tools over one project, as who asks may see it."""
    server = MCPServer("sprint", instructions=_ABOUT, version=version("sprintlib"), log_level="WARNING")
    tools = Tools(project)
    reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (tools.verdict, tools.risks, tools.recommendations, tools.what_if, tools.ask, tools.evidence):
        server.add_tool(tool, annotations=reads)
    return server


class Tools:
    """What can be asked. Names and docstrings of the methods are what a model is told."""

    def __init__(self, project: ProjectHandle) -> None:
        self._project = project

    def verdict(self, as_of: AsOf = None, milestone: Title = None) -> answers.Verdicts:
        """Will the milestones land? Probability, dates, scope and one sentence for each, as of a moment."""
        with _told():
            moment = self._project.moment(as_of)
            found = services.analyze(self._project, moment, milestone)
            return answers.Verdicts(
                as_of=found.as_of.isoformat(),
                project=found.project,
                milestones=tuple(answers.verdict(one) for one in found.milestones),
                notes=found.notes,
            )

    def risks(self, severity: Severity | None = None) -> answers.Risks:
        """What threatens the milestones, from the newest stored analyses, each with its evidence."""
        with _told():
            found = [one for one in services.risks(self._project) if severity in (None, one.risk.severity)]
            return answers.Risks(risks=tuple(answers.named_risk(one) for one in found))

    def recommendations(self) -> answers.Actions:
        """What to do today, from the newest stored analyses, with the expected gain and the evidence of each."""
        with _told():
            said = {one.id: one.said for one in services.open_recommendations(self._project)}
            found = [one for _, milestone in latest(self._project) for one in answers.actions(milestone, said)]
            return answers.Actions(recommendations=tuple(one for one in found if one.id in said))

    def what_if(
        self,
        as_of: AsOf = None,
        milestone: Title = None,
        drop: Refs = (),
        unblock: Refs = (),
        review: Refs = (),
        move_due: date | None = None,
        people: Annotated[int, Field(ge=-99, le=99, description="how many join (1) or leave (-1)")] = 0,
        away_days: Annotated[float, Field(ge=0, le=1000, description="one person is away so many working days")] = 0.0,
        actions: Annotated[Sequence[str], Field(max_length=20, description="ids of recommendations")] = (),
    ) -> answers.Supposed:
        """The forecast of a milestone (default: the one due next) before and after supposed changes."""
        with _told():
            told = services.last_recommended(self._project, actions[0]) if actions and as_of is None else None
            found = services.what_if(
                self._project,
                told or self._project.moment(as_of),
                milestone,
                drop=drop,
                unblock=unblock,
                review=review,
                due_on=move_due,
                people=people,
                away_days=away_days,
                actions=actions,
            )
            known = services.milestones(self._project)
            return answers.supposed(found, tuple(one.html_url for one in known if one.title == found.milestone))

    def ask(self, question: Annotated[str, Field(min_length=1, max_length=1000)], as_of: AsOf = None) -> answers.Reply:
        """A question about the project, answered from stored facts and texts, every sentence with its evidence."""
        with _told():
            return answers.reply(services.ask(self._project, question, self._project.moment(as_of)))

    def evidence(
        self, ref: Annotated[str, Field(max_length=320, description="owner/repo#12, owner/repo@1a2b3c4 or PB-006")]
    ) -> answers.CitedText:
        """The stored text behind a reference of another answer."""
        with _told():
            return answers.cited_text(services.evidence(self._project, ref))


@contextmanager
def _told() -> Iterator[None]:
    """Expected errors as their sentence; of others a model learns nothing."""
    try:
        yield
    except SprintError as error:
        raise ToolError(str(error)) from error
    except DatabaseError as error:
        raise ToolError("The store cannot be read: run 'sprint doctor'.") from error
