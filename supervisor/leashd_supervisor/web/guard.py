"""What every request of people's door passes before anything else looks at it.

Host, so that no foreign name leads here; Origin and Sec-Fetch-Site, so that no foreign page acts for a person; JSON
only and not too much of it; a session, unless the path is one of the few that tell nothing.  Every answer carries the
headers that keep a browser from doing more than the page needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leashd_supervisor.kernel.errors import Busy
from leashd_supervisor.web.auth import Device, Devices

#: Bytes of a body, and of one that comes without a session: a key takes less.
LIMIT, STRANGERS_LIMIT = 1024 * 1024, 16 * 1024
#: Sessions of a request that are looked at.
SESSIONS = 16
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
#: What tells nothing about anybody, and may be seen without a session.
OPEN = ("/", "/manifest.webmanifest", "/sw.js", "/favicon.ico", "/healthz", "/api/login")
OPEN_BELOW = ("/static/", "/a/")
#: Where a key may stand in the place of a session, for programs that collect figures.
BY_KEY = ("/metrics",)
STREAMS = ("/api/events",)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "X-Frame-Options": "DENY",
}


class Refusal(Exception):
    """A request that is not let through: the status, what is wrong, and what to do about it."""

    def __init__(self, status: int, error: str, help: str = "") -> None:
        super().__init__(error)
        self.status, self.error, self.help = status, error, help


class Guard:
    """The application behind all checks.  `is_key` answers whether a text is the key."""

    def __init__(
        self,
        app: ASGIApp,
        devices: Devices,
        public: tuple[str, ...],
        is_key: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._app = app
        self._devices = devices
        self._public = tuple(name.lower() for name in public)
        self._is_key = is_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(message, scope["path"])
            await send(message)

        try:
            self._check(scope, headers)
            device = await self._who(scope, headers)
            scope.setdefault("state", {})["device"] = device
            await self._app(scope, _counted(receive, LIMIT if device else STRANGERS_LIMIT), answer)
        except Refusal as refusal:
            await _refused(refusal)(scope, receive, answer)
        except Busy as busy:
            await _refused(Refusal(503, busy.what, busy.help))(scope, receive, answer)

    def _check(self, scope: Scope, headers: Headers) -> None:
        scheme = self._scheme(scope, headers)
        scope["scheme"] = scheme
        own = f"{scheme}://{headers['host'].lower()}"
        safe = scope["method"] in ("GET", "HEAD")
        origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
        if _inside(scope["path"]) and any(site not in ("same-origin", "none") for site in sites):
            raise Refusal(403, "another site asked for this")
        if any(origin.lower() != own for origin in origins):
            raise Refusal(403, "another site asked for this")
        if not safe and not origins:
            raise Refusal(403, "a request that changes something says where it comes from", f"send `Origin: {own}`")
        if scope["path"] in STREAMS and not origins and sites != ["same-origin"]:
            raise Refusal(403, "a stream is for the page alone", f"send `Origin: {own}`")
        if not safe:
            _check_body(headers)

    def _scheme(self, scope: Scope, headers: Headers) -> str:
        """http for a loopback name with our port, https for a public name, which a tunnel serves."""
        hosts = headers.getlist("host")
        host = hosts[0].lower() if len(hosts) == 1 else ""
        if host in self._public:
            return "https"
        server = scope.get("server") or ("", None)
        port = server[1]
        if host in {f"{name}:{port}" for name in LOOPBACK} or (port == 80 and host in LOOPBACK):
            return "http"
        raise Refusal(403, "this name does not lead here", "add it to LEASHD_PUBLIC_HOSTS if a tunnel shows the page")

    async def _who(self, scope: Scope, headers: Headers) -> Device | None:
        path = scope["path"]
        for session in sessions(headers, scope["scheme"]):
            device = self._devices.of_session(session)
            if device is not None:
                return device
        if path in OPEN or path.startswith(OPEN_BELOW):
            return None
        if path in BY_KEY:
            kind, _, key = headers.get("authorization", "").partition(" ")
            if kind.lower() == "bearer" and await self._is_key(key.strip()):
                return None
        raise Refusal(401, "nobody is logged in", "log in with the key, or pair this device")


def cookie_name(scheme: str) -> str:
    """The session's cookie: over https the browser itself refuses one that another host has set."""
    return "__Host-sid" if scheme == "https" else "sid"


def sessions(headers: Headers, scheme: str) -> list[str]:
    """The sessions that a request names; other programs on this machine may have set some as well."""
    found = []
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            try:
                morsel = SimpleCookie(part).get(cookie_name(scheme))
            except CookieError:
                continue
            if morsel is not None and len(morsel.value) < 200:
                found.append(morsel.value)
    return found[:SESSIONS]


def _inside(path: str) -> bool:
    return path.startswith("/api/") or path in BY_KEY


def _check_body(headers: Headers) -> None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" not in headers and length == "0":
        return
    if length.isdigit() and int(length[:12]) > LIMIT:
        raise Refusal(413, f"more than {LIMIT} bytes")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, "only JSON is taken", "send `Content-Type: application/json`")


def _counted(receive: Receive, limit: int) -> Receive:
    count = 0

    async def counted() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > limit:
            raise HTTPException(413, f"more than {limit} bytes", {"Connection": "close"})
        return message

    return counted


def _protect(message: Message, path: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if _inside(path):
        headers["Cache-Control"] = "no-store"


def _refused(refusal: Refusal) -> JSONResponse:
    headers = {"Connection": "close"} if refusal.status == 413 else None
    return JSONResponse({"error": refusal.error, "help": refusal.help}, refusal.status, headers)
