"""Subscriptions, payloads, and where they may go.  Pure: data in, data out."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from leashd_supervisor.approvals.model import DANGER, Approval
from leashd_supervisor.kernel.errors import SupervisorError

#: The services of the browsers; an endpoint anywhere else would have us send requests wherever a page wants.
SERVICES = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
#: Seconds: the longest that services keep a message.
FOUR_WEEKS = 28 * 24 * 3600
#: What a tool does, in words that tell nothing of the call.
VERBS = {
    "Bash": "run a shell command", "Edit": "change a file", "Write": "write a file",
    "NotebookEdit": "change a notebook", "Read": "read a file", "WebFetch": "fetch a page",
    "WebSearch": "search the web", "Agent": "start another agent", "Task": "start another agent",
    "ExitPlanMode": "go ahead with its plan", "AskUserQuestion": "ask you something",
}  # fmt: skip


@dataclass(frozen=True)
class Subscription:
    """Where a device gets its messages, and how that went."""

    id: str
    device: str
    name: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    created: float
    success: float | None = None
    failure: float | None = None
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """The subscription as the page gets it: its address is a secret, since whoever knows it can send."""
        return {
            "id": self.id,
            "device": self.device,
            "name": self.name,
            "service": urlsplit(self.endpoint).hostname,
            "created": self.created,
            "last_success": self.success,
            "last_failure": self.failure,
            "error": self.error,
        }


def is_push_service(endpoint: str) -> bool:
    """Whether an address belongs to a browser's push service."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = parts.scheme == "https" and port in (None, 443) and parts.username is None and parts.password is None
    # What a client would read another way than we do is no name of a host.
    plain = plain and all(char.isascii() and (char.isalnum() or char in ".-") for char in host)
    return plain and any(host == name or (name[0] == "." and host.endswith(name)) for name in SERVICES)


def checked_contact(contact: str) -> str:
    """Whom a push service may write to.  Raises SupervisorError for one that Apple refuses messages for."""
    host = ""
    if contact.startswith("mailto:") and contact.count("@") == 1:
        host = contact.rpartition("@")[2]
    elif contact.startswith("https://"):
        host = urlsplit(contact).hostname or ""
    if not _is_public(host):
        raise SupervisorError(
            f"`{contact}` is no contact that push services take",
            "LEASHD_PUSH_CONTACT is a mailto: or https: address that others can reach, like mailto:you@your-domain.org",
        )
    return contact


def contact(chosen: str, public: tuple[str, ...]) -> str:
    """Whom a push service may write to: what the owner chose, else the page's public name; "" when there is neither.

    Raises SupervisorError for a choice that is none.
    """
    if chosen:
        return checked_contact(chosen)
    return next((f"https://{name}" for name in public if _is_public(name.partition(":")[0])), "")


def _is_public(host: str) -> bool:
    name = host.lower().rstrip(".")
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        last = name.rpartition(".")[2]
        return "." in name and last not in (
            "local",
            "localhost",
            "internal",
            "lan",
            "home",
            "test",
            "invalid",
            "example",
        )


def payload(approval: Approval, machine: str, waiting: int) -> dict[str, Any]:
    """What a device is told of an approval: enough to open it, nothing of what the call holds."""
    tool = approval.request.tool
    return {
        "id": approval.id,
        "kind": approval.request.kind,
        "machine": machine[:64],
        "tool": tool[:64],
        "verb": VERBS.get(tool, "use a tool"),
        "danger": approval.risk == DANGER,
        "waiting": waiting,
    }


def notice(approval: Approval) -> str:
    """Which of the person's switches a message about an approval hangs on."""
    if approval.risk == DANGER:
        return "danger"
    return {"tool": "approval"}.get(approval.request.kind, approval.request.kind)


def is_quiet(quiet: dict[str, Any], now: datetime.time) -> bool:
    """Whether it is within the quiet hours, which may go over midnight."""
    if not quiet["on"] or quiet["from"] == quiet["to"]:
        return False
    at, start, end = f"{now:%H:%M}", quiet["from"], quiet["to"]
    return bool(start <= at < end if start < end else at >= start or at < end)


def life(expires: float | None, now: float) -> int:
    """Seconds that a message about an approval is worth keeping."""
    return FOUR_WEEKS if expires is None else max(0, min(FOUR_WEEKS, int(expires - now)))
