"""The policy in force, and what it says to a call: the routes of the policy view."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from leashd_hooks import bundle
from leashd_hooks.decide.rule import ACTION, INSTEAD, NAME, ORIGIN, REASON, entry
from leashd_supervisor.kernel.errors import SupervisorError
from leashd_supervisor.kernel.incoming import Malformed, body, text
from leashd_supervisor.settings import Settings
from leashd_supervisor.web.judge import judge


def routes(settings: Settings) -> list[Route]:
    """The routes."""
    state, home = str(settings.state), str(Path.home())

    async def shown(http: Request) -> JSONResponse:
        try:
            policy = await asyncio.to_thread(bundle.load, state, home)
        except (ValueError, OSError) as error:
            raise SupervisorError(f"the policy cannot be read: {error}", "`leashd policy lint` says why") from error
        return JSONResponse(
            {
                "policies": list(policy["policies"]),
                "digest": policy["digest"],
                "roots": list(policy["roots"]),
                "default": policy["default"],
                "rules": list(rules(policy)),
            }
        )

    async def test(http: Request) -> JSONResponse:
        return JSONResponse(await judge(event(await body(http), home), state, home))

    return [Route("/api/policy", shown), Route("/api/policy/test", test, methods=["POST"])]


def rules(policy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every rule in force in the order of the layers; one for several kinds of effects stands once for each."""
    projects = [(root, project["rules"]) for root, project in policy["projects"].items()]
    layers = [
        ("floor", policy["floor"]),
        ("user", policy["rules_above"]),
        *((f"project {root}", part) for root, part in projects),
        ("profile", policy["rules"]),
    ]
    for layer, part in layers:
        for kind in part:
            for rule in entry(part, kind):
                yield {
                    "name": rule[NAME],
                    "action": rule[ACTION],
                    "kind": kind,
                    "reason": rule[REASON],
                    "instead": rule[INSTEAD],
                    "origin": rule[ORIGIN],
                    "floor": layer == "floor",
                    "layer": layer,
                }


def event(given: dict[str, Any], home: str) -> dict[str, Any]:
    """The event that a host would send for what was asked.  Raises Malformed."""
    cwd = text(given, "cwd", home) or home
    if not cwd.startswith("/"):
        raise Malformed("`cwd` is not an absolute path")
    if "command" in given:
        tool, input = "Bash", {"command": text(given, "command", longest=100_000)}
    else:
        tool, input = text(given, "tool", longest=200), given.get("input", {})
    if not tool or not isinstance(input, dict):
        raise Malformed("name a `command`, or a `tool` with its `input`")
    return {"hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "cwd": cwd}
