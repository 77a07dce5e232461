"""Sends messages about approvals to devices, and takes them back when somebody has answered."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from leashd_supervisor.approvals.model import PENDING
from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.channels.push import model
from leashd_supervisor.channels.push.model import Subscription
from leashd_supervisor.channels.push.store import Subscriptions
from leashd_supervisor.kernel import preferences
from leashd_supervisor.kernel.bus import Bus, Event
from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.db import Database
from leashd_supervisor.kernel.errors import SupervisorError
from leashd_supervisor.kernel.metrics import Metrics
from leashd_supervisor.log import note

if TYPE_CHECKING:
    import httpx
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

#: Seconds before a message is tried again; the last is for a service that has a bad day.
PAUSES = (1.0, 5.0, 30.0, 120.0)
#: Seconds that a service may take, and that it may ask us to wait.
PATIENCE, LONGEST = 10.0, 600.0
#: Seconds that a page is believed to be looked at after it said so.
LOOKS = 30.0
#: Messages under way at once; bytes that every message is padded to.
AT_ONCE, SIZE = 8, 512
_URGENCY = {"Urgency": "high"}


@dataclass(frozen=True)
class Message:
    """What is sent: its content, how long it is worth keeping, and what it replaces."""

    content: dict[str, Any]
    life: int
    topic: str


class Push:
    """The service.

    `contact` is whom a push service may write to, "" for none, in which case nothing can be subscribed.  `trusts` says
    to which addresses messages go, `pauses` how long to wait before each further try.
    """

    def __init__(
        self,
        db: Database,
        bus: Bus,
        approvals: Approvals,
        clock: Clock,
        metrics: Metrics,
        machine: str,
        key: Path,
        contact: str,
        trusts: Callable[[str], bool] = model.is_push_service,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self.subscriptions = Subscriptions(db)
        self._db = db
        self._approvals = approvals
        self._clock = clock
        self._machine = machine
        self._path = key
        self._contact = contact
        self._trusts = trusts
        self._pauses = pauses
        self._sent = metrics.counter("leashd_push_messages_total", "Push messages that a service took.")
        self._failures = metrics.counter("leashd_push_failures_total", "Push messages that came to nothing.", ("why",))
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: dict[str, float] = {}
        #: Which subscriptions have been told of an approval that is not settled yet.
        self._told: dict[str, set[str]] = {}
        self._since = clock.now()
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._made_client: httpx.AsyncClient | None = None
        self._made_key: EllipticCurvePrivateKey | None = None
        bus.watch(self._hear)

    def key(self) -> str:
        """What a browser needs to subscribe.  Raises SupervisorError when nobody can."""
        from leashd_supervisor.channels.push.encryption import encoded, public_bytes

        self._reachable()
        return encoded(public_bytes(self._key()))

    def _reachable(self) -> None:
        if not self._contact:
            raise SupervisorError(
                "notifications need a contact that push services can write to",
                "set LEASHD_PUSH_CONTACT=mailto:you@your-domain.org, and `leashd restart`",
            )

    def _key(self) -> EllipticCurvePrivateKey:
        from leashd_supervisor.channels.push.encryption import load_key

        if self._made_key is None:
            self._made_key = load_key(self._path)
        return self._made_key

    def subscribe(self, device: str, name: str, endpoint: str, p256dh: str, auth: str) -> Subscription:
        """Has a device get messages.  Raises SupervisorError for what no browser sends."""
        from leashd_supervisor.channels.push.encryption import decoded, is_point

        self._reachable()
        if len(endpoint) > 2000 or not self._trusts(endpoint):
            raise SupervisorError("the endpoint is not one of a browser's push service", "subscribe in a known browser")
        try:
            receiver, shared = decoded(p256dh), decoded(auth)
        except ValueError:
            receiver, shared = b"", b""
        if not is_point(receiver) or len(shared) != 16:
            raise SupervisorError("the keys of the subscription are none", "subscribe again")
        made = Subscription(secrets.token_hex(6), device, name, endpoint, receiver, shared, self._clock.now())
        return self.subscriptions.add(made)

    def looks(self, device: str, visible: bool, focused: bool) -> None:
        """A page says whether somebody looks at it; that is believed for a short while."""
        now = self._clock.ticks()
        self._looking = {one: until for one, until in self._looking.items() if until > now}
        self._looking.pop(device, None)
        if visible and focused:
            self._looking[device] = now + LOOKS

    def _hear(self, event: Event) -> None:
        if event.name == "approval.requested":
            self._start(self.notify(event.data["id"]))
        elif event.name == "approval.settled":
            self._start(self.withdraw(event.data["id"]))
        elif event.name == "device.ended":
            self.subscriptions.forget_device(event.data["id"])

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            task = asyncio.get_running_loop().create_task(work)
        except RuntimeError:  # nothing runs: the parts are used without a server
            work.close()
            return
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            note("a push message failed", "error", error=f"{type(error).__name__}: {error}")

    async def notify(self, id: str) -> None:
        """Tells every device that an approval waits."""
        approval = self._approvals.store.get(id)
        if approval is None or approval.state != PENDING:
            return
        content = model.payload(approval, self._machine, len(self._approvals.store.pending()))
        message = Message(content, model.life(approval.expires, self._clock.now()), id)
        receivers = []
        for one in self.subscriptions.all():
            if why := self._suppressed(one, model.notice(approval)):
                note("no push message", approval=id, device=one.name, why=why)
            else:
                receivers.append(one)

        def wanted(one: Subscription) -> bool:
            now = self._approvals.store.get(id)
            if now is None or now.state != PENDING:
                return False
            self._told.setdefault(id, set()).add(one.id)
            return True

        await asyncio.gather(*(self.deliver(one, message, wanted, self._pauses) for one in receivers))

    def _suppressed(self, one: Subscription, notice: str) -> str:
        """Why a device is not told, "" when it is: only what the person chose, or a page that they look at there."""
        chosen = preferences.load(self._db)
        if not chosen["notify"].get(notice, True):
            return f"notifications of {notice} are off"
        if model.is_quiet(chosen["quiet"], datetime.fromtimestamp(self._clock.now()).time()):
            return "quiet hours"
        if self._looking.get(one.device, 0.0) > self._clock.ticks():
            return "its page is visible and focused"
        return ""

    async def withdraw(self, id: str) -> None:
        """Takes a message back on every device that was told: the same topic replaces what has not arrived yet."""
        told = self._told.pop(id, None)
        if told is None:
            approval = self._approvals.store.get(id)
            if approval is None or approval.created > self._since:
                return
        # Who was told before we started is not known.
        receivers = [one for one in self.subscriptions.all() if told is None or one.id in told]
        content = {"withdraw": id, "waiting": len(self._approvals.store.pending())}
        message = Message(content, model.FOUR_WEEKS, id)
        await asyncio.gather(*(self.deliver(one, message, _always, self._pauses) for one in receivers))

    async def test(self, id: str = "") -> list[dict[str, Any]]:
        """Sends a test to one device or all, on the way that every message takes; how it went."""
        self._reachable()
        chosen = [one for one in self.subscriptions.all() if id in ("", one.id)]
        message = Message({"test": True, "machine": self._machine[:64]}, 60, "test")
        errors = await asyncio.gather(*(self.deliver(one, message, _always, ()) for one in chosen))
        return [
            {"id": one.id, "name": one.name, "ok": not error, "error": error}
            for one, error in zip(chosen, errors, strict=True)
        ]

    async def deliver(
        self,
        one: Subscription,
        message: Message,
        wanted: Callable[[Subscription], bool],
        pauses: tuple[float, ...],
    ) -> str:
        """Brings a message to its service, and again after each pause where that helps and it is still wanted.

        The last error, "" when the service took it or it was not wanted any more.
        """
        turn = self._turns.setdefault((one.id, message.topic), asyncio.Lock())
        for pause in (*pauses, None):
            # One after the other, so that a withdrawal never overtakes what it withdraws.
            async with turn:
                if not wanted(one):
                    return ""
                status, wait, error = await self._post(one, message)
            if not self._noted(one, status, error) or pause is None:
                return error
            await asyncio.sleep(min(max(pause, wait), LONGEST))
        return ""

    def _noted(self, one: Subscription, status: int, error: str) -> bool:
        """Notes how a try went; whether another one may go better."""
        now = self._clock.now()
        if not error:
            self._sent.add()
            self.subscriptions.succeeded(one.id, now)
            return False
        self._failures.add(str(status) if status else "network")
        self.subscriptions.failed(one.id, now, error)
        note("a push message was not taken", "warning", device=one.name, error=error)
        if status in (404, 410):
            self.subscriptions.remove(one.id)
        # No answer, too many at once, a bad day.
        return status in (0, 408, 429) or status >= 500

    async def _post(self, one: Subscription, message: Message) -> tuple[int, float, str]:
        """One try: the status, how long the service asks us to wait, and what went wrong."""
        import httpx

        from leashd_supervisor.channels.push.encryption import authorization, encrypt

        content = json.dumps(message.content).encode()
        headers = {
            "Authorization": authorization(self._key(), one.endpoint, self._contact, self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.life),
            "Topic": message.topic,
            **_URGENCY,
        }
        body = encrypt(content, one.p256dh, one.auth, SIZE)
        try:
            async with self._room:
                response = await self._client().post(one.endpoint, content=body, headers=headers)
        except httpx.HTTPError as error:
            return 0, 0.0, f"the service cannot be reached: {type(error).__name__}"
        if response.is_success:
            return response.status_code, 0.0, ""
        asked = response.headers.get("retry-after", "")
        return response.status_code, float(asked) if asked.isdigit() else 0.0, f"the service says {_said(response)}"

    def _client(self) -> httpx.AsyncClient:
        import httpx

        if self._made_client is None:
            self._made_client = httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False)
        return self._made_client

    async def close(self) -> None:
        """Lets go of what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._made_client is not None:
            await self._made_client.aclose()


def _always(one: Subscription) -> bool:
    return True


def _said(response: httpx.Response) -> str:
    text = "".join(char for char in response.text[:120] if char.isprintable())
    return f"{response.status_code} {text}".strip()
