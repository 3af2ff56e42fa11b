"""Who may ask, and what a page may do in the browser."""

from collections.abc import Mapping
from ipaddress import ip_address

LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Titles and comments from GitHub are hostile: no inline script runs, and nothing is fetched from or sent to another
# host. Voilà's front end compiles its settings schemas, hence 'unsafe-eval'; Lumino and charts set inline styles.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

# A frozen report is a file of its own that may carry its own scripts: it runs in a sandbox without an origin,
# so that it can reach neither a kernel nor a cookie of this server.
FROZEN_REPORT_POLICY = "; ".join(
    [
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox",
        "default-src 'none'",
        "script-src 'unsafe-inline' 'unsafe-eval'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "font-src data:",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_loopback(ip: str) -> bool:
    """Whether a server bound to this address can be reached from this machine only."""
    try:
        return ip == "localhost" or ip_address(ip).is_loopback
    except ValueError:
        return False


def opens_a_page(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from somebody opening a page.

    Every page starts a kernel, so other sites' images, frames and prefetches that point here are refused. Browsers
    say what a request is for (Fetch Metadata); clients that say nothing, such as curl, are let through.
    """
    if "prefetch" in headers.get("Sec-Purpose", "") or headers.get("Purpose") == "prefetch":
        return False
    return headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and headers.get("Sec-Fetch-Dest", "document") in (
        "document",
        "empty",
    )
