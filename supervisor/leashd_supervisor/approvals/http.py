"""The routes of approvals and grants.  Who may come here has been checked before: `http.state.device` is who it is.

`GET /api/approvals[?state=&before=&limit=]`   `GET /api/approvals/{id}`   `GET /api/approvals/{id}/covered`
`POST /api/approvals/{id}/answer`              one answer, bound to the digest that was shown
`POST /api/approvals/{id}/again`               yes to the next call that is the same, after the end of this one
`POST /api/approvals/allow`                    yes to several at once, of low risk only
`GET /api/grants`                              `DELETE /api/grants/{id}`
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leashd_supervisor.approvals.model import LOW, PENDING, STATES, Answer, Approval, Request
from leashd_supervisor.approvals.service import Approvals, Late, Unknown
from leashd_supervisor.approvals.shown import Shown, safe, safe_value
from leashd_supervisor.approvals.view import EDITS, editable, short, view
from leashd_supervisor.kernel.errors import Busy, SupervisorError
from leashd_supervisor.kernel.incoming import Malformed, body, flag, number, text

#: Approvals that one request allows, and characters of a message to the agent.
BULK, MESSAGE = 50, 4000

Viewer = Callable[[Approval], dict[str, Any]]


def viewer(approvals: Approvals, machine: str) -> Viewer:
    """Makes Views; how often the same was answered is told of what still waits."""

    def seen(approval: Approval) -> dict[str, Any]:
        request = approval.request
        history = (0, 0)
        if approval.state == PENDING:
            history = approvals.store.history(request.rule, request.tool, request.project)
        return view(approval, approvals.seconds_left(approval), machine, history)

    return seen


def routes(approvals: Approvals, seen: Viewer) -> list[Route]:
    """The routes."""
    return [*_answers(approvals, seen), *_views(approvals, seen), *_grants(approvals)]


def _views(approvals: Approvals, seen: Viewer) -> list[Route]:
    async def listed(http: HttpRequest) -> JSONResponse:
        query = http.query_params
        state = query.get("state")
        if state and state not in STATES:
            raise Malformed(f"`{safe(state)}` is no state", f"one of {', '.join(STATES)}")
        limit = int(number(query, "limit", 50, 1, 200))
        if state == PENDING:
            found = approvals.store.pending()[:limit]
        else:
            before = number(query, "before", 0, 0, 1e12) if query.get("before") else None
            found = approvals.store.recent(limit, before, state or None)
        return JSONResponse({"approvals": [seen(approval) for approval in found]})

    async def one(http: HttpRequest) -> JSONResponse:
        return JSONResponse(seen(approvals.get(http.path_params["id"])))

    async def covered(http: HttpRequest) -> JSONResponse:
        approval = approvals.get(http.path_params["id"])
        refuses = approvals.refuses_grant(approval)
        same = [] if refuses else approvals.covered(approval)
        return JSONResponse({"refuses": refuses, "would_have_covered": [short(one) for one in same]})

    return [
        Route("/api/approvals", listed),
        Route("/api/approvals/{id}", one),
        Route("/api/approvals/{id}/covered", covered),
    ]


def _answers(approvals: Approvals, seen: Viewer) -> list[Route]:
    async def answer(http: HttpRequest) -> JSONResponse:
        given = await body(http)
        approval = approvals.get(http.path_params["id"])
        said = read_answer(given, approval.request)
        settled = approvals.answer(approval.id, said, *_where(http), digest=text(given, "digest", longest=200))
        return JSONResponse(seen(settled))

    async def again(http: HttpRequest) -> JSONResponse:
        digest = text(await body(http), "digest", longest=200)
        return JSONResponse(seen(approvals.again(http.path_params["id"], *_where(http), digest=digest)))

    async def allow(http: HttpRequest) -> JSONResponse:
        given = (await body(http)).get("approvals")
        if not isinstance(given, list) or len(given) > BULK or not all(isinstance(one, dict) for one in given):
            raise Malformed(f"`approvals` is not a list of at most {BULK} objects")
        asked = [(text(one, "id", longest=100), text(one, "digest", longest=200)) for one in given]
        allowed, refused = [], []
        for id, digest in asked:
            try:
                allow_low(approvals, id, digest, *_where(http))
                allowed.append(id)
            except Busy:
                raise
            except SupervisorError as error:
                refused.append({"id": id, "why": error.what})
        return JSONResponse({"allowed": allowed, "refused": refused})

    return [
        Route("/api/approvals/allow", allow, methods=["POST"]),
        Route("/api/approvals/{id}/answer", answer, methods=["POST"]),
        Route("/api/approvals/{id}/again", again, methods=["POST"]),
    ]


def _grants(approvals: Approvals) -> list[Route]:
    async def listed(http: HttpRequest) -> JSONResponse:
        return JSONResponse({"grants": shown_grants(approvals)})

    async def revoke(http: HttpRequest) -> Response:
        if not approvals.revoke(http.path_params["id"]):
            raise Unknown("there is no such grant", "it may have been taken back already")
        return Response(status_code=204)

    return [Route("/api/grants", listed), Route("/api/grants/{id}", revoke, methods=["DELETE"])]


def allow_low(approvals: Approvals, id: str, digest: str, surface: str, device: str) -> None:
    """Allows one of several.  Raises SupervisorError when it is not one that may be allowed unseen."""
    approval = approvals.get(id)
    if approval.risk != LOW or approval.request.kind != "tool":
        raise SupervisorError("only calls of low risk are allowed together", "look at it, and allow it alone")
    approvals.answer(id, Answer(True), surface, device, digest)


def shown_grants(approvals: Approvals) -> list[dict[str, Any]]:
    """The grants in force, safe to show."""
    return [{**safe_value(grant.to_json()), "title": Shown(grant.title).text} for grant in approvals.store.grants()]


def read_answer(given: dict[str, Any], request: Request) -> Answer:
    """The answer to a request that a page has sent.  Raises Malformed.

    What a person edits are single fields: the rest of the tool's input stays as the agent wrote it.
    """
    input = given.get("input")
    if input is not None:
        input = {**request.input, **_edited(input, request)}
    return Answer(
        flag(given, "allow"),
        text(given, "message", "", MESSAGE),
        flag(given, "stop", False),
        input,
        text(given, "scope", "call", 20),
    )


def _edited(input: object, request: Request) -> dict[str, Any]:
    if not isinstance(input, dict):
        raise Malformed("`input` is not an object")
    if request.kind == "question" and request.agent in EDITS:
        if set(input) != {"answers"} or not _is_answers(input["answers"]):
            raise Malformed("`input` of a question holds `answers`: a text for each question")
        return input
    field = editable(request)
    if field is None or set(input) != {field} or not isinstance(input[field], str):
        raise Malformed("this call cannot be edited" if field is None else f"only `{field}` can be edited")
    return input


def _is_answers(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def late(seen: Viewer) -> Callable[[HttpRequest, Exception], Awaitable[JSONResponse]]:
    """Answers a request that came too late: with what has become of the approval."""

    async def handle(http: HttpRequest, error: Exception) -> JSONResponse:
        assert isinstance(error, Late)  # noqa: S101 - registered for nothing else
        return JSONResponse({"error": error.what, "help": error.help, "approval": seen(error.approval)}, 409)

    return handle


def _where(http: HttpRequest) -> tuple[str, str]:
    """Surface and device of whoever answers."""
    device = http.state.device
    return ("terminal" if device.how == "terminal" else "page"), device.name
