"""The supervisor's log: one line a record, rotated, its owner's alone, without secrets."""

import json
import logging
import subprocess
import sys
from contextlib import suppress

import pytest
from leashd_supervisor.log import files, note, open_log


@pytest.fixture
def path(tmp_path):
    """A log, and the logging of the tests as it was before."""
    root, ours = logging.getLogger(), logging.getLogger("leashd")
    before = (list(root.handlers), root.level, ours.level, logging.raiseExceptions, sys.excepthook)
    root.handlers = []
    yield tmp_path / "logs" / "supervisor.jsonl"
    for handler in root.handlers:
        handler.close()
    root.handlers, logging.raiseExceptions, sys.excepthook = before[0], before[3], before[4]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def _lines(path):
    return [json.loads(line) for one in files(path) for line in one.read_text().splitlines()]


def test_a_record_is_one_line_whatever_stands_in_it(path):
    open_log(path)
    note("two\nlines", "warning", device='a "phone"\n', count=3)
    line = _lines(path)[0]
    assert (line["event"], line["level"], line["device"], line["count"]) == ("two\nlines", "warning", 'a "phone"\n', 3)
    assert line["time"].endswith("Z")


def test_secrets_are_taken_out(path):
    open_log(path)
    note("sent", url="https://me:hunter2secret@example.org", error="Authorization: Bearer sk-live-424242424242424242")
    text = path.read_text()
    assert "hunter2secret" not in text
    assert "sk-live-4242" not in text


@pytest.mark.parametrize(("level", "kept"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_levels(path, level, kept):
    open_log(path, level)
    for each in ("debug", "info", "warning", "error"):
        note(each, each)
    assert len(_lines(path)) == kept


def test_full_files_are_set_aside_and_the_oldest_goes(path):
    open_log(path, limit=2000, kept=4)
    for number in range(400):
        note("turn", number=number)
    numbers = [line["number"] for line in _lines(path)]
    assert numbers == list(range(numbers[0], 400))
    assert len(files(path)) == 5
    assert sum(one.stat().st_size for one in files(path)) <= 5 * 2000
    assert {one.stat().st_mode & 0o777 for one in files(path)} == {0o600}


def test_what_others_warn_of_is_in_it_with_where_it_comes_from(path):
    open_log(path)
    logging.getLogger("uvicorn.error").warning("odd request")
    assert [(line["event"], line["from"]) for line in _lines(path)] == [("odd request", "uvicorn.error")]


def test_a_crash_leaves_its_place_and_no_values(path):
    script = (
        "import sys; from pathlib import Path; from leashd_supervisor.log import open_log\n"
        "open_log(Path(sys.argv[1])); password = 'swordfish'; raise RuntimeError('it broke')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True)
    line = _lines(path)[0]
    assert (line["event"], line["error"]) == ("crashed", "RuntimeError: it broke")
    assert "swordfish" not in path.read_text()
    assert done.stderr == "error: RuntimeError: it broke\n"


def test_a_disk_that_is_full_later_does_not_end_anything(path):
    open_log(path)
    handler = logging.getLogger().handlers[0]
    whole, handler.stream = handler.stream, open("/dev/full", "w")  # noqa: SIM115 - closed below
    note("no room")
    full, handler.stream = handler.stream, whole
    with suppress(OSError):
        full.close()
    note("room again")
    assert [line["event"] for line in _lines(path)] == ["room again"]
