"""opencode: the events that leashd's plugin sends (`hooks/opencode/leashd.js`), decisions to what it waits for.

Protocol as measured on 1.18.33.  A plugin that throws before a tool blocks it, and the model reads what it threw; it
cannot ask, so a call that needs a person is held for the supervisor, or denied.
"""

from leashd_hooks.adapters import plain
from leashd_hooks.jsondoor import dumps
from leashd_hooks.shell.invocation import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.model import Answer, Call, Decision

CALLS = ("tool.execute.before",)

_FILE = {"file_path": ("filePath", "file_path")}
_TOOLS: "plain.Tools" = {
    "bash": ("Bash", {}),
    "read": ("Read", _FILE),
    "write": ("Write", _FILE),
    "edit": ("Edit", _FILE),
    "multiedit": ("MultiEdit", _FILE),
    "patch": ("apply_patch", {"input": ("patchText", "patch")}),
    "apply_patch": ("apply_patch", {"input": ("patchText", "patch")}),
    "glob": ("Glob", {}),
    "grep": ("Grep", {"glob": ("include",)}),
    "list": ("LS", {}),
    "lsp": ("LSP", _FILE),
    "webfetch": ("WebFetch", {}),
    "websearch": ("WebSearch", {}),
    "codesearch": ("WebSearch", {}),
    "task": ("Agent", {}),
    "skill": ("Skill", {"skill": ("name",)}),
    "todowrite": ("TodoWrite", {}),
    "todoread": ("TodoRead", {}),
    "question": ("ask_user", {}),
    "plan_enter": ("enter_plan_mode", {}),
    "plan_exit": ("exit_plan_mode", {}),
    "list_mcp_resources": ("ListMcpResourcesTool", {}),
    "read_mcp_resource": ("ReadMcpResourceTool", {}),
}


def read_call(event: "dict[str, Any]") -> "Call":
    """The call that the plugin announces.  Raises ValueError saying what is wrong."""
    name, given = event.get("tool"), event.get("args")
    call = plain.made("opencode", _TOOLS, name, given, event.get("cwd"))
    call.session, call.call_id = plain.text(event, "sessionID"), plain.text(event, "callID")
    if isinstance(name, str) and name not in _TOOLS:
        call.tool = _of_a_server(name, event.get("servers")) or call.tool
    elif call.tool == "Grep":
        call.input = {**call.input, "output_mode": "content"}
    elif call.tool == "Bash" and isinstance(call.input.get("workdir"), str):
        call.cwd = resolve(call.input["workdir"], call.cwd, call.cwd) or call.cwd
    return call


def _of_a_server(name: str, servers: "Any") -> str:
    """Our name for a tool of the one server that its name can begin with; "" for none, or for several."""
    known = [server for server in servers if isinstance(server, str)] if isinstance(servers, list) else []
    found = [server for server in known if name.startswith(_plain(server) + "_")]
    return plain.server_tool("opencode", found[0], name[len(found[0]) + 1 :]) if len(found) == 1 else ""


def _plain(server: str) -> str:
    """A server's name as it stands in the names of its tools."""
    return "".join([each if each.isascii() and (each.isalnum() or each in "_-") else "_" for each in server])


def answer(call: "Call", decision: "Decision", unattended: bool) -> "Answer":
    """The answer to the plugin; `require_approval` is a denial, for nobody can be asked here."""
    told, reason = plain.settled(decision, asks=False)
    return plain.deny(reason) if told == "deny" else (dumps({"decision": "allow"}), "", 0, "allow")


def decided(
    call: "Call", allow: bool, text: str, input: "dict[str, Any] | None" = None, stop: bool = False
) -> "Answer":
    """What a person decided.  `input` replaces the call's; that the turn is to end can only be said."""
    if not allow:
        return plain.deny(text + "; the person wants you to stop here" if stop else text)
    if input is None:
        return dumps({"decision": "allow"}), "", 0, "allow"
    if call.tool != "Bash":
        return plain.deny("leashd: denied: the person changed the call, and this client cannot be told of the change")
    return dumps({"decision": "allow", "args": input}), "", 0, "allow"


deny = plain.deny
