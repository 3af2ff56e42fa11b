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
    from sprintlib.dashboards.widgets.reasoning import open_reasoning
    from sprintlib.dashboards.widgets.risk_explorer import explore_risks
    from sprintlib.errors import SprintError
    from sprintlib.workbench import (
        Backtest,
        Metrics,
        Project,
        SprintAnalysis,
        SprintAnswer,
        SprintDays,
        SprintForecast,
        WhatIf,
        open,
    )

__version__ = "0.1.0"
__all__ = [
    "Backtest",
    "Metrics",
    "Project",
    "SprintAnalysis",
    "SprintAnswer",
    "SprintDays",
    "SprintError",
    "SprintForecast",
    "WhatIf",
    "__version__",
    "explore_risks",
    "open",
    "open_reasoning",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "dashboards.widgets.reasoning": ("open_reasoning",),
        "dashboards.widgets.risk_explorer": ("explore_risks",),
        "errors": ("SprintError",),
        "workbench": (
            "Backtest",
            "Metrics",
            "Project",
            "SprintAnalysis",
            "SprintAnswer",
            "SprintDays",
            "SprintForecast",
            "WhatIf",
            "open",
        ),
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
