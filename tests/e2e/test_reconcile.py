"""The transcript of a real client against the audit: what the guard saw is all that was done."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.codex_lab import DIRECT, SCRIPTED, UNBOXED, CodexLab
from tests.e2e.lab import LEASHD, Lab
from tests.fakes import codex as model
from tests.fakes.anthropic import call

OFF = ("--settings", json.dumps({"disableAllHooks": True}))


def work(lab: Lab) -> list[Any]:
    """Calls of many tools, one denied, one that the client refuses, and a subagent's."""
    file = str(lab.project / "b.txt")
    return [
        [call("Bash", command="echo hi > a.txt", description="x"), call("Read", file_path=str(lab.project / "none"))],
        [call("Write", file_path=file, content='ümlaut\n"q"\ttoken=' + "a1B2" * 9)],
        [call("Edit", file_path=file, old_string="q", new_string="z")],
        [call("Bash", command="cat .env")],
        [call("Bash", cmd="no such field")],
        [call("Agent", description="d", prompt="SUBTASK", subagent_type="general-purpose")],
        [call("Read", file_path=" ~/e\u0301 "), call("Write", file_path="sub/../c.txt", content="")],
    ]


SUBAGENT = {"SUBTASK": [[call("Bash", command="echo sub")], [call("Read", file_path=".env")]]}


def reconciled(lab: Lab) -> dict[str, Any]:
    """What `leashd audit reconcile` says of everything that the client has recorded."""
    found: dict[str, Any] = json.loads(
        lab.leashd("audit", "reconcile", str(lab.home / ".claude/projects"), "--json", check=False)
    )
    return found


def test_every_call_of_a_guarded_session_was_decided(claude: Lab) -> None:
    claude.run(work(claude), subagents=SUBAGENT)
    found = reconciled(claude)
    assert (found["unseen"], found["missing"]) == ([], [])
    assert (found["matched"], len(found["refused"])) == (10, 1)
    for _ in range(200):
        ends = [line for line in claude.audit() if line["event"] == "Reconciled"]
        if ends:
            break
        time.sleep(0.1)
    assert [(line["verdict"], line["reason"]) for line in ends] == [("allow", "10 calls were decided")]


def test_a_call_that_was_made_without_the_hook_is_found(claude: Lab) -> None:
    seen, unseen = call("Bash", command="echo seen"), call("Bash", command="echo unseen > marker")
    claude.run([[seen]])
    claude.run([[unseen]], mode="bypassPermissions", arguments=OFF)
    assert (claude.project / "marker").exists()
    found = reconciled(claude)
    assert found["matched"] == 1
    assert [one["call_id"] for one in found["unseen"]] == [unseen["id"]]
    assert [one["why"] for one in found["unseen"]] == ["no record of it"]


@pytest.fixture
def codex(directory: Path) -> CodexLab:
    """A laboratory for Codex with the guard installed, whose policy lets the agent write in the project."""
    lab = CodexLab(directory)
    lab.leashd("install", "codex")
    write = f"{{name: write, action: allow, when: {{effect: write, path: '{lab.project}/**'}}}}"
    (lab.home / ".leashd" / "policy.yaml").write_text(f"rules: [{write}]")
    return lab


PATCH = "*** Begin Patch\\n*** Add File: patched\\n+x\\n*** End Patch"
#: The model, what it does, and how much of it is matched, is only known by number, and left no line in the transcript.
OF_CODEX = {
    "direct": (
        DIRECT,
        [
            [model.call("exec_command", "one", cmd="touch one")],
            [model.call("exec_command", "two", cmd="cat .env")],
            [model.freeform("apply_patch", PATCH.replace("\\n", "\n"), "three")],
            [model.call("exec_command", "four", no="such field")],
            [model.call("spawn_agent", "five", "multi_agent_v1", message="SUBTASK")],
            [model.call("exec_command", "six", cmd="sleep 1")],
        ],
        [[model.call("exec_command", "seven", cmd="touch sub")]],
        (6, 0, 0),
    ),
    "scripts": (
        SCRIPTED,
        [
            [model.freeform("exec", "text(await tools.exec_command({cmd:'touch one'}))", "one")],
            [model.freeform("exec", "text(await tools.exec_command({cmd:'cat .env'}))", "two")],
            [model.freeform("exec", f"text(await tools.apply_patch('{PATCH}'))", "three")],
            [model.call("spawn_agent", "four", "collaboration", message="SUBTASK", task_name="one")],
            [model.freeform("exec", "await tools.exec_command({cmd:'sleep 1'})", "five")],
        ],
        [[model.freeform("exec", "text(await tools.exec_command({cmd:'touch sub'}))", "six")]],
        (5, 1, 1),
    ),
}


def compared(lab: CodexLab) -> dict[str, Any]:
    """What `leashd audit reconcile` says of everything that Codex has recorded."""
    done = lab.program(LEASHD, "audit", "reconcile", str(lab.settings / "sessions"), "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("how", OF_CODEX)
def test_every_call_of_a_guarded_session_of_codex_was_decided(codex: CodexLab, how: str) -> None:
    kind, turns, subagent, expected = OF_CODEX[how]
    codex.run(turns, *UNBOXED, model=kind, subagents={"SUBTASK": subagent})
    found = compared(codex)
    assert (found["unseen"], found["missing"]) == ([], [])
    assert (found["matched"], found["by_number"], len(found["untold"])) == expected


def test_a_call_of_codex_that_was_made_without_the_hook_is_found(codex: CodexLab) -> None:
    codex.run([[model.call("exec_command", "unseen", cmd="touch marker")]], *UNBOXED, "--disable", "hooks")
    assert (codex.project / "marker").exists()
    assert [(one["call_id"], one["why"]) for one in compared(codex)["unseen"]] == [("unseen", "no record of it")]
