"""What this project answers over HTTP: webhooks in, and whether it is well. One router a subject."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.api.app import create_app
    from sprintlib.api.secrets import WebhookSecrets
    from sprintlib.api.serving import serve

__all__ = ["WebhookSecrets", "create_app", "serve"]

__getattr__ = lazy_exports(__name__, {"app": ("create_app",), "secrets": ("WebhookSecrets",), "serving": ("serve",)})
