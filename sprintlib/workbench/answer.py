"""An answer that shows itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sprintlib.analysis.model import Sentence
from sprintlib.services import Answer

if TYPE_CHECKING:
    from sprintlib.workbench.project import Project


@dataclass(frozen=True)
class SprintAnswer:
    """The answer to a question. `sentences` cite what they rest on; `hits` is what else was found, best first."""

    project: "Project"
    result: Answer

    @property
    def outcome(self) -> str:
        """`answered`, or `unknown` or `refused`, with one sentence that says so."""
        return self.result.outcome

    @property
    def sentences(self) -> Sequence[Sentence]:
        return self.result.sentences

    @property
    def hits(self) -> Sequence[Any]:
        """Of type sprintlib.knowledge.Hit."""
        return self.result.hits

    def __repr__(self) -> str:
        return "\n".join(one.text for one in self.sentences)

    def _repr_html_(self) -> str:
        from sprintlib.views.templating import macro

        known = frozenset(repo.lower() for repo in self.project.settings.project.repositories)
        lines = [
            Markup("{} {}").format(
                macro("macros.html", "sentence", one.text, one.evidence, known),
                macro("macros.html", "citations", one.evidence, known, one.text),
            )
            for one in self.sentences
        ]
        return macro("macros.html", "lines", lines)
