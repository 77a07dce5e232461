"""Rules proposed for what a person always answers the same way: what is proposed, how far it goes, what never is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from leashd_hooks import places
from leashd_hooks.audit import append
from leashd_hooks.audit_log import records
from leashd_hooks.hook import judge_call
from leashd_hooks.model import Call
from leashd_hooks.policy import examples, layers, lints, suggest
from leashd_hooks.policy.compile import compile_state
from leashd_hooks.policy.suggest import Suggestion, document
from tests.leashd_hooks.terminal import Terminal


class Answered:
    """A home with a project, and the audit of what a person answered in it."""

    def __init__(self, tmp_path: Path) -> None:
        self.home = tmp_path / "home"
        self.root, self.state = self.home / "project", self.home / ".leashd"
        for folder in (self.root / ".leashd", self.root / "sub", self.state):
            folder.mkdir(parents=True)
        (self.state / "config.yaml").write_text(f"approved_directories: [{self.root}]\npolicies: [default]\n")
        self.number = 0

    def call(self, tool: str, given: dict | str) -> tuple[str, dict]:
        return tool, {"command": given} if isinstance(given, str) else given

    def answers(self, given: dict | str, *states: str, tool: str = "Bash", **more: Any) -> None:
        """A person answers the same call so many times."""
        for state in states:
            self.number += 1
            tool, whole = self.call(tool, given)
            record = {
                "event": "PreToolUse",
                "agent": "claude",
                "session": "s1",
                "call_id": f"c{self.number}",
                "tool": tool,
            }
            noted = {"approval": f"a{self.number}", "approval_state": state, "surface": "page", "verdict": "allow"}
            plain = {"cwd": str(self.root), "mode": "default", "subagent": "", "input": whole}
            append(str(self.state / "audit"), {**record, **noted, **plain, **more})

    def suggested(self, least: int = 3) -> tuple[list[Suggestion], dict[str, int]]:
        policies = layers.of_state(str(self.state), str(self.home))
        found, skipped = suggest.suggest(records(self.state / "audit"), policies, str(self.home), least)
        return found, dict(skipped)

    def accept(self, found: list[Suggestion]) -> Path:
        """The person puts the rules into the project's policy and trusts it."""
        path = self.root / ".leashd/policy.yaml"
        path.write_text(document(found))
        layers.trust(str(self.state), str(self.root))
        return path

    def verdict(self, given: dict | str, tool: str = "Bash", cwd: Path | None = None) -> str:
        bundle = compile_state(str(self.state), str(self.home))
        decision = judge_call(Call(*self.call(tool, given), str(cwd or self.root)), bundle)
        return decision.verdict


YES, NO = ("allowed",) * 3, ("denied",) * 3


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answered:
    monkeypatch.setattr(places, "MANAGED_POLICY", str(tmp_path / "managed.yaml"))
    return Answered(tmp_path)


#: Tool, call, answers, and calls that are nearly it, which must come to what they came to before.
PROPOSED = [
    (
        "a program that nobody knows is allowed with these words and no others",
        *("Bash", "frobnicate --all here", YES, "allow"),
        ["frobnicate", "frobnicate --all here too", "frobnicate --force --all here", "frobnicate --all here > x"],
    ),
    (
        "a target of make is allowed, other targets are not",
        *("Bash", "make deploy", YES, "allow"),
        ["make", "make deploy all", "FOO=1 make deploy", "make -C / deploy"],
    ),
    (
        "a push of one branch",
        *("Bash", "git push origin topic", YES, "allow"),
        ["git push", "git push origin main", "git push -f origin topic"],
    ),
    (
        "all that one command is asked about",
        *("Bash", "docker run x", YES, "allow"),
        ["docker run y", "docker run --privileged x", "docker rm x"],
    ),
    ("what is always refused is denied", "Bash", "frobnicate", NO, "deny", ["frobnicate x"]),
    (
        "a file is allowed, others beside it are not",
        *("Write", {"file_path": "new.txt", "content": "a"}, YES, "allow"),
        [{"file_path": "new.txt.py", "content": "a"}, {"file_path": "sub/new.txt", "content": "a"}],
    ),
    ("an MCP tool", "mcp__tracker__get", {"id": 1}, YES, "allow", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "given", "states", "verdict", "near"), [case[1:] for case in PROPOSED], ids=[case[0] for case in PROPOSED]
)
def test_what_was_always_answered_the_same_way_is_proposed_and_nothing_near_it(
    answered: Answered, tool: str, given: Any, states: tuple, verdict: str, near: list
) -> None:
    if isinstance(given, dict) and "file_path" in given:
        given, *near = [{**one, "file_path": str(answered.root / one["file_path"])} for one in (given, *near)]
    before = [answered.verdict(one, tool) for one in near]
    assert answered.verdict(given, tool) == "require_approval"
    answered.answers(given, *states, tool=tool)
    found, skipped = answered.suggested()
    assert ([(one.action, one.count) for one in found], skipped) == ([(verdict, 3)], {})
    answered.accept(found)
    assert answered.verdict(given, tool) == verdict
    assert [answered.verdict(one, tool) for one in near] == before


def test_what_is_proposed_loads_and_passes_lints_and_its_own_examples(answered: Answered, tmp_path: Path) -> None:
    for _, tool, given, states, *_ in PROPOSED:
        if isinstance(given, dict) and "file_path" in given:
            given = {**given, "file_path": str(answered.root / given["file_path"])}
        answered.answers(given, *states, tool=tool)
    found, _ = answered.suggested()
    assert len(found) == len(PROPOSED)
    path = answered.accept(found)
    assert [finding.message for finding in lints.run(layers.of_state(str(answered.state), str(answered.home)))] == []
    own = [one for one in examples.of_files([str(path), "default"]) if one.loaded.name == str(path)]
    assert len(own) == 2 * len(PROPOSED)
    assert [outcome.text for outcome in own if not outcome.passed] == []
    assert all(rule["reason"] and rule["examples"] for rule in yaml.safe_load(path.read_text())["rules"])


NEVER = [
    ("what was answered both ways", "Bash", "frobnicate", ("allowed", "denied", "allowed"), {}, suggest.BOTH),
    ("what was answered too few times", "Bash", "frobnicate", ("allowed", "allowed"), {}, suggest.FEW),
    ("what depends on a variable", "Bash", "frobnicate $X", YES, {}, suggest.VAGUE),
    ("what depends on which files there are", "Bash", "frobnicate *.txt", YES, {}, suggest.VAGUE),
    ("what depends on the branch", "Bash", "git push", YES, {}, suggest.VAGUE),
    ("what cannot be known beforehand", "Bash", "eval \"$(cat x)\"", YES, {}, suggest.VAGUE),
    ("several commands at once", "Bash", "frobnicate && other", YES, {}, suggest.VAGUE),
    ("what the policy asks about no more", "Bash", "ls", YES, {}, suggest.SETTLED),
    ("what the floor denies by now", "Bash", "sudo ls", YES, {}, suggest.SETTLED),
    ("what the audit has not in full", "Bash", "frobnicate token=" + "a1B2" * 9, YES, {}, suggest.CLEANED),
    ("what was made in no approved directory", "Bash", "frobnicate", YES, {"cwd": "/elsewhere"}, suggest.NOWHERE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "given", "states", "more", "why"), [case[1:] for case in NEVER], ids=[case[0] for case in NEVER]
)
def test_what_is_not_proposed_and_why(
    answered: Answered, tool: str, given: Any, states: tuple, more: dict, why: str
) -> None:
    answered.answers(given, *states, tool=tool, **more)
    assert answered.suggested() == ([], {why: len(states)})


def test_an_item_of_the_floor_is_never_proposed(answered: Answered) -> None:
    Path(places.MANAGED_POLICY).write_text(
        "rules: [{name: frob, action: require_approval, floor: true, when: {effect: run, program: frobnicate}}]"
    )
    answered.answers("frobnicate", *YES)
    assert answered.suggested() == ([], {suggest.FLOOR: 3})


def test_a_rule_of_the_user_that_comes_first_would_leave_the_proposal_without_effect(answered: Answered) -> None:
    (answered.state / "policy.yaml").write_text(
        "rules: [{name: frob, action: require_approval, when: {effect: run, program: frobnicate}}]"
    )
    answered.answers("frobnicate", *YES)
    assert answered.suggested() == ([], {suggest.BEHIND: 3})


NO_ANSWERS = [
    ("a standing grant", {"surface": "grant"}),
    ("another program", {"surface": "ai"}),
    ("nobody in time", {"approval_state": "expired"}),
    ("the host's own prompt, whose answer is not told", {"approval_state": None, "surface": None}),
    ("a person who made another call of it", {"edited": {"command": "ls"}}),
]


@pytest.mark.parametrize("more", [case[1] for case in NO_ANSWERS], ids=[case[0] for case in NO_ANSWERS])
def test_only_a_persons_own_answer_counts(answered: Answered, more: dict) -> None:
    answered.answers("frobnicate", *YES, **more)
    assert answered.suggested() == ([], {})


def test_the_same_command_in_two_command_lines_is_one_proposal(answered: Answered) -> None:
    answered.answers("frobnicate", "allowed", "allowed")
    answered.answers("git status && frobnicate", "allowed")
    [one], _ = answered.suggested()
    assert (one.count, one.calls) == (3, ["frobnicate", "git status && frobnicate"])


def test_rules_of_one_project_have_names_of_their_own(answered: Answered) -> None:
    answered.answers("frobnicate a.b", *YES)
    answered.answers("frobnicate a-b", *YES)
    found, _ = answered.suggested()
    assert sorted(str(one.rule["name"]) for one in found) == ["frobnicate-a-b-allow", "frobnicate-a-b-allow-2"]
    answered.accept(found)


def test_the_command_prints_a_file_to_take_over(tmp_path: Path) -> None:
    made = Answered(tmp_path)
    terminal = Terminal(made.home, made.root)
    assert "nothing to suggest" in terminal.run("policy", "suggest").stdout
    made.answers("frobnicate", *YES)
    text = terminal.run("policy", "suggest").stdout
    assert yaml.safe_load(text)["rules"][0]["name"] == "frobnicate-allow"
    found = terminal.json("policy", "suggest", "--since", "1h")["suggestions"]
    assert [(one["count"], one["file"]) for one in found] == [(3, str(made.root / ".leashd/policy.yaml"))]
    assert terminal.json("policy", "suggest", "--least", "4") == {"suggestions": [], "skipped": {suggest.FEW: 3}}
