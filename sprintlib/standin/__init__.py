"""A local stand-in for GitHub's REST API and git, serving recorded or simulated repositories."""

from sprintlib.standin.dataset import Dataset, load
from sprintlib.standin.server import running, serve

__all__ = ["Dataset", "load", "running", "serve"]
