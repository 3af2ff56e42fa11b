"""Secrets never reach the index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.masking import ADDRESS_MASK, MASK, mask, mask_addresses, without_addresses

SECRETS = [
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "11ABCDEFG0" * 3,
    "glpat-" + "x1Y2z3W4v5U6t7S8r9Q0",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "xoxb-" + "1234567890-abcdefghij",
    "sk-" + "proj-" + "abcDEF123456ghiJKL789",
    "sk_" + "live_" + "abcdefghij1234567890",
    "AIza" + "SyA-1234567890abcdefghijklmnopqrstu",
    "npm_" + "a1b2c3" * 6,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_known_kinds_of_secrets(secret: str) -> None:
    assert mask(f"I use {secret} here") == f"I use {MASK} here"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgres://bob:hunter2@db.example.com/app", f"postgres://bob:{MASK}@db.example.com/app"),
        ("password=hunter2hunter2", f"password={MASK}"),
        ('"api_key": "9f8e7d6c5b4a"', f'"api_key": "{MASK}"'),
        ("Authorization: Bearer abc123def456", f"Authorization: Bearer {MASK}"),
        ("CLIENT_SECRET=s3cr3tv4lue", f"CLIENT_SECRET={MASK}"),
    ],
)
def test_values_that_are_named_secret(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "The token: string parameter is documented.",
        "Rotate the password every 90 days",
        "Fixed in 8be819a0c1d2e3f405060708090a0b0c0d0e0f10",
        "https://github.com/acme/api/issues/12#issuecomment-123456789",
        "see api/payments/intents.py, line 120",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=200), st.sampled_from(SECRETS))
def test_masking_twice_changes_nothing_and_hides_the_secret(text: str, secret: str) -> None:
    once = mask(f"{text} {secret} {text}")
    assert mask(once) == once
    assert secret not in once


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Signed-off-by: Ada <ada.l+git@mail.acme.example>", f"Signed-off-by: Ada <{ADDRESS_MASK}>"),
        ("mailto:ada@acme.example.", f"mailto:{ADDRESS_MASK}."),
        ("12+ada@users.noreply.github.com wrote", f"{ADDRESS_MASK} wrote"),
        ("?to=ada%40acme.example&x=1", f"?to={ADDRESS_MASK}&x=1"),
        ("ÄDA@bücher.example", ADDRESS_MASK),
    ],
)
def test_addresses_go(text: str, masked: str) -> None:
    assert mask_addresses(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com:acme/shop.git",
        "@ada and @acme/core",
        "actions/checkout@v4",
        "icon@2x.png",
        "react@18.2.0",
        "a @ b",
    ],
)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    assert mask_addresses(text) == text


@given(st.text(max_size=200), st.from_regex(r"[a-zA-Z0-9_.+-]{1,20}@(leaks\.)?leak\.example", fullmatch=True))
def test_no_address_is_left_and_cutting_twice_changes_nothing(text: str, address: str) -> None:
    once = without_addresses({"a": [f"{text} {address} {text}", 1]})
    assert "leak.example" not in str(once)
    assert without_addresses(once) == once
