"""Routes of the audit, and the numbers for Prometheus."""

from __future__ import annotations

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from leashd_supervisor.audit_log.model import Query
from leashd_supervisor.audit_log.service import Audit
from leashd_supervisor.kernel.incoming import Malformed, number, text
from leashd_supervisor.kernel.metrics import Metrics

#: Entries of one answer, at most.
LIMIT = 500
FORMS = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


def routes(audit: Audit, metrics: Metrics) -> list[Route]:
    """The routes; who may use them is for the door to say."""

    async def search(http: Request) -> JSONResponse:
        limit = int(number(http.query_params, "limit", 100, 1, LIMIT))
        before = int(number(http.query_params, "before", 0, 0, 2**53)) or None
        found, following = audit.search(_query(http), before, limit)
        return JSONResponse({"records": found, "next": following})

    async def verify(http: Request) -> JSONResponse:
        return JSONResponse(await audit.verify())

    async def export(http: Request) -> StreamingResponse:
        form = text(http.query_params, "format", "jsonl")
        if form not in FORMS:
            raise Malformed(f"`{form}` is not a format", f"one of {', '.join(FORMS)}")
        headers = {"Content-Disposition": f'attachment; filename="leashd-audit.{form}"'}
        pieces = iterate_in_threadpool(audit.export(form, _query(http)))
        return StreamingResponse(pieces, media_type=FORMS[form], headers=headers)

    async def numbers(http: Request) -> PlainTextResponse:
        return PlainTextResponse(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [
        Route("/api/audit", search),
        Route("/api/audit/verify", verify),
        Route("/api/audit/export", export),
        Route("/metrics", numbers),
    ]


def _query(http: Request) -> Query:
    names = ("q", "verdict", "rule", "tool", "session")
    return Query(**{name: text(http.query_params, name, "", 500) for name in names})
