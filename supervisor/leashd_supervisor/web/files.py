"""The page's files: read once, each address with the version of all of them in it, so that browsers may keep them."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_TEXT = (".html", ".js", ".css", ".webmanifest")
_PREFIX = "/static/"
_ANEW, _FOR_EVER = "no-cache", "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    data: bytes
    kind: str

    @cached_property
    def packed(self) -> bytes:
        """The same, compressed; nothing secret is in it that its length could tell."""
        return gzip.compress(self.data, 9, mtime=0)

    @cached_property
    def tag(self) -> str:
        """The entity tag."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:20]}"'


class Files:
    """All files below a directory, in memory."""

    def __init__(self, directory: Path) -> None:
        paths = sorted(path for path in directory.rglob("*") if path.is_file() and path.suffix in TYPES)
        read = {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}
        whole = hashlib.sha256()
        for name, data in read.items():
            whole.update(name.encode() + b"\0" + data)
        self.version = whole.hexdigest()[:10]
        self._files = {name: self._made(name, data) for name, data in read.items()}

    def _made(self, name: str, data: bytes) -> File:
        suffix = Path(name).suffix
        if suffix in _TEXT:
            for quote in (b'"', b"'", b"("):
                data = data.replace(quote + _PREFIX.encode(), quote + f"{_PREFIX}{self.version}/".encode())
        return File(data, TYPES[suffix])

    def answer(self, http: Request, name: str, keep: str = _ANEW) -> Response:
        """The response with a file, 404 when there is none of that name."""
        file = self._files.get(name)
        if file is None:
            return Response("there is no such page\n", 404, media_type="text/plain")
        headers = {"Cache-Control": keep, "ETag": file.tag, "Vary": "Accept-Encoding"}
        if http.headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=headers)
        data = file.data
        if file.kind != "image/png" and "gzip" in http.headers.get("accept-encoding", ""):
            data = file.packed
            headers["Content-Encoding"] = "gzip"
        return Response(data, headers={**headers, "Content-Type": file.kind})


def routes(files: Files) -> list[Route]:
    """The shell at every address of the page, its files, and the two that browsers look for at the top."""

    async def shell(http: Request) -> Response:
        return files.answer(http, "index.html")

    async def static(http: Request) -> Response:
        name: str = http.path_params["path"]
        known, _, rest = name.partition("/")
        return files.answer(http, rest, _FOR_EVER) if known == files.version else files.answer(http, name)

    async def manifest(http: Request) -> Response:
        return files.answer(http, "manifest.webmanifest")

    async def worker(http: Request) -> Response:
        return files.answer(http, "sw.js")

    return [
        Route("/", shell),
        Route("/a/{id}", shell),
        Route("/static/{path:path}", static),
        Route("/manifest.webmanifest", manifest),
        Route("/sw.js", worker),
    ]
