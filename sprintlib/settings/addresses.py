"""Addresses that settings may name."""

from urllib.parse import urlsplit


def checked_address(value: str) -> str:
    """An address that requests may go to. Raises ValueError for anything but http(s)://HOST, with a path if need be."""
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(f"'{value}' is not an address such as https://host.example") from None
    if "@" in parts.netloc:
        raise ValueError("an address holds no user name and no password")
    odd = not value.isprintable() or " " in value or "\\" in value or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not whole or odd:
        raise ValueError(f"'{value}' is not an address such as https://host.example")
    return value


def is_loopback(url: str) -> bool:
    """Whether a URL points at this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def checked_origin(value: str) -> str:
    """An address without a path, as browsers send it. Raises ValueError."""
    if urlsplit(checked_address(value)).path:
        raise ValueError(f"'{value}' is not an origin such as https://app.example.com: leave out the path")
    return value
