"""The routes of coming in and going out: login, logout, pairing, devices."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leashd_supervisor.approvals.shown import safe
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.db import Database
from leashd_supervisor.kernel.errors import SupervisorError
from leashd_supervisor.kernel.incoming import Malformed, body, text
from leashd_supervisor.web.auth import IDLE, Attempts, Devices, is_key
from leashd_supervisor.web.guard import cookie_name, sessions

#: What a browser calls itself, and what a person does.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def routes(db: Database, clock: Clock, bus: Bus, devices: Devices, public: tuple[str, ...]) -> list[Route]:
    """The routes."""
    attempts = Attempts(clock)

    async def login(http: Request) -> Response:
        given = await body(http)
        if ("key" in given) == ("code" in given):
            raise Malformed("send either a `key` or a `code`")
        how = "key" if "key" in given else "code"
        credential = text(given, how, longest=500)
        right = await is_key(db, credential) if how == "key" else devices.redeem(credential)
        if not right:
            return _wrong(attempts.wrong(credential))
        for session in sessions(http.headers, http.scope["scheme"]):
            known = devices.of_session(session)
            if known is not None:
                devices.end(known.id)
        agent = http.headers.get("user-agent", "")
        session = devices.enter(device_name(agent), "terminal" if agent.startswith("leashd") else how)
        response = Response(status_code=204)
        _set(response, http.scope["scheme"], session, int(IDLE))
        return response

    async def logout(http: Request) -> Response:
        _end(http.state.device.id)
        response = Response(status_code=204)
        _set(response, http.scope["scheme"], "", 0)
        return response

    async def pair(http: Request) -> JSONResponse:
        import segno  # not at the top: it takes a tenth of the start

        code, expires = devices.code()
        # What another device can reach is a public name, where there is one.
        base = f"https://{public[0]}" if public else f"{http.scope['scheme']}://{http.headers['host']}"
        url = f"{base}/#pair={code}"
        drawn = segno.make(url, error="m").svg_inline(border=4, omitsize=True, dark="#000", light="#fff")
        return JSONResponse({"code": code, "url": url, "qr_svg": drawn, "expires": expires})

    async def revoke(http: Request) -> Response:
        if not _end(http.path_params["id"]):
            raise NoDevice("there is no such device", "it may be logged out already")
        return Response(status_code=204)

    def _end(id: str) -> bool:
        done = devices.end(id)
        if done:
            bus.publish("device.ended", {"id": id})
        return done

    return [
        Route("/api/login", login, methods=["POST"]),
        Route("/api/logout", logout, methods=["POST"]),
        Route("/api/pair", pair, methods=["POST"]),
        Route("/api/devices/{id}", revoke, methods=["DELETE"]),
    ]


class NoDevice(SupervisorError):
    """There is no such device."""


def _wrong(wait: float) -> JSONResponse:
    if not wait:
        told = {"error": "this is not the key, or the code is used up", "help": "`leashd start` shows a way in"}
        return JSONResponse(told, 401)
    late = {"error": "too many wrong tries", "retry_after": wait, "help": "the right key is let in at any time"}
    return JSONResponse(late, 429, {"Retry-After": str(int(wait))})


def _set(response: Response, scheme: str, session: str, age: int) -> None:
    secure = "; Secure" if scheme == "https" else ""
    line = f"{cookie_name(scheme)}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}"
    response.headers["Set-Cookie"] = line


def device_name(agent: str) -> str:
    """What a person calls the device that sends this User-Agent."""
    if agent.startswith("leashd"):
        return "terminal"
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " on ".join(part for part in (browser, system) if part) or safe(agent[:40]) or "a device"


def shown_devices(devices: Devices, own: str) -> list[dict[str, Any]]:
    """Every device; `current` is the one that asks."""
    return [{**device.to_json(), "current": device.id == own} for device in devices.all()]
