"""The command, as a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from sprintlib.cli.github_server import command
from sprintsim.fake_github import KINDS, running
from tests.sprintsim.fake_github.test_loading import write_folder

SPRINT = (sys.executable, "-m", "sprintlib", "github-server")


def test_it_serves_until_it_is_interrupted(tmp_path: Path):
    arguments = ["--dataset", str(write_folder(tmp_path)), "--port", "0", "--fault", "502:every=2"]
    with subprocess.Popen([*SPRINT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            lines = [server.stdout.readline(), server.stdout.readline()]
            url = lines[1].removeprefix("Serving at ").removesuffix(" until Ctrl-C.\n")
            statuses = [requests.get(f"{url}/repos/acme/shop", timeout=20).status_code for _ in range(4)]
            server.send_signal(signal.SIGINT)
            code = server.wait(20)
        finally:
            server.kill()
        assert server.stderr.read() == ""
    assert lines[0] == "acme/shop: 5 issues, 2 pull requests\n"
    assert url.startswith("http://127.0.0.1:")
    assert (statuses, code) == ([200, 502, 200, 502], 0)


def test_help_lists_every_fault():
    shown = CliRunner().invoke(command, ["--help"]).output
    assert all(f"  {kind} " in shown for kind in KINDS)
    assert "after=N" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--dataset", "nowhere"], 1, "sprint: There is no dataset at nowhere: name a folder or a .tar.xz backup.\n"),
        (["--dataset", "nowhere", "--fault", "418"], 2, "sprint: There is no fault '418': choose one of 401, "),
    ],
)
def test_wrong_usage_gives_one_sentence(tmp_path: Path, arguments: list[str], code: int, sentence: str):
    ended = subprocess.run([*SPRINT, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert ended.stderr.startswith(sentence)
    assert ended.stderr.count("\n") == 1


def test_a_port_in_use_gives_one_sentence(tmp_path: Path):
    folder = write_folder(tmp_path)
    with running([folder]) as url:
        port = url.rpartition(":")[2]
        ended = subprocess.run(
            [*SPRINT, "--dataset", str(folder), "--port", port], capture_output=True, text=True, check=False
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"sprint: Port {port} cannot be used (Address already in use): choose another")
