"""`leashd check` and `leashd explain`: the hook's own answer, one by one and in a stream."""

import json
import subprocess
import sys
import time

import pytest

from tests.leashd_hooks.terminal import LEASHD

ONE = [
    ("git status", 0, "allow"),
    ("cat README.md | grep -c read", 0, "allow"),
    ("cat .env", 2, "deny"),
    ("git push --force origin main", 2, "deny"),
    ("git status && rm -rf /", 2, "deny"),
    ("an-unknown-program --do-it", 3, "require_approval"),
]


@pytest.mark.parametrize(("command", "code", "verdict"), ONE)
def test_the_exit_code_is_the_verdict(terminal, command, code, verdict):
    done = terminal.run("check", command)
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(verdict)
    assert terminal.json("check", command)["verdict"] == verdict


def test_another_tool_can_be_checked(terminal):
    outside = terminal.run("check", "--tool", "Write", "--input", '{"file_path": "/etc/hosts", "content": ""}')
    assert outside.returncode == 2
    inside = terminal.run(
        "check", "--tool", "Read", "--input", json.dumps({"file_path": f"{terminal.project}/README.md"})
    )
    assert inside.returncode == 0


def test_a_policy_of_the_users_own_counts_before_anything_is_installed(terminal):
    state = terminal.home / ".leashd"
    state.mkdir()
    rule = '{name: tracker-reads, action: allow, reason: r, when: {effect: mcp, server: tracker, tool: "get_*"}}'
    (state / "policy.yaml").write_text(f"version: 1\nname: mine\nrules:\n  - {rule}\n")
    done = terminal.run("check", "--tool", "mcp__tracker__get_ticket", "--input", "{}")
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "allow by tracker-reads")


def test_the_denial_says_what_to_do_instead(terminal):
    assert "instead: " in terminal.run("check", "cat .env").stdout


def test_nothing_runs_and_nothing_is_recorded(terminal):
    terminal.run("check", "touch made")
    assert not (terminal.project / "made").exists()
    assert not (terminal.home / ".leashd").exists()


def test_directories_and_home_can_be_given(terminal, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert terminal.run("check", "ls", "--cwd", str(elsewhere), "--approve", str(elsewhere)).returncode == 0
    read = ["check", "--tool", "Read", "--input", json.dumps({"file_path": "/srv/x"})]
    assert terminal.run(*read).returncode == 2
    assert terminal.run(*read, "--approve", "/srv").returncode == 0


def test_a_policy_file_can_be_given(terminal):
    (terminal.project / "mine.yaml").write_text(
        "version: 1\nname: mine\nrules:\n  - name: no-ls\n    tool: Bash\n    command_patterns: ['^ls']\n"
        "    action: deny\n    reason: because\n"
    )
    found = terminal.json("check", "ls", "--policy", "./mine.yaml")
    assert (found["verdict"], found["rule"]) == ("deny", "no-ls")


def test_the_users_own_policy_is_used_when_there_is_one(terminal):
    terminal.run("init", "--yes")
    other = terminal.home / "other"
    other.mkdir()
    assert terminal.run("check", "cat x", cwd=other).returncode == 2
    terminal.run("add-dir", str(other))
    assert terminal.run("check", "cat x", cwd=other).returncode == 0


def event(terminal, tool="Bash", **given) -> str:
    return json.dumps({"tool_name": tool, "tool_input": given, "cwd": str(terminal.project)})


def test_a_stream_is_answered_line_by_line_in_order(terminal):
    lines = [
        event(terminal, command="git status"),
        event(terminal, command="cat .env"),
        "",
        event(terminal, command="an-unknown-program"),
        event(terminal, "Read", file_path=f"{terminal.project}/README.md"),
    ]
    done = terminal.run("check", "--jsonl", stdin="\n".join(lines))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["allow", "deny", "require_approval", "allow"]
    for answer in answers:
        assert {"rule", "reason", "effects"} <= set(answer)
        assert isinstance(answer["effects"], list)


BAD = [
    "nonsense",
    "[]",
    "{}",
    '{"tool_name": "Bash"}',
    '{"tool_name": 5, "tool_input": {}, "cwd": "/"}',
    "\ud800",
    "[" * 5000,
]


def test_a_bad_line_is_denied_and_the_stream_goes_on(terminal):
    lines = [part for bad in BAD for part in (bad, event(terminal, command="git status"))]
    done = terminal.run("check", "--jsonl", stdin="\n".join(lines).encode("utf-8", "surrogatepass"))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 2 * len(BAD)
    assert all(answer["verdict"] == "deny" and answer["error"] for answer in answers[::2])
    assert all(answer["verdict"] == "allow" for answer in answers[1::2])


def test_input_of_the_wrong_shape_is_denied_in_a_stream(terminal):
    given = '{"tool_name": "Bash", "tool_input": {"command": 5}, "cwd": "/"}'
    answer = json.loads(terminal.run("check", "--jsonl", stdin=given).stdout)
    assert answer["verdict"] == "deny"


def test_each_answer_comes_before_the_next_question(terminal):
    env = {"HOME": str(terminal.home), "PATH": "/usr/bin:/bin"}
    command = [*LEASHD, "check", "--jsonl", "--policy", "default", "--approve", str(terminal.project)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=terminal.project
    ) as child:
        for wanted, text in (("allow", "git status"), ("deny", "cat .env"), ("allow", "ls")):
            child.stdin.write(event(terminal, command=text).encode() + b"\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["verdict"] == wanted
        child.stdin.close()
        assert child.wait(10) == 0


def test_a_stream_and_the_hook_agree(terminal):
    terminal.run("install", "claude")
    told = {"allow": "allow", "deny": "deny", "require_approval": "ask"}
    for command, _, verdict in ONE:
        answer = json.loads(terminal.hook("Bash", {"command": command}).stdout)["hookSpecificOutput"]
        assert answer["permissionDecision"] == told[verdict]


def test_two_thousand_everyday_events_take_a_second_of_work(terminal):
    """Measured in processor time, because the machine is shared."""
    everyday = ["git status", "ls -la src", "cat README.md", "grep -rn foo src", "git diff HEAD~1", "cd src && ls"]
    lines = [event(terminal, command=everyday[number % 6]) for number in range(4000)]
    script = (
        "import io, sys, time\n"
        "from leashd_hooks.cli.check import answer\n"
        "from leashd_hooks.cli.judging import policy_in_force\n"
        "policy = policy_in_force((), (sys.argv[1],), sys.argv[1] + '/..')\n"
        "lines = sys.stdin.buffer.readlines()\n"
        "started = time.process_time()\n"
        "for line in lines: answer(line, policy)\n"
        "print(len(lines) / (time.process_time() - started))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(terminal.project)], input="\n".join(lines), capture_output=True, text=True
    )
    assert float(done.stdout) > 2000, done.stdout + done.stderr


def test_explaining_names_every_effect_and_what_decided(terminal):
    done = terminal.run("explain", "git status && cat .env")
    assert done.returncode == 2
    assert "credential-read" in done.stdout
    assert "known-command" in done.stdout or "git status" in done.stdout
    found = terminal.json("explain", "git status && cat .env")
    assert len(found["trace"]) == len(found["effects"])
    assert found["trace"][found["decisive"]]["verdict"] == "deny"


def test_the_last_call_that_did_not_pass_is_explained_and_only_one_of_this_project(terminal):
    nothing = terminal.run("explain", "--last")
    assert nothing.returncode == 1
    assert "no call in this project" in nothing.stderr
    terminal.run("init", "--yes")
    terminal.hook("Bash", {"command": "cat .env"})
    terminal.hook("Bash", {"command": "git push --force"}, cwd=str(terminal.home))
    terminal.hook("Bash", {"command": "git status"})
    terminal.hook("Bash", {"command": "rm -rf src"}, session_id="leashd-doctor")  # a trial of leashd's own
    done = terminal.run("explain", "--last")
    assert done.returncode == 0, done.stderr
    assert "deny by `credential-read`" in done.stdout
    assert "cat .env" in done.stdout
    assert terminal.json("explain", "--last")["rule"] == "credential-read"
    assert terminal.run("explain", "--last", "ls").returncode == 1


def test_a_check_answers_quickly(terminal):
    started = time.perf_counter()
    terminal.run("check", "ls")
    assert time.perf_counter() - started < 10
