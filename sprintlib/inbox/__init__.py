"""Deliveries of webhooks, durable from the moment they are answered: received, taken, worked on, or set aside."""

from sprintlib.inbox.application import apply_delivery, want_refresh
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

__all__ = [
    "MOST_ATTEMPTS",
    "Delivery",
    "Receipt",
    "apply_delivery",
    "claim",
    "counts",
    "fail",
    "find",
    "finish",
    "forget_bodies",
    "hold",
    "listed",
    "receive",
    "release_dead",
    "retry",
    "want_refresh",
    "worker_name",
]
