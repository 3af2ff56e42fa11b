"""Serving the application until it is told to end."""

import socket
from collections.abc import Callable

import uvicorn

from sprintlib.api.app import create_app
from sprintlib.api.secrets import WebhookSecrets
from sprintlib.errors import SettingsError
from sprintlib.project import ProjectHandle
from sprintlib.settings import is_loopback

_MOST_AT_ONCE = 200
_BACKLOG = 2048


def serve(
    project: ProjectHandle,
    secrets: WebhookSecrets | None,
    host: str,
    port: int,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; 0 takes a free port. secrets: None refuses webhooks. ready: is told the address.

    Raises SettingsError for an address that cannot be served on, or that others reach while nobody has to sign in.
    """
    _check_address(project, host)
    app = create_app(project, secrets)
    listener = _listener(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,  # its warnings go where ours go
        access_log=False,
        server_header=False,
        proxy_headers=bool(project.settings.api.proxies),
        forwarded_allow_ips=list(project.settings.api.proxies),
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=5,
        lifespan="off",
    )
    if ready:
        name = listener.getsockname()
        ready(f"http://{f'[{name[0]}]' if ':' in name[0] else name[0]}:{name[1]}")
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def _check_address(project: ProjectHandle, host: str) -> None:
    if project.settings.auth.mode == "none" and not is_loopback(f"//{f'[{host}]' if ':' in host else host}"):
        raise SettingsError(
            f"On {host} others could act as you: leave out --host, or set [auth] mode in sprint.toml to token, "
            "password or github."
        )


def _listener(host: str, port: int) -> socket.socket:
    listener = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # named as TCP, or asyncio leaves Nagle's algorithm on and an answer waits for an acknowledgement
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        if listener:
            listener.close()
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise SettingsError(f"Cannot serve on {host}:{port} ({reason}): choose another --host or --port.") from error
    return listener
