"""A policy file of the older dialect decides as it did, under the sandbox, the floor and the strictest part."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call
from leashd_hooks.policy import examples
from leashd_hooks.policy.compile import compile_policies

POLICY = """\
version: "1.0"
name: team
rules:
  - name: credential_files
    tools: [Read, Write, Edit]
    path_patterns: ['\\.secret$']
    action: deny
    reason: credentials
  - name: read-tools
    tools: [Read, Glob, Grep]
    action: allow
  - name: no-deploy
    tool: Bash
    command_patterns: ['\\bdeploy\\b']
    action: deny
    reason: people deploy
    risk_level: critical
  - name: safe-commands
    tool: Bash
    command_patterns: ['^(ls|cat|git (status|log))\\b', '^./check']
    action: allow
  - name: writes
    tools: [Write, Edit]
    action: require_approval
settings:
  default_action: require_approval
  approval_timeout_seconds: 300
"""

#: (tool, input) -> (verdict, rule)
CALLS = [
    ("Bash", {"command": "ls -la"}, "allow", "safe-commands"),
    ("Bash", {"command": "./check"}, "allow", "safe-commands"),
    ("Bash", {"command": "make deploy"}, "deny", "no-deploy"),
    ("Bash", {"command": "ls && make deploy"}, "deny", "no-deploy"),
    ("Bash", {"command": "ls; ./evil"}, "require_approval", "default-action"),
    ("Bash", {"command": "ls\n./evil"}, "require_approval", "default-action"),
    ("Bash", {"command": "cat $(./evil)"}, "require_approval", "default-action"),
    ("Bash", {"command": "cat .env"}, "deny", "credential-read"),
    ("Bash", {"command": "cat /etc/passwd"}, "deny", "outside-approved-directories"),
    ("Read", {"file_path": "README.md"}, "allow", "read-tools"),
    ("Read", {"file_path": "a.secret"}, "deny", "credential_files"),
    ("Read", {"file_path": "/etc/passwd"}, "deny", "outside-approved-directories"),
    ("Write", {"file_path": "a.py", "content": "x"}, "require_approval", "writes"),
    ("WebSearch", {"query": "x"}, "require_approval", "default-action"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict]]:
    path = Path(tmp_path_factory.mktemp("policies")) / "team.yaml"
    path.write_text(POLICY)
    with examples.workspace() as (root, home):
        yield root, compile_policies([str(path)], [root], home)


@pytest.mark.parametrize(("tool", "given", "verdict", "rule"), CALLS)
def test_a_legacy_rule_decides(world: tuple[str, dict], tool: str, given: dict, verdict: str, rule: str) -> None:
    root, bundle = world
    decision = judge_call(Call(tool, given, root), bundle)
    assert (decision.verdict, decision.rule) == (verdict, rule)


def test_a_legacy_policy_sets_the_timeout(world: tuple[str, dict]) -> None:
    assert world[1]["timeout"] == 300
