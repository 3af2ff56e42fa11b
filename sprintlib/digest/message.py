"""What a digest says, before any format: texts are as people wrote them, and each format escapes them itself."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Link:
    """A name and an address that was checked: https, of GitHub or a source of the playbook."""

    name: str
    url: str


@dataclass(frozen=True)
class Verdict:
    """How one milestone stands. figure: `29%`. words: `Unlikely to land by Fri 27 Nov`. changed: `2 items in`."""

    title: str
    url: str | None
    figure: str
    words: str
    because: str
    changed: tuple[str, ...]
    is_new: bool = False


@dataclass(frozen=True)
class Step:
    """One of the first things to do. who: login of who can act next. gain: `+11 points`, or empty."""

    action: str
    milestone: str
    who: str | None
    gain: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Digest:
    """The message of one day. since: what it compares with, `Thu 26 Nov`. ended: sprints that are open no longer."""

    project: str
    day: date
    since: str
    verdicts: tuple[Verdict, ...]
    steps: tuple[Step, ...]
    ended: tuple[str, ...]
    problems: tuple[str, ...]
    pages: str | None = None

    @property
    def next_step(self) -> Step | None:
        """The first step that somebody in particular can take."""
        return next((step for step in self.steps if step.who), None)

    @property
    def has_news(self) -> bool:
        """Whether anything is worth a message that was not so before."""
        return bool(self.ended) or any(one.changed or one.is_new for one in self.verdicts)

    @property
    def subject(self) -> str:
        """`acme: 2.4 Checkout 29%, 2.5 Search 80%`, one line."""
        named = [f"{one.title} {one.figure}" for one in self.verdicts[:3]]
        more = f" and {len(self.verdicts) - 3} more" if len(self.verdicts) > 3 else ""
        return f"{self.project}: {', '.join(named) or 'no open milestone'}{more}"

    def shortened(self, verdicts: int) -> "Digest":
        """With so many verdicts at most, for formats that have no room for all."""
        left = len(self.verdicts) - verdicts
        if left <= 0:
            return self
        said = (*self.problems, f"{left} more milestone{'' if left == 1 else 's'}: 'sprint analyze' shows all.")
        return Digest(**{**vars(self), "verdicts": self.verdicts[:verdicts], "problems": said})


def changes_line(digest: Digest, verdict: Verdict) -> str:
    """`Since Thu 26 Nov: chance 34% to 29%, 1 closed.`; "" where nothing changed."""
    if verdict.is_new:
        return f"New since {digest.since}."
    return f"Since {digest.since}: {', '.join(verdict.changed)}." if verdict.changed else ""


def next_line(step: Step) -> str:
    """`mira can act: Start acme/api#44 today.`, plain text."""
    return f"{step.who} can act: {step.action}"


def beside(step: Step, milestones: int) -> str:
    """What stands in brackets after an action: gain, and its milestone where there are several."""
    return ", ".join(part for part in (step.gain, step.milestone if milestones > 1 else "") if part)
