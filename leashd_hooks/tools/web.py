"""WebFetch and WebSearch."""

from leashd_hooks.hosts import as_browsers_read, reach, split_url
from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.tools import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Call


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The host that is asked.  A search runs at the model's provider and reaches no host that the agent names."""
    if call.tool == "WebSearch":
        return [Effect("tool", {"name": "WebSearch"})]
    url = as_browsers_read(text(call, "url"))
    scheme, host, port = split_url(url)
    if scheme == "file":
        path = url.partition("://")[2]
        return [Effect("read", {"path": resolve(path[path.find("/") :], "/", home), "how": "content"})]
    fields: dict[str, Any] = {"host": host, "direction": "fetch", "reach": reach(host)}
    fields["scheme"] = scheme or "https"
    if port:
        fields["port"] = port
    return [Effect("network", fields)]
