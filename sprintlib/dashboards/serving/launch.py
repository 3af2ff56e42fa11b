"""Starting the dashboard server as a program without secrets.

Kernels run code of notebooks, and a kernel can read the environment and the command line that its parent was started
with. So the program that the user started, with a token of GitHub in its environment and perhaps the visitors' token in
its arguments, turns into one that was started with neither.
"""

import os
import sys
from pathlib import Path

from sprintlib.child_environment import DESKTOP, STORE, child_environment


def launch_server(
    home: Path | None,
    *,
    debug: bool,
    ip: str,
    port: int,
    token: str | None,
    browser: bool,
    analyze: bool = True,
) -> None:
    """Become `sprint dashboards` in an environment of harmless names. Does not return.

    token: that visitors must give; it travels through a pipe, which `received_token` reads.
    """
    receiver, sender = os.pipe()
    with os.fdopen(sender, "w", encoding="utf-8") as pipe:
        pipe.write(token or "")  # a pipe holds 64 kB (macOS: 16), an argument of a command line no more
    os.set_inheritable(receiver, True)
    arguments = [sys.executable, "-P", "-m", "sprintlib"]
    arguments += [*(("--home", str(home)) if home else ()), *(("--debug",) if debug else ()), "dashboards"]
    arguments += ["--ip", ip, "--port", str(port), "--browser" if browser else "--no-browser"]
    arguments += ["--analyze" if analyze else "--no-analyze"]
    arguments += ["--token-from", str(receiver)]
    os.execve(sys.executable, arguments, child_environment(STORE, DESKTOP))  # noqa: S606  # nosec B606 # no shell


def received_token(descriptor: int) -> str | None:
    """The visitors' token that `launch_server` sent, or None where there is none."""
    with os.fdopen(descriptor, encoding="utf-8") as pipe:
        return pipe.read() or None
