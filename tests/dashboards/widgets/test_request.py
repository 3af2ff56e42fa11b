"""What the address of a page asks for."""

import sys
from types import ModuleType

import pytest

from sprintlib.dashboards.widgets.request import Request, parse_request, wait_for_request


@pytest.mark.parametrize(
    ("query", "request_"),
    [
        ("", Request()),
        ("milestone=Sprint+9&as_of=2026-11-18", Request("Sprint 9", "2026-11-18")),
        ("milestone=%3Cscript%3E", Request("<script>", None)),
        ("other=1&as_of=", Request(options={"other": ("1",)})),
        ("%%%", Request()),
    ],
)
def test_the_query_string(query: str, request_: Request):
    assert parse_request(query) == request_


def test_an_ordinary_kernel_has_its_request_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QUERY_STRING", "milestone=Sprint+9")
    monkeypatch.setenv("VOILA_PREHEAT", "False")
    assert wait_for_request() == Request("Sprint 9", None)


def test_a_kernel_started_ahead_waits_through_broken_connections(monkeypatch: pytest.MonkeyPatch):
    attempts = []

    def wait_once() -> None:
        attempts.append(1)
        if len(attempts) == 3:
            monkeypatch.setenv("SERVER_SOFTWARE", "voila")
            monkeypatch.setenv("QUERY_STRING", "as_of=2026-11-18")

    utils = ModuleType("voila.utils")
    utils.wait_for_request = wait_once  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "voila.utils", utils)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    monkeypatch.setenv("VOILA_PREHEAT", "True")
    assert wait_for_request() == Request(None, "2026-11-18")
    assert len(attempts) == 3


def test_an_address_and_its_request_are_the_same():
    asked = parse_request(
        "milestone=1-4&drop=a%2Fb%231&drop=a%2Fb%232&as_of=2026-11-18", "/voila/render/milestone.ipynb"
    )
    assert asked.page == "milestone"
    assert asked.options == {"drop": ("a/b#1", "a/b#2")}
    assert asked.address == "milestone.ipynb?milestone=1-4&as_of=2026-11-18&drop=a%2Fb%231&drop=a%2Fb%232"
    page, _, query = asked.address.partition("?")
    assert parse_request(query, page) == asked


def test_another_page_keeps_milestone_and_day_but_no_options():
    asked = parse_request("milestone=1-4&as_of=2026-11-18&drop=a%2Fb%231")
    assert asked.on("actions").address == "actions.ipynb?milestone=1-4&as_of=2026-11-18"
    assert asked.on("milestone", "1-5", drop=("x/y#1",)).address == (
        "milestone.ipynb?milestone=1-5&as_of=2026-11-18&drop=x%2Fy%231"
    )


def test_an_address_with_too_many_parameters_asks_for_nothing():
    assert parse_request("&".join(f"drop={n}" for n in range(2000))) == Request()
