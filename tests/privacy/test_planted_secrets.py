"""Secrets planted everywhere, every main path walked, and everything that was written searched for them."""

import gzip
import io
import logging
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
import requests

from sprintlib.access.keys import load_keys
from sprintlib.cli import main
from sprintlib.observe import log
from sprintsim.fake_github import running
from tests.github import shop

pytestmark = [
    pytest.mark.slow,
    # commands that are run in this process leave their connections, which a process of their own would end
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PLANTED = {
    "GITHUB_TOKEN": "ghp_PlantedTokenOfGitHub0123456789abcdef",
    "SPRINT_WEBHOOK_SECRET": "PlantedWebhookSecret0123456789",
    "SPRINT_GITHUB_CLIENT_SECRET": "PlantedClientSecret0123456789",
    "SPRINT_SMTP_PASSWORD": "PlantedSmtpPassword0123456789",
    "OLLAMA_API_KEY": "PlantedModelKey0123456789",
    "PGPASSWORD": "PlantedLibpqPassword0123456789",
}
DATABASE = "PlantedDatabasePassword0123456789"
FILES = {"webhook-secret": "PlantedFileOfWebhooks0123456789", "client-secret": "PlantedFileOfClient0123456789"}
PATHS = (
    ("doctor",),
    ("sync",),
    ("analyze", "--json"),
    ("explain",),
    ("ask", "what is blocked?"),
    ("feedback",),
    ("report",),
    ("status", "--json"),
    ("token", "list"),
    ("webhooks", "status"),
    ("inbox", "list"),
    ("backup",),
    # and what fails
    ("sync", "--via", "nothing"),
    ("analyze", "--milestone", "none of ours"),
    ("ask", "what is blocked?", "--as-of", "someday"),
    ("report", "--milestone", "none of ours"),
    ("--debug", "analyze", "--milestone", "none of ours"),
    ("--debug", "sync"),
)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = log.LOGGER.handlers[:], log.LOGGER.level
    yield
    for handler in log.LOGGER.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.close()
    log.LOGGER.handlers[:] = before[0]
    log.LOGGER.setLevel(before[1])


def home_of(folder: Path, url: str, store: str = "") -> Path:
    """A home whose settings name files of secrets."""
    for name, value in FILES.items():
        (folder / name).write_text(value, encoding="utf-8")
    (folder / "sprint.toml").write_text(
        f'[project]\nname = "acme"\nrepositories = ["{shop.NAME}"]\n'
        f'[github]\napi_url = "{url}"\ndetails_days = 3650\nclone = false\nwait_for_reset_seconds = 0\n'
        '[webhooks]\nsecret_file = "webhook-secret"\n'
        '[auth]\nmode = "github"\nclient_id = "x"\nclient_secret_file = "client-secret"\n'
        f'public_url = "http://127.0.0.1"\ngithub_url = "{url}"\n{store}',
        encoding="utf-8",
    )
    return folder


def run(home: Path, *arguments: str) -> int:
    """The exit code of a command, run in this process."""
    try:
        main(["--home", str(home), *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def run_apart(home: Path, *arguments: str) -> int:
    """The same in a process of its own, whose end closes its connections to a server."""
    return subprocess.run([sys.executable, "-P", "-m", "sprintlib", "--home", str(home), *arguments]).returncode


@contextmanager
def watched() -> Iterator[dict[str, str]]:
    """Command lines of every process that is started meanwhile, and environments of those that run notebooks."""
    seen: dict[str, str] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            for child in psutil.Process().children(recursive=True):
                try:
                    line = " ".join(child.cmdline())
                    notebook = "ipykernel" in line or "sprintlib.reports" in line
                    seen[line] = repr(child.environ()) if notebook else seen.get(line, "")
                except psutil.Error:
                    continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder but those that hold secrets by their purpose; what is packed, unpacked too."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.name in (*FILES, "keys.json"):
            continue
        yield str(file.relative_to(folder)), file.read_bytes()
        if file.name.endswith(".tar.gz"):
            with tarfile.open(fileobj=io.BytesIO(gzip.decompress(file.read_bytes()))) as packed:
                for member in packed.getmembers():
                    inside = packed.extractfile(member)
                    yield f"{file.name}/{member.name}", inside.read() if inside else b""


def leaks(values: dict[str, str], texts: Iterator[tuple[str, bytes]]) -> list[str]:
    """Which secret stands where, plainly or as an address has it."""
    return [
        f"{name} in {place}"
        for place, text in texts
        for name, value in values.items()
        if value.encode() in text or quote(value, safe="").encode() in text
    ]


def wait_for_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    return line.partition("http")[2] and "http" + line.partition("http")[2].split("/webhooks")[0].split("/api/")[0]


def visit(home: Path, token: str) -> tuple[str, str]:
    """Ask a served project what goes well and what does not: command line, and what it wrote."""
    program = "import sys; from sprintlib.cli import main; main(['--home', sys.argv[1], 'serve', '--port', '0'])"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    answers = []
    try:
        url = wait_for_line(process)
        lines = " ".join(psutil.Process(process.pid).cmdline())
        api = f"{url}/api/v1"
        key = {"Authorization": f"Bearer {token}"}
        ask: tuple[Callable[[], requests.Response], ...] = (
            lambda: requests.get(f"{api}/analyses/latest", headers=key, timeout=30),
            lambda: requests.get(f"{api}/analyses/999999", headers=key, timeout=30),
            lambda: requests.get(f"{api}/metrics", headers=key, timeout=30),
            lambda: requests.get(f"{api}/audit", headers=key, timeout=30),
            lambda: requests.get(f"{api}/risks", headers={"Authorization": f"Bearer {token}x"}, timeout=30),
            lambda: requests.get(f"{api}/auth/me", cookies={"sprint_session": token}, timeout=30),
            lambda: requests.get(f"{api}/auth/sign-in", params={"to": "/"}, allow_redirects=False, timeout=30),
            lambda: requests.get(f"{api}/auth/callback", params={"code": "x", "state": "y"}, timeout=30),
            lambda: requests.post(f"{url}/webhooks/github", data=b"{", timeout=30),
            lambda: requests.post(f"{api}/jobs", json={"kind": "nothing"}, headers=key, timeout=30),
        )
        for one in ask:
            answer = one()
            answers.append(f"{answer.status_code} {dict(answer.headers)} {answer.text}")
        time.sleep(1)  # the worker has begun
        lines += " ".join(" ".join(one.cmdline()) for one in psutil.Process(process.pid).children(recursive=True))
    finally:
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    statuses = [int(answer[:3]) for answer in answers]
    assert statuses == [200, 404, 200, 200, 401, 401, 302, 401, 401, 422]
    return lines, "\n".join([*answers, out, errors])


def test_no_path_writes_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    with running([shop.dataset()]) as url:
        home = home_of(tmp_path, url)
        assert run(home, "sync") == 0
        capfd.readouterr()
        assert run(home, "token", "create", "ci", "--role", "admin") == 0
        token = capfd.readouterr().out.strip()
        assert token.startswith("sprint_")
        with watched() as seen:
            codes = {path: run(home, *path) for path in PATHS}
            served, said = visit(home, token)
    run(home, "--debug", "sync")  # GitHub does not answer any more
    said += "".join(capfd.readouterr())
    # status names a problem: there is no backup yet
    assert [path for path, code in codes.items() if code and path in PATHS[1:9]] == [("status", "--json")]
    assert any("ipykernel" in line for line in seen)
    assert list(home.glob("papermill_runs/*/*/report.ipynb"))
    assert list(home.glob("backups/*.tar.gz"))
    (key, *_) = load_keys(home / "data")
    secrets = {**PLANTED, **FILES, "API token": token, "session key": key.secret.hex()}
    told = {"what was printed or answered": said, "command lines": served + "\n".join(seen)}
    told["environments of notebooks"] = "\n".join(seen.values())
    texts = [*written(home), *((place, text.encode()) for place, text in told.items())]
    assert leaks(secrets, iter(texts)) == []
    assert leaks({"a check of the check": shop.NAME}, iter(texts))


def test_a_password_of_the_store_stays_in_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], postgresql: str
) -> None:
    """The server trusts everybody, so that the password is carried along and never refused."""
    address = postgresql.replace("sprint@", f"sprint:{DATABASE}@")
    with running([shop.dataset()]) as url, watched() as seen:
        home = home_of(tmp_path, url, f'[store]\nurl = "{address}"\n')
        codes = [run_apart(home, *path) for path in (("sync",), ("analyze",), ("report",), ("backup",), ("doctor",))]
        run_apart(home, "--debug", "analyze", "--milestone", "none of ours")
        monkeypatch.setenv("SPRINT_DATABASE_URL", f"postgresql+psycopg://sprint:{DATABASE}@127.0.0.1:1/sprint")
        failed = [run_apart(home, *path) for path in PATHS if path[0] not in ("webhooks", "--debug")]
        run_apart(home, "--debug", "analyze")
    assert codes[:4] == [0, 0, 0, 0], capfd.readouterr()
    assert all(failed)
    told = {"what was printed": "".join(capfd.readouterr()), "command lines": "\n".join(seen)}
    texts = [*written(home), *((place, text.encode()) for place, text in told.items())]
    found = leaks({"password": DATABASE}, iter(texts))
    assert found == ["password in sprint.toml"]
    assert os.environ["SPRINT_DATABASE_URL"]
