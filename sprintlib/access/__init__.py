"""Who may do what: identities, roles, tokens, and the audit of every write. Services ask here, and nobody else decides.

Names are imported when they are first used: a handle of a project names an identity and needs no token.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.access.api_tokens import ApiToken, create_token, identify_token, revoke_token, tokens
    from sprintlib.access.audit import AuditEntry, acting, entries, record
    from sprintlib.access.csrf import CsrfTokens
    from sprintlib.access.identity import LOCAL, Identity, Role
    from sprintlib.access.policy import Action, permit

__all__ = [
    "LOCAL",
    "Action",
    "ApiToken",
    "AuditEntry",
    "CsrfTokens",
    "Identity",
    "Role",
    "acting",
    "create_token",
    "entries",
    "identify_token",
    "permit",
    "record",
    "revoke_token",
    "tokens",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "audit": ("AuditEntry", "acting", "entries", "record"),
        "csrf": ("CsrfTokens",),
        "identity": ("LOCAL", "Identity", "Role"),
        "policy": ("Action", "permit"),
        "api_tokens": ("ApiToken", "create_token", "identify_token", "revoke_token", "tokens"),
    },
)
