"""The requests that Voilà does not answer the way a dashboard should."""

from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler
from voila.tornado.handler import TornadoVoilaHandler

from sprintlib import views
from sprintlib.dashboards.serving.policy import FROZEN_REPORT_POLICY, opens_a_page

MAX_OPEN_PAGES = 12
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
        self.finish(error_page(str(self.settings["base_url"]), status_code, sentence))


def error_page(base_url: str, status_code: int, sentence: str) -> str:
    """A whole page, in the dashboards' style. sentence: plain text."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{HTTPStatus(status_code).phrase}</title>'
        f'<link rel="stylesheet" href="{escape(base_url)}sprint/style.css"></head><body>'
        + views.wrapped(
            f'<section class="card problem" role="alert"><h1>{HTTPStatus(status_code).phrase}</h1>'
            f'<p>{escape(sentence)}</p><p><a href="{escape(base_url)}">To the overview</a></p></section>'
        )
        + "</body></html>"
    )


class PageHandler(ReadableErrors, TornadoVoilaHandler):
    """A page: every request that gets through starts a kernel, so only people opening a page get through."""

    @web.authenticated
    async def get(self, path: str = "") -> None:
        """Run the notebook and stream it."""
        if not path.endswith(".ipynb"):
            raise web.HTTPError(HTTPStatus.NOT_FOUND, _NO_PAGE)
        if not opens_a_page(self.request.headers):
            raise web.HTTPError(HTTPStatus.FORBIDDEN, "A dashboard opens as a page of its own only.")
        if len(self.kernel_manager) >= MAX_OPEN_PAGES:
            raise web.HTTPError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{MAX_OPEN_PAGES} pages are open already: close some, then reload after two minutes.",
            )
        _ = self.xsrf_token  # asked for, so that the page gets its cookie: without it, it cannot stop its kernel
        page = super().get(path)
        if page is not None:  # None: the visitor was sent to the login page
            await page


class HomeHandler(JupyterHandler):
    """The root and every folder lead to the overview."""

    @web.authenticated
    def get(self, path: str = "") -> None:
        self.redirect(url_path_join(self.base_url, "voila/render/overview.ipynb"))


class SharedFileHandler(JupyterHandler):
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
        return views.vega_preamble(self.cache).removeprefix("<script>").removesuffix("</script>")


class FrozenReportHandler(ReadableErrors, JupyterHandler):
    """A dated report as it was written, in a sandbox."""

    def initialize(self, folder: Path) -> None:
        self.folder = folder

    @web.authenticated
    def get(self, path: str) -> None:
        """Send `report.html` or `report.md` of one report; nothing else of the folder is served."""
        if "\0" in path:  # no file system knows such a name, and Path raises for it
            raise web.HTTPError(HTTPStatus.NOT_FOUND, _NO_PAGE)
        file = (self.folder / path).resolve()
        if not file.is_relative_to(self.folder.resolve()) or file.name not in FROZEN_NAMES or not file.is_file():
            raise web.HTTPError(HTTPStatus.NOT_FOUND, _NO_PAGE)
        kind = "text/html" if file.suffix == ".html" else "text/plain"
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Security-Policy", FROZEN_REPORT_POLICY)
        self.finish(file.read_bytes())

    def data_received(self, chunk: bytes) -> None:
        """Requests have no body."""
