"""The texts of the simulation: what is to be built, and what people write about it."""

import tomllib
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Hold = Literal["", "unclaimed", "review", "forgotten"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Work(_Model):
    """An item to be built. hours None: the effort is drawn. day: working days into the sprint when it arrives.

    hold: "unclaimed" is taken by nobody, the pull request of "review" is looked at by nobody, "forgotten" is begun and
    then left alone. first: started first.
    after: titles in the same sprint that must be done before.
    """

    repo: str
    area: str
    title: str
    why: str
    accept: tuple[str, ...]
    after: tuple[str, ...] = ()
    before_native: bool = False
    hours: float | None = None
    hold: Hold = ""
    assignee: str | None = None
    first: bool = False
    day: float | None = None
    labels: tuple[str, ...] = ("feature",)


class Sprint(_Model):
    """What a sprint commits to, and what is added while it runs."""

    title: str
    repos: tuple[str, ...]
    goal: str
    committed: tuple[Work, ...]
    arrivals: tuple[Work, ...]
    renamed_from: str | None = None


class Idea(_Model):
    """An issue that nobody has planned."""

    repo: str
    title: str
    body: str


class Bug(_Model):
    """A defect that somebody reports."""

    repo: str
    area: str
    title: str
    body: str
    outsider: bool = False
    gone: bool = False


class Bumps(_Model):
    """Packages of a repository as 'name old new'."""

    repo: str
    packages: tuple[str, ...]


class Texts(_Model):
    """Everything of `work.toml`, and the phrases of `phrases.toml` by occasion."""

    sprint: tuple[Sprint, ...]
    backlog: tuple[Idea, ...]
    bug: tuple[Bug, ...]
    bump: tuple[Bumps, ...]
    phrases: dict[str, tuple[str, ...]]


def load_texts() -> Texts:
    """Read the two text files that ship with the package."""
    return Texts.model_validate({**_read("work.toml"), "phrases": _read("phrases.toml")})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("sprintsim.simulation").joinpath(name).read_text(encoding="utf-8"))
