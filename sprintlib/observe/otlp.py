"""Spans and figures to a collector, as OTLP over HTTP; imported only where that is configured, for the extra `otel`."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from sprintlib.observe.log import LOGGER
from sprintlib.observe.tracing import Gauge, Span

_TIMEOUT_SECONDS = 4.0
_EVERY_MILLISECONDS = 60_000.0
_LIBRARY = logging.getLogger("opentelemetry")


class Exporter:
    """Sends in the background. What the collector does not take is lost, with one warning: it never stops the work."""

    def __init__(self, url: str, command: str) -> None:
        _LIBRARY.handlers[:], _LIBRARY.propagate = [_SaidOnce(url)], False
        about = {"service.name": "sprint", "service.version": version("sprintlib"), "sprint.command": command}
        # nothing else of this machine or process: no arguments, no paths, no user
        resource = Resource({**about, "service.instance.id": str(os.getpid())})
        base = url.rstrip("/")
        self._tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._tracers.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=_TIMEOUT_SECONDS))
        )
        self._tracer = self._tracers.get_tracer("sprintlib")
        self._metrics = OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=_TIMEOUT_SECONDS)
        self._resource = resource
        self._meters: MeterProvider | None = None

    @contextmanager
    def span(self, name: str, told: Span) -> Iterator[None]:
        """Work that goes on; an error is told by its kind alone, as its sentence may hold names."""
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            try:
                yield
            except BaseException as error:
                told.note({"error.type": type(error).__name__})
                span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                span.set_attributes(told.noted)

    def record(self, name: str, began: datetime, ended: datetime, told: Span) -> None:
        """Work that is over."""
        span = self._tracer.start_span(name, start_time=_nanoseconds(began), attributes=told.noted)
        span.end(_nanoseconds(ended))

    def watch(self, name: str, told: str, gauge: Gauge) -> None:
        """Values that are asked for once a minute, and at the end."""

        def observe(_: CallbackOptions) -> Iterator[Observation]:
            for which, value in gauge():
                yield Observation(value, {"figure": which})

        if self._meters is None:
            reader = PeriodicExportingMetricReader(self._metrics, _EVERY_MILLISECONDS)
            self._meters = MeterProvider([reader], self._resource, shutdown_on_exit=False)
        self._meters.get_meter("sprintlib").create_observable_gauge(name, [observe], description=told)

    def end(self) -> None:
        """Send what is left."""
        if self._meters is not None:
            self._meters.shutdown(timeout_millis=_TIMEOUT_SECONDS * 1000)
        self._tracers.shutdown()


class _SaidOnce(logging.Handler):
    """What OpenTelemetry complains of becomes one sentence of ours, and only the first time."""

    def __init__(self, url: str) -> None:
        super().__init__(logging.WARNING)
        self._url = url
        self._said = False

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        if not self._said:
            self._said = True
            LOGGER.warning("%s takes no spans or figures now: see [telemetry] otlp_url; the work goes on.", self._url)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1e9)
