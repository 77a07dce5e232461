"""The chain: what was appended verifies, and no change to it goes unseen."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leashd_hooks.audit import append
from leashd_hooks.audit_verify import verify

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.sampled_from(["tool", "input", "reason", "effects", "cwd", "x"]), JSON, max_size=5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven records in three files."""
    directory = tmp_path / "audit"
    for number in range(7):
        append(str(directory), {"tool": "Bash", "number": number, "reason": "x" * 60}, 1150)
    assert [path.name for path in sorted(directory.glob("*.jsonl"))] == [
        "audit-1.jsonl",
        "audit-4.jsonl",
        "audit.jsonl",
    ]
    assert verify(directory).ok
    return directory


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def without_line(path: Path, number: int) -> None:
    text = path.read_text().splitlines(keepends=True)
    path.write_text("".join(text[:number] + text[number + 1 :]))


def swap(path: Path) -> None:
    first, second, *rest = path.read_text().splitlines(keepends=True)
    path.write_text("".join([second, first, *rest]))


def repeat(path: Path) -> None:
    path.write_text(path.read_text() + path.read_text().splitlines(keepends=True)[-1])


def shorten(path: Path) -> None:
    path.write_text(path.read_text()[:-5])


TAMPERING = [
    (
        "a value",
        lambda d: change(d / "audit-1.jsonl", '"number":1', '"number":8'),
        "jsonl:2: the line was changed",
    ),
    ("a hash", lambda d: change(d / "audit.jsonl", '"hash":"', '"hash":"f'), "audit.jsonl:1: the line was changed"),
    ("a line taken out", lambda d: without_line(d / "audit-4.jsonl", 1), "record 5 is missing before it"),
    ("the first line taken out", lambda d: without_line(d / "audit-1.jsonl", 0), "record 1 is missing before it"),
    ("two lines swapped", lambda d: swap(d / "audit-1.jsonl"), "record 1 is missing before it"),
    ("a line twice", lambda d: repeat(d / "audit-1.jsonl"), "it does not follow the line before it"),
    ("the end cut", lambda d: without_line(d / "audit.jsonl", 0), "head: the end is cut, records 7 to 7 are missing"),
    ("the last file deleted", lambda d: (d / "audit.jsonl").unlink(), "head: the end is cut"),
    ("the first file deleted", lambda d: (d / "audit-1.jsonl").unlink(), "records 1 to 3 are missing before it"),
    ("a middle file deleted", lambda d: (d / "audit-4.jsonl").unlink(), "records 4 to 6 are missing before it"),
    (
        "files exchanged",
        lambda d: (d / "audit-4.jsonl").rename(d / "audit-0.jsonl"),
        "records 1 to 3 are missing",
    ),
    ("the head deleted", lambda d: (d / "head").unlink(), "head: the head of the audit is missing"),
    ("the head damaged", lambda d: (d / "head").write_text("x"), "head: the head of the audit is damaged"),
    (
        "the head forged",
        lambda d: (d / "head").write_text(f"{7:020d} {'a' * 64}\n"),
        "is not the one that was written",
    ),
    ("another line", lambda d: change(d / "audit.jsonl", "\n", "\nhello\n"), "audit.jsonl:2: this is no record"),
    (
        "a file cut inside",
        lambda d: shorten(d / "audit-1.jsonl"),
        "the line is cut",
    ),
]


@pytest.mark.parametrize(("tamper", "told"), [row[1:] for row in TAMPERING], ids=[row[0] for row in TAMPERING])
def test_tampering_is_found_and_named(folder, tamper, told):
    tamper(folder)
    result = verify(folder)
    assert not result.ok
    assert any(told in line for line in result.breaks), result.breaks


@pytest.mark.parametrize(("tamper", "told"), [row[1:] for row in TAMPERING], ids=[row[0] for row in TAMPERING])
def test_tampering_is_still_found_after_more_was_appended(folder, tamper, told):
    tamper(folder)
    for _ in range(3):
        append(str(folder), {"tool": "Bash"})
    assert not verify(folder).ok


def test_an_audit_that_was_never_written_is_in_order(tmp_path):
    assert verify(tmp_path / "nothing").ok


def test_a_directory_that_cannot_be_read_is_broken(tmp_path):
    (tmp_path / "audit" / "audit.jsonl").mkdir(parents=True)
    assert "cannot read the audit" in verify(tmp_path / "audit").breaks[0]


@given(st.lists(RECORDS, min_size=1, max_size=5), st.sampled_from([300, 100_000]))
def test_whatever_is_appended_verifies(records, limit):
    with tempfile.TemporaryDirectory() as scratch:
        for record in records:
            append(scratch + "/audit", record, limit)
        result = verify(Path(scratch) / "audit")
        assert result.ok, result.breaks
        assert result.records == len(records)
        assert result.notes == []


@given(st.data())
def test_any_single_changed_byte_is_found(data):
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "audit"
        for number in range(3):
            append(str(directory), {"tool": "Bash", "number": number, "input": {"command": "ls"}}, 500)
        path = data.draw(st.sampled_from(sorted([*directory.glob("*.jsonl"), directory / "head"])))
        content = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
        path.write_bytes(content)
        assert not verify(directory).ok


@given(st.data())
def test_any_cut_is_found(data):
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "audit"
        for number in range(3):
            append(str(directory), {"number": number})
        content = (directory / "audit.jsonl").read_bytes()
        (directory / "audit.jsonl").write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
        assert not verify(directory).ok
        append(str(directory), {"number": 3})
        assert not verify(directory).ok


def test_verifying_twice_changes_nothing(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    verify(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_copy_verifies_without_a_lock_file(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("lock"))
    assert verify(tmp_path / "copy").ok


def test_the_result_is_plain_data(folder):
    assert json.loads(json.dumps(verify(folder).to_json()))["records"] == 7
