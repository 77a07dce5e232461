"""The agent's own tools: subagents, skills, questions, plans, schedules, to-do lists."""

from leashd_hooks.hosts import file_path
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
    "ask_user": ("question", ""),
    "enter_plan_mode": ("plan", ""),
    "exit_plan_mode": ("plan", ""),
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
        path = file_path(text(call, "uri", ""))
        return found if path is None else [*found, Effect("read", {"path": path, "how": "content"})]
    if call.tool == "LSP":
        named = [call.input[name] for name in ("filePath", "file_path", "path") if name in call.input]
        return [Effect("tool", {"name": call.tool}),
                *(Effect("read", {"path": resolve(str(name), call.cwd, home), "how": "content"})
                  for name in named)]  # fmt: skip
    return [Effect("tool", {"name": call.tool})]
