"""From effects and a compiled policy to the decision: order, floor, sandbox, strictness, untrusted projects."""

from pathlib import Path
from typing import Any

import pytest

from leashd_hooks.decide import decide
from leashd_hooks.model import Call, Effect, Facts
from leashd_hooks.policy.compile import compile_policies

HOME = "/home/me"
ROOT = "/home/me/w"

POLICY = """
version: 1
name: table
rules:
  - {name: first, action: allow, reason: r, when: {effect: run, program: ls}}
  - {name: second, action: deny, reason: r, when: {effect: run, program: [ls, cat]}}
  - {name: reads, action: allow, reason: r, when: {effect: read, place: [workspace, system]}}
  - {name: no-src, action: deny, reason: r, when: {effect: write, path: src/**}, unless: {path: "**/*.md"}}
  - {name: writes, action: allow, reason: r, when: {effect: write, place: workspace}}
  - {name: flagged, action: deny, reason: r, when: {effect: run, program: tool, flags: [-f, --force]}}
  - {name: worded, action: allow, reason: r, when: {effect: run, program: tool, args: [sub list, show]}}
  - {name: hosts, action: allow, reason: r, when: {effect: network, host: "*.example.org", direction: fetch}}
  - {name: server, action: allow, reason: r, when: {effect: mcp, server: good}, tools: [mcp__good__get]}
  - {name: exact, action: allow, reason: r, when: {effect: package, manager: make, command: "make x > y*"}}
  - {name: branch, action: deny, reason: r, when: {effect: git, verb: push, branch: main}}
  - {name: pushes, action: allow, reason: r, when: {effect: git, verb: push}}
  - {name: legacy, action: deny, reason: r, tool: Bash, command_patterns: ['secret\\\\s+word']}
settings: {default_action: require_approval}
"""


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> "dict[str, Any]":
    file = tmp_path_factory.mktemp("policy") / "table.yaml"
    file.write_text(POLICY.replace("\\\\", "\\"))
    return compile_policies([str(file)], [ROOT], HOME)


def _call(tool: str = "Bash", command: str = "") -> Call:
    return Call(tool=tool, input={"command": command}, cwd=ROOT)


def _run(program: str, *args: str, flags: "tuple[str, ...]" = ()) -> Effect:
    return Effect("run", {"program": program, "args": list(args), "flags": list(flags), "modelled": False}, program)


def _on(kind: str, path: "str | None", **fields: object) -> Effect:
    return Effect(kind, {"path": path, "how": "content", **fields})


TABLE: "list[tuple[str, list[Effect], str, str]]" = [
    (
        "a rule of one command knows it word for word",
        [Effect("package", {"manager": "make"}, "make x > y*")],
        "allow",
        "exact",
    ),
    (
        "nothing in the command of a rule is a pattern",
        [Effect("package", {"manager": "make"}, "make x > yz")],
        "require_approval",
        "default-action",
    ),
    (
        "what no command causes is not that of a rule",
        [Effect("package", {"manager": "make"})],
        "require_approval",
        "default-action",
    ),
    ("nothing at all is allowed", [], "allow", "no-effect"),
    ("the first rule that matches wins", [_run("ls")], "allow", "first"),
    ("a later rule serves what the first does not", [_run("cat")], "deny", "second"),
    ("what no rule knows is the default", [_run("invented")], "require_approval", "default-action"),
    ("the strictest effect decides", [_run("ls"), _run("cat"), _run("x")], "deny", "second"),
    (
        "among equals the first effect decides",
        [_run("x"), Effect("opaque", {"why": "w"})],
        "require_approval",
        "default-action",
    ),
    ("a flag anywhere counts", [_run("tool", "show", flags=("-v", "-f"))], "deny", "flagged"),
    ("words match as a prefix", [_run("tool", "sub", "list", "x")], "allow", "worded"),
    ("half a prefix does not match", [_run("tool", "sub")], "require_approval", "default-action"),
    ("a read inside is allowed", [_on("read", ROOT + "/a")], "allow", "reads"),
    ("a system file may be read", [_on("read", "/usr/bin/env")], "allow", "reads"),
    ("a system file may not be written", [_on("write", "/usr/bin/env")], "deny", "outside-approved-directories"),
    ("outside is denied", [_on("read", "/home/you/a")], "deny", "outside-approved-directories"),
    (
        "a sibling whose name begins alike is outside",
        [_on("read", ROOT + "2/a")],
        "deny",
        "outside-approved-directories",
    ),
    ("a path that is not known is asked about", [_on("read", None)], "require_approval", "path-unknown"),
    ("an exception lifts a rule", [_on("write", ROOT + "/src/a.md")], "allow", "writes"),
    ("without the exception the rule stands", [_on("write", ROOT + "/src/a.py")], "deny", "no-src"),
    ("credentials are the floor's", [_on("read", ROOT + "/.env")], "deny", "credential-read"),
    ("an example of credentials is not", [_on("read", ROOT + "/.env.example")], "allow", "reads"),
    ("a host pattern matches", [Effect("network", {"host": "a.example.org", "direction": "fetch"})], "allow", "hosts"),
    (
        "a condition on an absent field never holds",
        [Effect("network", {"host": "a.example.org"})],
        "require_approval",
        "default-action",
    ),
    ("a bound that was hit is a denial", [Effect("opaque", {"why": "w", "bound": True})], "deny", "too-complex"),
    ("the scratch directory goes on to the rules", [_on("read", "/tmp/x/y")], "require_approval", "default-action"),
    ("the scratch directory itself is outside", [_on("delete", "/tmp")], "deny", "outside-approved-directories"),
]


@pytest.mark.parametrize(("name", "effects", "verdict", "rule"), TABLE, ids=[row[0] for row in TABLE])
def test_effects_are_decided(
    name: str, effects: "list[Effect]", verdict: str, rule: str, policy: "dict[str, Any]"
) -> None:
    found = decide(_call(), effects, Facts({}), policy)
    assert (found.verdict, found.rule) == (verdict, rule), found.reason


def test_a_link_is_judged_by_what_it_leads_to(policy: "dict[str, Any]") -> None:
    path = ROOT + "/notes"
    found = decide(_call(), [_on("read", path)], Facts({path: (path, ROOT + "/.env")}), policy)
    assert found.rule == "credential-read"
    found = decide(_call(), [_on("read", path)], Facts({path: (path, "/home/you/x")}), policy)
    assert (found.rule, found.violation) == ("outside-approved-directories", True)


def test_a_rule_that_allows_must_be_right_about_every_match_of_a_glob(policy: "dict[str, Any]") -> None:
    path = ROOT + "/*"
    found = decide(_call(), [_on("read", path, glob=True)], Facts({path: (ROOT + "/a", "/tmp/q/b")}), policy)
    assert found.verdict == "require_approval"


def test_the_tool_of_a_rule_is_the_whole_name(policy: "dict[str, Any]") -> None:
    effect = Effect("mcp", {"server": "good", "tool": "get"})
    assert decide(_call("mcp__good__get"), [effect], Facts({}), policy).rule == "server"
    assert decide(_call("mcp__good__set"), [effect], Facts({}), policy).rule == "default-action"


@pytest.mark.parametrize(("branch", "rule"), [("main", "branch"), ("topic", "pushes"), ("", "pushes")])
def test_the_current_branch_is_looked_up(branch: str, rule: str, policy: "dict[str, Any]") -> None:
    effect = Effect("git", {"verb": "push", "branch": "@current", "dir": ROOT, "force": "none"})
    assert decide(_call(), [effect], Facts({}, {ROOT: branch}), policy).rule == rule


def test_a_pattern_that_denies_sees_the_whole_command_line(policy: "dict[str, Any]") -> None:
    effects = [Effect("run", {"program": "zip", "args": [], "flags": []}, "zip")]
    assert decide(_call(command="zip; secret word"), effects, Facts({}), policy).rule == "legacy"


def test_a_pattern_on_a_long_command_is_refused(policy: "dict[str, Any]") -> None:
    effects = [Effect("run", {"program": "zip", "args": [], "flags": []}, "zip")]
    with pytest.raises(ValueError, match="regular expressions"):
        decide(_call(command="z" * 20_000), effects, Facts({}), policy)


PROJECT = """
rules:
  - {name: p-deny, action: deny, reason: r, when: {effect: run, program: ls}}
  - {name: p-allow, action: allow, reason: r, when: {effect: run, program: [cat, other]}}
"""


@pytest.mark.parametrize(
    ("trusted", "program", "expected"),
    [
        (False, "ls", ("deny", "p-deny")),
        (False, "cat", ("deny", "second")),
        (False, "other", ("require_approval", "default-action")),
        (True, "ls", ("deny", "p-deny")),
        (True, "cat", ("allow", "p-allow")),
        (True, "other", ("allow", "p-allow")),
    ],
)
def test_a_project_may_loosen_only_when_it_is_trusted(
    trusted: bool, program: str, expected: "tuple[str, str]", policy: "dict[str, Any]", tmp_path: Path
) -> None:
    file = tmp_path / "project.yaml"
    file.write_text("version: 1\nname: project" + PROJECT)
    rules = compile_policies([str(file)], [ROOT], HOME)["rules"]
    layered = {**policy, "projects": {ROOT: {"trusted": trusted, "policies": (), "rules": rules}}}
    found = decide(_call(), [_run(program)], Facts({}), layered)
    assert (found.verdict, found.rule) == expected


def test_scratch_ends_where_a_project_lies(policy: "dict[str, Any]") -> None:
    inside = {**policy, "roots": ("/tmp/case/w",), "home": "/tmp/case/home"}
    beside = decide(_call(), [_on("read", "/tmp/case/out/x")], Facts({}), inside)
    elsewhere = decide(_call(), [_on("read", "/tmp/elsewhere/x")], Facts({}), inside)
    assert (beside.rule, elsewhere.rule) == ("outside-approved-directories", "default-action")
