"""A local stand-in for GitHub's REST API and git, serving recorded or simulated repositories."""

from sprintsim.fake_github.accounts import Accounts
from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.faults import KINDS, Fault
from sprintsim.fake_github.loading import load
from sprintsim.fake_github.server import running, serve

__all__ = ["KINDS", "Accounts", "Dataset", "Fault", "load", "running", "serve"]
