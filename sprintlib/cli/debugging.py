"""What `sprint --debug` says first, and where it keeps the whole log: what a report of a bug needs, and no secret."""

import json
import platform
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sprintlib import permissions, settings
from sprintlib.errors import SprintError
from sprintlib.observe import log

LOG_FILE = "debug.log"
_PRIVATE = re.compile("secret|token|password|key|url|host|webhook|mail", re.IGNORECASE)  # names of settings
_PACKAGES = ("sprintlib", "polars", "sqlalchemy", "numpy", "scipy", "langgraph", "jupyterlab", "voila", "onnxruntime")


def begin(home: Path | None, arguments: Sequence[str]) -> None:
    """Log to stderr and to `data/debug.log` of the home, which is begun anew; then say what runs where."""
    log.configure(verbose=True)
    lines = [*_program(arguments), *_home(home)]
    try:
        lines.append(f"log file   {_log_to_file(settings.load(home).data_dir)}")
    except (SprintError, OSError) as error:
        lines.append(f"log file   none: {error}")
    for line in lines:
        log.LOGGER.debug(line)


def end(error: BaseException) -> None:
    """Log an error with its traceback."""
    log.LOGGER.debug("".join(traceback.format_exception(error)).rstrip())


def _program(arguments: Sequence[str]) -> Iterator[str]:
    yield f"command    sprint {' '.join(arguments)}"
    yield f"python     {platform.python_version()} at {sys.executable}, {platform.platform()}"
    yield f"packages   {', '.join(f'{name} {_version(name)}' for name in _PACKAGES)}"


def _home(home: Path | None) -> Iterator[str]:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    yield f"home       {settings.find_home(home)}"
    try:
        found = settings.load(home)
    except SprintError as error:
        yield f"settings   {error}"
        return
    given = found.model_dump(mode="json", exclude_defaults=True, exclude={"home", "store"})
    yield f"settings   {json.dumps(_without_secrets(given), ensure_ascii=False)}"
    try:
        yield f"store      {make_url(found.database_url).render_as_string(hide_password=True)}"
    except ArgumentError:
        yield "store      the URL cannot be read"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "..." if _PRIVATE.search(key) else _without_secrets(one) for key, one in value.items()}
    return value


def _log_to_file(data: Path) -> Path:
    """Only the user can read it: titles and texts of private repositories are in it."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / LOG_FILE
    permissions.close(path)
    with permissions.private_files():
        log.keep_words(path)
    return path


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"
