"""People's door put together: every address of the page.

    GET  /  /a/{id}  /static/*  /manifest.webmanifest  /sw.js  /healthz      open; none of them tells anything
    POST /api/login                                                          open; {"key"} or {"code"} for a session
    POST /api/logout  /api/pair     DELETE /api/devices/{id}                 logins.py
    GET  /api/me  /api/state  /api/agents  /api/events  GET, PUT /api/settings  here
    /api/approvals*  /api/grants*                                            approvals/http.py
    GET  /api/policy                POST /api/policy/test                    policy.py

Every other slice brings its own.  What is not open needs a session: `guard.py`.  A program sends `Origin` with whatever
changes something, like a browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from leashd_hooks import __version__
from leashd_supervisor.approvals import http as approvals_http
from leashd_supervisor.approvals.service import Approvals, Late, Unknown
from leashd_supervisor.kernel import preferences
from leashd_supervisor.kernel.bus import Bus, Event
from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.db import Database
from leashd_supervisor.kernel.errors import Busy, SupervisorError
from leashd_supervisor.kernel.incoming import body
from leashd_supervisor.settings import Settings
from leashd_supervisor.web import files, logins, policy
from leashd_supervisor.web.agents import Agents
from leashd_supervisor.web.auth import Devices, is_key
from leashd_supervisor.web.guard import Guard
from leashd_supervisor.web.sse import Streams

STATIC = Path(__file__).parent / "static"
#: Settled approvals in the state, and old events that tell which agents there were.
RECENT, OLD = 50, 500


def page(
    settings: Settings, clock: Clock, db: Database, bus: Bus, approvals: Approvals, more: Iterable[Route] = ()
) -> ASGIApp:
    """The application of people's door; `more` are the routes of other slices."""
    devices = Devices(db, clock)
    seen = approvals_http.viewer(approvals, settings.machine)
    app = Starlette(
        routes=[
            *files.routes(files.Files(STATIC)),
            *logins.routes(db, clock, bus, devices, settings.public),
            *_own(settings, clock, db, bus, approvals, devices, seen),
            *approvals_http.routes(approvals, seen),
            *policy.routes(settings),
            *more,
        ],
        exception_handlers={
            Late: approvals_http.late(seen),
            Unknown: _told(404),
            logins.NoDevice: _told(404),
            Busy: _told(503),
            SupervisorError: _told(400),
            HTTPException: _http_error,
        },
    )
    app.router.redirect_slashes = False
    return Guard(app, devices, settings.public, lambda key: is_key(db, key))


def _own(
    settings: Settings,
    clock: Clock,
    db: Database,
    bus: Bus,
    approvals: Approvals,
    devices: Devices,
    seen: approvals_http.Viewer,
) -> list[Route]:
    agents = Agents()
    streams = Streams(bus, lambda event: told(event, approvals, seen), devices.holds)
    for event in bus.since(max(0, bus.last() - OLD)) or ():
        _hear(agents, event)
    bus.watch(lambda event: _hear(agents, event))

    async def health(http: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    async def me(http: Request) -> JSONResponse:
        own = http.state.device
        return JSONResponse(
            {
                "machine": settings.machine,
                "version": __version__,
                "device": own.name,
                "devices": logins.shown_devices(devices, own.id),
                "settings": preferences.load(db),
            }
        )

    async def state(http: Request) -> JSONResponse:
        pending, recent = approvals.store.pending(), approvals.store.recent(RECENT)
        return JSONResponse(
            {
                "cursor": bus.last(),
                "pending": [seen(approval) for approval in pending],
                "recent": [seen(approval) for approval in recent],
                "grants": approvals_http.shown_grants(approvals),
                "agents": agents.shown([*reversed(recent), *pending], clock.now()),
            }
        )

    async def running(http: Request) -> JSONResponse:
        known = [*reversed(approvals.store.recent(RECENT)), *approvals.store.pending()]
        return JSONResponse({"agents": agents.shown(known, clock.now())})

    async def events(http: Request) -> Response:
        return streams.response(http, http.state.device.id)

    async def chosen(http: Request) -> JSONResponse:
        return JSONResponse(preferences.load(db))

    async def choose(http: Request) -> JSONResponse:
        return JSONResponse(preferences.save(db, await body(http)))

    return [
        Route("/healthz", health),
        Route("/api/me", me),
        Route("/api/state", state),
        Route("/api/agents", running),
        Route("/api/events", events),
        Route("/api/settings", chosen),
        Route("/api/settings", choose, methods=["PUT"]),
    ]


def _hear(agents: Agents, event: Event) -> None:
    if event.name == "decision":
        agents.heard(event.data)


def told(event: Event, approvals: Approvals, seen: approvals_http.Viewer) -> tuple[str, dict[str, Any]] | None:
    """What the page is told of an event: an approval as it is now, a decision, a grant; None for what is not for it."""
    kind, _, what = event.name.partition(".")
    if kind == "approval":
        approval = approvals.store.get(str(event.data.get("id")))
        return ("approval", seen(approval)) if approval else None
    if kind == "grant":
        return "grant", {**event.data, "change": what}
    return ("decision", event.data) if kind == "decision" else None


def _told(status: int) -> Any:
    async def handle(http: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, SupervisorError)  # noqa: S101 - registered for nothing else
        return JSONResponse({"error": error.what, "help": error.help}, status)

    return handle


async def _http_error(http: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    return JSONResponse({"error": error.detail.lower(), "help": ""}, error.status_code, error.headers)
