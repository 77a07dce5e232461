"""The real opencode: what is denied does not run, what is allowed does, and a broken hook lets nothing run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.lab import CLIENTS, LEASHD
from tests.e2e.other_lab import BROKEN, OtherLab
from tests.fakes.chat_completions import Call, ModelServer, call

PROGRAM = next(
    (path for path in sorted(CLIENTS.glob("opencode-*/bin/opencode")) if os.access(path, os.X_OK)),
    CLIENTS / "opencode-ai",
)
MCP_SERVER = Path(__file__).parents[1] / "fakes" / "mcp_server.py"


class OpencodeLab(OtherLab):
    @property
    def plugin(self) -> Path:
        return self.home / ".config" / "opencode" / "plugins" / "leashd.js"

    def run(self, *calls: Call, before: Mapping[str, Callable[[], object]] | None = None) -> dict[str, str]:
        """What the model is told of each call, made one after the other; the client itself allows everything."""
        with ModelServer([[one] for one in calls], before) as model:
            provider = {
                "npm": "@ai-sdk/openai-compatible",
                "options": {"baseURL": model.url, "apiKey": "fake"},
                "models": {"m": {"name": "m", "tool_call": True, "limit": {"context": 100_000, "output": 10_000}}},
            }
            server = {"type": "local", "command": ["python3", str(MCP_SERVER)]}
            config = {
                "model": "fake/m",
                "small_model": "fake/m",
                "share": "disabled",
                "autoupdate": False,
                "permission": "allow",
                "provider": {"fake": provider},
                "mcp": {"lab": server},
            }
            offline = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD")
            self.program(
                *(PROGRAM, "run", "go"),
                OPENCODE_CONFIG_CONTENT=json.dumps(config),
                **{f"OPENCODE_DISABLE_{name}": "1" for name in offline},
            )
        assert set(model.results) == {one["id"] for one in calls}
        return model.results


@pytest.fixture
def lab(directory: Path) -> OpencodeLab:
    return OpencodeLab(directory, "opencode")


def test_what_is_denied_does_not_run_and_what_is_allowed_does(lab: OpencodeLab) -> None:
    (lab.project / "notes.txt").write_text("one\n")
    (lab.project / "id_rsa").write_text("hunter2\n")
    lab.install()
    project = lab.project
    results = lab.run(
        call("bash", "shell", command="echo ran > allowed.txt", description="d"),
        call("bash", "secret", command="cp .env copied.txt", description="d"),
        call("bash", "asked", command="curl -s http://127.0.0.1:9/ > asked.txt", description="d"),
        call("write", "write", filePath=f"{project}/written.txt", content="x"),
        call("write", "settings", filePath=str(lab.plugin), content="export const Nothing = async () => ({})"),
        call("read", "read", filePath=f"{project}/notes.txt"),
        call("edit", "edit", filePath=f"{project}/notes.txt", oldString="one", newString="two"),
        call("read", "read_secret", filePath=f"{project}/id_rsa"),
        call("lab_leave_mark", "mcp", path=f"{project}/mark"),
    )
    assert {name for name, told in results.items() if "leashd: denied" in told} == {
        *("secret", "asked", "settings", "read_secret", "mcp"),
    }
    assert "leashd: denied by `credential-read`" in results["read_secret"]
    assert "hunter2" not in json.dumps(results)
    assert sorted(path.name for path in project.glob("*.txt")) == ["allowed.txt", "notes.txt", "written.txt"]
    assert (project / "notes.txt").read_text() == "two\n"
    assert not (project / "mark").exists()
    assert "boot.py" in lab.plugin.read_text()
    assert [line["tool"] for line in lab.audit() if line["agent"] == "opencode"] == [
        *("Bash", "Bash", "Bash", "Write", "Write", "Read", "Edit", "Read", "mcp__lab__leave_mark"),
    ]


def test_a_broken_hook_lets_nothing_run(lab: OpencodeLab) -> None:
    lab.install()
    lab.hook_elsewhere(lab.plugin)
    calls, before = [], {}
    for how in BROKEN:
        before[f"{how}: shell"] = partial(lab.break_hook, how)
        calls.append(call("bash", f"{how}: shell", command="touch ran.txt", description="d"))
        calls.append(call("write", f"{how}: write", filePath=f"{lab.project}/written.txt", content="x"))
    results = lab.run(*calls, before=before)
    assert not [name for name, told in results.items() if "leashd: denied" not in told]
    assert not list(lab.project.glob("*.txt"))


#: What is put behind the plugin -> what the doctor makes of its canaries.
PLUGINS = [("", ["ok", "ok", "ok"]), ("\nexport const Broken = (\n", ["fail", "fail", "fail"])]


@pytest.mark.parametrize(("more", "states"), PLUGINS, ids=["as installed", "with a mistake in it"])
def test_the_doctor_loads_the_plugin_in_the_clients_own_runtime(more: str, states: list[str], lab: OpencodeLab) -> None:
    lab.install()
    lab.plugin.write_text(lab.plugin.read_text() + more)
    done = lab.program(LEASHD, "doctor", "--json", PATH=f"{PROGRAM.parent}:/usr/bin:/bin")
    found = [finding for finding in json.loads(done.stdout)["findings"] if finding["check"] == "canary"]
    assert [finding["state"] for finding in found] == states, found
    assert bool(more) is bool(done.returncode)
