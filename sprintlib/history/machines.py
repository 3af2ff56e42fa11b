"""Which accounts are machines: the one rule by which anything in this project leaves them out of what people did.

GitHub marks apps as `Bot`. Many machines are ordinary accounts that it calls `User`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import polars as pl

_FILE = "machines.txt"
# `renovate[bot]`, `acme-bot`, `k8s-ci-robot`, `DrahtBot`; not Talbot
_ENDING = r"\[bot\]$|[-_](?i:ro)?(?i:bot)$|[a-z0-9](?:Bot|BOT)$"
_NAMED_LIKE_ONE = re.compile(
    r"(?:^|[-_])(?:ro?bot|bots|ci|cd|build|builder|deploy|deployer|release|automation|jenkins|service|svc|machine)"
    r"(?:[-_]|\d*$)",
    re.I,
)


@dataclass(frozen=True)
class Machines:
    """The rule for one project. named: logins that `[project] machines` of sprint.toml adds, in any capitals."""

    named: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, named: Iterable[str]) -> "Machines":
        """The rule with these logins of a project beside the well-known ones."""
        return cls(frozenset(login.lower() for login in named))

    def expression(self, login: str, account_type: str | None = None) -> pl.Expr:
        """Whether each login of a column (String, may be null) is a machine's; never null.

        account_type: the column with what GitHub says the account is, where there is one.
        """
        name = pl.col(login)
        known = name.str.to_lowercase().is_in(sorted(self.named | _well_known()))
        found = (known | name.str.contains(_ENDING)).fill_null(value=False)
        return found if account_type is None else found | (pl.col(account_type) == "Bot").fill_null(value=False)

    def includes(self, login: str | None, account_type: str | None = None) -> bool:
        """Whether one account is a machine."""
        if account_type == "Bot":
            return True
        name = login or ""
        return name.lower() in self.named | _well_known() or re.search(_ENDING, name) is not None


def named_like_a_machine(login: str) -> bool:
    """Whether a login that the rule does not know reads like a machine's: `acme-deploy`, `ci-runner`."""
    return _NAMED_LIKE_ONE.search(login) is not None


@cache
def _well_known() -> frozenset[str]:
    lines = files("sprintlib.history").joinpath(_FILE).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
