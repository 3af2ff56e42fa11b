"""What a dashboard kernel may see of the environment: enough to run Python and find the store, and no secret."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_KEPT = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR"),
        *("VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        # The address of a PostgreSQL store carries its password, and the kernels cannot read the store without it.
        "SPRINT_DATABASE_URL",
    }
)


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables on a short list of harmless names, and locale settings. Everything else is left out."""
    return {name: value for name, value in environment.items() if name in _KEPT or name.startswith("LC_")}


@contextmanager
def replaced(environment: Mapping[str, str]) -> Iterator[None]:
    """Run with exactly this environment: kernels are children of this process and inherit it."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
