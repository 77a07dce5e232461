"""Gemini CLI: its BeforeTool events to calls, decisions to its answers.

Protocol as measured on 0.61.0.  A line on standard error with exit code 2 blocks; `{"decision": "ask"}` raises the
client's own question, in YOLO mode too, and where nobody sits at it the call waits for ever.  Any other output lets the
tool run, which is why `install` registers a command line that lets nothing pass but what is written here.
"""

from leashd_hooks.adapters import plain
from leashd_hooks.jsondoor import dumps
from leashd_hooks.shell.invocation import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer, Call, Decision

CALLS = ("BeforeTool",)
#: What an answer begins with that does not block: all that the command line of the hook passes on.
PASSES = ('{"decision":"allow"', '{"decision":"ask"', '{"continue":false')

_FILE = {"file_path": ("file_path", "absolute_path", "path")}
_FOLDER = ("dir_path", "path")
_SEARCH = {"path": _FOLDER, "glob": ("include_pattern", "include", "glob")}
_TOOLS: "plain.Tools" = {
    "run_shell_command": ("Bash", {"dangerouslyDisableSandbox": ("additional_permissions",)}),
    "read_file": ("Read", _FILE),
    "read_many_files": ("ReadMany", {"paths": ("include", "paths")}),
    "write_file": ("Write", _FILE),
    "replace": ("Edit", _FILE),
    "list_directory": ("LS", {"path": _FOLDER}),
    "glob": ("Glob", {"path": _FOLDER}),
    "grep_search": ("Grep", _SEARCH),
    "search_file_content": ("Grep", _SEARCH),
    "web_fetch": ("WebFetch", {}),
    "google_web_search": ("WebSearch", {}),
    "save_memory": ("Write", {"content": ("fact",)}),
    "invoke_agent": ("Agent", {"subagent_type": ("agent_name",)}),
    "activate_skill": ("Skill", {"skill": ("name",)}),
    "read_mcp_resource": ("ReadMcpResourceTool", {"server": ("server_name", "server")}),
    "list_mcp_resources": ("ListMcpResourcesTool", {}),
    "write_todos": ("TodoWrite", {}),
    "list_background_processes": ("TaskList", {}),
    "read_background_output": ("TaskOutput", {}),
    **{name: (name, {}) for name in ("ask_user", "enter_plan_mode", "exit_plan_mode", "update_topic", "complete_task")},
}
#: Tools whose input is the same in both dialects, so that a person's change can be handed back.
_REWRITTEN = ("Bash", "Write", "Edit")


def read_call(event: "dict[str, Any]") -> "Call":
    """The call that a BeforeTool event announces.  Raises ValueError saying what is wrong."""
    name = event.get("tool_name")
    call = plain.made("gemini", _TOOLS, name, event.get("tool_input"), event.get("cwd"))
    call.session = plain.text(event, "session_id")
    context = event.get("mcp_context")
    if isinstance(context, dict):
        call.tool = plain.server_tool("gemini", plain.text(context, "server_name"), plain.text(context, "tool_name"))
    elif name == "run_shell_command" and isinstance(call.input.get("dir_path"), str):
        call.cwd = resolve(call.input["dir_path"], call.cwd, call.cwd) or call.cwd
    elif call.tool == "Grep" and call.input.get("no_ignore"):
        call.tool, call.input = "ReadMany", {**call.input, "paths": [call.input.get("path", ".")]}
    elif call.tool == "Grep" and not call.input.get("names_only"):
        call.input = {**call.input, "output_mode": "content"}
    elif name == "web_fetch":
        call.tool, call.input = _fetched(call.input)
    elif name == "save_memory":
        call.input = {**call.input, "file_path": "~/.gemini/GEMINI.md"}
    return call


def _fetched(given: "Any") -> "tuple[str, dict[str, Any]]":
    """The page that a prompt names, as the client looks for it: words with `://` in them."""
    asked = plain.text(given, "url") or plain.text(given, "prompt")
    found = [word for word in asked.split() if "://" in word]
    return ("WebFetch", {**given, "url": found[0]}) if len(found) == 1 else ("gemini:web_fetch", dict(given))


def answer(call: "Call", decision: "Decision", unattended: bool) -> "Answer":
    """The answer to a BeforeTool event; `require_approval` becomes the client's own question."""
    told, reason = plain.settled(decision, asks=not unattended)
    if told == "deny":
        return plain.deny(reason)
    if told == "ask":
        return dumps({"decision": "ask", "reason": reason, "systemMessage": reason}), "", 0, "ask"
    return dumps({"decision": "allow"}), "", 0, "allow"


def decided(
    call: "Call", allow: bool, text: str, input: "dict[str, Any] | None" = None, stop: bool = False
) -> "Answer":
    """What a person decided.  `input` replaces the call's, `stop` ends the turn as well."""
    if stop and not allow:
        return dumps({"continue": False, "stopReason": text, "decision": "deny", "reason": text}), "", 0, "deny"
    if not allow:
        return plain.deny(text)
    if input is None:
        return dumps({"decision": "allow"}), "", 0, "allow"
    if call.tool not in _REWRITTEN:
        return plain.deny("leashd: denied: the person changed the call, and this client cannot be told of the change")
    output = {"hookEventName": "BeforeTool", "tool_input": input}
    return dumps({"decision": "allow", "hookSpecificOutput": output}), "", 0, "allow"


deny = plain.deny
