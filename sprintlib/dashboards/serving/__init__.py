"""Serving the dashboards: who may ask, what is served, and what a kernel may see."""

from sprintlib.dashboards.serving.server import serve

__all__ = ["serve"]
