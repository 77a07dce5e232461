"""Routes of Web Push."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leashd_supervisor.channels.push.service import Push
from leashd_supervisor.kernel.incoming import Malformed, body, flag, text


def routes(push: Push) -> list[Route]:
    """The routes; who may use them is for the door to say."""

    async def key(http: Request) -> JSONResponse:
        return JSONResponse({"key": push.key()})

    async def subscribe(http: Request) -> JSONResponse:
        given = await body(http)
        keys = given.get("keys")
        if not isinstance(keys, dict):
            raise Malformed("`keys` is not an object", "send the subscription as the browser gives it")
        device = http.state.device
        made = push.subscribe(
            device.id,
            device.name,
            text(given, "endpoint"),
            text(keys, "p256dh", longest=200),
            text(keys, "auth", longest=200),
        )
        return JSONResponse({"id": made.id}, 201)

    async def unsubscribe(http: Request) -> Response:
        if not push.subscriptions.remove(http.path_params["id"]):
            return JSONResponse({"error": "there is no such subscription", "help": ""}, 404)
        return Response(status_code=204)

    async def test(http: Request) -> JSONResponse:
        given = await body(http)
        return JSONResponse({"results": await push.test(text(given, "id", "", 100))})

    async def devices(http: Request) -> JSONResponse:
        own = http.state.device.id
        shown = [{**one.to_json(), "current": one.device == own} for one in push.subscriptions.all()]
        return JSONResponse({"devices": shown})

    async def presence(http: Request) -> Response:
        given = await body(http)
        push.looks(http.state.device.id, flag(given, "visible"), flag(given, "focused"))
        return Response(status_code=204)

    return [
        Route("/api/push/key", key),
        Route("/api/push/subscriptions", subscribe, methods=["POST"]),
        Route("/api/push/subscriptions/{id}", unsubscribe, methods=["DELETE"]),
        Route("/api/push/test", test, methods=["POST"]),
        Route("/api/push/devices", devices),
        Route("/api/push/presence", presence, methods=["POST"]),
    ]
