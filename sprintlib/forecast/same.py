"""What is worked out once for a past serves every sprint of it."""

from sprintlib.history import Past


class SamePast:
    """A past as a key of a cache: equal to itself alone."""

    def __init__(self, past: Past) -> None:
        self.past = past

    def __hash__(self) -> int:
        return id(self.past)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SamePast) and other.past is self.past
