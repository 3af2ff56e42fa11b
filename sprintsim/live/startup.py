"""The startup on the local GitHub: what it answers at any moment, brought forward event by event."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sprintlib.errors import DatasetError
from sprintsim.fake_github import Dataset, load
from sprintsim.live.webhooks import Webhook, webhooks
from sprintsim.simulation.event_log import EventLog, Key
from sprintsim.simulation.past import up_to
from sprintsim.simulation.payloads import Context
from sprintsim.simulation.repository import GitFacts, GrowingRepository
from sprintsim.simulation.startup import by_item, document, lists, write_payloads


class LiveStartup:
    """A chronicle that is served as of a moment. datasets: to be served; they change with `advance`.

    folder: where its repositories are written as of the beginning, and which holds nothing else.
    Raises DatasetError if it cannot be written or git is missing.
    """

    def __init__(self, folder: Path, event_log: EventLog, begin: datetime) -> None:
        self._whole = event_log
        self._times = sorted(_times(event_log))
        begin = begin.replace(microsecond=0)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            ahead = folder.parent / f"{folder.name}-ahead"
            ahead.mkdir()
            self._git = {
                repo: GrowingRepository(ahead / f"{repo}.git", folder / repo / "repo.git", event_log, repo)
                for repo in event_log.repos
            }
            self._context = Context(up_to(event_log, begin), self._grown(begin))
            write_payloads(folder, self._context)
        except OSError as error:
            raise DatasetError(f"The simulated startup cannot be written to {folder}: {error.strerror}.") from error
        self.datasets: list[Dataset] = load(folder)
        self._by_name = {dataset.full_name.partition("/")[2]: dataset for dataset in self.datasets}

    def advance(self, moment: datetime) -> list[Webhook]:
        """Let everything up to a moment happen, to the second. Returns what GitHub would send of it, in order."""
        before, moment = self._context.event_log, moment.replace(microsecond=0)
        if bisect_right(self._times, moment) <= bisect_right(self._times, before.until):
            return []
        now = up_to(self._whole, moment)
        self._context = self._context.at(now, self._grown(moment))
        self._serve(before)
        return webhooks(self._context, before)

    def dataset(self, repo: str) -> Dataset:
        """What is served of a repository, by its name without the owner's."""
        return self._by_name[repo]

    def _serve(self, before: EventLog) -> None:
        """Have the datasets say what is so now, of what changed since."""
        context = self._context
        timelines = by_item(context.event_log.happenings)
        for key in sorted(self._touched(before)):
            item = context.states[key].item
            self._by_name[item.repo].put(document(context, item, timelines[key]))
        for repo, dataset in self._by_name.items():
            for name, content in lists(context, repo).items():
                dataset.set_extra(name, content)

    def _touched(self, before: EventLog) -> set[Key]:
        """Items that something happened to, or that carry the picture of a milestone that changed."""
        now, since = self._context.event_log, before.until
        opened = {item.key for item in now.items if item.created_at > since}
        return opened | {(one.repo, one.number) for one in now.happenings if one.at > since}

    def _grown(self, moment: datetime) -> dict[str, GitFacts]:
        return {repo: repository.grow(moment) for repo, repository in self._git.items()}


def _times(event_log: EventLog) -> Iterator[datetime]:
    """When anything that GitHub shows begins, happens or ends."""
    for each in event_log.milestones:
        yield each.created_at
        if each.closed_at:
            yield each.closed_at
    for run in event_log.runs:
        yield from (run.started_at, run.finished_at)
    yield from (item.created_at for item in event_log.items)
    for entries in (event_log.happenings, event_log.commits, event_log.releases):
        yield from (entry.at for entry in entries)
