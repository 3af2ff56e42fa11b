"""Sprint intelligence on one laptop.

>>> import sprintlib as sl
>>> project = sl.open()                            # doctest: +SKIP
>>> project.analyze("2.4 Checkout").probability    # doctest: +SKIP
0.2

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.errors import SprintError
    from sprintlib.workbench import Metrics, Project, SprintAnalysis, SprintDays, SprintForecast, WhatIf, open

__version__ = "0.1.0"
__all__ = [
    "Metrics",
    "Project",
    "SprintAnalysis",
    "SprintDays",
    "SprintError",
    "SprintForecast",
    "WhatIf",
    "__version__",
    "open",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "errors": ("SprintError",),
        "workbench": ("Metrics", "Project", "SprintAnalysis", "SprintDays", "SprintForecast", "WhatIf", "open"),
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
