"""What a child process sees of this process's environment: names on a list, since a list of secrets forgets the next.

Every process that this project starts gets its environment from here: kernels of reports and dashboards, git, the
embedding worker, the scheduler's commands. Two exceptions see everything, because they are the user's own tools: `gh`,
whose answer may be the very GH_TOKEN that is set, and JupyterLab (`sprint lab`), in whose terminals the user works.

A child can read its parent's first environment (/proc/PID/environ on Linux, `ps -E` on macOS), whatever the parent has
removed from it since. A server that starts kernels is therefore itself started with an environment from here.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_ALWAYS = frozenset(
    {
        # to find programs, files and people
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "VIRTUAL_ENV", "CONDA_PREFIX"),
        *("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
        # to speak as the user does; each of LC_* by name, as ssh carries secrets under names of that form
        *("LANG", "LANGUAGE", "TZ", "TZDIR", "TERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES"),
        *("LC_MONETARY", "LC_NUMERIC", "LC_TIME", "LC_ADDRESS", "LC_IDENTIFICATION", "LC_MEASUREMENT", "LC_NAME"),
        *("LC_PAPER", "LC_TELEPHONE"),
        # to use as many cores as the user allows
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"),
    }
)
# The address of a PostgreSQL store carries its password, and nothing can read the store without it.
STORE = frozenset({"SPRINT_HOME", "SPRINT_DATABASE_URL"})
# The way to GitHub: through a proxy, whose address may carry a password, and trusting a company's certificates.
NETWORK = frozenset(
    {
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
    }
)
# For a child that asks GitHub in this process's stead.
TOKEN = frozenset({"GITHUB_TOKEN"})
# For a child that sends spans and figures of its own: what the collector wants to know, a token often.
TELEMETRY = frozenset({"OTEL_EXPORTER_OTLP_HEADERS"})
MODELS = frozenset({"HF_HOME", "HF_HUB_CACHE"})
# What opening a browser takes, on Linux.
DESKTOP = frozenset({"BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP"})


def child_environment(*purposes: frozenset[str], parent: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that a child needs to run at all, and those of its purposes; everything else is left out.

    purposes: of STORE, NETWORK, TOKEN, TELEMETRY, MODELS, DESKTOP. parent: an environment, by default this process's.
    """
    names = _ALWAYS.union(*purposes)
    environment = os.environ if parent is None else parent
    return {name: value for name, value in environment.items() if name in names}


@contextmanager
def replaced_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Run with exactly this environment, for children that a library starts with whatever this process has."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
