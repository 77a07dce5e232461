"""Every tool of Claude Code, lowered to effects."""

import pytest

from leashd_hooks.model import Call
from leashd_hooks.tools import FAMILIES, lower

HOME = "/home/me"
CWD = "/w"


def _effects(tool: str, arguments: "dict[str, object]") -> "list[tuple[str, dict[str, object]]]":
    found = lower(Call(tool=tool, input=arguments, cwd=CWD), HOME, "")
    return [(effect.kind, effect.fields) for effect in found]


READ, WRITE, EDIT, LIST, SEARCH = (
    ("read", {"how": "content"}),
    ("write", {"how": "create"}),
    ("write", {"how": "edit"}),
    ("read", {"how": "list"}),
    ("read", {"how": "search"}),
)


def _on(path: "str | None", kind: "tuple[str, dict[str, object]]", **more: object) -> "tuple[str, dict[str, object]]":
    return kind[0], {"path": path, **kind[1], **more}


TABLE: "list[tuple[str, dict[str, object], list[tuple[str, dict[str, object]]]]]" = [
    ("Read", {"file_path": "/w/a"}, [_on("/w/a", READ)]),
    ("Read", {"file_path": "../a"}, [_on("/w/../a", READ)]),
    ("Read", {"file_path": "~/.ssh/id_rsa"}, [_on("/home/me/.ssh/id_rsa", READ)]),
    ("Read", {"file_path": "~other/x"}, [_on(None, READ)]),
    ("NotebookRead", {"notebook_path": "/w/n.ipynb"}, [_on("/w/n.ipynb", READ)]),
    ("Write", {"file_path": "/w/a", "content": "x"}, [_on("/w/a", WRITE)]),
    ("Edit", {"file_path": "/w/a", "old_string": "a", "new_string": "b"}, [_on("/w/a", EDIT)]),
    ("MultiEdit", {"file_path": "/w/a", "edits": []}, [_on("/w/a", EDIT)]),
    ("NotebookEdit", {"notebook_path": "/w/n.ipynb", "new_source": ""}, [_on("/w/n.ipynb", EDIT)]),
    ("LS", {"path": "/etc"}, [_on("/etc", LIST)]),
    ("LS", {}, [_on("/w", LIST)]),
    ("Glob", {"pattern": "**/*.py"}, [_on("/w", LIST)]),
    ("Glob", {"pattern": "/etc/**"}, [_on("/etc", LIST)]),
    ("Glob", {"pattern": "/**"}, [_on("/", LIST)]),
    ("Glob", {"pattern": "src/*/x", "path": "/w/deep"}, [_on("/w/deep/src", LIST)]),
    ("Glob", {"pattern": "../../*"}, [_on("/w/../..", LIST), _on("/w/../../*", LIST)]),
    ("Glob", {"pattern": "{/etc,src}/*"}, [_on("/etc", LIST), _on("/w/src", LIST)]),
    ("Grep", {"pattern": "x"}, [_on("/w", SEARCH)]),
    ("Grep", {"pattern": "x", "path": "/w/.env"}, [_on("/w/.env", SEARCH)]),
    ("Grep", {"pattern": "x", "glob": ".env*"}, [_on("/w", SEARCH), _on("/w/**/.env*", SEARCH, glob="filter")]),
    (
        "Grep",
        {"pattern": "x", "glob": "*.{py,pem}"},
        [_on("/w", SEARCH), _on("/w/**/*.py", SEARCH, glob="filter"), _on("/w/**/*.pem", SEARCH, glob="filter")],
    ),
    ("WebSearch", {"query": "x"}, [("tool", {"name": "WebSearch"})]),
    (
        "WebFetch",
        {"url": "https://Example.org/x", "prompt": "p"},
        [("network", {"host": "example.org", "scheme": "https", "direction": "fetch", "reach": "public", "port": 443})],
    ),
    (
        "WebFetch",
        {"url": "http://169.254.169.254/latest", "prompt": "p"},
        [
            (
                "network",
                {"host": "169.254.169.254", "scheme": "http", "direction": "fetch", "reach": "metadata", "port": 80},
            )
        ],
    ),
    (
        "WebFetch",
        {"url": "http://localhost:8080/", "prompt": "p"},
        [("network", {"host": "localhost", "scheme": "http", "direction": "fetch", "reach": "local", "port": 8080})],
    ),
    ("WebFetch", {"url": "file:///etc/passwd", "prompt": "p"}, [_on("/etc/passwd", READ)]),
    ("Agent", {"prompt": "p", "subagent_type": "Explore"}, [("agent", {"operation": "task", "name": "Explore"})]),
    ("Task", {"prompt": "p"}, [("agent", {"operation": "task", "name": "Task"})]),
    ("Skill", {"skill": "verify"}, [("agent", {"operation": "skill", "name": "verify"})]),
    ("AskUserQuestion", {"questions": []}, [("agent", {"operation": "question", "name": "AskUserQuestion"})]),
    ("ExitPlanMode", {}, [("agent", {"operation": "plan", "name": "ExitPlanMode"})]),
    ("CronCreate", {"cron": "* * * * *"}, [("agent", {"operation": "schedule", "name": "CronCreate"})]),
    ("Workflow", {"script": "x"}, [("code", {"language": "javascript", "source": "inline"})]),
    ("TodoWrite", {"todos": []}, [("tool", {"name": "TodoWrite"})]),
    ("ToolSearch", {"query": "x"}, [("tool", {"name": "ToolSearch"})]),
    ("mcp__evil__Read", {"x": "y"}, [("mcp", {"server": "evil", "tool": "Read"})]),
    (
        "mcp__files__get",
        {"path": "../.env", "query": "/api/users"},
        [("mcp", {"server": "files", "tool": "get"}), _on("/w/../.env", READ)],
    ),
    (
        "mcp__files__get",
        {"uri": "file:///etc/passwd", "url": "https://x/y"},
        [("mcp", {"server": "files", "tool": "get"}), _on("/etc/passwd", READ)],
    ),
    (
        "mcp__files__many",
        {"edits": [{"files": ["/a", "/b"]}]},
        [("mcp", {"server": "files", "tool": "many"}), _on("/a", READ), _on("/b", READ)],
    ),
    (
        "mcp__playwright__browser_snapshot",
        {},
        [
            ("mcp", {"server": "playwright", "tool": "browser_snapshot"}),
            ("browser", {"operation": "read", "name": "browser_snapshot"}),
        ],
    ),
    (
        "mcp__playwright__browser_click",
        {},
        [
            ("mcp", {"server": "playwright", "tool": "browser_click"}),
            ("browser", {"operation": "act", "name": "browser_click"}),
        ],
    ),
    ("Invented", {}, [("opaque", {"why": "`Invented` is not a tool that leashd knows"})]),
    ("read", {"file_path": "/w/a"}, [("opaque", {"why": "`read` is not a tool that leashd knows"})]),
]


@pytest.mark.parametrize(("tool", "arguments", "expected"), TABLE, ids=[f"{t} {i}" for t, i, _ in TABLE])
def test_a_tool_has_effects(tool: str, arguments: "dict[str, object]", expected: "list[object]") -> None:
    assert _effects(tool, arguments) == expected


@pytest.mark.parametrize("tool", sorted(tool for tools in FAMILIES.values() for tool in tools))
def test_every_listed_tool_lowers_or_says_what_is_missing(tool: str) -> None:
    try:
        effects = _effects(tool, {})
    except ValueError as error:
        assert tool in str(error)  # noqa: PT017 - both outcomes are right, silence is not
    else:
        assert effects


WRONG = [
    ("Read", {}),
    ("Read", {"file_path": None}),
    ("Read", {"file_path": ["/a"]}),
    ("Write", {"content": "x"}),
    ("Bash", {}),
    ("Bash", {"command": ["ls"]}),
    ("WebFetch", {"url": 7}),
    ("Grep", {"pattern": "x", "path": 3}),
]


@pytest.mark.parametrize(("tool", "arguments"), WRONG, ids=repr)
def test_input_of_the_wrong_shape_is_refused_by_name(tool: str, arguments: "dict[str, object]") -> None:
    with pytest.raises(ValueError, match=f"`{tool}` came without"):
        _effects(tool, arguments)


def test_leaving_the_clients_sandbox_is_opaque() -> None:
    assert ("opaque", {"why": "it asks to run outside the client's own sandbox"}) in _effects(
        "Bash", {"command": "true", "dangerouslyDisableSandbox": True}
    )
