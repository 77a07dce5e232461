"""Tools of MCP servers: `mcp__server__tool`.  The server is part of the name and is never dropped.

What a server does with its arguments is not known.  What they name is: files, commands, SQL and addresses are judged as
those of any other tool, besides the tool itself, so that allowing a tool by name never lifts the floor.
"""

import leashd_hooks
from leashd_hooks.hosts import as_browsers_read, file_path, reach, split_url
from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.tools import words_of

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
#: Where a path is told by its beginning, whatever its argument is called.
_TELLING = ("~/", "../", "./", "/etc/", "/root/", "/proc/", "/home/", "/Users/", "/var/run/")
#: Words in the name of a tool that writes the files it is given, or deletes them.
_WRITES = frozenset(
    (
        *("write", "edit", "create", "save", "move", "rename", "copy", "append", "update", "insert", "replace", "put"),
        *("mkdir", "touch", "patch", "apply", "download", "export", "set", "modify", "store", "screenshot", "mv", "cp"),
    )
)
_DELETES = frozenset(("delete", "remove", "rm", "unlink", "trash", "move", "rename", "mv"))
#: Tools of Playwright's MCP server that only look.
_BROWSER_READS = frozenset(
    (
        *("browser_snapshot", "browser_take_screenshot", "browser_console_messages", "browser_network_requests"),
        *("browser_tab_list", "browser_wait_for", "browser_resize"),
    )
)
_URL_NAMES = ("url", "uri", "urls", "href", "host", "endpoint", "link", "baseurl", "base_url")
#: Schemes of a browser's own pages: settings, passwords, extensions.
_OWN_PAGES = (
    "chrome",
    "chrome-extension",
    "edge",
    "brave",
    "devtools",
    "moz-extension",
    "resource",
    "opera",
    "vivaldi",
)
#: Values looked at before the rest counts as too much.
_VALUES = 500


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The tool itself, and what its arguments name."""
    server, _, tool = call.tool[5:].partition("__")
    effects = [Effect("mcp", {"server": server, "tool": tool})]
    browser = "playwright" in server.lower() and tool.startswith("browser_")
    if browser:
        operation = "read" if tool in _BROWSER_READS else "act"
        effects.append(Effect("browser", {"operation": operation, "name": tool}))
    if tool.startswith("browser_run_code"):
        effects.append(Effect("code", {"language": "javascript", "source": "inline"}))
    kinds = _on_files(tool)
    for count, (name, value) in enumerate(_strings("", call.input, 0)):
        if count >= _VALUES:
            effects.append(Effect("opaque", {"why": "more arguments than leashd looks at"}))
            break
        if not (browser and name == "filename" and "/" not in value):  # it lies in a folder of the server's own
            effects += _path(name, value, kinds, call, home)
        effects += _address(name, value, server, tool)
    told: list[Effect] = leashd_hooks.load("tools.commands").lower(call, server, tool, home, shfmt)
    return effects + told


def _on_files(tool: str) -> "list[tuple[str, dict[str, Any]]]":
    """What a tool may do to the files it is given, as its name tells: kinds of effects and their fields."""
    words = words_of(tool)
    found: list[tuple[str, dict[str, Any]]] = [("read", {"how": "content"})]
    if words & _WRITES:
        found.append(("write", {"how": "edit"}))
    if words & _DELETES:
        found.append(("delete", {"recursive": False, "force": True}))
    return found


def _path(name: str, value: str, kinds: "list[tuple[str, dict[str, Any]]]", call: "Call", home: str) -> "list[Effect]":
    path = file_path(value)
    if path is None and _is_path(name, value, (home + "/", call.cwd + "/")):
        path = resolve(value, call.cwd, home)
    elif path is None:
        return []
    return [Effect(kind, {"path": path, **fields}) for kind, fields in kinds]


def _is_path(name: str, value: str, roots: "tuple[str, ...]") -> bool:
    if "://" in value or "\n" in value or not value:
        return False
    called = name.lower()
    if called in _PATH_NAMES or called.endswith(_PATH_ENDINGS):
        return True
    return value.startswith((*_TELLING, *roots)) or (value[0] == "." and value[1:2].isalpha())


def _address(name: str, value: str, server: str, tool: str) -> "list[Effect]":
    """Addresses that are nobody's page: a cloud's metadata service, and what a browser keeps for itself; and ports of
    this machine.
    """
    named = name.lower() in _URL_NAMES
    if not named and "://" not in value[:16]:
        return []
    scheme, host, port = split_url(as_browsers_read(value))
    if host and reach(host) == "metadata":
        return [Effect("network", {"direction": "fetch", "reach": "metadata"})]
    if host and port and reach(host) == "local":
        return [Effect("mcp", {"server": server, "tool": tool, "port": port})]
    if scheme in _OWN_PAGES:
        return [Effect("opaque", {"why": "a page of the browser's own, such as its settings"})]
    return []


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
