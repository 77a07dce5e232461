"""WebFetch and WebSearch."""

from leashd_hooks.hosts import as_browsers_read, file_path, reach, split_url
from leashd_hooks.model import Effect
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
    path = file_path(url)
    if path is not None:
        return [Effect("read", {"path": path, "how": "content"})]
    fields: dict[str, Any] = {"host": host, "direction": "fetch", "reach": reach(host)}
    fields["scheme"] = scheme or "https"
    if port:
        fields["port"] = port
    return [Effect("network", fields)]
