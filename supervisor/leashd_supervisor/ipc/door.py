"""The routes of the hooks' door.  None of them answers an approval, tells a secret or changes a setting.

`POST /ask`     a request as `leashd_hooks/client.py` writes it; the response comes when it is settled, or as `pending`
                after `Leashd-Wait` seconds, when its agent has to come back with the same call
`POST /dialog`  {"session", "digest"}: has the call that the client raises a dialog for been allowed already?
`POST /report`  {"event": "end", "session"}: the session is over, and nobody comes back for what it asked
`GET /health`   {"ok": true}: somebody is there
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.routing import Route

from leashd_hooks.approval import digest
from leashd_hooks.model import Call
from leashd_supervisor.approvals.model import KINDS, PENDING, Approval, Request
from leashd_supervisor.approvals.service import Approvals
from leashd_supervisor.kernel.errors import Busy

#: Bytes of a request; the hook takes events of 16 MiB, and sends them on as they are.
LIMIT = 24 * 1024 * 1024


class Malformed(ValueError):
    """A request that no hook of ours would send."""


def door(approvals: Approvals, remote: bool = True) -> Starlette:
    """The application behind the hooks' socket."""

    async def ask(http: HttpRequest) -> JSONResponse:
        request, patience = parse(await _json(http)), _patience(http)
        if request.kind != "tool" and not remote:
            return JSONResponse({"state": "not_asked"})
        return await _settled(approvals, request, patience, http)

    async def dialog(http: HttpRequest) -> JSONResponse:
        body = await _json(http)
        found = approvals.answered_dialog(_text(body, "session"), _text(body, "digest"))
        return JSONResponse(told(found) if found else {"state": "not_asked"})

    async def report(http: HttpRequest) -> JSONResponse:
        body = await _json(http)
        if body.get("event") != "end":
            raise Malformed("`event` is not `end`")
        approvals.end_session(_text(body, "session"))
        return JSONResponse({"state": "noted"})

    async def health(http: HttpRequest) -> JSONResponse:
        return JSONResponse({"ok": True, "waiting": len(approvals.store.pending())})

    async def malformed(http: HttpRequest, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 400)

    async def busy(http: HttpRequest, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 503)

    return Starlette(
        routes=[
            Route("/ask", ask, methods=["POST"]),
            Route("/dialog", dialog, methods=["POST"]),
            Route("/report", report, methods=["POST"]),
            Route("/health", health),
        ],
        exception_handlers={Malformed: malformed, Busy: busy},
    )


async def _settled(approvals: Approvals, request: Request, patience: float | None, http: HttpRequest) -> JSONResponse:
    """What became of a request, once it is settled, its hook is gone, or the hook's patience is over."""
    approval = approvals.ask(request)
    waiting = asyncio.ensure_future(approvals.wait(approval.id))
    leaving = asyncio.ensure_future(_gone(http))
    try:
        done, _ = await asyncio.wait((waiting, leaving), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
    if not waiting.done():
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        if leaving in done:
            approvals.abandon(approval.id)
            return JSONResponse({"state": "gone"}, 499)
        if left := approvals.leave(approval.id, request.call_id):
            return JSONResponse(told(left))
    if approvals.get(approval.id).state == PENDING:
        return JSONResponse({"error": "the supervisor ends; ask again"}, 503)
    settled = approvals.deliver(approval.id, request.call_id)
    return JSONResponse(told(settled)) if settled else JSONResponse({"error": "it is another call's; ask again"}, 503)


def _patience(http: HttpRequest) -> float | None:
    """Seconds that the hook can wait for its response; None when it does not say."""
    given = http.headers.get("leashd-wait")
    try:
        seconds = float(given) if given else None
    except ValueError:
        raise Malformed("`Leashd-Wait` is not a number") from None
    if seconds is not None and not 0 <= seconds <= 1e9:
        raise Malformed("`Leashd-Wait` is not a number of seconds")
    return seconds


def told(approval: Approval) -> dict[str, Any]:
    """An approval as the hook hears it."""
    answer = approval.answer
    return {
        "id": approval.id,
        "state": approval.state,
        "digest": approval.request.digest,
        "surface": approval.surface,
        "device": approval.device,
        "message": answer.message,
        "stop": answer.stop,
        "input": answer.input,
    }


def parse(body: dict[str, Any]) -> Request:
    """A request from its JSON.  Raises Malformed."""
    known = {name: body[name] for name in Request.__dataclass_fields__ if name in body}
    if set(body) - set(known):
        raise Malformed(f"unknown fields: {', '.join(sorted(set(body) - set(known)))}")
    for name in ("kind", "agent", "session", "digest", "tool", "cwd"):
        _text(body, name)
    if body["kind"] not in KINDS:
        raise Malformed(f"`{body['kind']}` is no kind of approval")
    effects = body.get("effects", [])
    timeout = body.get("timeout")
    if not isinstance(body.get("input"), dict) or not isinstance(effects, list):
        raise Malformed("`input` is not an object or `effects` not a list")
    if not all(isinstance(effect, dict) for effect in effects):
        raise Malformed("an effect is not an object")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout <= 0):
        raise Malformed("`timeout` is not a positive number")
    if not isinstance(body.get("risk_level", ""), str):
        raise Malformed("`risk_level` is not a text")
    if not isinstance(body.get("replaces", False), bool) or not isinstance(body.get("before", ""), (str, type(None))):
        raise Malformed("`replaces` is not a flag or `before` not a text")
    if body["digest"] != _digest(body):
        raise Malformed("`digest` is not that of `tool` and `input`")
    return Request(**{**known, "call_id": str(body.get("call_id", "")), "effects": tuple(effects)})


def _digest(body: dict[str, Any]) -> str:
    """What a person's answer is bound to is what they are shown, whoever asks."""
    try:
        return digest(Call(body["tool"], body["input"], body["cwd"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed(f"`input` cannot be told: {error}") from error


async def _json(http: HttpRequest) -> dict[str, Any]:
    data = bytearray()
    async for chunk in http.stream():
        data += chunk
        if len(data) > LIMIT:
            raise Malformed(f"more than {LIMIT} bytes")
    try:
        body = json.loads(bytes(data))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise Malformed("not a JSON object")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or (not value and name != "call_id"):
        raise Malformed(f"`{name}` is not a text")
    return value


async def _gone(http: HttpRequest) -> None:
    """Returns when the other side has hung up."""
    while True:
        message = await http.receive()
        if message["type"] == "http.disconnect":
            return
