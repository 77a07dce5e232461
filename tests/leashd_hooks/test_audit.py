"""The append side: what is written, what is refused, what is never lost."""

import json
import os
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leashd_hooks import audit
from leashd_hooks.audit import append
from leashd_hooks.audit_log import files
from leashd_hooks.audit_verify import verify

RECORD = {
    "event": "PreToolUse",
    "tool": "Bash",
    "verdict": "allow",
    "rule": "git-status",
    "input": {"command": "git status"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "audit"


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for path in files(folder) for line in path.read_text().splitlines()]


def test_a_record_carries_number_time_and_chain(folder):
    append(str(folder), RECORD)
    append(str(folder), RECORD)
    first, second = lines(folder)
    assert (first["seq"], second["seq"]) == (1, 2)
    assert first["prev"] == "0" * 64
    assert second["prev"] == first["hash"]
    assert first["time"].endswith("Z")
    assert len(first["time"]) == len("2026-01-01T00:00:00.000Z")
    assert {key: first[key] for key in RECORD} == RECORD


def test_directory_and_files_are_for_their_owner_only(folder):
    append(str(folder), RECORD)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_record_cannot_set_its_own_place_in_the_chain(folder):
    append(str(folder), {**RECORD, "seq": 99, "time": "never", "prev": "x", "hash": "y"})
    assert lines(folder)[0]["seq"] == 1
    assert verify(folder).ok


@pytest.mark.parametrize("value", ["\ud800", "a\x00b\n\r\u2028", "ü漢🦮", "x" * 300_000, {"a": [1.5, None, True]}])
def test_any_text_stays_on_one_line_and_verifies(folder, value):
    append(str(folder), {**RECORD, "input": {"command": value}})
    append(str(folder), RECORD)
    assert len(lines(folder)) == 2
    assert verify(folder).ok


def test_secrets_in_input_effects_and_reason_do_not_reach_the_disk(folder):
    secret = "ghp_" + "a1B2" * 9
    effects = [{"kind": "run", "command": f"echo {secret}"}]
    append(
        str(folder), {**RECORD, "input": {"command": f"echo {secret}"}, "effects": effects, "reason": f"no {secret}"}
    )
    assert secret not in (folder / "audit.jsonl").read_text()


def test_the_digest_is_of_the_call_as_it_came_and_not_of_what_is_left_of_it(folder):
    secret = "ghp_" + "a1B2" * 9
    inputs = [{"command": f"echo {secret}"}, {"command": f"echo {secret}x"}]
    for given in inputs:
        append(str(folder), {**RECORD, "input": given})
    first, second = lines(folder)
    assert first["digest"] == audit.digest("Bash", inputs[0])
    assert second["digest"] == audit.digest("Bash", inputs[1]) != first["digest"]


def test_the_order_of_the_fields_does_not_change_the_digest():
    given = {"a": 1, "b": {"c": [{"d": 2, "e": None}], "f": "x"}}
    turned = {"b": {"f": "x", "c": [{"e": None, "d": 2}]}, "a": 1}
    assert audit.digest("Edit", given) == audit.digest("Edit", turned)
    assert audit.digest("Edit", given) != audit.digest("Write", given)
    assert audit.digest("Edit", {"a": [1, 2]}) != audit.digest("Edit", {"a": [2, 1]})


WRITER = """
import sys; sys.path.insert(0, {root!r})
from leashd_hooks.audit import append
for number in range({count}):
    record = {{"writer": {writer}, "number": number, "input": {{"command": "x" * (number * 37 % 900)}}}}
    append({folder!r}, record, {limit})
"""


@pytest.mark.parametrize("limit", [10_000_000, 40_000], ids=["one file", "rotating"])
def test_sixteen_processes_at_once_lose_and_tear_nothing(folder, limit):
    root = str(Path(audit.__file__).parent.parent)
    scripts = [
        WRITER.format(root=root, folder=str(folder), count=60, writer=writer, limit=limit) for writer in range(16)
    ]
    writers = [subprocess.Popen([sys.executable, "-I", "-S", "-c", script]) for script in scripts]
    assert [writer.wait(60) for writer in writers] == [0] * 16
    written = lines(folder)
    assert [record["seq"] for record in written] == list(range(1, 961))
    assert len({(record["writer"], record["number"]) for record in written}) == 960
    assert verify(folder).ok
    assert (len(files(folder)) > 3) == (limit == 40_000)


def test_a_full_file_is_set_aside_under_its_first_number(folder):
    for _ in range(9):
        append(str(folder), RECORD, 1000)
    names = [path.name for path in files(folder)]
    assert names[0] == "audit-1.jsonl"
    assert names[-1] == "audit.jsonl"
    firsts = [json.loads(path.read_text().splitlines()[0])["seq"] for path in files(folder)]
    assert [f"audit-{first}.jsonl" for first in firsts[:-1]] == names[:-1]
    assert verify(folder).ok


def test_a_file_set_aside_is_never_overwritten(folder):
    append(str(folder), RECORD)
    (folder / "audit-1.jsonl").write_text("evidence")
    with pytest.raises(OSError, match="exists already"):
        append(str(folder), RECORD, 10)
    assert (folder / "audit-1.jsonl").read_text() == "evidence"


def test_half_a_line_is_owned_up_to_by_the_next(folder):
    append(str(folder), RECORD)
    append(str(folder), RECORD)
    file = folder / "audit.jsonl"
    text = file.read_bytes()
    file.write_bytes(text + b'{"seq":3,"time":"2026')
    append(str(folder), RECORD)
    append(str(folder), RECORD)
    record = json.loads(file.read_text().splitlines()[3])
    assert record["after_torn"] is True
    assert record["seq"] == 3
    result = verify(folder)
    assert result.ok
    assert "half a line" in result.notes[0]


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_line_torn_anywhere_is_owned_up_to(folder, cut):
    append(str(folder), RECORD)
    head = (folder / "head").read_bytes()
    append(str(folder), RECORD)
    file = folder / "audit.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    (folder / "head").write_bytes(head)
    append(str(folder), RECORD)
    assert verify(folder).ok, verify(folder).breaks
    assert len(verify(folder).notes) == 1


def test_half_a_line_before_a_rotation_is_owned_up_to(folder):
    append(str(folder), RECORD)
    with (folder / "audit.jsonl").open("ab") as file:
        file.write(b'{"seq":2,')
    append(str(folder), RECORD, 10)
    assert verify(folder).ok, verify(folder).breaks


def test_a_crash_between_line_and_head_costs_nothing(folder):
    append(str(folder), RECORD)
    head = (folder / "head").read_bytes()
    append(str(folder), RECORD)
    (folder / "head").write_bytes(head)
    assert verify(folder).ok
    append(str(folder), RECORD)
    assert [record["seq"] for record in lines(folder)] == [1, 2, 3]
    assert verify(folder).ok
    assert verify(folder).notes == []


def test_a_crash_in_the_middle_of_a_rotation_costs_nothing(folder):
    append(str(folder), RECORD)
    (folder / "audit.jsonl").rename(folder / "audit-1.jsonl")
    append(str(folder), RECORD)
    assert [record["seq"] for record in lines(folder)] == [1, 2]
    assert verify(folder).ok


def test_appending_after_a_cut_does_not_hide_the_cut(folder):
    for _ in range(5):
        append(str(folder), RECORD)
    file = folder / "audit.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    append(str(folder), RECORD)
    assert lines(folder)[-1]["seq"] == 6
    assert verify(folder).breaks == ["audit.jsonl:3: records 3 to 5 are missing before it"]


@pytest.mark.parametrize("name", ["audit.jsonl", "head", "lock"])
def test_a_symlink_is_refused(folder, tmp_path, name):
    append(str(folder), RECORD)
    (folder / name).unlink()
    (tmp_path / "elsewhere").write_text("")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        append(str(folder), RECORD)
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_symlinked_directory_is_refused(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        append(str(folder), RECORD)


def test_a_pipe_in_place_of_the_file_is_refused_at_once(folder):
    append(str(folder), RECORD)
    (folder / "audit.jsonl").unlink()
    os.mkfifo(folder / "audit.jsonl")
    with pytest.raises(OSError, match="not a regular file"):
        append(str(folder), RECORD)


@pytest.mark.parametrize("make", [lambda path: path.write_text(""), lambda path: path.symlink_to("/proc/self/nope")])
def test_a_place_that_is_no_directory_is_an_error(folder, make):
    folder.parent.mkdir()
    make(folder)
    with pytest.raises(OSError):
        append(str(folder), RECORD)


def test_a_missing_parent_of_the_state_is_an_error(tmp_path):
    with pytest.raises(OSError):
        append(str(tmp_path / "a" / "b" / "audit"), RECORD)


@pytest.mark.parametrize("record", [{"x": object()}, {"x": float("nan")}, {"x": b"bytes"}])
def test_what_cannot_become_json_is_an_error_and_leaves_no_trace(folder, record):
    append(str(folder), RECORD)
    with pytest.raises(OSError):
        append(str(folder), record)
    append(str(folder), RECORD)
    assert [line["seq"] for line in lines(folder)] == [1, 2]
    assert verify(folder).ok


def test_a_full_disk_is_an_error_and_leaves_no_half_line(folder):
    """The limit on file sizes lets a write go half through, as a full disk does."""
    append(str(folder), RECORD)
    size = (folder / "audit.jsonl").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, hard))
    try:
        with pytest.raises(OSError):
            append(str(folder), RECORD)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (folder / "audit.jsonl").stat().st_size == size
    append(str(folder), RECORD)
    assert verify(folder).ok


@pytest.mark.parametrize("place", ["/proc/leashd-audit", "/dev/null", "/dev/null/audit"])
def test_a_place_that_nobody_can_write_is_an_error(place):
    with pytest.raises(OSError):
        append(place, RECORD)


HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], "r+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_that_is_never_given_back_ends_in_an_error_not_in_waiting(folder, monkeypatch):
    append(str(folder), RECORD)
    monkeypatch.setattr(audit, "PATIENCE", 0.2)
    command = [sys.executable, "-c", HOLDER, str(folder / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        started = time.monotonic()
        with pytest.raises(OSError, match="holds the lock"):
            append(str(folder), RECORD)
        assert time.monotonic() - started < 3
        holder.kill()
    append(str(folder), RECORD)
    assert verify(folder).ok


def test_nothing_that_costs_time_is_imported():
    root = str(Path(audit.__file__).parent.parent)
    script = (
        f"import sys; sys.path.insert(0, {root!r}); before = set(sys.modules); import leashd_hooks.audit;"
        " print(*sorted(set(sys.modules) - before))"
    )
    out = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True).stdout
    assert {name.partition(".")[0] for name in out.split()} <= {"leashd_hooks", "_json", "_sha256", "_sha2"}
