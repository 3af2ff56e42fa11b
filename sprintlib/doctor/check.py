"""What a check says."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "info", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, how it is, and what to do about it."""

    name: str
    state: State
    message: str
    todo: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        return asdict(self)
