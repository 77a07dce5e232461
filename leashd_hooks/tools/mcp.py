"""Tools of MCP servers: `mcp__server__tool`.  The server is part of the name and is never dropped."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from leashd_hooks.model import Call

#: Names of arguments that hold a path on this machine, whatever the tool does with it.
_PATH_NAMES = frozenset(
    (
        *("path", "paths", "file", "files", "file_path", "filepath", "filename", "dir", "directory", "folder", "cwd"),
        *("root", "source", "destination", "output", "src", "dest", "dst", "target", "location", "uri", "filenames"),
    )
)
#: What the names of further such arguments end in.
_PATH_ENDINGS = ("path", "paths", "_file", "_files", "_dir", "directory", "folder", "filename")
#: Tools of Playwright's MCP server that only look.
_BROWSER_READS = frozenset(
    (
        *("browser_snapshot", "browser_take_screenshot", "browser_console_messages", "browser_network_requests"),
        *("browser_tab_list", "browser_wait_for", "browser_resize"),
    )
)
_URL_NAMES = ("url", "uri", "urls", "href", "host", "endpoint", "link")
#: Values looked at before the rest counts as too much.
_VALUES = 500


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The tool itself, and the files its arguments name."""
    server, _, tool = call.tool[5:].partition("__")
    effects = [Effect("mcp", {"server": server, "tool": tool})]
    if "playwright" in server.lower() and tool.startswith("browser_"):
        operation = "read" if tool in _BROWSER_READS else "act"
        effects.append(Effect("browser", {"operation": operation, "name": tool}))
    for count, (name, value) in enumerate(_strings("", call.input, 0)):
        if count >= _VALUES:
            effects.append(Effect("opaque", {"why": "more arguments than leashd looks at"}))
            break
        path = _path(name, value, home)
        if path is not None:
            effects.append(Effect("read", {"path": resolve(path, call.cwd, home), "how": "content"}))
        if name.lower() in _URL_NAMES and _hands_out_credentials(value):
            effects.append(Effect("network", {"direction": "fetch", "reach": "metadata"}))
    return effects


def _hands_out_credentials(url: str) -> bool:
    """Whether `url` leads to a cloud's metadata service: the one address that is nobody's page."""
    from leashd_hooks.hosts import as_browsers_read, reach, split_url

    host = split_url(as_browsers_read(url))[1]
    return bool(host) and reach(host) == "metadata"


def _path(name: str, value: str, home: str) -> "str | None":
    if value[:7].lower() == "file://":
        return "/" + value[7:].lstrip("/")
    if "://" in value or "\n" in value or not value:
        return None
    called = name.lower()
    if called in _PATH_NAMES or called.endswith(_PATH_ENDINGS):
        return value
    if value.startswith(("~/", "../", "./", home + "/")) or (value[0] == "." and value[1:2].isalpha()):
        return value
    return None


def _strings(name: str, value: "Any", depth: int) -> "Iterator[tuple[str, str]]":
    """Every text in the arguments, with the nearest name above it."""
    if isinstance(value, str):
        yield name, value
    elif depth < 16 and isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(str(key), item, depth + 1)
    elif depth < 16 and isinstance(value, list):
        for item in value:
            yield from _strings(name, item, depth + 1)
