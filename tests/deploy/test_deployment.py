"""compose.yaml, Dockerfile and what they start, as far as that can be checked without an engine."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import compose_spec
import pytest
import yaml
from dockerfile_parse.parser import DockerfileParser

from sprintlib.cli.main import sprint
from sprintlib.errors import StoreError
from sprintlib.settings import parse
from sprintlib.store import open_store
from tests.conftest import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one.get("image") == "sprintlib"}
UNITS = {"m": 1, "g": 1024}


@pytest.fixture(scope="module")
def dockerfile() -> list[dict[str, Any]]:
    parsed = DockerfileParser(path=str(ROOT / "Dockerfile"), cache_content=True)
    steps: list[dict[str, Any]] = parsed.structure
    return [step for step in steps if step["instruction"] != "COMMENT"]


def parsed(arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """A command of `sprint` and its options, as click reads them; nothing is run."""
    with sprint.make_context("sprint", list(arguments)) as context:
        name, command, rest = sprint.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        if isinstance(command, click.Group):
            with command.make_context(name, list(rest), parent=context) as inner:
                sub, found, more = command.resolve_command(inner, [*inner._protected_args, *inner.args])
                assert found is not None
                return f"{name} {sub}", found.make_context(sub, list(more), parent=inner).params
        return str(name), command.make_context(name, list(rest), parent=context).params


def test_compose_is_of_the_specification() -> None:
    found = compose_spec.PyCompose.from_yaml(yaml.safe_dump(COMPOSE))  # with its anchors in place
    found.validate()
    assert sorted(found.service_names()) == ["caddy", "dashboards", "database", "ollama", "reports", "work"]
    with pytest.raises(Exception, match="memory_limit"):
        compose_spec.PyCompose.from_yaml("services: {one: {image: x, memory_limit: 1g}}")


def test_every_command_is_one_of_ours() -> None:
    told = {name: parsed(one["command"]) for name, one in OURS.items() if "command" in one}
    assert {name: command for name, (command, _) in told.items()} == {"work": "serve", "dashboards": "dashboards"}
    assert told["work"][1]["host"] == told["dashboards"][1]["ip"] == "0.0.0.0"
    assert told["dashboards"][1]["browser"] is False
    script = OURS["reports"]["entrypoint"][2]
    (called,) = [part.split() for part in script.split(";") if "sprint " in part]
    assert parsed(called[called.index("sprint") + 1 :])[0] == "run due"
    with pytest.raises(click.UsageError):
        parsed(["serve", "--adress", "0.0.0.0"])


def test_it_fits_a_machine_of_16_gb() -> None:
    limits = {name: int(one["mem_limit"][:-1]) * UNITS[one["mem_limit"][-1]] for name, one in SERVICES.items()}
    assert set(limits) == set(SERVICES)
    assert sum(limits.values()) < 13 * 1024  # MB: the system and its desktop need the rest


def test_only_caddy_is_reached_from_outside_and_no_secret_stands_here() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["caddy"]
    assert SERVICES["database"]["networks"] == ["back"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    for name, one in SERVICES.items():
        for variable, value in one.get("environment", {}).items():
            if any(word in variable for word in ("PASSWORD", "TOKEN", "SECRET")):
                assert value.startswith("${SPRINT_") or value == "${GITHUB_TOKEN:-}", (name, variable)
    assert "GITHUB_TOKEN" not in OURS["dashboards"]["environment"]  # its kernels have no use for it


def test_what_is_ours_runs_with_few_rights() -> None:
    for name, one in OURS.items():
        assert (one["user"], one["read_only"], one["cap_drop"]) == ("1000", True, ["ALL"]), name


def test_images_are_pinned() -> None:
    for one in SERVICES.values():
        assert one["image"] == "sprintlib" or one["image"].rpartition(":")[2][0].isdigit()


def test_the_settings_beside_it_are_accepted() -> None:
    added = tomllib.loads((ROOT / "deploy" / "sprint.toml").read_text())
    settings = parse({"home": "/project", "project": {"name": "acme", "repositories": ["acme/api"]}, **added})
    assert settings.auth.mode == "token"
    assert settings.api.proxies == (SERVICES["caddy"]["networks"]["front"]["ipv4_address"],)
    assert settings.llm.host == "http://ollama:11434"


def test_what_the_image_copies_is_there_and_not_left_out_of_its_context(dockerfile: list[dict[str, Any]]) -> None:
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [step["value"].split()[:-1] for step in dockerfile if step["instruction"] == "COPY"]
    sources = [source for words in copied for source in words if not any(word.startswith("--") for word in words)]
    assert len(sources) >= 10
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(source == place or source.startswith(f"{place}/") for place in sent), source


def test_the_image_holds_everything_that_the_wheel_is_made_of(dockerfile: list[dict[str, Any]]) -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = build["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], "pyproject.toml", *build["project"]["license-files"]}
    copied = {word for step in dockerfile if step["instruction"] == "COPY" for word in step["value"].split()[:-1]}
    assert needed <= copied


def test_the_image_runs_as_nobody_special_and_says_how_it_is(dockerfile: list[dict[str, Any]]) -> None:
    last = {step["instruction"]: step["value"] for step in dockerfile}
    assert last["USER"] == "1000"
    assert json.loads(last["ENTRYPOINT"]) == ["sprint"]
    assert parsed(json.loads(last["CMD"]))[0] == "serve"
    assert "/health" in last["HEALTHCHECK"]
    bases = {step["value"].split()[0] for step in dockerfile if step["instruction"] == "FROM"}
    assert bases == {"python:3.11.13-slim-bookworm"}


def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if program is None:
        program = str(Path(compose_spec.__file__).parents[4] / "bin" / "hadolint")
    done = subprocess.run([program, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_caddy_takes_its_file() -> None:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("Caddy is not installed here")
    command = [program, "validate", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "Caddyfile")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_an_address_of_the_database_with_its_password_is_understood() -> None:
    template: str = OURS["work"]["environment"]["SPRINT_DATABASE_URL"]
    before, _, after = template.partition("${")
    address = f"{before}0badc0de{after.partition('}')[2]}".replace("@database/", "@127.0.0.1:1/")
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://sprint:\*\*\*@127\.0\.0\.1:1/sprint cannot be opened"):
        open_store(address)


def test_who_is_asked_for_health() -> None:
    assert "healthcheck" not in OURS["work"]  # it is what the image asks
    assert OURS["reports"]["healthcheck"] == {"disable": True}
