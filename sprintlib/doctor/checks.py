"""What could stand in the way: token, budget, clock, disk, store, kernel, model, scheduler; a line each."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from sprintlib import backup, inbox, llm, schedule
from sprintlib.backup.files import OLD, folder_of
from sprintlib.clock import clock_of, local_time, zone_name
from sprintlib.doctor.access import check_access, check_keys
from sprintlib.doctor.check import Check
from sprintlib.doctor.sprints import check_sprints
from sprintlib.errors import LlmError, SettingsError, SprintError
from sprintlib.facts.board_names import known_board
from sprintlib.facts.names import former_names, repositories_meant
from sprintlib.figures import breaches, figures
from sprintlib.github import Client, RetryPolicy, connect, find_token
from sprintlib.github.set_aside import set_aside
from sprintlib.github.token import is_loopback
from sprintlib.history.completeness import short_of
from sprintlib.settings import FILE_NAME, ProjectSettings, Settings, load
from sprintlib.store import open_store, schema

_GIGABYTE = 1024**3
_DISK_NEEDED_GB = 1.0
_CLOCK_TOLERANCE_SECONDS = 300
_PATIENCE = RetryPolicy(timeout_seconds=10, attempts=2, first_wait_seconds=0.5)
_MACHINE = ("disk", "git", "kernel", "Ollama")
_EVERYTHING = (
    *("disk", "store", "collection", "sprints", "inbox", "access", "keys", "git", "kernel", "Ollama", "scheduler"),
    "backup",
    "figures",
)
_MOST_NAMED = 5
_MOST_WAITING = 500
_READS = {"issues": "Issues", "pulls": "Pull requests", "actions/runs": "Actions"}


def examine_home(home: Path) -> Iterator[Check]:
    """Every check of a home folder; where its settings cannot be read, that, and every check of the machine."""
    try:
        settings = load(home)
    except SettingsError as error:
        if (home / FILE_NAME).exists():
            yield Check("project", "fail", str(error))
        else:
            yield Check("project", "warn", f"none yet: there is no {FILE_NAME} in {home}", "run 'sprint init'")
        yield from _examine(_without_project(home), _MACHINE)
    else:
        yield from examine(settings)


def examine(settings: Settings) -> Iterator[Check]:
    """Every check in order. Never raises for what it finds; a check that cannot run says why."""
    yield from _examine(settings, _EVERYTHING)


def examine_here(settings: Settings) -> Iterator[Check]:
    """Every check that asks nobody but this machine; what GitHub says of token and budget is left to `examine`."""
    yield from _without_github(settings, _EVERYTHING)


def _examine(settings: Settings, names: Sequence[str]) -> Iterator[Check]:
    if settings.github_app.id is not None:
        yield from _guarded("GitHub App", lambda: _app(settings))
    yield from _guarded("GitHub", lambda: _github(settings))
    yield from _without_github(settings, names)


def _without_github(settings: Settings, names: Sequence[str]) -> Iterator[Check]:
    checks: dict[str, Callable[[Settings], Check]] = {
        "disk": _disk,
        "store": _store,
        "collection": _collection,
        "sprints": _sprints,
        "inbox": _inbox,
        "access": check_access,
        "keys": check_keys,
        "git": _git,
        "kernel": _kernel,
        "Ollama": _ollama,
        "scheduler": _scheduler,
        "backup": _backup,
        "figures": _figures,
    }
    for name in names:
        yield from _guarded(name, partial(_single, checks[name], settings))


def _without_project(home: Path) -> Settings:
    """The defaults, for a machine that has no project yet."""
    nothing = ProjectSettings.model_construct(name="", repositories=(), time_zone="UTC", cadence_days=14)
    return Settings.model_construct(home=home, project=nothing)


def _single(check: Callable[[Settings], Check], settings: Settings) -> Iterator[Check]:
    yield check(settings)


def _guarded(name: str, checks: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from checks()
    except (SprintError, OSError) as error:
        yield Check(name, "fail", str(error))


# ------------------------------------------------------------------ GitHub


def _github(settings: Settings) -> Iterator[Check]:
    found = find_token(settings)
    if found is None:
        yield Check("token", "warn", "no token: public repositories only, 60 requests an hour", "set GITHUB_TOKEN")
    else:
        yield Check("token", "ok", f"found in {found.origin}")
    client = connect(settings, found, _PATIENCE)
    yield _budget(client, settings.time_zone)
    yield _clock(client)
    for repository in settings.project.repositories:
        yield _repository(client, repository)


def _app(settings: Settings) -> Iterator[Check]:
    from sprintlib.doctor.github_app import check_app  # reading keys, which few need

    yield from check_app(settings)


def _budget(client: Client, zone: tzinfo) -> Check:
    try:
        core = client.get("/rate_limit").body["resources"]["core"]
        reset = datetime.fromtimestamp(core["reset"], zone)
        remaining, limit = int(core["remaining"]), int(core["limit"])
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return Check("rate budget", "info", "the server does not say how many requests are left")
    message = f"{remaining:,} of {limit:,} requests left until {reset:%H:%M} {zone_name(reset, zone)}"
    if remaining < 0.1 * limit:
        return Check(
            "rate budget",
            "warn",
            message,
            f"wait until {reset:%H:%M} {zone_name(reset, zone)}, or let sync resume by itself",
        )
    return Check("rate budget", "ok", message)


def _clock(client: Client) -> Check:
    skew = client.clock_skew
    if skew is None:
        return Check("clock", "info", "the server does not say what time it is")
    if abs(skew) > _CLOCK_TOLERANCE_SECONDS:
        side = "ahead" if skew > 0 else "behind"
        return Check("clock", "warn", f"{abs(skew) / 60:.0f} minutes {side} of GitHub", "set the clock of this machine")
    return Check("clock", "ok", f"within {max(abs(skew), 1):.0f} s of GitHub")


def _repository(client: Client, name: str) -> Check:
    try:
        client.get(f"/repos/{name}")
    except SprintError as error:
        return Check(name, "fail", str(error))
    hidden = []
    for path, permission in _READS.items():
        try:
            client.get(f"/repos/{name}/{path}", {"per_page": 1})
        except SprintError:
            hidden.append(permission)
    if hidden:
        return Check(name, "warn", f"cannot read {', '.join(hidden)}", "give the token read access to them")
    return Check(name, "ok", "issues, pull requests and actions can be read")


# ------------------------------------------------------------------ this machine


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free / _GIGABYTE
    if free < _DISK_NEEDED_GB:
        return Check("disk", "fail", f"{free:.1f} GB free in {folder}", f"free {_DISK_NEEDED_GB:.0f} GB")
    if not os.access(folder, os.W_OK):
        return Check("disk", "fail", f"{folder} cannot be written", "make it writable, or use another --home")
    return Check("disk", "ok", f"{free:.0f} GB free")


def _store(settings: Settings) -> Check:
    engine = open_store(settings.database_url, read_only=True)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                if verdict != "ok":
                    return Check("store", "fail", f"damaged: {verdict}", "move it away and run 'sprint sync'")
            last = connection.scalar(
                select(func.max(schema.sync_run.c.finished_at)).where(schema.sync_run.c.state == "ok")
            )
    except DatabaseError as error:
        return Check("store", "fail", f"cannot be read: {error.orig}", "move it away and run 'sprint sync'")
    finally:
        engine.dispose()
    if last is None:
        return Check("store", "warn", "nothing has been collected completely yet", "run 'sprint sync'")
    return Check("store", "ok", f"readable, last complete sync {local_time(last, settings.time_zone)}")


def _collection(settings: Settings) -> Check:
    """What the last sync had to leave out or could not finish, and which repositories have another name now."""
    engine = open_store(settings.database_url, read_only=True)
    try:
        with engine.connect() as connection:
            meant = list(repositories_meant(connection, settings.project.repositories))
            today = connection.scalars(select(schema.repository.c.full_name).where(schema.repository.c.id.in_(meant)))
            left_out = set_aside(connection, {*settings.project.repositories, *today})
            former = former_names(connection)
            short = [one.rstrip(".") for one in short_of(connection, meant)]
            board = _board_today(connection, settings)
    except DatabaseError as error:
        return Check("collection", "fail", f"cannot be read: {error.orig}", "move it away and run 'sprint sync'")
    finally:
        engine.dispose()
    renamed = [
        f"{name} is now {former[name.lower()]}" for name in settings.project.repositories if name.lower() in former
    ]
    renamed += [f"the GitHub Project {settings.sprints.project} is now {board}"] if board else []
    told = [*(one.sentence() for one in left_out), *short]
    if told:
        more = [f"and {len(told) - _MOST_NAMED:,} more"] if len(told) > _MOST_NAMED else []
        todo = "run 'sprint sync': it tries again, at growing intervals up to a day; everything else is collected"
        return Check("collection", "warn", "; ".join([*told[:_MOST_NAMED], *more, *renamed]), todo)
    if renamed:
        return Check("collection", "warn", "; ".join(renamed), "update sprint.toml; the facts are found until then")
    return Check("collection", "ok", "nothing is set aside")


def _board_today(connection: Connection, settings: Settings) -> str | None:
    """What the GitHub Project of the settings is called now, where that is another name."""
    name = settings.sprints.project if settings.sprints.source == "projects" else None
    known = known_board(connection, name) if name else None
    return known.names[0] if known and name and known.names[0] != name.lower() else None


def _sprints(settings: Settings) -> Check:
    now = clock_of(settings)()
    try:
        return check_sprints(settings, now.astimezone(settings.time_zone).date())
    except DatabaseError as error:
        return Check("sprints", "fail", f"cannot be read: {error.orig}", "move it away and run 'sprint sync'")


def _inbox(settings: Settings) -> Check:
    """What webhooks delivered, and what could not be worked on."""
    engine = open_store(settings.database_url, read_only=True)
    try:
        counted, owed = inbox.counts(engine), inbox.owed(engine)
    except DatabaseError as error:
        return Check("inbox", "fail", f"cannot be read: {error.orig}", "move it away and run 'sprint sync'")
    finally:
        engine.dispose()
    came = sum(count for state, count in counted.items() if state != "repeats")
    if not came:
        return Check("inbox", "info", "no webhook has delivered anything", "'sprint watch' needs none")
    waiting = counted["waiting"] + counted["taken"]
    told = f"{came:,} deliveries, {waiting:,} waiting, {counted['ignored']:,} ignored, {counted['aside']:,} set aside"
    told += f"; {owed:,} items to ask GitHub about" if owed else ""
    if counted["aside"]:
        return Check(
            "inbox", "warn", told, "'sprint inbox list --state aside' says why, 'sprint inbox retry' tries again"
        )
    if waiting > _MOST_WAITING:
        return Check("inbox", "warn", told, "is 'sprint serve' or 'sprint worker' running?")
    return Check("inbox", "ok", told)


def _git(settings: Settings) -> Check:
    if not settings.github.clone:
        return Check("git", "info", "changed files are not collected ([github] clone = false)")
    path = shutil.which("git")
    if path is None:
        return Check("git", "warn", "git was not found: changed files stay unknown", "install git")
    return Check("git", "ok", path)


def _kernel(settings: Settings) -> Check:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Check("kernel", "fail", "no Jupyter kernel: reports cannot run", "run 'make setup' again")
    interpreter = Path(spec.argv[0])
    if interpreter.is_absolute() and interpreter.parent != Path(sys.executable).parent:
        todo = f"remove the kernel in {spec.resource_dir}, or install sprintlib there too"
        return Check("kernel", "warn", f"python3 starts {interpreter}, not this environment", todo)
    return Check("kernel", "ok", f"Jupyter kernel python3 in {Path(sys.prefix).name}")


def _ollama(settings: Settings) -> Check:
    try:
        with llm.connect(settings.llm) as model:
            size = model.size_bytes / _GIGABYTE
            message = f"{model.name} ({size:.1f} GB, reads {model.context_length:,} tokens)"
            chosen = "named in sprint.toml" if settings.llm.model else "the largest installed one that fits"
            exposure = llm.exposure(settings.llm.host)
            return Check("Ollama", "warn" if exposure else "ok", f"{message}, {chosen}", exposure)
    except LlmError as error:
        fits = llm.suggest()
        todo = f"'ollama pull {fits.model}' would fit: {fits.reason}"
        silent = isinstance(error.__cause__, ConnectionError)
        if silent and shutil.which("ollama") is None and is_loopback(settings.llm.host):
            message = "not installed; everything but a model's prose is complete without it"
            return Check("Ollama", "info", message, f"install it from https://ollama.com if you want that; {todo}")
        return Check("Ollama", "info", f"no prose by a model: {error} Everything else is complete without it", todo)


def _scheduler(settings: Settings) -> Check:
    installed = schedule.status(settings)
    if installed is None:
        return Check("scheduler", "info", "no unattended reports", "run 'sprint schedule install' if you want them")
    return Check("scheduler", "ok", installed)


def _backup(settings: Settings) -> Check:
    last = backup.newest(folder_of(settings))
    if last is None:
        return Check("backup", "info", "none yet", "run 'sprint backup'; 'sprint run due' makes one a day")
    age = datetime.now(UTC) - last.made_at
    told = f"{local_time(last.made_at, settings.time_zone)}, {last.size / 1e6:.1f} MB"
    if age > OLD:
        return Check("backup", "warn", f"{told}: {age.days} days old", "run 'sprint backup'")
    return Check("backup", "ok", told)


def _figures(settings: Settings) -> Check:
    """What services and commands measured of themselves, against the targets."""
    engine = open_store(settings.database_url, read_only=True)
    try:
        found = figures(engine)
    except DatabaseError as error:
        return Check("figures", "fail", f"cannot be read: {error.orig}", "move it away and run 'sprint sync'")
    finally:
        engine.dispose()
    measured = [one for one in found if one.value is not None]
    if not measured:
        return Check("figures", "info", "nothing was measured in a day", "'sprint serve' and 'sprint watch' measure")
    if breached := breaches(found):
        told, todo = "; ".join(one.sentence() for one in breached), "; ".join(one.mends for one in breached)
        return Check("figures", "warn", told, todo)
    missed = [one.sentence() for one in measured if one.state == "missed"]
    if missed:
        return Check("figures", "info", f"short of an alert, beyond the target: {'; '.join(missed)}")
    return Check("figures", "ok", "; ".join(f"{one.told} {one.shown(one.value or 0)}" for one in measured))
