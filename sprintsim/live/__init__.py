"""A simulated startup that goes on working while it is served, and tells of it by webhooks."""

from sprintsim.live.startup import LiveStartup
from sprintsim.live.webhooks import Webhook

__all__ = ["LiveStartup", "Webhook"]
