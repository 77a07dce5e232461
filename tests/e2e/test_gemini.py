"""The real Gemini CLI: what is denied does not run, what is allowed does, and a broken hook lets nothing run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.lab import CLIENTS
from tests.e2e.other_lab import BROKEN, OtherLab
from tests.fakes.gemini import Call, ModelServer, call

PROGRAM = CLIENTS / "@google" / "gemini-cli" / "bundle" / "gemini.js"
MCP_SERVER = Path(__file__).parents[1] / "fakes" / "mcp_server.py"


class GeminiLab(OtherLab):
    @property
    def settings(self) -> Path:
        return self.home / ".gemini" / "settings.json"

    def configure(self, **settings: Any) -> None:
        """The user's settings of the client."""
        self.settings.parent.mkdir(exist_ok=True)
        auth = {"security": {"auth": {"selectedType": "gemini-api-key"}}}
        quiet = {"privacy": {"usageStatisticsEnabled": False}, "general": {"disableAutoUpdate": True}}
        self.settings.write_text(json.dumps({**auth, **quiet, **settings}))

    def run(self, *calls: Call, before: Mapping[str, Callable[[], object]] | None = None) -> dict[str, dict[str, Any]]:
        """What the model is told of each call, made one after the other with every permission that the client gives."""
        with ModelServer([[one] for one in calls], before) as model:
            self.program(
                *(shutil.which("node") or "node", PROGRAM, "-p", "go", "--yolo", "-m", "gemini-2.5-flash"),
                GEMINI_API_KEY="fake",
                GEMINI_CLI_TRUST_WORKSPACE="true",
                GEMINI_CLI_NO_RELAUNCH="true",
                GOOGLE_GEMINI_BASE_URL=model.url,
            )
        assert set(model.results) == {one["id"] for one in calls}
        return model.results


@pytest.fixture
def lab(directory: Path) -> GeminiLab:
    lab = GeminiLab(directory, "gemini")
    lab.configure()
    return lab


def test_what_is_denied_does_not_run_and_what_is_allowed_does(lab: GeminiLab) -> None:
    (lab.project / "notes.txt").write_text("one\n")
    (lab.project / "id_rsa").write_text("hunter2\n")
    lab.install("--unattended")
    project = lab.project
    results = lab.run(
        call("run_shell_command", "shell", command="echo ran > allowed.txt"),
        call("run_shell_command", "secret", command="cp .env copied.txt"),
        call("run_shell_command", "asked", command="curl -s http://127.0.0.1:9/ > asked.txt"),
        call("write_file", "write", file_path=f"{project}/written.txt", content="x"),
        call("write_file", "settings", file_path=f"{project}/.gemini/settings.json", content="{}"),
        call("replace", "edit", file_path=f"{project}/notes.txt", instruction="i", old_string="one", new_string="two"),
        call("read_file", "read", file_path=f"{project}/notes.txt"),
        call("read_file", "read_secret", file_path=f"{project}/id_rsa"),
    )
    assert {name for name, told in results.items() if "error" in told} == {"secret", "asked", "settings", "read_secret"}
    assert "leashd: denied by `credential-read`" in results["read_secret"]["error"]
    assert "nobody can approve it here" in results["asked"]["error"]
    assert "hunter2" not in json.dumps(results)
    assert sorted(path.name for path in project.glob("*.txt")) == ["allowed.txt", "notes.txt", "written.txt"]
    assert (project / "notes.txt").read_text() == "two\n"
    assert not (project / ".gemini").exists()
    assert [line["tool"] for line in lab.audit() if line["agent"] == "gemini"] == [
        *("Bash", "Bash", "Bash", "Write", "Write", "Edit", "Read", "Read"),
    ]


def test_a_broken_hook_lets_nothing_run(lab: GeminiLab) -> None:
    lab.install()
    lab.hook_elsewhere(lab.settings)
    calls, before = [], {}
    for how in BROKEN:
        before[f"{how}: shell"] = partial(lab.break_hook, how)
        calls.append(call("run_shell_command", f"{how}: shell", command="touch ran.txt"))
        calls.append(call("write_file", f"{how}: write", file_path=f"{lab.project}/written.txt", content="x"))
    results = lab.run(*calls, before=before)
    assert not [name for name, told in results.items() if "error" not in told]
    assert not list(lab.project.glob("*.txt"))


def test_tools_of_a_server_are_known_by_its_name(lab: GeminiLab) -> None:
    lab.configure(mcpServers={"lab": {"command": "python3", "args": [str(MCP_SERVER)]}})
    lab.install("--unattended")
    results = lab.run(call("mcp_lab_leave_mark", "mcp", path=f"{lab.project}/mark"))
    assert "error" in results["mcp"]
    assert not (lab.project / "mark").exists()
    assert [line["tool"] for line in lab.audit() if line["agent"] == "gemini"] == ["mcp__lab__leave_mark"]
