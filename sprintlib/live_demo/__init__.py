"""The demo that goes on: a simulated startup works while the receiver, the worker and the dashboards follow it."""

from sprintlib.live_demo.running import LiveDemo, live_demo

__all__ = ["LiveDemo", "live_demo"]
