"""Spans and figures to a collector that the test is: what arrives, and what never does."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from sprintlib import inbox
from sprintlib.api import WebhookSecrets
from sprintlib.api.app import create_app
from sprintlib.cli.main import sprint
from sprintlib.errors import ReportError
from sprintlib.figures import Keeper
from sprintlib.observe import measures, tracing
from sprintlib.project import ProjectHandle
from sprintlib.reports import dated_report, write_report
from sprintlib.settings import load
from sprintlib.worker import Worker
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import NOW
from tests.live_github import LiveGitHub, signed
from tests.worker.test_worker import write_home

TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"


class Collector:
    """What was posted, by path."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.posted: list[tuple[str, bytes]] = []

    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for path, body in self.posted if path == "/v1/traces"]
        return [
            span for one in requests for of in one.resource_spans for scope in of.scope_spans for span in scope.spans
        ]

    def about(self, name: str) -> list[dict[str, str | int]]:
        """Attributes of the spans of a name."""
        return [
            {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
            for span in self.spans()
            if span.name == name
        ]

    def figures(self) -> dict[str, float]:
        requests = [ExportMetricsServiceRequest.FromString(body) for path, body in self.posted if path == "/v1/metrics"]
        metrics = [
            metric
            for one in requests
            for of in one.resource_metrics
            for scope in of.scope_metrics
            for metric in scope.metrics
        ]
        return {
            point.attributes[0].value.string_value: point.as_double
            for metric in metrics
            if metric.name == "sprint.figure"
            for point in metric.gauge.data_points
        }


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            packed = self.headers.get("content-encoding") == "gzip"
            found.posted.append((self.path, gzip.decompress(body) if packed else body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    found = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    tracing.end()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A project that has not been collected yet, and the GitHub it has."""
    with running([shop.dataset()]) as url:
        write_home(tmp_path, url)
        yield tmp_path


def configure(home: Path, url: str) -> None:
    with (home / "sprint.toml").open("a", encoding="utf-8") as file:
        file.write(f'[telemetry]\notlp_url = "{url}"\n')


def test_a_command_tells_of_its_sync_and_ends_when_all_is_sent(home: Path, collector: Collector) -> None:
    configure(home, collector.url)
    done = CliRunner().invoke(sprint, ["--home", str(home), "sync"], env={"GITHUB_TOKEN": TOKEN})
    assert done.exit_code == 0, done.output
    (about,) = collector.about("sync")
    assert about["sprint.repositories"] == 1
    assert int(about["sprint.requests"]) > 5
    (request, *_) = [ExportTraceServiceRequest.FromString(body) for _, body in collector.posted]
    resource = {one.key: one.value.string_value for one in request.resource_spans[0].resource.attributes}
    assert (resource["service.name"], resource["sprint.command"]) == ("sprint", "sync")


def test_requests_events_reports_and_figures_arrive_without_any_text(
    home: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    CliRunner().invoke(sprint, ["--home", str(home), "sync"])
    settings = load(home)
    project = ProjectHandle.open(settings)
    dataset = shop.dataset()
    measures.drain()
    tracing.begin(collector.url, "serve")
    with Keeper(project.engine, seconds=0.01):
        client = TestClient(create_app(project, WebhookSecrets(given=(TOKEN, ""))), base_url="http://127.0.0.1")
        assert client.get("/api/v1/milestones?planted=quarterly-numbers").status_code == 200
        assert client.get(f"/no/such/{TOKEN}").status_code == 404
        ((event, payload),) = LiveGitHub(dataset, NOW).act("close", 0)
        body = json.dumps(payload).encode()
        inbox.receive(project.engine, "guid-1", event, signed(event, body), body)
        Worker(project.engine, settings).settle()

        def fails(*_: object) -> None:
            raise ReportError(f"Cell 3 failed: {TOKEN} of Add a cart.")

        monkeypatch.setattr(dated_report, "_execute", fails)
        with pytest.raises(ReportError):
            write_report(settings, explain=False)
    tracing.end()
    routes = {(one["http.route"], one["http.response.status_code"]) for one in collector.about("request")}
    assert routes == {("/api/v1/milestones", 200), ("none", 404)}
    assert collector.about("event to analysis") == [{"sprint.event": "issues"}]
    failed = next(span for span in collector.spans() if span.name == "report")
    assert (failed.status.code, failed.status.message) == (Status.STATUS_CODE_ERROR, "")
    assert collector.about("report")[0] == {
        "sprint.kind": "sprint_analysis",
        "sprint.trigger": "hand",
        "error.type": "ReportError",
    }
    assert collector.figures().keys() >= {"api_latency", "store_query", "event_to_analysis", "cpu", "memory"}
    everything = b"".join(body for _, body in collector.posted)
    titles = {json.loads(item.issue)["title"].encode() for item in dataset.items.values()}
    assert len(titles) > 2
    for text in (TOKEN.encode(), b"quarterly", b"Cell 3", str(home).encode(), *titles):
        assert text not in everything
    project.engine.dispose()


@pytest.mark.parametrize(
    ("name", "value", "leaves"),
    [
        ("sprint.kind", "retrospective", True),
        ("http.route", "/api/v1/milestones/{key}", True),
        ("sprint.kind", "Add a cart", False),
        ("sprint.kind", TOKEN, False),
        ("title", "word", False),
        ("sprint.requests", 12, True),
    ],
)
def test_only_numbers_and_words_of_a_list_leave(name: str, value: str | int, leaves: bool) -> None:
    with tracing.span("sync", {name: value}) as told:
        assert told.noted == ({name: value} if leaves else {})


def test_a_collector_that_is_away_costs_one_warning_and_no_work(home: Path) -> None:
    configure(home, "http://127.0.0.1:9")
    command = [sys.executable, "-m", "sprintlib", "--home", str(home), "sync"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "acme/shop" in done.stdout
    assert done.stderr.count("http://127.0.0.1:9 takes no spans or figures now") == 1
    assert "Traceback" not in done.stderr


def test_without_the_packages_it_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(home, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "sprintlib.observe.otlp", None)
    done = CliRunner().invoke(sprint, ["--home", str(home), "sync"])
    assert str(done.exception) == (
        "telemetry.otlp_url: OpenTelemetry is not installed: pip install 'sprintlib[otel]', or leave it out."
    )


def test_nothing_of_it_is_imported_where_it_is_off() -> None:
    script = (
        "import sys, sprintlib.cli.main, sprintlib.worker, sprintlib.reports.dated_report, sprintlib.figures, "
        "sprintlib.services.collection, sprintlib.api.app; from sprintlib.observe import tracing\n"
        "with tracing.span('sync'): pass\n"
        "off = ('opentelemetry.sdk', 'opentelemetry.exporter')\n"
        "print(sorted(name for name in sys.modules if name.startswith(off)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
