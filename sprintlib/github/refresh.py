"""Asking GitHub about single items at once, by the collector's own steps, without the lists of everything."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine, select

from sprintlib.facts.batch import FactBatch
from sprintlib.github.client import Client, Response, RetryPolicy, connect
from sprintlib.github.items import collect_item
from sprintlib.github.lists import Failures, RepositoryCollector
from sprintlib.github.progress import silent
from sprintlib.github.set_aside import Shelf
from sprintlib.github.token import Token
from sprintlib.settings import Settings
from sprintlib.store import schema

_ELSEWHERE = (301, 404, 410)


@dataclass
class Refresher:
    """Asks about items of a project, one after the other. Made anew where the token changed."""

    engine: Engine
    settings: Settings
    client: Client
    _failures: Failures = field(default_factory=Failures)

    @classmethod
    def connected(
        cls, engine: Engine, settings: Settings, token: Token | None, retry_policy: RetryPolicy | None = None
    ) -> "Refresher":
        """Raises SettingsError for an address that cannot be used."""
        return cls(engine, settings, connect(settings, token, retry_policy))

    def refresh(self, repository_id: int, number: int) -> bool:
        """Store the item as GitHub has it now, with its timeline. Returns whether it is there.

        Raises what stands in the way of everything: RateLimitError, TokenError, UnreachableError. What fails for the
        item's own reasons is set aside, as in a sync.
        """
        reader = self._collector(repository_id)
        if reader is None:
            return False
        response = reader.get(f"issues/{number}", accept=_ELSEWHERE)
        if response.status != 200 or not isinstance(response.body, dict):
            return False
        if "pull_request" not in response.body:
            reader.attempt("issue", str(number), partial(_store_issue, reader, number, response))
        collect_item(reader, number)
        return True

    def _collector(self, repository_id: int) -> RepositoryCollector | None:
        table = schema.repository.c
        with self.engine.connect() as connection:
            name = connection.scalar(select(table.full_name).where(table.id == repository_id))
        if name is None:
            return None
        now = self.client.now()
        return RepositoryCollector(
            engine=self.engine,
            client=self.client,
            repository_id=repository_id,
            full_name=name,
            window_start=now - timedelta(days=self.settings.github.details_days),
            on_progress=silent,
            shelf=Shelf(self.engine, name, now),
            failures=self._failures,
        )


def _store_issue(reader: RepositoryCollector, number: int, response: Response) -> None:
    if response.body.get("number") != number:  # moved: GitHub leads to where it is now
        return
    facts = FactBatch(reader.origin(response)).add("issue", [response.body])
    with reader.engine.begin() as connection:
        facts.write(connection)
