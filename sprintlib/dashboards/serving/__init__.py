"""Serving the dashboards: who may ask, what is served, and what a kernel may see.

Names are imported when they are first used: what is about to become the server, or JupyterLab, needs no Voilà yet.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.dashboards.serving.launch import launch_server, received_token
    from sprintlib.dashboards.serving.server import serve

__all__ = ["launch_server", "received_token", "serve"]

__getattr__ = lazy_exports(__name__, {"launch": ("launch_server", "received_token"), "server": ("serve",)})
