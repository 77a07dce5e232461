"""The agent's own tools: subagents, skills, questions, plans, schedules, to-do lists."""

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import resolve
from leashd_hooks.tools import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Call

#: Tool -> (operation, input field with the name).
_AGENT = {
    "Agent": ("task", "subagent_type"),
    "Task": ("task", "subagent_type"),
    "Skill": ("skill", "skill"),
    "SlashCommand": ("skill", "command"),
    "AskUserQuestion": ("question", ""),
    "EnterPlanMode": ("plan", ""),
    "ExitPlanMode": ("plan", ""),
    "CronCreate": ("schedule", ""),
    "CronDelete": ("schedule", ""),
    "ScheduleWakeup": ("schedule", ""),
    "RemoteTrigger": ("schedule", ""),
    "SendMessage": ("message", "to"),
    "TeamCreate": ("task", ""),
    "TeamDelete": ("task", ""),
}


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """What the tool sets going; one that only keeps notes is a `tool` effect."""
    if call.tool in _AGENT:
        operation, field = _AGENT[call.tool]
        name = text(call, field, "") if field else ""
        return [Effect("agent", {"operation": operation, "name": name or call.tool})]
    if call.tool in ("EnterWorktree", "ExitWorktree"):
        return [Effect("git", {"verb": "worktree", "changes": "refs", "force": "none", "destroys": False})]
    if call.tool == "Workflow":
        return [Effect("code", {"language": "javascript", "source": "inline"})]
    if call.tool == "ReadMcpResourceTool":
        found = [Effect("mcp", {"server": text(call, "server", ""), "tool": "resource"})]
        uri = text(call, "uri", "")
        if uri[:7].lower() == "file://":
            found.append(Effect("read", {"path": resolve("/" + uri[7:].lstrip("/"), "/", home), "how": "content"}))
        return found
    if call.tool == "LSP" and isinstance(call.input.get("filePath"), str):
        return [Effect("read", {"path": resolve(text(call, "filePath"), call.cwd, home), "how": "content"})]
    return [Effect("tool", {"name": call.tool})]
