"""JupyterLab for the developer at this machine: their own copies of the notebooks, on loopback only.

Never the server that the team looks at: whoever reaches JupyterLab can run code.
"""

import os
import shutil
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from sprintlib import resources
from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

_QUIET = (
    # nothing is asked of other hosts, neither news nor newer versions
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    # Voilà has a server of its own (sprint dashboards)
    "--ServerApp.jpserver_extensions=voila.server_extension=False",
    # the address and errors only; `-- --debug` shows everything
    "--ServerApp.log_level=ERROR",
)
_OUR_DEFAULTS = Path(__file__).parent / "jupyter_config"  # labconfig/: settings that the user's own win over
_LONGEST_SOCKET = 103  # characters of a socket's path, on macOS; Linux allows 107


def copy_notebooks(home: Path) -> list[Path]:
    """Put the shipped notebooks into `notebooks/` of the home folder; those copied.

    A notebook that is there already is the developer's own and stays as it is.
    Raises SettingsError when the folder cannot be written.
    """
    source, target = resources.folder("notebooks"), home / "notebooks"
    copied = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(source.glob("*.ipynb")):
            if not (target / notebook.name).exists():
                copied.append(Path(shutil.copyfile(notebook, target / notebook.name)))
    except OSError as error:
        raise SettingsError(
            f"The notebooks cannot be copied to {target}: {error.strerror}; make it writable or choose another --home."
        ) from error
    return copied


def start_lab(settings: Settings, port: int, browser: bool, more: Sequence[str] = ()) -> None:
    """Become JupyterLab on the home's notebooks. Does not return."""
    arguments = lab_arguments(settings, port, browser, more)
    os.execve(sys.executable, arguments, lab_environment(settings, os.environ))  # noqa: S606  # nosec B606 # no shell


def lab_environment(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """The user's environment, with the home folder, and our defaults behind their own configuration of Jupyter."""
    theirs = environment.get("JUPYTER_CONFIG_PATH")
    path = os.pathsep.join([*([theirs] if theirs else []), str(_OUR_DEFAULTS)])
    return {**environment, "SPRINT_HOME": str(settings.home), "JUPYTER_CONFIG_PATH": path}


def lab_arguments(settings: Settings, port: int, browser: bool, more: Sequence[str] = ()) -> list[str]:
    """The command line of JupyterLab; Jupyter's own token keeps other users of the machine out.

    more: options of JupyterLab itself.
    """
    arguments = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--port={port}"]
    arguments += [f"--ServerApp.root_dir={settings.home / 'notebooks'}", *_QUIET, *_private_kernels()]
    return [*arguments, *([] if browser else ["--no-browser"]), *more]


def _private_kernels() -> list[str]:
    """Kernels talk over sockets in the user's own folder, not over ports that everybody on the machine can read."""
    longest = Path(jupyter_runtime_dir()) / f"kernel-{uuid.uuid4()}-ipc-5"
    return ["--KernelManager.transport=ipc"] if len(str(longest)) <= _LONGEST_SOCKET else []
