"""Actions that could be taken today, each on concrete items and, where one is known, with a named actor.

Wording says what teams do, never what will happen because of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from sprintlib.evidence import Evidence
from sprintlib.experiments import Drawn
from sprintlib.forecast import Change
from sprintlib.history import ProjectState
from sprintlib.recommend.feedback import slug
from sprintlib.recommend.playbook import interventions
from sprintlib.risks import Risk, SprintContext, listed, plays
from sprintlib.risks.blocked_item import CROSS_KIND, next_actor
from sprintlib.risks.blocked_item import KIND as BLOCKED
from sprintlib.risks.failing_ci import KIND as CI
from sprintlib.risks.stale_pull_request import KIND as STALE
from sprintlib.risks.unstarted_near_due import KIND as UNSTARTED

CUTS = ("PB-009", "PB-010")  # less scope: for what came in later, and because it is too much
_ID_LENGTH = 96


@dataclass(frozen=True)
class Candidate:
    """An entry of the playbook applied to items. change: what a what-if is given; None where the model cannot say.

    size: how many things there are to do. called_for: a risk says so, and not the forecast alone. drawn: its lot in an
    experiment.
    """

    play: str
    action: str
    items: tuple[str, ...]
    actor: str | None = None
    change: Change | None = None
    size: int = 1
    urgent: bool = False
    called_for: bool = True
    cited: tuple[Evidence, ...] = ()
    drawn: Drawn | None = None

    @property
    def id(self) -> str:
        """Stable for the same action on the same items: `pb-006-sprint-demo-api-44`."""
        return self._id(self.play)

    @property
    def usual_play(self) -> str:
        """What its play would be without an experiment; effort and acceptance weigh by it, in both halves alike."""
        return self.drawn.usual if self.drawn else self.play

    @property
    def names(self) -> frozenset[str]:
        """Its id, and the one that it would have without an experiment."""
        return frozenset((self.id, self._id(self.usual_play)))

    def _id(self, play: str) -> str:
        about = " ".join(self.items or [citation.ref for citation in self.cited])
        name = slug(f"{play} {about}")
        return name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 9]}-{crc32(name.encode()):08x}"

    @property
    def touches(self) -> frozenset[str]:
        """Every item that it is about or changes."""
        return frozenset([*self.items, *(self.change.refs if self.change else ())])


def candidates(context: SprintContext, risks: Sequence[Risk]) -> list[Candidate]:
    """What the risks call for, and what would free anything that waits; without doubles."""
    found: list[Candidate] = [*_unblock(context, risks)]
    for risk in risks:
        if risk.kind == STALE:
            found.append(_move(context, risk))
        elif risk.kind == CI and risk.severity != "unknown":
            found.append(_stop_the_line(risk))
        elif risk.kind == UNSTARTED:
            found.append(_assign(risk))
        elif risk.kind in plays():
            found.append(_as_written(risk))
    found = [by_lot(context, one) for one in found]
    return list({one.id: one for one in reversed(found)}.values())[::-1]


def by_lot(context: SprintContext, candidate: Candidate) -> Candidate:
    """The candidate with the play that its first item gets in an experiment; as it is where there is none.

    What the model expects of it stays: it is what the aim is worth, so that no half is shown more than the other.
    """
    past = context.sprint.past
    experiment = next((one for one in past.experiments if one.usual == candidate.play), None)
    identity = past.cached(_identities).get(candidate.items[0]) if candidate.items else None
    if experiment is None or identity is None or candidate.play in CUTS:
        return candidate
    play = experiment.play_for(*identity)
    drawn = Drawn(
        experiment=experiment.id,
        name=experiment.name,
        play=play,
        usual=experiment.usual,
        other=experiment.other,
        repository_id=identity[0],
        number=identity[1],
    )
    if play == candidate.play:
        return replace(candidate, drawn=drawn)
    return replace(
        candidate, play=play, action=f"{listed(candidate.items)}: {interventions()[play].action}.", drawn=drawn
    )


def _identities(past: ProjectState) -> dict[str, tuple[int, int]]:
    return {ref: (key, number) for ref, key, number in past.items.select("ref", "repository_id", "number").iter_rows()}


def _unblock(context: SprintContext, risks: Sequence[Risk]) -> Iterator[Candidate]:
    """One candidate a blocker, then one for each item that waits for several."""
    told = [risk.items for risk in risks if risk.kind in (BLOCKED, CROSS_KIND)]
    called_for = {blocker for _item, *named in told for blocker in named}
    blockers = dict.fromkeys([*(blocker for _item, *named in told for blocker in named), *_blockers(context)])
    for blocker in blockers:
        waiting = tuple(blockade.item for blockade in context.blocked_items if blockade.blocker == blocker)
        crosses = any(b.crosses for b in context.blocked_items if b.blocker == blocker)
        actor = next_actor(context, blocker)
        waits = f"{listed(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for it"
        if crosses and context.items[blocker].kind == "pull":
            play, action = "PB-007", f"Review {blocker} first and write Depends-On in both: {waits}."
        else:
            owner = f"Agree a date for {blocker} with {actor}" if actor else f"Give {blocker} an owner and a date"
            play, action = "PB-006", f"{owner} today, and stub its interface so that both sides can move: {waits}."
        change = Change(unblock=freed_by(context, blocker))
        yield Candidate(play, action, (blocker, *waiting), actor, change, called_for=blocker in called_for)
    for item, several in context.waits_for.items():
        if len(several) > 1:
            every = sorted(several)
            action = f"Agree dates for {listed(every, 4)} today: {item} waits for all of them."
            yield Candidate(
                "PB-006", action, (item, *every), None, Change(unblock=(item,)), size=len(every), called_for=False
            )


def _blockers(context: SprintContext) -> list[str]:
    return [blockade.blocker for blockade in context.blocked_items if blockade.blocker is not None]


def _move(context: SprintContext, risk: Risk) -> Candidate:
    pull = risk.items[0]
    move = context.moves[pull]
    if move.role == "author":
        play = "PB-003"
        whom = f"with {move.who}" if move.who else "with whoever takes it over"
        action = f"Go through the open threads of {pull} {whom}: merge as is with a follow-up, or re-slice."
    else:
        play = "PB-001"
        asked = f"{move.who} for a review of" if move.who else "one named maintainer to review or merge"
        action = f"Ask {asked} {pull} at the next natural break, or offer 15 minutes as a pair."
    return Candidate(play, action, risk.items, move.who, Change(review=ended_by(context, pull)))


def freed_by(context: SprintContext, blocker: str) -> tuple[str, ...]:
    """Open items that wait for this blocker and for nothing else."""
    waiting = [blockade.item for blockade in context.blocked_items]
    return tuple(b.item for b in context.blocked_items if b.blocker == blocker and waiting.count(b.item) == 1)


def ended_by(context: SprintContext, pull: str) -> tuple[str, ...]:
    """Open items that end with this pull request: those that no other one carries, and itself."""
    return tuple(item for item, pulls in context.pulls_of.items() if pulls == [pull] or item == pull)


def _stop_the_line(risk: Risk) -> Candidate:
    action = f"Stop the line: {risk.statement} Revert the breaking commit if there is no fix in 30 minutes."
    return Candidate("PB-013", action, (), risk.actor, urgent=True, cited=risk.evidence)


def _assign(risk: Risk) -> Candidate:
    action = f"Agree today who takes {listed(risk.items, 4)}, one item a person, the riskiest dependency first."
    return Candidate("PB-011", action, risk.items)


def _as_written(risk: Risk) -> Candidate:
    play, action = plays()[risk.kind]
    cited = () if risk.items else risk.evidence
    return Candidate(play, action.format(items=listed(risk.items)), risk.items, cited=cited)


def with_pull_requests(context: SprintContext, refs: Sequence[str]) -> tuple[str, ...]:
    """These items with the pull requests that carry them."""
    return tuple(dict.fromkeys(each for ref in refs for each in (ref, *context.pulls_of[ref])))
