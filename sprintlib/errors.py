"""Every error this package raises on purpose.

SprintError                    one sentence that says what to do; the command line prints it and exits 1
├── SettingsError              sprint.toml or an option is missing or wrong; exits 2
├── StoreError                 the database cannot be opened, read or written
├── CollectError               facts could not be collected; what had arrived is kept
│   ├── TokenError             GitHub refused the token (401, or 403 without a rate limit)
│   ├── NotFoundError          a repository does not exist or the token cannot see it
│   ├── RateLimitError         the request budget is used up; carries `reset_at`
│   └── UnreachableError       no network, connection cut, or GitHub answers 5xx
├── DatasetError               a recorded or simulated dataset cannot be read
├── KnowledgeError             the search index cannot be made or read; full text may still work
├── LlmError                   no words from the model; everything goes on without it
│   ├── LlmUnavailable         Ollama does not answer, or the model is not there
│   ├── LlmTimeout             the model was too slow
│   └── LlmBadOutput           what came back is truncated or not what was asked for
├── AnalysisError              nothing can be said about the project as of that moment
├── SealError                  what is encrypted cannot be read: its key is not in this home
├── BackupError                a backup could not be made, read or restored; the store is as it was
├── AccessError                whoever asks may not do this; nothing was done
│   └── SignInError            nobody in particular asks, or the token does not count
├── DigestError                a message could not be sent; nothing is lost, and it may be sent again
└── ReportError                a report could not be produced; the run table has the details
"""

from datetime import datetime


class SprintError(Exception):
    """An expected failure. `str(error)` is one sentence for the person at the keyboard."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows below the cell, by IPython's protocol: the sentence, and no traceback."""
        return [f"{type(self).__name__}: {self}"]


class SettingsError(SprintError):
    """sprint.toml or a command line option is missing or wrong."""

    exit_code = 2


class StoreError(SprintError):
    """The database cannot be opened, read or written."""


class CollectError(SprintError):
    """Facts could not be collected. What had arrived before is kept."""


class TokenError(CollectError):
    """GitHub refused the token."""


class NotFoundError(CollectError):
    """A repository does not exist, or the token cannot see it."""


class RateLimitError(CollectError):
    """The request budget is used up until `reset_at` (UTC)."""

    def __init__(self, message: str, reset_at: datetime | None = None) -> None:
        super().__init__(message)
        self.reset_at = reset_at


class UnreachableError(CollectError):
    """GitHub could not be reached, the connection was cut, or it answered 5xx."""


class DatasetError(SprintError):
    """A recorded or simulated dataset cannot be read."""


class KnowledgeError(SprintError):
    """The search index cannot be made or read. What is stored is untouched."""


class LlmError(SprintError):
    """No words from the language model. Numbers, pages and reports are complete without it."""


class LlmUnavailable(LlmError):  # noqa: N818 - a state, not a fault: the rest goes on
    """Ollama does not answer, or the model is not there."""


class LlmTimeout(LlmError):  # noqa: N818
    """The model was too slow."""


class LlmBadOutput(LlmError):  # noqa: N818
    """What came back is truncated, or not what was asked for."""


class AnalysisError(SprintError):
    """Nothing can be said about the project as of that moment."""


class SealError(SprintError):
    """What is encrypted cannot be read, since its key is not in this home."""


class BackupError(SprintError):
    """A backup could not be made, read or restored. The store is as it was."""


class AccessError(SprintError):
    """Whoever asks may not do this. Nothing was done."""


class SignInError(AccessError):
    """It is not known who asks: no token, or one that does not count."""


class DigestError(SprintError):
    """A message could not be sent. It may be sent again.

    may_have_arrived: the other side broke off after it was sent, so that sending again could double it.
    """

    def __init__(self, message: str, may_have_arrived: bool = False) -> None:
        super().__init__(message)
        self.may_have_arrived = may_have_arrived


class ReportError(SprintError):
    """A report could not be produced."""
