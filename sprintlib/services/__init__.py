"""What command line, API, pages and notebooks call. Access will be checked here, and nowhere else."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.services.question_answering import Answer, answer, ask
    from sprintlib.services.whatif import WhatIfResult, last_recommended, what_if

__all__ = ["Answer", "WhatIfResult", "answer", "ask", "last_recommended", "what_if"]

__getattr__ = lazy_exports(
    __name__,
    {"question_answering": ("Answer", "answer", "ask"), "whatif": ("WhatIfResult", "last_recommended", "what_if")},
)
