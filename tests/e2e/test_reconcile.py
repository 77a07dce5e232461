"""The transcript of a real client against the audit: what the guard saw is all that was done."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.e2e.lab import Lab
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
