"""The requests that Voilà does not answer the way a dashboard should."""

from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler
from voila.tornado.handler import TornadoVoilaHandler

from sprintlib import views
from sprintlib.dashboards.serving.kernels import MAX_OPEN_PAGES, PageKernels, TooManyPagesError
from sprintlib.dashboards.serving.pages import FIRST_PAGE, REPORTS, is_shipped, runs_alike
from sprintlib.dashboards.serving.policy import FROZEN_REPORT_POLICY, opens_a_page
from sprintlib.views.templating import Templates

_TEMPLATES = Templates("sprintlib.dashboards.serving")
RETRY_SECONDS = 150  # until a kernel that nobody looks at is gone
FROZEN_NAMES = ("report.html", "report.md")
_NO_PAGE = "There is no such page or report here; it may have been removed."


class ReadableErrors(RequestHandler):
    """Errors as a page of ours: one sentence, and the way back."""

    def write_error(self, status_code: int, **about: Any) -> None:
        """Write the sentence of the HTTPError; anything else is in the server's log, not on the page."""
        error = about["exc_info"][1] if "exc_info" in about else None
        said = error.log_message if isinstance(error, web.HTTPError) else None
        sentence = _NO_PAGE if status_code == HTTPStatus.NOT_FOUND else said or "The server's log says what failed."
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", str(RETRY_SECONDS))
        self.finish(error_page(str(self.settings["base_url"]), status_code, sentence))


def error_page(base_url: str, status_code: int, sentence: str) -> str:
    """A whole page, in the dashboards' style. sentence: plain text."""
    phrase = HTTPStatus(status_code).phrase
    return _TEMPLATES.render("error.html", base_url=base_url, phrase=phrase, sentence=sentence)


class PageHandler(ReadableErrors, TornadoVoilaHandler):
    """A page: every request that gets through starts a kernel, so only people opening a page get through."""

    def initialize(self, *, folder: Path, reports: Path, **options: Any) -> None:  # type: ignore[override]
        """folder: what is served. reports: where dated notebooks lie, below `reports` in that folder."""
        super().initialize(**options)  # type: ignore[no-untyped-call]
        self.folder, self.reports = folder, reports

    @web.authenticated
    async def get(self, path: str = "") -> None:
        """Run the notebook and stream it; a dated one that is not ours is shown as it was written."""
        dated = path.startswith(f"{REPORTS}/") and ".." not in path.split("/")
        if not path.endswith(".ipynb") or ("/" in path and not dated) or not _is_file(self.folder / path):
            raise web.HTTPError(HTTPStatus.NOT_FOUND, _NO_PAGE)
        if not opens_a_page(self.request.headers):
            raise web.HTTPError(HTTPStatus.FORBIDDEN, "A dashboard can only be opened as a page of its own.")
        if dated and not is_shipped(self.folder / path):
            self._show_frozen(path.removeprefix(f"{REPORTS}/"))
            return
        try:
            with cast(PageKernels, self.kernel_manager).opening() as place:
                _ = (
                    self.xsrf_token
                )  # asked for, so that the page gets its cookie: without it, it cannot stop its kernel
                async for html in self.get_generator(path=self._ready_for(path)):  # type: ignore[no-untyped-call]
                    place.has_kernel()
                    self.write(html)
                    self.flush()
        except TooManyPagesError:
            raise web.HTTPError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"Too many open pages: {MAX_OPEN_PAGES} are open already. Close some, then reload in two minutes.",
            ) from None

    def _ready_for(self, path: str) -> str:
        """The notebook whose kernel shows this page: one that was started ahead, if it runs the same code."""
        first = self.folder / FIRST_PAGE
        ready = cast(Any, self.kernel_manager).get_pool_size(FIRST_PAGE) > 0
        return FIRST_PAGE if ready and "/" not in path and runs_alike(self.folder / path, first) else path

    def _show_frozen(self, path: str) -> None:
        frozen = path.removesuffix(".ipynb") + ".html"
        if not _is_file(self.reports / frozen):
            raise web.HTTPError(
                HTTPStatus.FORBIDDEN,
                "This notebook holds code that did not come with sprintlib, and no page was written of it: "
                "open it in 'sprint lab', if you know where it is from.",
            )
        self.redirect(url_path_join(self.base_url, "sprint/reports", url_escape(frozen)))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file system knows
        return False


class HomeHandler(ReadableErrors, JupyterHandler):
    """The root and every folder lead to the overview."""

    @web.authenticated
    def get(self, path: str = "") -> None:
        self.redirect(url_path_join(self.base_url, f"voila/render/{FIRST_PAGE}"))


class SharedFileHandler(ReadableErrors, JupyterHandler):
    """The style sheet and the charting script that reports and dashboards share."""

    def initialize(self, cache: Path) -> None:
        self.cache = cache

    @web.authenticated
    async def get(self, name: str) -> None:
        """Send `style.css` or `vega.js`. Putting Vega together takes a second or two when it is not cached yet."""
        kind = "css" if name == "style.css" else "javascript"
        text = views.css() if kind == "css" else await IOLoop.current().run_in_executor(None, self._vega)
        self.set_header("Content-Type", f"text/{kind}; charset=utf-8")
        self.set_header("Cache-Control", "max-age=600")
        self.finish(text)

    def _vega(self) -> str:
        return str(views.vega_preamble(self.cache)).removeprefix("<script>").removesuffix("</script>")


class FrozenReportHandler(ReadableErrors, JupyterHandler):
    """A dated report as it was written, in a sandbox."""

    def initialize(self, folder: Path) -> None:
        self.folder = folder

    @web.authenticated
    def get(self, path: str) -> None:
        """Send `report.html` or `report.md` of one report; nothing else of the folder is served."""
        if not _is_file(self.folder / path):
            raise web.HTTPError(HTTPStatus.NOT_FOUND, _NO_PAGE)
        file = (self.folder / path).resolve()
        if not file.is_relative_to(self.folder.resolve()) or file.name not in FROZEN_NAMES:
            raise web.HTTPError(HTTPStatus.NOT_FOUND, _NO_PAGE)
        kind = "text/html" if file.suffix == ".html" else "text/plain"
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Security-Policy", FROZEN_REPORT_POLICY)
        self.finish(file.read_bytes())

    def data_received(self, chunk: bytes) -> None:
        """Requests have no body."""


def without_odd_paths(handler: type[web.StaticFileHandler]) -> type[web.StaticFileHandler]:
    """The handler, answering 404 for names that no file system knows and that it was not written for."""

    class Patient(ReadableErrors, handler):  # type: ignore[valid-type,misc]  # made of whatever Voilà brings
        async def get(self, path: str, include_body: bool = True) -> None:
            try:
                answer = super().get(path, include_body)
                if answer is not None:
                    await answer
            except (ValueError, AssertionError, OSError):
                raise web.HTTPError(HTTPStatus.NOT_FOUND) from None

    return Patient
