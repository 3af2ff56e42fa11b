"""Webhooks of a repository: who is told, what was sent and how it was answered, and sending it again."""

import hmac
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from sprintsim.fake_github.payloads import Payload

TIMEOUT_SECONDS = 10.0  # GitHub's own
SECRET_SHOWN = "********"  # noqa: S105  # nosec B105 # what GitHub shows instead of one
_FIRST_HOOK, _FIRST_DELIVERY = 480_000_000, 9_400_000_000


@dataclass
class Hook:
    """One webhook. events: names, or `*` for all."""

    id: int
    url: str
    secret: str
    events: list[str]
    active: bool
    created_at: datetime
    updated_at: datetime
    content_type: str = "json"
    last_response: Payload = field(default_factory=lambda: {"code": None, "status": "unused", "message": None})

    def wants(self, event: str) -> bool:
        return self.active and (event == "ping" or "*" in self.events or event in self.events)


@dataclass(frozen=True)
class HookDelivery:
    """One attempt to tell a hook something. status_code: 0 where nobody answered."""

    id: int
    guid: str
    hook: int
    event: str
    payload: Payload
    at: datetime
    redelivery: bool
    seconds: float
    status_code: int
    repository_id: int
    installation_id: int | None = None


class Hooks:
    """The webhooks of one repository, or of an app. clock: GitHub's; deliveries are kept for three days of it.

    installation: of the app whose they are.
    """

    def __init__(
        self, clock: Callable[[], datetime] = lambda: datetime.now(UTC), installation: int | None = None
    ) -> None:
        self.clock = clock
        self._installation = installation
        self._hooks: dict[int, Hook] = {}
        self._deliveries: list[HookDelivery] = []
        self._ids, self._delivery_ids = count(_FIRST_HOOK), count(_FIRST_DELIVERY)
        self._lock = threading.Lock()

    def all(self) -> list[Hook]:
        return list(self._hooks.values())

    def get(self, key: int) -> Hook | None:
        return self._hooks.get(key)

    def create(  # nosec B107 # a hook may have none
        self, url: str, secret: str = "", events: Iterable[str] = ("push",), active: bool = True
    ) -> Hook:
        """Add a hook. GitHub pings it at once: see `ping`."""
        now = self.clock()
        hook = Hook(next(self._ids), url, secret, list(events), active, now, now)
        self._hooks[hook.id] = hook
        return hook

    def remove(self, key: int) -> None:
        self._hooks.pop(key, None)

    def ping(self, hook: Hook, repository: Payload) -> None:
        """Send what GitHub sends to a new hook."""
        body = {"zen": "Keep it logically awesome.", "hook_id": hook.id, "repository": repository}
        self._send(hook, str(uuid.uuid4()), "ping", body, redelivery=False)

    def tell(self, event: str, payload: Payload) -> int:
        """Send to every hook that wants the event. Returns how many answered with success."""
        chosen = [hook for hook in self.all() if hook.wants(event)]
        sent = [self._send(hook, str(uuid.uuid4()), event, payload, redelivery=False) for hook in chosen]
        return sum(200 <= one.status_code < 300 for one in sent)

    def again(self, delivery: HookDelivery) -> None:
        """Send what was sent once more, under the same id."""
        hook = self._hooks.get(delivery.hook)
        if hook is not None:
            self._send(hook, delivery.guid, delivery.event, delivery.payload, redelivery=True)

    def deliveries(self, hook: int) -> list[HookDelivery]:
        """What was sent to a hook within the last three days, newest first."""
        oldest = self.clock().timestamp() - 3 * 24 * 3600
        with self._lock:
            self._deliveries = [one for one in self._deliveries if one.at.timestamp() >= oldest]
            return [one for one in reversed(self._deliveries) if one.hook == hook]

    def _send(self, hook: Hook, guid: str, event: str, payload: Payload, *, redelivery: bool) -> HookDelivery:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        began = time.perf_counter()
        code = _post(hook, guid, event, body)
        seconds = round(time.perf_counter() - began, 3)
        repository = (payload.get("repository") or {}).get("id") or 0
        sent = HookDelivery(
            next(self._delivery_ids),
            guid,
            hook.id,
            event,
            payload,
            self.clock(),
            redelivery,
            seconds,
            code,
            repository,
            self._installation,
        )
        hook.last_response = {"code": code or None, "status": _status(code), "message": _status(code)}
        with self._lock:
            self._deliveries.append(sent)
        return sent


def _post(hook: Hook, guid: str, event: str, body: bytes) -> int:
    """The status of the answer, 0 where there is none."""
    headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/stand-in",
        "x-github-hook-id": str(hook.id),
        "x-github-event": event,
        "x-github-delivery": guid,
    }
    if hook.secret:
        headers["x-hub-signature-256"] = "sha256=" + hmac.new(hook.secret.encode(), body, "sha256").hexdigest()
    request = urllib.request.Request(hook.url, body, headers, method="POST")  # noqa: S310 - an address its owner gave
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except (OSError, ValueError):
        return 0


# what is sent to this machine goes through no proxy
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _status(code: int) -> str:
    return "OK" if 200 <= code < 300 else f"Invalid HTTP Response: {code}" if code else "failed to connect to host"


def hook_payload(hook: Hook, repository_url: str) -> Payload:
    """A hook as GitHub shows it."""
    url = f"{repository_url}/hooks/{hook.id}"
    secret = {"secret": SECRET_SHOWN} if hook.secret else {}
    return {
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.active,
        "events": hook.events,
        "config": {"content_type": hook.content_type, "insecure_ssl": "0", **secret, "url": hook.url},
        "updated_at": _time(hook.updated_at),
        "created_at": _time(hook.created_at),
        "url": url,
        "test_url": f"{url}/test",
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "last_response": hook.last_response,
    }


def delivery_payload(delivery: HookDelivery) -> Payload:
    """A delivery as GitHub lists it."""
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": _time(delivery.at),
        "redelivery": delivery.redelivery,
        "duration": delivery.seconds,
        "status": _status(delivery.status_code),
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.payload.get("action"),
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id or None,
        "throttled_at": None,
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
