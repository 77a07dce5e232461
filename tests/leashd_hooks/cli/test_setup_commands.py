"""init, status, dirs, trust, config, demo."""

import json
import os
import re
import subprocess
import sys


def test_init_leaves_a_guarded_agent(terminal):
    done = terminal.run("init", "--yes")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "deny in" in done.stdout
    assert "next:" in done.stdout
    assert terminal.hook("Bash", {"command": "cat .env"}).returncode == 2


def test_init_asks_once_and_takes_no_for_an_answer(terminal):
    done = terminal.run("init", stdin="n\n")
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert not terminal.settings.exists()
    assert terminal.run("init", stdin="y\n").returncode == 0
    assert terminal.settings.exists()


def test_init_without_anybody_to_ask_changes_nothing(terminal):
    done = terminal.run("init")
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert not terminal.settings.exists()


def test_init_again_changes_nothing_and_approves_the_next_project(terminal):
    terminal.run("init", "--yes")
    before = terminal.settings.read_bytes()
    other = terminal.home / "other"
    other.mkdir()
    assert terminal.run("init", "--yes", cwd=other).returncode == 0
    assert terminal.settings.read_bytes() == before
    assert terminal.json("dirs") == [str(terminal.project), str(other)]


def test_status_tells_the_whole_state(terminal):
    before = terminal.json("status")
    assert before["installed"] == []
    assert "leashd install claude" in terminal.run("status").stdout
    terminal.run("init", "--yes")
    terminal.hook("Bash", {"command": "git status"})
    after = terminal.json("status")
    assert after["installed"] == [str(terminal.settings)]
    assert after["policies"] == ["default", "dev-tools"]
    assert after["project_approved"] is True
    assert after["audit"]["records"] > 0
    assert after["last_decision"]["call"] == "git status"


def test_status_names_other_agents_and_what_is_broken(terminal):
    terminal.run("install", "codex")
    assert terminal.json("status")["installed"] == [str(terminal.home / ".codex" / "hooks.json")]
    (terminal.home / ".leashd" / "config.yaml").write_text("polices: [x]\n")
    done = terminal.run("status")
    assert done.returncode == 1
    assert "every call is denied: config error: unknown field `polices`" in done.stdout
    assert "not running" in done.stdout
    assert terminal.json("status")["policy_error"].endswith("did you mean `policies`?")
    assert [line for line in done.stdout.splitlines() if line.endswith(" ")] == []


def test_a_directory_is_approved_and_withdrawn(terminal):
    (terminal.project / "src").mkdir()
    assert terminal.json("add-dir", cwd=terminal.project / "src")["approved_directories"] == [str(terminal.project)]
    assert terminal.json("add-dir")["changed"] is False
    assert terminal.run("dirs").stdout.strip() == str(terminal.project)
    assert terminal.json("remove-dir") == {"changed": True, "approved_directories": []}
    assert terminal.json("remove-dir")["changed"] is False


def test_an_approval_counts_at_once(terminal):
    terminal.run("init", "--yes")
    other = terminal.home / "other"
    other.mkdir()
    call = ("Read", {"file_path": f"{other}/x"})
    assert terminal.hook(*call).returncode == 2
    terminal.run("add-dir", str(other))
    assert terminal.hook(*call).returncode == 0
    terminal.run("remove-dir", str(other))
    assert terminal.hook(*call).returncode == 2


LOOSER = """\
version: 1
name: project
rules:
  - name: run-deploy
    action: allow
    reason: it is ours
    when:
      effect: run
      program: an-unknown-program
"""


def test_a_project_policy_loosens_only_while_it_is_trusted(terminal):
    terminal.run("init", "--yes")
    policy = terminal.project / ".leashd" / "policy.yaml"
    policy.parent.mkdir()
    policy.write_text(LOOSER)
    check = ("check", "an-unknown-program")
    assert terminal.run(*check).returncode == 3
    assert terminal.json("trust")["trusted"] is True
    assert terminal.run(*check).returncode == 0
    policy.write_text(LOOSER + "# changed\n")
    assert terminal.run(*check).returncode == 3
    terminal.run("trust")
    assert terminal.run(*check).returncode == 0
    assert terminal.json("trust", "--revoke")["trusted"] is False
    assert terminal.run(*check).returncode == 3


def test_config_shows_values_and_where_they_come_from(terminal):
    terminal.run("add-dir")
    found = terminal.json("config", env={"LEASHD_LOG_LEVEL": "debug"})
    path = f"{terminal.home}/.leashd/config.yaml"
    assert found["settings"]["approved_directories"] == {"value": [str(terminal.project)], "from": f"{path}:2"}
    assert found["settings"]["log_level"] == {"value": "debug", "from": "LEASHD_LOG_LEVEL"}
    assert found["settings"]["web_port"] == {"value": 8180, "from": "default"}
    assert re.search(r"^approved_directories +\S+ +config.yaml:2 *$", terminal.run("config").stdout, re.M)


def test_the_demo_shows_the_expected_answers(terminal):
    found = terminal.json("demo")
    wrong = [call for call in found["calls"] if call["answer"] != call["expected"]]
    assert wrong == []
    assert found["ok"] is True
    assert len(found["calls"]) >= 40
    assert {"allow", "ask", "deny"} == {call["answer"] for call in found["calls"]}
    assert not (terminal.home / ".leashd").exists()


def test_the_demo_ends_with_the_command_that_protects_a_project(terminal):
    installed = terminal.home / "bin" / "leashd"
    installed.parent.mkdir()
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)
    done = terminal.run("demo", env={"PATH": f"{installed.parent}:{os.environ['PATH']}"})
    assert done.stdout.strip().endswith("go there and run:  leashd init")
    assert "verifies" in done.stdout


def test_the_demo_of_a_checkout_names_the_program_that_is_on_nobodys_path(terminal, tmp_path):
    program = tmp_path / "checkout" / "leashd"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom leashd_hooks.cli import main; main()\n")
    env = {"HOME": str(terminal.home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, program, "demo"], capture_output=True, text=True, env=env)
    assert done.stdout.strip().endswith(f"go there and run:  {program} init")


def test_what_the_recorded_events_say_is_what_the_client_sends():
    from pathlib import Path

    from leashd_hooks import places
    from leashd_hooks.adapters.claude import read_call

    text = Path(places.shipped("hooks"), "claude", "demo-events.jsonl").read_text()
    for line in text.replace("@PROJECT@", "/p").replace("@HOME@", "/h").splitlines():
        assert read_call(json.loads(line)["event"]).call_id.startswith("toolu_")


def test_the_example_for_wiring_by_hand_has_the_shape_of_the_installed_one():
    from pathlib import Path

    from leashd_hooks import places
    from leashd_hooks.install.claude import EVENTS, ours

    data = json.loads(Path(places.shipped("hooks"), "claude", "settings.json").read_text())
    assert set(ours(data)) == set(EVENTS)
