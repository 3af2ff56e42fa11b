"""Which requests arrived: by path, repository and status."""

from collections import Counter, defaultdict
from typing import Any


class Stats:
    """Counts since the start or the last reset. Status 0 stands for a connection that was cut or stalled."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all counts."""
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def count(self, repository: str, path: str, status: int) -> None:
        """One answered request; `path` is a template such as `/repos/{owner}/{repo}/issues`."""
        self._counts[repository, path, status] += 1

    def as_json(self) -> dict[str, Any]:
        """`{"requests", "statuses", "paths": {path: {status: n}}, "repositories": {name: {path: {status: n}}}}`."""
        statuses: Counter[str] = Counter()
        paths: defaultdict[str, Counter[str]] = defaultdict(Counter)
        repositories: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for (repository, path, status), n in sorted(self._counts.items()):
            statuses[str(status)] += n
            paths[path][str(status)] += n
            if repository:
                repositories[repository][path][str(status)] += n
        return {
            "requests": self._counts.total(),
            "statuses": statuses,
            "paths": paths,
            "repositories": repositories,
        }
