"""Codex's own tools: subagents, questions, goals, the clock, the resources of MCP servers.

The hook is told the name of a tool with that of its namespace before it, and nothing between the two.
"""

from leashd_hooks.hosts import file_path
from leashd_hooks.model import Effect
from leashd_hooks.tools import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Call

#: Tool without its namespace -> operation.
_AGENT = {
    "spawn_agent": "task",
    "resume_agent": "task",
    "followup_task": "task",
    "send_input": "message",
    "send_message": "message",
    "request_user_input": "question",
    "request_user_input_async": "question",
}
_NAMESPACES = ("collaboration", "multi_agent_v1", "clock")


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """What the tool sets going; one that only looks or keeps notes is a `tool` effect."""
    if call.tool == "read_mcp_resource":
        found = [Effect("mcp", {"server": text(call, "server", ""), "tool": "resource"})]
        path = file_path(text(call, "uri", ""))
        return found if path is None else [*found, Effect("read", {"path": path, "how": "content"})]
    name = call.tool
    for namespace in _NAMESPACES:
        name = name.removeprefix(namespace)
    if name in _AGENT:
        return [Effect("agent", {"operation": _AGENT[name], "name": call.tool})]
    return [Effect("tool", {"name": call.tool})]
