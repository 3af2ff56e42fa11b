"""Deliveries of webhooks, durable from the moment they are answered: received, taken, worked on, or set aside."""

from sprintlib.inbox.application import IgnoredError, UnreadableError, apply_delivery
from sprintlib.inbox.queue import (
    MOST_ATTEMPTS,
    Delivery,
    Receipt,
    claim,
    counts,
    fail,
    find,
    finish,
    forget_bodies,
    hold,
    listed,
    receive,
    release_dead,
    retry,
    worker_name,
)
from sprintlib.inbox.refreshes import Refresh, next_refresh, owed, put_off, refreshed, want_refresh

__all__ = [
    "MOST_ATTEMPTS",
    "Delivery",
    "IgnoredError",
    "Receipt",
    "Refresh",
    "UnreadableError",
    "apply_delivery",
    "claim",
    "counts",
    "fail",
    "find",
    "finish",
    "forget_bodies",
    "hold",
    "listed",
    "next_refresh",
    "owed",
    "put_off",
    "receive",
    "refreshed",
    "release_dead",
    "retry",
    "want_refresh",
    "worker_name",
]
