"""The parts of an answer before they are checked: statements, and what each rests on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sprintlib.evidence import Evidence
from sprintlib.knowledge import Claim, ClaimKind, Source
from sprintlib.recommend import Recommendation
from sprintlib.risks import Risk


@dataclass(frozen=True)
class Assertion:
    """One sentence and the sources that it was put together from."""

    text: str
    sources: tuple[Source, ...]
    kind: ClaimKind = "fact"

    def claim(self) -> Claim:
        """As the check of citations reads it."""
        return Claim(text=self.text, kind=self.kind, evidence=tuple(one.id for one in self.sources))


@dataclass(frozen=True)
class MilestoneOutlook:
    """What the analysis of one milestone says, as far as answers tell it.

    told: everything it says in words and numbers, for the check. parts: evidence that is the milestone itself.
    finish: (50 % by, 85 % by), null where it does not say. similar: how similar sprints ended, as a sentence.
    """

    title: str
    summary: str
    told: str
    parts: tuple[Evidence, ...]
    finish: tuple[date | None, date | None] = (None, None)
    risks: tuple[Risk, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()


Analyse = Callable[[str], MilestoneOutlook | None]


@dataclass(frozen=True)
class QuestionReply:
    """What stored facts say to a question.

    statements: in order. outcome: `answered`; `unknown`: nothing stored answers it, `told` says so in one sentence;
    `refused`: it may not be answered, `told` says why; `open`: facts are not enough, texts have to be searched.
    about: title of the milestone it is about. content: the words that
    say what is asked about, for a search. people: logins that it names. items: refs of the items it is about.
    enough: texts add nothing.
    """

    outcome: str
    statements: tuple[Assertion, ...] = ()
    told: str | None = None
    about: str | None = None
    content: str = ""
    people: tuple[str, ...] = ()
    items: tuple[str, ...] = field(default=())
    enough: bool = False
