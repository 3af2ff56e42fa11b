"""Dashboards, API, webhooks and tools on one name with TLS, behind nginx and Caddy as we configure them."""

import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_connection, create_server
from typing import Any, NamedTuple

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sprintlib.access import Role, create_token
from sprintlib.access.sessions import COOKIE, begin_session
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.settings import load
from sprintlib.store import open_store
from tests.conftest import ROOT
from tests.dashboards.project import dashboards, write_project
from tests.live_github import SECRET, signed
from tests.world import at

pytestmark = pytest.mark.slow

NAME = "sprint.example.com"
_UNPACKED = ROOT / ".venv" / "nginx" / "usr" / "sbin" / "nginx"  # by tests/nginx.sh
SETTINGS = f"""
[auth]
mode = "github"
members = ["ada"]
client_id = "sprint"
public_url = "https://{NAME}"
[api]
hosts = ["{NAME}"]
proxies = ["127.0.0.1"]
"""
_SERVE = "import sys; from sprintlib.cli import main; main(sys.argv[1:])"


class Site(NamedTuple):
    """A client of the site, its port, and what signs in a program and a person."""

    client: httpx.Client
    port: int
    program: dict[str, str]
    person: dict[str, str]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    public, private = folder / "sprint.pem", folder / "sprint.key"
    public.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return public, private


def documented(proxy: str, changes: dict[str, str]) -> str:
    """What docs/security.md says for a proxy, with ports and a certificate of this test."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    found = re.search(rf"^{proxy}:\n\n```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert found
    return changed(found[1], changes)


def changed(server: str, changes: dict[str, str]) -> str:
    for said, ours in changes.items():
        assert said in server
        server = server.replace(said, ours)
    return server


def caddy(program: str, folder: Path, port: int, api: int, pages: int) -> list[str]:
    """A command that runs Caddy as docs/security.md has it."""
    places = {"127.0.0.1:8484": f"127.0.0.1:{api}", "127.0.0.1:8866": f"127.0.0.1:{pages}"}
    return _caddy(program, folder, documented("Caddy", {f"{NAME} {{": _listening(folder, port), **places}))


def compose(program: str, folder: Path, port: int, api: int, pages: int) -> list[str]:
    """The same with the file that compose.yaml starts it with."""
    places = {
        "{$SPRINT_SERVE:work:8484}": f"127.0.0.1:{api}",
        "{$SPRINT_DASHBOARDS:dashboards:8866}": f"127.0.0.1:{pages}",
    }
    file = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    return _caddy(program, folder, changed(file, {"{$SPRINT_HOST:localhost} {": _listening(folder, port), **places}))


def _listening(folder: Path, port: int) -> str:
    public, private = certificate(folder)
    return f"{NAME}:{port} {{\n    bind 127.0.0.1\n    tls {public} {private}"


def _caddy(program: str, folder: Path, sites: str) -> list[str]:
    """It asks nobody for a certificate, and keeps its files to itself."""
    own = f"admin off\nauto_https off\ngrace_period 1s\ndefault_sni {NAME}\nstorage file_system {folder}\n"
    file = folder / "Caddyfile"
    file.write_text(f"{{\n{own}}}\n{sites}", encoding="utf-8")
    return [program, "run", "--adapter", "caddyfile", "--config", str(file)]


def nginx(program: str, folder: Path, port: int, api: int, pages: int) -> list[str]:
    """A command that runs nginx with files of its own."""
    public, private = certificate(folder)
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/sprint.pem": str(public),
        "/etc/ssl/sprint.key": str(private),
        "127.0.0.1:8484": f"127.0.0.1:{api}",
        "127.0.0.1:8866": f"127.0.0.1:{pages}",
    }
    server = documented("nginx", changes)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{own}{server}\n}}\n",
        encoding="utf-8",
    )
    return [program, "-p", str(folder), "-c", str(file)]


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module", params=["nginx", "caddy", "compose"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    program = shutil.which("nginx" if request.param == "nginx" else "caddy")
    if request.param == "nginx" and program is None and _UNPACKED.is_file():
        program = str(_UNPACKED)
    if program is None:
        pytest.skip(f"{request.param} is not installed here")
    home, folder = write_project(tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("proxy")
    with (home / "sprint.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    settings = load(home)
    engine = open_store(settings.database_url)
    analyze(ProjectHandle(settings, engine, lambda: at("03-20 12:00")), store=True)
    token, _ = create_token(engine, "ci", Role.viewer, timedelta(days=1))
    session = begin_session(engine, settings.data_dir, settings.auth, "ada")
    engine.dispose()
    port, api = free_port(), free_port()
    proxied = {"nginx": nginx, "caddy": caddy, "compose": compose}[request.param]
    command = [sys.executable, "-c", _SERVE, "--home", str(home), "serve", "--no-worker", "--port", str(api)]
    with (
        dashboards(home) as pages,
        ended(
            subprocess.Popen(
                command,
                env={**os.environ, "SPRINT_WEBHOOK_SECRET": SECRET, "SPRINT_GITHUB_CLIENT_SECRET": "x"},
                stdout=subprocess.PIPE,
                text=True,
            )
        ) as serving,
        ended(subprocess.Popen(proxied(program, folder, port, api, port_of(pages.url)))),
    ):
        assert serving.stdout is not None
        assert serving.stdout.readline()
        wait_for(port)
        with httpx.Client(
            base_url=f"https://127.0.0.1:{port}", verify=False, headers={"Host": NAME}, timeout=120
        ) as client:
            yield Site(client, port, {"Authorization": f"Bearer {token}"}, {"Cookie": f"{COOKIE}={session}"})


@contextmanager
def ended(process: "subprocess.Popen[Any]") -> Iterator["subprocess.Popen[Any]"]:
    """A process that is ended as Ctrl-C ends it."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        if process.stdout:
            process.stdout.close()


def wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)


def test_the_api_knows_that_it_is_reached_by_https(site: Site) -> None:
    assert site.client.get("/api/v1/risks").status_code == 401
    answer = site.client.get("/api/v1/risks", headers=site.program)
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert site.client.get("/openapi.json").json()["info"]["title"] == "sprintlib"
    other = site.client.get("/api/v1/risks", headers=site.program | {"Host": "evil.example"})
    assert other.status_code == 400 or other.content == b""  # Caddy itself says nothing to a name of no site


def test_a_session_counts_for_api_and_pages(site: Site) -> None:
    assert site.client.get("/api/v1/auth/me", headers=site.person).json()["name"] == "ada"
    assert site.client.get("/sprint/style.css", headers=site.person).status_code == 200
    away = site.client.get("/sprint/style.css")
    assert (away.status_code, away.headers["location"][:7]) == (302, "/login?")


def test_events_arrive_at_once(site: Site) -> None:
    headers = site.program | {"Last-Event-ID": "0"}
    with site.client.stream("GET", "/api/v1/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(answer.iter_lines())


def test_webhooks_and_tools(site: Site) -> None:
    body = b'{"zen": "Keep it logically awesome."}'
    assert site.client.post("/webhooks/github", content=body, headers=signed("ping", body)).status_code == 202
    assert site.client.post("/webhooks/github", content=body).status_code == 401
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accepts = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    answer = site.client.post("/mcp", json=message, headers=site.program | accepts)
    assert len(answer.json()["result"]["tools"]) == 6


def test_a_page_talks_to_its_kernel(site: Site) -> None:
    page = site.client.get("/voila/render/overview.ipynb", headers=site.person)
    kernel = re.search(r'"kernelId": "([\w-]+)"', page.text)
    assert kernel
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE

    def talk(origin: str, **headers: str) -> Any:
        return connect(  # type: ignore[call-overload]
            f"wss://{NAME}/api/kernels/{kernel[1]}/channels",
            sock=create_connection(("127.0.0.1", site.port)),
            ssl=unchecked,
            origin=origin,
            additional_headers=headers,
        )

    with talk(f"https://{NAME}", **site.person) as socket:
        assert socket.response
        assert socket.response.status_code == 101
    for origin, headers in ((f"https://{NAME}", {}), ("https://evil.example", site.person)):
        with pytest.raises(InvalidStatus), talk(origin, **headers):
            pass


def test_signing_in_stays_on_the_name_and_its_cookies_on_https(site: Site) -> None:
    away = site.client.get("/api/v1/auth/sign-in")
    assert away.status_code == 302
    sent = httpx.URL(away.headers["location"])
    assert (sent.host, sent.params["redirect_uri"]) == ("github.com", f"https://{NAME}/api/v1/auth/callback")
    assert {"secure", "httponly", "samesite=lax"} <= set(away.headers["set-cookie"].lower().split("; "))


def test_nobody_chooses_their_address(site: Site) -> None:
    """Guesses count by who really asks, whatever address is claimed. The last test: it locks this machine out."""
    statuses = [
        site.client.get(
            "/api/v1/risks",
            headers={"Authorization": "Bearer sprint_x", "X-Forwarded-For": f"203.0.113.{place}"},
        ).status_code
        for place in range(12)
    ]
    assert statuses[:9] == [401] * 9
    assert statuses[-1] == 429
