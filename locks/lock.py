"""Resolve pyproject.toml into universal locks with hashes: one resolution for Python 3.11 and newer, Linux and macOS.

    run.txt        what every user installs
    dev.txt        the same, and what tests, checks and the documentation need
    knowledge.txt  embeddings and the vector index on top of either; torch's CPU build, without its CUDA packages
    postgres.txt   of these what a store on PostgreSQL takes, for the image (Dockerfile)
    llm.txt        a small language model for tests, in an environment of its own: llm.in

Run by `make lock`. Without --upgrade, what is pinned and still fits stays.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
_CUDA = re.compile(r"nvidia|cuda|triton")


def resolve(target: Path, *arguments: str) -> None:
    """Have uv write a lock: a block a package, its pin and the hash of every file of that version."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--no-annotate", "--generate-hashes", "--custom-compile-command", "make lock"]
    subprocess.run([*command, *arguments, "--output-file", str(target)], check=True, cwd=FOLDER.parent)


def blocks(lock: Path) -> dict[str, str]:
    """The pins of a lock with their hashes, by pin without its condition."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=[A-Za-z])", re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE)):
        pin = re.match(r"[^\s;\\]+", block)
        if pin:
            found[f"{pin.group()} {_condition(block)}"] = block.rstrip()
    return found


def _condition(block: str) -> str:
    return block.partition("\n")[0].partition(";")[2].rstrip("\\ ")


def write_knowledge(more: list[str]) -> None:
    """Only what the other locks do not hold already, and nothing of CUDA."""
    with tempfile.TemporaryDirectory() as name:
        everything, knowledge = Path(name) / "all.txt", FOLDER / "knowledge.txt"
        everything.write_text(knowledge.read_text() if knowledge.exists() else "")  # what is pinned stays if it fits
        resolve(everything, "--extra", "knowledge", "--constraint", "locks/dev.txt", *more, "pyproject.toml")
        held = {pin.partition(" ")[0] for lock in ("run", "dev") for pin in blocks(FOLDER / f"{lock}.txt")}
        added = [
            block
            for pin, block in blocks(everything).items()
            if pin.partition(" ")[0] not in held and not _CUDA.match(pin)
        ]
    knowledge.write_text("# Made by: make lock\n" + "\n".join(added) + "\n")


def write_postgres() -> None:
    """What is pinned for development, by itself."""
    held = [block for pin, block in blocks(FOLDER / "dev.txt").items() if pin.startswith("psycopg")]
    (FOLDER / "postgres.txt").write_text("# Made by: make lock\n" + "\n".join(held) + "\n")


if __name__ == "__main__":
    more = sys.argv[1:]  # --upgrade, or --upgrade-package NAME
    resolve(FOLDER / "run.txt", "--extra", "build", *more, "pyproject.toml")
    extras = [word for extra in ("build", "postgres", "dask", "dev", "docs") for word in ("--extra", extra)]
    resolve(FOLDER / "dev.txt", *extras, "--constraint", "locks/run.txt", *more, "pyproject.toml")
    write_postgres()
    write_knowledge(more)
    resolve(FOLDER / "llm.txt", "--no-deps", *more, "locks/llm.in")
