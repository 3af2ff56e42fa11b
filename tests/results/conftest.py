"""Runs lie in the same kind of home as reports."""

from tests.reports.conftest import settings, vega_cache

__all__ = ["settings", "vega_cache"]
