"""How fast an hour of GH Archive is read: `python benchmarks/gharchive.py FILE... [--repo OWNER/NAME] [--repeats N]`.

On the same files in the same run, best of N: bare decompression; DuckDB with explicit columns, one thread, filtering by
repository; `scan_file`, which counts and checks every line and gives the wanted lines as a whole; two files side by
side on one and on two threads; and the store's writes, told apart. DuckDB is no dependency: `pip install duckdb`.
"""

import argparse
import gzip
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

# before polars is imported: scans are compared on one core
os.environ["POLARS_MAX_THREADS"] = "1"

import duckdb

from sprintlib import archive
from sprintlib.archive import Wanted, scan_file
from sprintlib.settings import ProjectSettings
from sprintlib.store import open_store

_COLUMNS = "{type: 'VARCHAR', repo: 'STRUCT(id BIGINT, name VARCHAR)', created_at: 'VARCHAR', payload: 'JSON'}"


def main(files: Sequence[Path], repository: str, repeats: int) -> None:
    """Print MB/s (unzipped) and events/s."""
    wanted = Wanted(frozenset(), frozenset({repository}), frozenset({repository}))
    size = sum(map(_unzipped, files))
    scans = [scan_file(path, wanted) for path in files]
    count, kept = sum(scan.events for scan in scans), sum(len(scan.lines) for scan in scans)
    found = sum(_duckdb(path, repository) for path in files)
    assert found == kept, f"DuckDB finds {found} lines, scan_file {kept}"
    print(f"{len(files)} files, {size / 1e6:.1f} MB unzipped, {count:,} events, {kept:,} wanted; best of {repeats}")
    show = partial(_show, size, count)
    show("bare decompression (zlib)", _best(repeats, lambda: [_unzipped(path) for path in files]))
    duck = _best(repeats, lambda: [_duckdb(path, repository) for path in files])
    show("DuckDB, explicit columns, filtered", duck)
    ours = _best(repeats, lambda: [scan_file(path, wanted) for path in files])
    show("scan_file, filtered and checked", ours)
    print(f"{'scan_file against DuckDB':<36}{duck / ours:8.2f} of its speed")
    _side_by_side(files, wanted, repeats)
    _stored(files, repository)


def _unzipped(path: Path) -> int:
    """Its size in bytes."""
    with gzip.open(path) as file:
        return len(file.read())


def _duckdb(path: Path, repository: str) -> int:
    """How many wanted lines, each with what facts are made from."""
    with duckdb.connect(config={"threads": 1}) as connection:
        lines = f"read_json('{path}', format='newline_delimited', columns={_COLUMNS}, maximum_object_size=67108864)"
        query = f"SELECT type, payload FROM {lines} WHERE lower(repo.name) = ?"
        return len(connection.execute(query, [repository]).fetchall())


def _side_by_side(files: Sequence[Path], wanted: Wanted, repeats: int) -> None:
    with TemporaryDirectory() as folder:
        copies = [Path(shutil.copy(files[0], Path(folder) / f"{place}.json.gz")) for place in range(4)]
        seconds = {}
        for threads in (1, 2):
            with ThreadPoolExecutor(threads) as pool:
                seconds[threads] = _best(repeats, lambda: list(pool.map(lambda path: scan_file(path, wanted), copies)))
    print(f"{'four files on two threads':<36}{seconds[1] / seconds[2]:8.2f} times as fast as on one")


def _stored(files: Sequence[Path], repository: str) -> None:
    with TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{folder}/sprint.db")
        project = ProjectSettings(name="benchmark", repositories=(repository,))
        sources: list[archive.Source] = [(path.name, partial(nullcontext, path)) for path in files]
        summary = archive.collect(engine, project, [repository], sources)
        print(f"{'reading and storing':<36}{summary.seconds * 1000:8.0f} ms, {summary.kept:,} events kept")


def _best(repeats: int, what: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(repeats):
        began = perf_counter()
        what()
        best = min(best, perf_counter() - began)
    return best


def _show(size: int, count: int, what: str, seconds: float) -> None:
    print(f"{what:<36}{seconds * 1000:8.0f} ms {size / seconds / 1e6:8.0f} MB/s {count / seconds:12,.0f} events/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--repo", default="square/okhttp")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    main(options.files, options.repo.lower(), options.repeats)
