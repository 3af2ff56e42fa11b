"""The dashboard server: standalone Voilà with read-only kernels, our template, and nothing open that need not be.

Never run it as an extension of a JupyterLab server: there, whoever can open a page can run code (docs/dashboards.md).
"""

import errno
import json
import logging
import shutil
import socket
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_core.utils import run_sync
from tornado.ioloop import IOLoop
from tornado.web import StaticFileHandler
from voila.app import Voila
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from sprintlib import resources
from sprintlib.child_environment import DESKTOP, STORE, child_environment, replaced_environment
from sprintlib.dashboards.serving.answering import AnswerHandler
from sprintlib.dashboards.serving.handlers import (
    FrozenReportHandler,
    HomeHandler,
    PageHandler,
    SharedFileHandler,
    without_odd_paths,
)
from sprintlib.dashboards.serving.identity import provider_of
from sprintlib.dashboards.serving.kernels import PageKernels
from sprintlib.dashboards.serving.messages import MAX_MESSAGE_BYTES, KernelSocketHandler
from sprintlib.dashboards.serving.pages import pages, served_folder
from sprintlib.dashboards.serving.policy import HEADERS, LOOPBACK, is_loopback
from sprintlib.dashboards.serving.upkeep import Upkeep
from sprintlib.errors import SettingsError, SprintError
from sprintlib.settings import Settings
from sprintlib.signals import stop_loop_on_signal
from sprintlib.store import open_store


class DashboardServer(Voila):
    """Voilà, without its file tree, its contents API, and other people's configuration files."""

    name = "voila"  # the name of the settings file: dashboards/voila.json
    reports_dir: Path
    cache: Path
    answering: dict[str, Any]  # what AnswerHandler is made with
    on_ready: Callable[[], None]
    proxies: Sequence[str] = ()

    def init_handlers(self) -> list[Any]:  # type: ignore[override]  # Voilà's annotation is a traitlet
        """Voilà's handlers with ours in place of the tree, the listing of files and the page."""
        handlers: list[Any] = []
        theirs: Any = super().init_handlers()
        for pattern, handler, *options in theirs:
            if handler is VoilaContentsHandler:
                continue
            if handler is TornadoVoilaTreeHandler:
                handlers.append((pattern, HomeHandler))
            elif handler is TornadoVoilaHandler:
                places = {"folder": Path(self.root_dir), "reports": self.reports_dir}
                handlers.append((pattern, PageHandler, {**options[0], **places}))
            elif handler is VoilaKernelWebsocketHandler:
                handlers.append((pattern, KernelSocketHandler))
            elif issubclass(handler, StaticFileHandler):
                handlers.append((pattern, without_odd_paths(handler), *options))
            else:
                handlers.append((pattern, handler, *options))
        handlers += [
            (r"/sprint/(style.css|vega.js)", SharedFileHandler, {"cache": self.cache}),
            (r"/sprint/feedback", AnswerHandler, self.answering),
            (r"/sprint/reports/(.+)", FrozenReportHandler, {"folder": self.reports_dir}),
        ]
        return handlers

    def listen(self) -> None:
        """Listen until stopped; `on_ready` is called as soon as requests are answered.

        Behind a proxy that the settings name, what it says of scheme and address holds, so that cookies are secure.
        """
        if self.proxies:
            self.app.listen = partial(self.app.listen, xheaders=True, trusted_downstream=list(self.proxies))  # type: ignore[method-assign]
        loop = IOLoop.current()
        loop.add_callback(self.on_ready)
        with stop_loop_on_signal(loop.asyncio_loop):  # type: ignore[attr-defined]  # every IOLoop of tornado 6 is one of asyncio
            super().listen()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """End every kernel at once: none has anything to lose, and one still drawing would print a traceback."""
        run_sync(self.kernel_manager.shutdown_all)(now=True)
        shutil.rmtree(self.connection_dir, ignore_errors=True)


def serve(
    settings: Settings,
    *,
    ip: str,
    port: int,
    token: str | None,
    browser: bool,
    say: Callable[[str], None],
    analyze: bool = True,
) -> None:
    """Serve the dashboards until SIGINT, SIGTERM or, as `sprint dashboards`, SIGHUP.

    ip: an address of this machine; other than loopback only with a token. port: 0 takes a free one.
    say: gets the line that tells where the dashboards are, once they are. analyze: have analyses stored (`Upkeep`).
    Raises SettingsError for an address that cannot be had, StoreError while there is nothing to show.
    """
    _check_access(settings, ip, token)
    open_store(settings.database_url, read_only=True).dispose()
    port = _free_port(ip, port)
    url = f"http://{f'[{ip}]' if ':' in ip else ip}:{port}/"

    desktop = child_environment(DESKTOP)

    def ready() -> None:
        say(f"Dashboards: {url}  (Ctrl-C stops them)")
        if not browser:
            return
        with replaced_environment(desktop):  # kernels are not told where the user's screen is, a browser must be
            webbrowser.open(f"{url}?token={token}" if token else url)

    dashboards = resources.folder("dashboards")
    with (
        served_folder(dashboards, settings.reports_dir) as root,
        replaced_environment(_kernel_environment(settings.home, dashboards, root, ip)),
    ):
        # where people sign in it depends on who asks, and loopback tells nothing: a proxy makes everybody come from it
        may_answer = is_loopback(ip) and settings.auth.mode == "none"
        server = _server(settings, dashboards, root, may_answer=may_answer)
        server.ip, server.port, server.token = ip, port, token
        names: tuple[str, ...] = ()
        if settings.auth.mode == "github":
            server.identity_provider_class = provider_of(settings)
            names = settings.api.hosts  # a proxy passes on the name that it is reached by
        server.proxies = settings.api.proxies
        server.answering = {"settings_of_project": settings, "may_answer": may_answer}
        server.tornado_settings = _tornado_settings(ip, names)
        upkeep = Upkeep(settings.home, lambda: server.kernel_manager.open_pages() > 0)
        server.on_ready = _both(ready, upkeep.begin) if analyze else ready
        try:
            server.start()  # type: ignore[no-untyped-call]
        finally:
            upkeep.end()
            DashboardServer.clear_instance()


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both


def _check_access(settings: Settings, ip: str, token: str | None) -> None:
    """Raises SettingsError where others could read the dashboards without a token, or without signing in."""
    if not is_loopback(ip) and not token and settings.auth.mode != "github":
        raise SettingsError(
            f"Dashboards on {ip} could be read by everybody on that network: add --token TOKEN, "
            "or leave out --ip to serve this machine only."
        )


def _tornado_settings(ip: str, names: Sequence[str]) -> dict[str, Any]:
    return {
        "headers": HEADERS,
        "websocket_max_message_size": MAX_MESSAGE_BYTES,
        "ws_ping_timeout": 30_000,  # ms, as long as the interval: tornado warns about more
        "allow_remote_access": not is_loopback(ip),  # False: a foreign Host header is refused
        "local_hostnames": [*LOOPBACK, *names],
    }


def _kernel_environment(home: Path, dashboards: Path, root: Path, ip: str) -> dict[str, str]:
    return {
        **child_environment(STORE),
        "SPRINT_HOME": str(home),
        "JUPYTER_PATH": str(dashboards),  # where the template lies
        "IPYTHONDIR": str(_ipython(root)),  # no start-up file of the user's own IPython runs in a kernel
        "VOILA_APP_IP": f"[{ip}]" if ":" in ip else ip,  # where a kernel that was started ahead waits for its request
    }


def _ipython(root: Path) -> Path:
    """A folder for IPython, with settings by which kernels import nothing that lies beside a notebook."""
    folder = root / ".ipython"
    file = folder / "profile_default" / "ipython_kernel_config.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"InteractiveShellApp": {"ignore_cwd": True}}), encoding="utf-8")
    return folder


def _server(settings: Settings, dashboards: Path, root: Path, *, may_answer: bool) -> DashboardServer:
    # Kernels talk over sockets in a folder of this user's, whose path must be short (macOS allows 103 characters).
    sockets = "/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()  # noqa: S108  # nosec B108 # a folder is made in it
    server = DashboardServer.instance(  # the instance, because Voilà's renderer logs to that one
        config_file_paths=[str(dashboards)], connection_dir_root=sockets, log_level=_log_level()
    )
    server.log.addFilter(_is_news)
    server.initialize([])  # type: ignore[no-untyped-call]
    server.root_dir = str(root)
    server.reports_dir, server.cache = settings.reports_dir, settings.data_dir / "cache"
    server.port_retries = 0
    server.open_browser = False
    configuration = server.voila_configuration
    configuration.multi_kernel_manager_class = PageKernels
    configuration.show_tracebacks = True  # to the template, which shows the sentence of our own errors and no more
    configuration.config.VoilaConfiguration.resources = {
        "sprint": {
            "project": settings.project.name,
            "pages": [{"path": page.path, "name": page.name, "title": page.title} for page in pages(dashboards)],
            "errors": _error_names(SprintError),
            "may_answer": may_answer,
            "signs_in": settings.auth.mode == "github",
        }
    }
    return server


def _is_news(record: logging.LogRecord) -> bool:
    """Jupyter warns about every notebook that was not written on this machine; ours never are."""
    return "is not trusted" not in record.msg


def _error_names(error: type[SprintError]) -> list[str]:
    return [error.__name__, *(name for kind in error.__subclasses__() for name in _error_names(kind))]


def _free_port(ip: str, port: int) -> int:
    """The port, once it is known that it can be had; Voilà itself would silently take another."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((ip, port))
        except (OSError, OverflowError) as error:
            if isinstance(error, socket.gaierror) or getattr(error, "errno", None) == errno.EADDRNOTAVAIL:
                raise SettingsError(
                    f"{ip} is no address of this machine: leave out --ip to serve this machine only, "
                    "or give --ip 0.0.0.0 for every address it has."
                ) from None
            raise SettingsError(
                f"Port {port} on {ip} cannot be used ({getattr(error, 'strerror', None) or error}): "
                "stop what is running there, or choose another with --port."
            ) from None
        return int(attempt.getsockname()[1])


def _log_level() -> int:
    return logging.getLogger("sprintlib").getEffectiveLevel()
