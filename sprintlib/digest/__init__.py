"""One short message a day or a week: how the milestones stand, what to do first, and what changed. Quiet otherwise."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.digest.building import build_digest
    from sprintlib.digest.message import Digest
    from sprintlib.digest.sending import Outcome, send, send_due, waiting
    from sprintlib.digest.timing import is_due, slot_of

__all__ = ["Digest", "Outcome", "build_digest", "is_due", "send", "send_due", "slot_of", "waiting"]

__getattr__ = lazy_exports(
    __name__,
    {
        "building": ("build_digest",),
        "message": ("Digest",),
        "sending": ("Outcome", "send", "send_due", "waiting"),
        "timing": ("is_due", "slot_of"),
    },
)
