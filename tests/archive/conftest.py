"""The small shop, served by the stand-in."""

from tests.github.conftest import dataset, make_settings, settings, url

__all__ = ["dataset", "make_settings", "settings", "url"]
