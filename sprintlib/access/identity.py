"""Who asks: a name, a role, how that was proven, and which repositories may be shown."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Proof = Literal["local", "token", "session"]


class Role(IntEnum):
    """What somebody may do; each may do all that the one before may."""

    viewer = 1
    member = 2
    admin = 3


@dataclass(frozen=True)
class Identity:
    """Somebody who asks. by: how it is known. repositories: OWNER/NAME of what may be shown; None: all of them."""

    name: str
    role: Role
    by: Proof
    repositories: tuple[str, ...] | None = None

    def may_see(self, repository: str) -> bool:
        """Whether what comes from this repository may be shown."""
        return self.repositories is None or repository.lower() in map(str.lower, self.repositories)


LOCAL = Identity("local", Role.admin, "local")  # the person at this machine
