"""Every tool of Claude Code and Codex, lowered to effects."""

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
    ("ReadMany", {"paths": ["a", "*.py"]}, [_on("/w/a", READ, deep=[]), _on("/w/*.py", READ, glob=True)]),
    ("ReadMany", {"paths": ["{a,/etc/b}"]}, [_on("/w/a", READ, deep=[]), _on("/etc/b", READ, deep=[])]),
    ("ReadMany", {"paths": ["{a,{b,c}}"]}, [("opaque", {"why": "too many braces in `{a,{b,c}}`"})]),
    ("WebSearch", {"query": "x"}, [("tool", {"name": "WebSearch"})]),
    ("ask_user", {"questions": []}, [("agent", {"operation": "question", "name": "ask_user"})]),
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
    (
        "mcp__files__write_file",
        {"path": "a", "content": "x"},
        [("mcp", {"server": "files", "tool": "write_file"}), _on("/w/a", READ), _on("/w/a", EDIT)],
    ),
    (
        "mcp__files__deleteFile",
        {"path": "a"},
        [
            ("mcp", {"server": "files", "tool": "deleteFile"}),
            _on("/w/a", READ),
            ("delete", {"path": "/w/a", "recursive": False, "force": True}),
        ],
    ),
    (
        "mcp__x__y",
        {"note": "view-source:FILE:/etc/./x/../%73hadow"},
        [("mcp", {"server": "x", "tool": "y"}), _on("/etc/shadow", READ)],
    ),
    ("mcp__x__y", {"note": "/w/a"}, [("mcp", {"server": "x", "tool": "y"}), _on("/w/a", READ)]),
    ("mcp__x__y", {"route": "/api/users"}, [("mcp", {"server": "x", "tool": "y"})]),
    (
        "mcp__x__y",
        {"a": [["http://2852039166/"]]},
        [("mcp", {"server": "x", "tool": "y"}), ("network", {"direction": "fetch", "reach": "metadata"})],
    ),
    (
        "mcp__x__y",
        {"url": "127.1:8180", "more": "https://example.org:8180/", "note": "see localhost:8180"},
        [("mcp", {"server": "x", "tool": "y"}), ("mcp", {"server": "x", "tool": "y", "port": 8180})],
    ),
    (
        "mcp__playwright__browser_take_screenshot",
        {"filename": "page.png"},
        [
            ("mcp", {"server": "playwright", "tool": "browser_take_screenshot"}),
            ("browser", {"operation": "read", "name": "browser_take_screenshot"}),
        ],
    ),
    (
        "apply_patch",
        {"input": "*** Begin Patch\n*** Update File: a\n*** Move to: b\n@@\n-x\n+y\n*** Delete File: /c\n"},
        [_on("/w/a", EDIT), _on("/w/b", WRITE), ("delete", {"path": "/c", "recursive": False, "force": False})],
    ),
    (
        "apply_patch",
        {"patch": "*** Add File: ../a\n+x\n*** Rename: b"},
        [_on("/w/../a", WRITE), ("opaque", {"why": "a line of the patch is not understood"})],
    ),
    ("apply_patch", {"command": "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch\n"}, [_on("/w/a", WRITE)]),
    ("view_image", {"path": "../a.png"}, [_on("/w/../a.png", READ)]),
    ("spawn_agent", {"message": "x"}, [("agent", {"operation": "task", "name": "spawn_agent"})]),
    (
        "collaborationspawn_agent",
        {"message": "x", "task_name": "one"},
        [("agent", {"operation": "task", "name": "collaborationspawn_agent"})],
    ),
    (
        "multi_agent_v1send_input",
        {"message": "x"},
        [("agent", {"operation": "message", "name": "multi_agent_v1send_input"})],
    ),
    (
        "request_user_input",
        {"questions": []},
        [("agent", {"operation": "question", "name": "request_user_input"})],
    ),
    ("collaborationwait_agent", {}, [("tool", {"name": "collaborationwait_agent"})]),
    ("clocksleep", {"duration_ms": 1}, [("tool", {"name": "clocksleep"})]),
    ("create_goal", {"objective": "x"}, [("tool", {"name": "create_goal"})]),
    ("list_mcp_resources", {}, [("tool", {"name": "list_mcp_resources"})]),
    (
        "read_mcp_resource",
        {"server": "x", "uri": "file:///w/.env"},
        [("mcp", {"server": "x", "tool": "resource"}), _on("/w/.env", READ)],
    ),
    ("write_stdin", {"chars": "x"}, [("opaque", {"why": "`write_stdin` is not a tool that leashd knows"})]),
    ("Invented", {}, [("opaque", {"why": "`Invented` is not a tool that leashd knows"})]),
    ("read", {"file_path": "/w/a"}, [("opaque", {"why": "`read` is not a tool that leashd knows"})]),
]


@pytest.mark.parametrize(("tool", "arguments", "expected"), TABLE, ids=[f"{t} {i}" for t, i, _ in TABLE])
def test_a_tool_has_effects(tool: str, arguments: "dict[str, object]", expected: "list[object]") -> None:
    assert _effects(tool, arguments) == expected


NAMED: "dict[str, list[tuple[str, dict[str, object], list[str]]]]" = {
    "a command is read as the shell would read it": [
        ("mcp__shell__run", {"command": "rm -rf a"}, ["rm"]),
        ("mcp__shell__run", {"command": "reboot"}, ["reboot"]),
        ("mcp__any__thing", {"opts": {"cmdline": "rm a"}}, ["rm"]),
        ("mcp__shell__run", {"command": "git", "args": ["push", "-f"]}, ["git"]),
        ("mcp__shell__run", {"command": ["rm", "a b"]}, ["rm"]),
        ("mcp__shell__run", {"commands": ["rm a", "ls b"]}, ["rm", "ls"]),
    ],
    "one word for a tool that runs nothing is a verb of its own": [
        ("mcp__editor__change", {"command": "view"}, []),
        ("mcp__shell__run", {"comment": "rm -rf a"}, []),
    ],
    "SQL is read as the client of that database would read it": [
        ("mcp__postgres__query", {"query": "drop table t"}, ["psql"]),
        ("mcp__mysql__run", {"statements": ["select 1", "drop table t"]}, ["mysql", "mysql"]),
        ("mcp__any__thing", {"sql": "drop table t"}, ["psql"]),
    ],
    "words to search for are no SQL": [("mcp__notes__search", {"query": "drop table t"}, [])],
}


@pytest.mark.parametrize(
    ("rule", "tool", "arguments", "programs"),
    [(rule, *case) for rule, cases in NAMED.items() for case in cases],
)
def test_what_runs_commands_and_sql_is_told_by_their_effects(
    rule: str, tool: str, arguments: "dict[str, object]", programs: "list[str]"
) -> None:
    assert [fields["program"] for kind, fields in _effects(tool, arguments) if kind == "run"] == programs, rule


def test_a_plain_query_is_what_a_database_tool_is_for() -> None:
    assert [kind for kind, _ in _effects("mcp__postgres__query", {"sql": "select 1"})] == ["mcp", "run"]


def test_more_commands_than_are_read_are_opaque() -> None:
    assert _effects("mcp__shell__run", {"commands": ["ls"] * 9})[-1][0] == "opaque"


def test_a_relative_place_of_a_command_is_the_call_s() -> None:
    found = _effects("mcp__shell__run", {"command": "rm a", "cwd": "sub"})
    assert ("delete", "/w/sub/a") in [(kind, fields.get("path")) for kind, fields in found]


@pytest.mark.parametrize("tool", sorted(tool for tools in FAMILIES.values() for tool in tools))
def test_every_listed_tool_lowers_or_says_what_is_missing(tool: str) -> None:
    try:
        effects = _effects(tool, {})
    except ValueError as error:
        assert tool in str(error)  # noqa: PT017 - both outcomes are right, silence is not
    else:
        assert effects


WRONG = [
    ("apply_patch", {"input": "no patch"}),
    ("apply_patch", {"input": 3}),
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


@pytest.mark.parametrize(("tool", "field"), [("Read", "file_path"), ("Write", "file_path"), ("Grep", "path")])
@pytest.mark.parametrize("path", [".env ", " .env", "\u00a0.env", ".env\n", "\t.env"])
def test_a_path_with_a_blank_around_it_is_refused(tool: str, field: str, path: str) -> None:
    with pytest.raises(ValueError, match="begins or ends with a blank"):
        _effects(tool, {"pattern": "x", field: path})


def test_leaving_the_clients_sandbox_is_opaque() -> None:
    assert ("opaque", {"why": "it asks to run outside the client's own sandbox"}) in _effects(
        "Bash", {"command": "true", "dangerouslyDisableSandbox": True}
    )
