"""What the hosts share whose denial is a line on standard error and exit code 2."""

from leashd_hooks.adapters.claude import explain
from leashd_hooks.model import ALLOW, ASK, DENY, Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from leashd_hooks.model import Answer, Decision

    #: A host's name for a tool -> ours, and for each field of ours that it calls otherwise its names, the first first.
    Tools = Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]]


def text(event: "Mapping[str, Any]", name: str) -> str:
    """A text field, "" where it is missing or not text."""
    value = event.get(name)
    return value if isinstance(value, str) else ""


def required(event: "Mapping[str, Any]", *names: str) -> "Any":
    """The value under the first of these names that is there.  Raises ValueError when none is."""
    for name in names:
        if name in event:
            return event[name]
    raise ValueError(f"the event has no `{names[0]}`")


def made(agent: str, tools: "Tools", name: "Any", given: "Any", cwd: "Any") -> Call:
    """The call that a host announces, in our names.  Raises ValueError saying what is wrong.

    A tool that is not among `tools` keeps its name behind the agent's, under which nothing is known: another agent's
    tool of the same name may do something else.
    """
    if not isinstance(name, str) or not name:
        raise ValueError("the event does not name a tool")
    if not isinstance(given, dict):
        raise ValueError("the tool's input is not an object")
    if not isinstance(cwd, str) or not cwd.startswith("/"):
        raise ValueError("the event's `cwd` is not an absolute path")
    tool, fields = tools.get(name, (f"{agent}:{name}", {}))
    return Call(tool=tool, input=renamed(given, fields) if fields else given, cwd=cwd, agent=agent)


def renamed(given: "dict[str, Any]", fields: "Mapping[str, tuple[str, ...]]") -> "dict[str, Any]":
    """The input with fields of ours in place of the host's.  Raises ValueError when two names of one disagree."""
    out = dict(given)
    for field, names in fields.items():
        found = [out.pop(name) for name in names if name in out]
        if any(value != found[0] for value in found[1:]):
            raise ValueError(f"the input says two things about `{field}`")
        if found:
            out[field] = found[0]
    return out


def server_tool(agent: str, server: str, tool: str) -> str:
    """Our name for a tool of an MCP server; one under which nothing is known where the name could be read two ways."""
    return f"{agent}:{server}/{tool}" if "__" in server or not server or not tool else f"mcp__{server}__{tool}"


def settled(decision: "Decision", asks: bool) -> "tuple[str, str]":
    """allow, ask or deny, and the reason as the agent reads it; `asks` says whether the host itself asks a person."""
    told = {ALLOW: "allow", ASK: "ask" if asks else "deny", DENY: "deny"}[decision.verdict]
    return told, explain(decision, told)


def deny(reason: str) -> "Answer":
    """A denial of whatever it was, as every host takes it."""
    return "", reason, 2, "deny"
