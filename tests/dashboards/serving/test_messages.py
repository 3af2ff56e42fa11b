"""Which messages to a kernel are let through to Jupyter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import serialize_binary_message, serialize_msg_to_ws_v1

from sprintlib.dashboards.serving.messages import is_message

PARTS = {"header": {"msg_type": "comm_msg"}, "parent_header": {}, "metadata": {}, "content": {"data": {"é": 1}}}


def test_what_a_browser_sends_is_let_through() -> None:
    framed = serialize_msg_to_ws_v1(PARTS, "shell", lambda part: json.dumps(part).encode())
    assert is_message(framed, framed=True)
    assert is_message(json.dumps({**PARTS, "channel": "shell"}), framed=False)
    assert is_message(serialize_binary_message({**PARTS, "buffers": [b"ab", b""]}), framed=False)


@pytest.mark.parametrize(
    ("message", "framed"),
    [
        ((0x800000).to_bytes(4, "big") + bytes(12), False),
        ((2**31 + 5).to_bytes(4, "big") + bytes(12), False),
        ((0x800000).to_bytes(8, "little") + bytes(8), True),
        ((7).to_bytes(8, "little") + bytes(8), True),
        ((7).to_bytes(8, "little") + (2**60).to_bytes(8, "little") * 7, True),
        (b"", True),
        (b"", False),
        ("{}", True),
        ("[]", False),
        ("{" + " " * 1_000_000 + "}", False),
        (bytes(1_000_001), True),
    ],
)
def test_what_is_no_message_is_not(message: bytes | str, framed: bool) -> None:
    assert not is_message(message, framed)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_looked_at_within_their_length(message: bytes, framed: bool) -> None:
    assert is_message(message, framed) in (True, False)
