"""What the application holds for as long as it serves."""

from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore

from sprintlib.access.csrf import CsrfTokens
from sprintlib.api.answers import Answers, MemoryAnswers
from sprintlib.api.jobs import Jobs
from sprintlib.api.limits import Limits
from sprintlib.api.redis_answers import RedisAnswers
from sprintlib.project import ProjectHandle
from sprintlib.results.change_marks import ChangeMarks
from sprintlib.services.shared_states import States
from sprintlib.settings import Settings

_AT_ONCE = 2  # computations: each takes a core


@dataclass(frozen=True)
class Context:
    """project: whole, as the person at this machine sees it. gate: how many may compute at once."""

    project: ProjectHandle
    limits: Limits
    jobs: Jobs
    states: States
    marks: ChangeMarks
    csrf: CsrfTokens = field(default_factory=CsrfTokens)
    answers: Answers = field(default_factory=MemoryAnswers)
    gate: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))

    @classmethod
    def of(cls, project: ProjectHandle) -> "Context":
        """For a project. Raises SettingsError for limits or answers that cannot be kept where the settings say."""
        states = States()
        shared, limits = replace(project, load=states), Limits(project.settings.api)
        marks = ChangeMarks(project.engine)
        return cls(shared, limits, Jobs(), states, marks, answers=_answers(project.settings))


def _answers(settings: Settings) -> Answers:
    url = settings.api.answers_url
    return MemoryAnswers() if url.startswith("memory:") else RedisAnswers(url, settings.data_dir)
