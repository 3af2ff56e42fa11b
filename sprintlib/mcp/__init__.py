"""What this project answers to language models over the Model Context Protocol: read-only tools over the services."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.mcp.server import create_server

__all__ = ["create_server"]

__getattr__ = lazy_exports(__name__, {"server": ("create_server",)})
