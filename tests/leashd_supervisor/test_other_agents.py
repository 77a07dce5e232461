"""What a person says at the supervisor reaches every agent in the form that it understands."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from leashd_hooks.install.hook_process import INTERPRETER_FLAGS
from tests.hook.guard import BOOT, Guard, furnish
from tests.leashd_supervisor.conftest import Supervisor

PUSH = "git push origin main"
#: An agent's event for that call.
EVENTS: "dict[str, dict[str, Any]]" = {
    "gemini": {"hook_event_name": "BeforeTool", "session_id": "s", "tool_name": "run_shell_command",
               "tool_input": {"command": PUSH}},
    "opencode": {"hook_event_name": "tool.execute.before", "sessionID": "s", "tool": "bash",
                 "args": {"command": PUSH}},
    "copilot": {"sessionId": "s", "timestamp": 0, "toolName": "bash", "toolArgs": {"command": PUSH}},
    "cursor": {"hook_event_name": "preToolUse", "conversation_id": "s", "tool_name": "Shell",
               "tool_input": {"command": PUSH}},
}  # fmt: skip
ANNOUNCED_AGAIN = {"hook_event_name": "beforeShellExecution", "conversation_id": "s", "command": PUSH}
ALLOWED = {
    "gemini": {"decision": "allow"},
    "opencode": {"decision": "allow"},
    "copilot": {"permissionDecision": "allow"},
    "cursor": {"permission": "allow"},
}
NO = "leashd: denied: a person said no: wrong branch"
DENIED: "dict[str, tuple[dict[str, str] | None, str, int]]" = {
    "gemini": (None, NO, 2),
    "opencode": (None, NO, 2),
    "copilot": ({"permissionDecision": "deny", "permissionDecisionReason": NO}, "", 0),
    "cursor": ({"permission": "deny", "user_message": NO, "agent_message": NO}, "", 0),
}


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return furnish(tmp_path_factory.mktemp("guarded"))


@pytest.fixture(scope="module")
def supervisor(guard: Guard) -> Iterator[Supervisor]:
    running = Supervisor(guard.state)
    yield running
    running.stop()


def _start(guard: Guard, agent: str, event: "dict[str, Any]") -> "subprocess.Popen[bytes]":
    argv = [sys.executable, *INTERPRETER_FLAGS, str(BOOT), agent, "--state", str(guard.state)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(argv, env={}, **pipes)  # type: ignore[call-overload]
    process.stdin.write(json.dumps({**event, "cwd": str(guard.project)}).encode())
    process.stdin.close()
    process.stdin = None
    STARTED.append(process)
    return process  # type: ignore[no-any-return]


#: Processes that a test has started, so that none outlives it.
STARTED: "list[subprocess.Popen[bytes]]" = []


@pytest.fixture(autouse=True)
def _none_is_left() -> Iterator[None]:
    yield
    for process in STARTED:
        if process.returncode is None:
            process.kill()
            process.communicate()
    STARTED.clear()


def _said(process: "subprocess.Popen[bytes]") -> "tuple[Any, str, int]":
    stdout, stderr = process.communicate(timeout=60)
    return json.loads(stdout) if stdout else None, stderr.decode(), process.returncode


@pytest.mark.parametrize("agent", EVENTS)
def test_a_yes_arrives(agent: str, guard: Guard, supervisor: Supervisor) -> None:
    process = _start(guard, agent, {**EVENTS[agent], "callID": f"{agent}-yes", "tool_use_id": f"{agent}-yes"})
    (id,) = supervisor.pending()
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    assert _said(process) == (ALLOWED[agent], "", 0)


@pytest.mark.parametrize("agent", EVENTS)
def test_a_no_arrives_with_its_reason(agent: str, guard: Guard, supervisor: Supervisor) -> None:
    process = _start(guard, agent, {**EVENTS[agent], "callID": f"{agent}-no", "tool_use_id": f"{agent}-no"})
    (id,) = supervisor.pending()
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=False, message="wrong branch")
    assert _said(process) == DENIED[agent]


def test_cursor_announces_a_call_twice_and_asks_once(guard: Guard, supervisor: Supervisor) -> None:
    session = {"conversation_id": "another"}
    again = {**ANNOUNCED_AGAIN, **session}
    assert _said(_start(guard, "cursor", again))[0]["permission"] == "deny", "nobody has been asked yet"
    process = _start(guard, "cursor", {**EVENTS["cursor"], **session})
    (id,) = supervisor.pending()
    (id,) = supervisor.pending()
    supervisor.tell(do="answer", id=id, allow=True)
    assert _said(process)[0] == {"permission": "allow"}
    assert _said(_start(guard, "cursor", again))[0] == {"permission": "allow"}
