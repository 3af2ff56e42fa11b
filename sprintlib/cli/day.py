"""A day as an argument of a command."""

from datetime import date
from typing import Any

import click


class Day(click.ParamType):  # type: ignore[type-arg] # generic for the checker only
    """`2026-12-04`; anything else is refused in one sentence."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Raises BadParameter."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a date: write it as year-month-day, such as 2026-12-04.", param, ctx)
