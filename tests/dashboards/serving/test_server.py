"""`sprint dashboards` over HTTP: what it refuses, what kernels may do, how it starts and stops."""

import json
import re
import shutil
import signal
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from click.testing import CliRunner
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from sprintlib import resources
from sprintlib.cli.main import main
from sprintlib.dashboards.serving.kernels import MAX_OPEN_PAGES
from tests.dashboards.project import SETTINGS, Served, dashboards, other_pages, write_notebook, write_project
from tests.planted import looking, planted_in

PROBE = "voila/render/probe.ipynb"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = write_project(tmp_path_factory.mktemp("home"))
    pages = other_pages(tmp_path_factory.mktemp("pages") / "dashboards")
    write_notebook(
        pages / "probe.ipynb",
        looking(home / "seen.json"),
        "from sprintlib import settings, store\n"
        "engine = store.open_store(settings.load().database_url, read_only=True)\n"
        "try:\n    engine.connect().exec_driver_sql('delete from event')\n"
        "except Exception as error:\n    print('REFUSED', type(error.orig).__name__, error.orig)",
    )
    write_notebook(pages / "broken.ipynb", "secret_name = 1 / 0")
    write_notebook(
        pages / "ours.ipynb",
        "from sprintlib.errors import AnalysisError\nraise AnalysisError('Nothing is known about <b>acme</b> yet.')",
    )
    reports = home / "papermill_runs" / "2026-03-20"
    for name in ("probe", "unwritten", "genuine"):
        write_notebook(reports / name / "report.ipynb", f"open({str(home / 'written')!r}, 'w')")
    shutil.copy(resources.folder("notebooks") / "sprint_analysis.ipynb", reports / "genuine" / "report.ipynb")
    (reports / "genuine" / "sprintlib.py").write_text(f"open({str(home / 'written')!r}, 'w')")
    (reports / "probe" / "report.html").write_text("<h1>frozen</h1><script>1</script>")
    (reports / "probe" / "log.txt").write_text("private")
    with dashboards(home, pages=pages) as running:
        yield running


def get(served: Served, path: str, **headers: str) -> httpx.Response:
    return httpx.get(served.url + path, headers=headers, timeout=60)


def test_the_root_and_every_folder_lead_to_the_overview(served: Served):
    for path in ("", "voila/tree", "voila/tree/reports"):
        response = get(served, path)
        assert response.status_code == 302
        assert response.headers["location"] == "/voila/render/overview.ipynb"


@pytest.mark.parametrize(
    "path", ["", "voila/render/overview.ipynb", "sprint/style.css", "sprint/reports/x/report.html"]
)
def test_a_foreign_host_is_refused(served: Served, path: str):
    assert get(served, path, Host="evil.example").status_code == 403


def test_pages_start_no_kernel_for_other_sites(served: Served):
    headers = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}
    response = get(served, PROBE, **headers)
    assert response.status_code == 403
    assert "kernelId" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "voila/api/contents/",
        "voila/files/overview.ipynb",
        "voila/files/reports/2026-03-20/probe/report.html",
        "api/kernels",
        "sprint/reports/2026-03-20/probe/log.txt",
        "sprint/reports/2026-03-20/probe/report.ipynb",
        "sprint/reports/..%2F..%2Fsprint.toml",
        "sprint/reports/..%2Fdashboards.log",
        "sprint/reports/2026-03-20/probe/report.html%00",
        "voila/render/..%2Fsprint.toml",
        "voila/render/nothing.ipynb",
    ],
)
def test_nothing_else_is_served(served: Served, path: str):
    assert get(served, path).status_code in (403, 404)


@pytest.mark.parametrize("path", ["voila/render/nothing.ipynb", "sprint/reports/x/report.html", "voila/render/x<b>"])
def test_a_page_that_is_not_there_leads_back(served: Served, path: str):
    page = get(served, path).text
    assert "There is no such page or report here; it may have been removed." in page
    assert '<a href="/">To the overview</a>' in page
    assert "http" not in page
    assert "<b>" not in page


ODD_PATHS = [
    f"voila/{place}/{odd}"
    for place in ("templates", "static", "labextensions", "api/themes", "files", "render")
    for odd in (
        "",
        "x",
        "..",
        "%00",
        "a/b",
        "a/b/c",
        "static",
        "lab/static",
        "lab/static/%00",
        "a" * 300,
        "%ff",
        "x%0a",
    )
]


def test_odd_paths_are_not_found(served: Served):
    with httpx.Client(base_url=served.url, timeout=60) as client:
        answers = {path: client.get(path).status_code for path in ODD_PATHS}
    assert {path: status for path, status in answers.items() if status not in (302, 400, 403, 404)} == {}
    assert "write_error" not in served.log


def test_a_dated_notebook_with_code_of_its_own_is_shown_as_it_was_written(served: Served):
    response = get(served, "voila/render/reports/2026-03-20/probe/report.ipynb")
    assert response.status_code == 302
    assert response.headers["location"] == "/sprint/reports/2026-03-20/probe/report.html"
    unwritten = get(served, "voila/render/reports/2026-03-20/unwritten/report.ipynb")
    assert unwritten.status_code == 403
    assert "holds code that did not come with sprintlib" in unwritten.text
    assert not (served.home / "written").exists()


@pytest.mark.parametrize("way", ["x/../reports", "reports/../reports", "./reports", "/reports", "%2e/reports"])
def test_no_other_way_leads_to_a_dated_notebook(served: Served, way: str):
    with socket.create_connection(("127.0.0.1", int(served.url.rsplit(":", 1)[1].strip("/"))), timeout=60) as plain:
        target = f"/voila/render/{way}/2026-03-20/unwritten/report.ipynb"
        plain.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert re.match(rb"HTTP/1.1 40[34] ", plain.recv(64))
    assert not (served.home / "written").exists()


@pytest.mark.slow
def test_a_dated_notebook_of_ours_runs_and_imports_nothing_from_beside_it(served: Served):
    shown = get(served, "voila/render/reports/2026-03-20/genuine/report.ipynb").text
    assert "Sprint 2" in shown
    assert "This cell is not part of the report" not in shown
    assert not (served.home / "written").exists()


def test_every_answer_carries_the_policy(served: Served):
    for path in ("", "sprint/style.css", PROBE):
        response = get(served, path)
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"


def test_a_frozen_report_is_served_in_a_sandbox(served: Served):
    response = get(served, "sprint/reports/2026-03-20/probe/report.html")
    assert response.text == "<h1>frozen</h1><script>1</script>"
    assert response.headers["content-security-policy"].startswith("sandbox allow-scripts")


def test_style_and_charting_script_come_from_this_server(served: Served):
    assert ".sprint" in get(served, "sprint/style.css").text
    script = get(served, "sprint/vega.js")
    assert "vegaEmbed" in script.text
    assert not script.text.startswith("<")
    assert script.headers["content-type"].startswith("text/javascript")


def test_a_kernel_sees_no_secret_and_cannot_write(served: Served):
    shown = get(served, PROBE).text
    seen = json.loads((served.home / "seen.json").read_text())
    assert seen["own"]["SPRINT_HOME"] == str(served.home)
    assert "PATH" in seen["parent"]
    assert "dashboards" in seen["arguments"]
    assert planted_in(seen["own"], seen["parent"], seen["arguments"]) == []
    assert "REFUSED OperationalError attempt to write a readonly database" in shown


def test_a_kernel_refuses_to_execute(served: Served, tmp_path: Path):
    kernel = re.search(r'"kernelId": "([\w-]+)"', get(served, PROBE).text)
    assert kernel
    address = served.url.replace("http", "ws") + f"api/kernels/{kernel.group(1)}/channels"
    written = tmp_path / "written"
    with connect(address) as socket_:
        socket_.send(message("execute_request", {"code": f"open({str(written)!r}, 'w')", "silent": False}))
        socket_.send(message("kernel_info_request", {}))
        answers = []
        while "kernel_info_reply" not in answers:
            answers.append(json.loads(socket_.recv(timeout=30))["msg_type"])
    assert not written.exists()
    assert "execute_reply" not in answers
    with pytest.raises(InvalidStatus), connect(address, additional_headers={"Origin": "http://evil.example"}):
        pass


def kernel_socket(served: Served, kernel: str, **options: Any) -> ClientConnection:
    return connect(served.url.replace("http", "ws") + f"api/kernels/{kernel}/channels", **options)


def listen(socket_: ClientConnection) -> None:
    while True:
        socket_.recv(timeout=30)


def test_a_message_that_claims_to_be_long_costs_nothing(served: Served):
    kernel = re.search(r'"kernelId": "([\w-]+)"', get(served, PROBE).text)
    assert kernel
    server = psutil.Process(served.process.pid)
    before = server.memory_info().rss
    bombs: list[tuple[bytes | str, list[Subprotocol] | None]] = [
        ((0x800000).to_bytes(4, "big") + bytes(12), None),
        ((0x800000).to_bytes(8, "little") + bytes(8), [Subprotocol("v1.kernel.websocket.jupyter.org")]),
        ("[" * 100_000, None),
        ("a" * 2_000_000, None),
    ]
    for bomb, protocols in bombs:
        with kernel_socket(served, kernel.group(1), subprotocols=protocols) as socket_:
            socket_.send(bomb)
            with pytest.raises(ConnectionClosed):
                listen(socket_)
    assert server.memory_info().rss - before < 30_000_000
    assert "Traceback" not in served.log.rpartition("ZeroDivisionError")[2]
    with kernel_socket(served, kernel.group(1)) as socket_:
        socket_.send(message("kernel_info_request", {}))
        assert json.loads(socket_.recv(timeout=30))["header"]["session"]


def message(kind: str, content: dict[str, object]) -> str:
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "session": "s",
        "username": "u",
        "version": "5.3",
        "date": "",
    }
    return json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})


def test_an_unexpected_error_shows_no_details_but_the_log_has_them(served: Served):
    shown = get(served, "voila/render/broken.ipynb").text
    assert "This page could not be worked out" in shown
    assert "ZeroDivisionError" not in shown
    assert "secret_name" not in shown
    assert "ZeroDivisionError" in served.log


def test_one_of_our_errors_is_shown_as_its_sentence(served: Served):
    shown = get(served, "voila/render/ours.ipynb").text
    assert "Nothing is known about &lt;b&gt;acme&lt;/b&gt; yet." in shown
    assert "Traceback" not in shown


def test_a_store_that_vanishes_is_told_and_the_server_stops_cleanly(tmp_path: Path):
    with dashboards(write_project(tmp_path)) as running:
        (tmp_path / "data" / "sprint.db").unlink()
        shown = get(running, "voila/render/overview.ipynb").text
        assert "There is no store at" in shown
        assert "sprint sync" in shown
        family = psutil.Process(running.process.pid).children(recursive=True)
        assert family
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        assert "Traceback" not in running.log


BEATING = """
import threading, time
import ipywidgets
beat = ipywidgets.HTML()
def run():
    for number in range(100_000):
        beat.value = str(number)
        time.sleep(0.2)
threading.Thread(target=run, daemon=True).start()
beat
"""


@pytest.fixture(scope="module")
def beating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Pages that show life five times a second; kernels without a browser end after four seconds."""
    home = write_project(tmp_path_factory.mktemp("home"))
    pages = other_pages(
        tmp_path_factory.mktemp("pages") / "dashboards",
        MappingKernelManager={"cull_interval": 1, "cull_idle_timeout": 4},
        VoilaKernelManager={"kernel_pools_config": {"default": {"pool_size": 0}}},
    )
    write_notebook(pages / "beating.ipynb", BEATING)
    with dashboards(home, pages=pages) as running:
        yield running


def kernel_processes(served: Served) -> int:
    found = 0
    for child in psutil.Process(served.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # a zombie, or gone while we look
            found += "ipykernel" in " ".join(child.cmdline())
    return found


def until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.2)
    pytest.fail("it did not happen within two minutes")


@pytest.mark.slow
def test_a_visitor_who_never_says_goodbye_leaves_no_kernel(beating: Served):
    shown = get(beating, "voila/render/beating.ipynb")
    kernel = re.search(r'"kernelId": "([\w-]+)"', shown.text)
    assert kernel
    with kernel_socket(beating, kernel.group(1)) as socket_:
        left = time.monotonic() + 8
        while time.monotonic() < left:
            assert socket_.recv(timeout=30)  # looked at for longer than kernels live without
    until(lambda: kernel_processes(beating) == 0)


@pytest.mark.slow
def test_twenty_four_visits_without_goodbye_and_the_page_opens(beating: Served):
    for _ in range(24):
        until(lambda: get(beating, "voila/render/beating.ipynb").status_code == 200)
    until(lambda: get(beating, "voila/render/beating.ipynb").status_code == 200)
    until(lambda: kernel_processes(beating) == 0)


@pytest.mark.slow
def test_forty_loads_at_once_stay_under_the_cap(beating: Served):
    seen = []
    with ThreadPoolExecutor(41) as pool:
        loads = [pool.submit(get, beating, "voila/render/beating.ipynb") for _ in range(40)]
        while not all(load.done() for load in loads):
            seen.append(kernel_processes(beating))
            time.sleep(0.2)
    answers = [load.result() for load in loads]
    assert max(seen) <= MAX_OPEN_PAGES
    assert {answer.status_code for answer in answers} == {200, 503}
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.headers["retry-after"] for answer in refused} == {"150"}
    assert all("Too many open pages: 12 are open already." in answer.text for answer in refused)


def test_a_token_is_asked_for_where_one_is_set(tmp_path: Path):
    with dashboards(write_project(tmp_path), "--token", "open-sesame") as running:
        assert get(running, "voila/render/reports.ipynb").headers["location"].startswith("/login")
        assert get(running, "sprint/style.css").status_code == 302
        assert get(running, "?token=open-sesame").headers["location"] == "/voila/render/overview.ipynb"


@pytest.mark.parametrize(
    ("options", "variables"),
    [(("--token", "open-sesame"), {}), ((), {"SPRINT_DASHBOARDS_TOKEN": "open-sesame"})],
)
def test_the_visitors_token_is_in_neither_arguments_nor_environment(
    tmp_path: Path, options: tuple[str, ...], variables: dict[str, str]
):
    """Of the server, where a kernel would find it, and every user of the machine the arguments."""
    with dashboards(write_project(tmp_path), *options, **variables) as running:
        server = psutil.Process(running.process.pid)
        assert "open-sesame" not in repr((server.cmdline(), server.environ()))
        assert get(running, "sprint/style.css").status_code == 302
        assert get(running, "?token=open-sesame").headers["location"] == "/voila/render/overview.ipynb"


def test_a_browser_is_opened_on_the_user_s_screen(tmp_path: Path):
    """Which kernels are not told of."""
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$DISPLAY $1" > {opened}\n')
    browser.chmod(0o700)
    with dashboards(write_project(tmp_path), "--browser", BROWSER=str(browser), DISPLAY=":7") as running:
        get(running, "sprint/style.css")  # answered after the browser was opened: both are in the server's one loop
        assert opened.read_text() == f":7 {running.url}\n"


def test_another_address_needs_a_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_project(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(tmp_path), "dashboards", "--ip", "0.0.0.0", "--no-browser"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        "sprint: Dashboards on 0.0.0.0 could be read by everybody on that network: add --token TOKEN, "
        "or leave out --ip to serve this machine only.\n"
    )


def test_a_port_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_project(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit) as stopped:
            main(["--home", str(tmp_path), "dashboards", "--port", port, "--no-browser"])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"sprint: Port {port} on 127.0.0.1 cannot be used (Address already in use)")
    assert said.count("\n") == 1


@pytest.mark.parametrize("address", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str):
    write_project(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(tmp_path), "dashboards", "--ip", address, "--token", "x", "--no-browser"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith(f"sprint: {address} is no address of this machine: leave out --ip")


def test_no_store_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "sprint.toml").write_text(SETTINGS)
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(tmp_path), "dashboards", "--no-browser"])
    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        f"sprint: There is no store at {tmp_path / 'data' / 'sprint.db'} yet: run 'sprint sync' first.\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "sprint.toml"]


def test_help_is_quick_and_names_the_options():
    from sprintlib.cli.dashboards import command

    said = CliRunner().invoke(command, ["--help"]).output
    for option in ("--port", "--ip", "--token", "--browser"):
        assert option in said
