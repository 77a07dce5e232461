"""The line around the hook passes on a clear answer, and makes a denial of everything else."""

import re
import stat
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.install.host_line import host_line, is_ours

PASSES = ('{"decision":"allow"', '{"decision":"ask"')

#: What the hook does -> whether the call goes on.
HOOKS = [
    ("""echo '{"decision":"allow"}'""", True),
    ("""echo '{"decision":"ask","reason":"why"}'""", True),
    ("""echo '{"decision":"deny"}'""", False),
    ("""echo '{"decision":"allow"}'; exit 1""", False),
    ("""echo '{"decision":"allow"}'; kill -9 $$""", False),
    ("""echo noise >&2; echo '{"decision":"allow"}'""", False),
    ("echo hello", False),
    ("echo '{}'", False),
    ("true", False),
    ("exit 1", False),
    ("exit 2", False),
    ("kill -9 $$", False),
    ("echo why >&2; exit 2", False),
    ("missing-program", False),
]


def _run(line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["bash", "-c", line], input="{}", capture_output=True, text=True)


@pytest.mark.parametrize(("hook", "goes_on"), HOOKS, ids=str)
def test_only_a_clear_answer_goes_on(hook: str, goes_on: bool) -> None:
    done = _run(host_line(["bash", "-c", hook], PASSES))
    assert done.returncode == (0 if goes_on else 2)
    assert bool(done.stdout) is goes_on
    assert done.stderr.startswith("leashd: denied, ") is not goes_on


@pytest.mark.parametrize("mode", [None, 0, stat.S_IRUSR])
def test_a_hook_that_cannot_start_is_a_denial(tmp_path: Path, mode: "int | None") -> None:
    hook = tmp_path / "a hook"
    if mode is not None:
        hook.write_text('#!/bin/sh\necho \'{"decision":"allow"}\'\n')
        hook.chmod(mode)
    done = _run(host_line([str(hook)], PASSES))
    assert done.returncode == 2
    assert "a hook" in done.stderr


def test_a_denial_with_a_form_of_its_own_has_the_exit_code_too() -> None:
    line = host_line(["bash", "-c", 'echo \'{"decision":"deny"}\''], PASSES, ('{"decision":"deny"',))
    done = _run(line)
    assert (done.returncode, done.stdout) == (2, '{"decision":"deny"}\n')


def test_a_host_finds_no_variable_to_put_a_value_into() -> None:
    assert not re.search(r"\$(\w|\{)", host_line(["/opt/python", "boot.py"], PASSES))


def test_a_reason_arrives_as_it_was_given() -> None:
    done = _run(host_line(["bash", "-c", "printf 'leashd: denied, not here' >&2; exit 2"], PASSES))
    assert done.stderr == "leashd: denied, not here.\n"


def test_it_is_told_from_other_hooks() -> None:
    assert is_ours(host_line(["/usr/bin/python3", "/opt/my tools/leashd_hooks/boot.py", "gemini"], PASSES))
    assert not is_ours("echo leashd")
    assert not is_ours(None)
