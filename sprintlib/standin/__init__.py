"""A local stand-in for GitHub's REST API and git, serving recorded or simulated repositories."""

from sprintlib.standin.dataset import Dataset
from sprintlib.standin.faults import KINDS, Fault
from sprintlib.standin.loading import load
from sprintlib.standin.server import running, serve

__all__ = ["KINDS", "Dataset", "Fault", "load", "running", "serve"]
