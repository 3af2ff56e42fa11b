"""A day as an argument of a command."""

from datetime import date, datetime
from typing import Any

import click

from sprintlib.as_of import named_day


class DayParameter(click.ParamType):  # type: ignore[type-arg] # generic for the checker only
    """`2026-12-04`, `tomorrow` or `+3d`, seen from today here; anything else is refused in one sentence."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Raises BadParameter."""
        if isinstance(value, date):
            return value
        try:
            return named_day(value, datetime.now().astimezone().date()) or date.fromisoformat(value)
        except ValueError:
            self.fail(
                f"'{value}' is not a date: write it as year-month-day, such as 2026-12-04, or as tomorrow or +3d.",
                param,
                ctx,
            )
