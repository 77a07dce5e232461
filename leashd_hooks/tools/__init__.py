"""Which module lowers which tool of an agent to effects.  A tool that is not listed is opaque."""

import leashd_hooks
from leashd_hooks.model import Effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Call

FAMILIES: "dict[str, tuple[str, ...]]" = {
    "bash": ("Bash", "Monitor"),
    "files": (
        *("Read", "ReadMany", "Write", "Edit", "MultiEdit", "NotebookEdit", "NotebookRead", "Glob", "Grep", "LS"),
        "view_image",
    ),
    "web": ("WebFetch", "WebSearch"),
    "patch": ("apply_patch",),
    "agent": (
        *("Agent", "Task", "Skill", "SlashCommand", "AskUserQuestion", "EnterPlanMode", "ExitPlanMode"),
        *("CronCreate", "CronDelete", "CronList", "EnterWorktree", "ExitWorktree", "SendMessage", "Workflow"),
        *("ScheduleWakeup", "RemoteTrigger", "TeamCreate", "TeamDelete"),
        *("TodoWrite", "TodoRead", "TaskCreate", "TaskUpdate", "TaskGet", "TaskList", "TaskOutput", "TaskStop"),
        *("BashOutput", "KillShell", "KillBash", "ToolSearch", "ReportFindings", "StructuredOutput", "LSP"),
        *("ListMcpResourcesTool", "ReadMcpResourceTool"),
        *("ask_user", "enter_plan_mode", "exit_plan_mode", "update_topic", "complete_task"),
    ),
    "codex": (
        *("spawn_agent", "resume_agent", "send_input", "wait_agent", "close_agent", "multi_agent_v1spawn_agent"),
        *("multi_agent_v1resume_agent", "multi_agent_v1send_input", "multi_agent_v1wait_agent"),
        *("multi_agent_v1close_agent", "collaborationspawn_agent", "collaborationfollowup_task"),
        *("collaborationsend_message", "collaborationwait_agent", "collaborationlist_agents"),
        *("collaborationinterrupt_agent", "request_user_input", "request_user_input_async", "update_plan"),
        *("create_goal", "get_goal", "update_goal", "clockcurr_time", "clocksleep", "tool_search"),
        *("list_mcp_resources", "list_mcp_resource_templates", "read_mcp_resource"),
    ),
}


def lower(call: "Call", home: str, shfmt: str) -> "list[Effect]":
    """The effects of a call.  Raises ValueError when its input is not what the tool takes.

    home    the user's home directory
    shfmt   path of the shell parser, "" when there is none
    """
    family = "mcp" if call.tool.startswith("mcp__") else _family_of(call.tool)
    if not family:
        return [Effect("opaque", {"why": f"`{call.tool}` is not a tool that leashd knows"})]
    effects: list[Effect] = leashd_hooks.load("tools." + family).lower(call, home, shfmt)
    return effects


def _family_of(tool: str) -> str:
    for family, tools in FAMILIES.items():
        if tool in tools:
            return family
    return ""


def text(call: "Call", name: str, default: "str | None" = None) -> str:
    """A text field of the call's input.  Raises ValueError when it is missing (without a default) or not text."""
    value: Any = call.input.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"`{call.tool}` came without a `{name}` that is text")
    if name.endswith("path") and value != value.strip():  # agents take such blanks off before they open the file
        raise ValueError(f"`{call.tool}` came with a `{name}` that begins or ends with a blank")
    return value


def words_of(name: str) -> "set[str]":
    """The words that a name is made of, in lower case: `writeFile`, `write_file` and `write-file` are the same."""
    spaced = "".join(" " + character if character.isupper() else character for character in name)
    return set(spaced.lower().replace("_", " ").replace("-", " ").split())
