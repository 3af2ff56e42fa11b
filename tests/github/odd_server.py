"""A server in front of the stand-in that answers some paths in its own way."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

Answer = tuple[int, Mapping[str, str], bytes]
Override = Callable[[str], Answer | None]
_PASSED_ON = ("Link", "ETag", "Date", "Content-Type", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@contextmanager
def odd_server(override: Override, upstream: str | None = None) -> Iterator[str]:
    """Yields a base URL. `override` gets the path with its query; None: ask `upstream`, or answer 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = override(self.path) or self._ask_upstream()
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _ask_upstream(self) -> Answer:
            if upstream is None:
                return 404, {}, b'{"message": "Not Found"}'
            passed = {name: value for name, value in self.headers.items() if name == "If-None-Match"}
            answer = requests.get(upstream + self.path, headers=passed, timeout=60)
            headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
            here = f"http://127.0.0.1:{self.server.server_address[1]}"
            headers = {name: value.replace(upstream, here) for name, value in headers.items()}
            return answer.status_code, headers, answer.content.replace(upstream.encode(), here.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
