"""Settings files: one member changes, every other byte stays."""

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leashd_hooks.install.settings_file import SettingsError, SettingsFile, backups, load, save

VALUE = {"PreToolUse": [{"matcher": "*", "hooks": [{"type": "command", "args": ["a", "ü"]}]}]}

TEXTS = {
    "empty object": "{}",
    "empty object over lines": "{\n}\n",
    "two blanks": '{\n  "a": 1,\n  "b": {"x": [1, 2]}\n}\n',
    "four blanks": '{\n    "a": 1\n}\n',
    "tabs": '{\n\t"a": {\n\t\t"b": 1\n\t}\n}',
    "one line": '{"a": 1, "b": 2}',
    "no blanks": '{"a":1}',
    "windows lines": '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n',
    "odd spacing": '{ "a" :1 ,\n\n     "b":\n [ 1,\n2] }\n\n',
    "numbers": '{\n  "a": 1.0,\n  "b": 1e3,\n  "c": 12345678901234567890\n}',
    "text": '{\n  "a": "\\u00e9 \\" } ü",\n  "ü": "{"\n}',
    "byte order mark": '\ufeff{\n  "a": 1\n}',
}


def written(tmp_path: Path, text: str) -> SettingsFile:
    (tmp_path / "settings.json").write_bytes(text.encode())
    return load(tmp_path / "settings.json")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_member_added_and_taken_out_leaves_every_byte(tmp_path, text):
    file = written(tmp_path, text)
    added = file.with_member("hooks", VALUE)
    assert added.data == {**file.data, "hooks": VALUE}
    assert list(added.data) == [*file.data, "hooks"]
    left = added.without_member("hooks")
    assert left.data == file.data
    if file.data:
        assert left.text == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_setting_a_member_to_what_it_is_changes_nothing(tmp_path, text):
    added = written(tmp_path, text).with_member("hooks", VALUE)
    assert added.with_member("hooks", VALUE) is added


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.integers()), max_size=4))
def test_members_can_be_set_and_taken_out_in_any_object(data):
    for indent in (None, 1, 4):
        text = json.dumps(data, indent=indent)
        file = SettingsFile(Path("x"), text, data)
        for key in (*data, "new"):
            changed = file.with_member(key, VALUE)
            assert changed.data == {**data, key: VALUE}
            assert changed.without_member(key).data == {k: v for k, v in data.items() if k != key}


def test_the_first_member_can_be_taken_out(tmp_path):
    file = written(tmp_path, '{\n  "hooks": {},\n  "b": 2\n}\n')
    assert file.without_member("hooks").text == '{\n  "b": 2\n}\n'


def test_the_added_member_is_indented_like_the_others(tmp_path):
    text = written(tmp_path, '{\n\t"a": 1\n}\n').with_member("hooks", {"x": 1}).text
    assert text == '{\n\t"a": 1,\n\t"hooks": {\n\t\t"x": 1\n\t}\n}\n'


BROKEN = {
    "no JSON": ('{\n  "a": 1,\n  nope\n}', "not valid JSON"),
    "a comment": ('{\n  // hello\n  "a": 1\n}', "not valid JSON"),
    "a comma at the end": ('{"a": 1,}', "not valid JSON"),
    "half": ('{"a": {', "not valid JSON"),
    "a list": ("[1]", "holds no JSON object"),
    "a text": ('"x"', "holds no JSON object"),
    "a key twice": ('{"a": 1, "a": 2}', "the key `a` stands twice"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_and_says_why(tmp_path, text, told):
    with pytest.raises(SettingsError, match=told) as caught:
        written(tmp_path, text)
    assert caught.value.help


def test_the_place_of_a_mistake_is_shown(tmp_path):
    with pytest.raises(SettingsError) as caught:
        written(tmp_path, '{\n  "a": 1,\n  nope\n}')
    assert str(caught.value).splitlines()[1:] == ["    3 |   nope", "          ^"]


def test_bytes_that_are_no_utf8_are_refused(tmp_path):
    (tmp_path / "settings.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load(tmp_path / "settings.json")


@pytest.mark.parametrize("text", ["", "\n", "  \n\n"])
def test_a_file_with_nothing_in_it_says_nothing(tmp_path, text):
    assert written(tmp_path, text).with_member("a", 1).data == {"a": 1}


def test_a_missing_file_is_made_for_its_owner_only(tmp_path):
    path = tmp_path / ".claude" / "settings.json"
    assert save(load(path).with_member("a", 1)) is None
    assert json.loads(path.read_text()) == {"a": 1}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
def test_mode_and_symlink_stay_and_a_backup_is_made(tmp_path, mode):
    target = tmp_path / "dotfiles" / "settings.json"
    target.parent.mkdir()
    target.write_text('{"a": 1}')
    target.chmod(mode)
    link = tmp_path / "settings.json"
    link.symlink_to(target)
    backup = save(load(link).with_member("b", 2))
    assert link.is_symlink()
    assert json.loads(target.read_text()) == {"a": 1, "b": 2}
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert backup is not None
    assert backup.read_text() == '{"a": 1}'
    assert backups(link) == [backup]


def test_what_cannot_be_written_leaves_the_file_and_no_litter(tmp_path):
    (tmp_path / "settings.json").mkdir()
    with pytest.raises(SettingsError):
        save(SettingsFile(tmp_path / "settings.json", "{}", {}))
    assert os.listdir(tmp_path) == ["settings.json"]
