"""Every kind of mistake in a policy: message, line, column and advice."""

import pytest

from leashd_hooks.policy import load
from leashd_hooks.policy.source import MAX_BYTES, PolicyError

RULE = "version: 1\nrules:\n  - name: push-ask\n    action: deny\n"
BOMB = (
    "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
    "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
    "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
    "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
)

#: id -> (text, line, column, message, help)
MISTAKES = {
    "broken-yaml": (
        "version: 1\nrules: [1\n",
        3,
        1,
        "not valid YAML: did not find expected ',' or ']'",
        "check quotes and indentation",
    ),
    "tab-indentation": ("version: 1\nrules:\n\t- name: x\n", 3, 1, "a tab in the indentation", "indent with spaces"),
    "duplicate-key": (
        "name: a\nversion: 1\nname: b\n",
        3,
        1,
        "`name` is given twice",
        "the first one is in line 1; keep one",
    ),
    "duplicate-key-in-a-rule": (
        RULE + "    action: allow\n",
        5,
        5,
        "`action` is given twice",
        "the first one is in line 4; keep one",
    ),
    "unknown-top-level-key": ("version: 1\nrulez: []\n", 2, 1, "unknown field `rulez`", "did you mean `rules`?"),
    "unknown-rule-key": (
        "rules:\n  - name: push-ask\n    acton: deny\n    tool: Bash\n",
        3,
        5,
        "unknown field `acton` in rule `push-ask`",
        "did you mean `action`?",
    ),
    "misspelt-pattern-key": (
        RULE + "    command_pattern: [x]\n",
        5,
        5,
        "unknown field `command_pattern` in rule `push-ask`",
        "did you mean `command_patterns`?",
    ),
    "missing-name": ("rules:\n  - action: deny\n    tool: Bash\n", 2, 5, "`name` is missing in rule 1", "add `name:`"),
    "missing-action": (
        "rules:\n  - name: push-ask\n    tool: Bash\n",
        2,
        5,
        "`action` is missing in rule `push-ask`",
        "add `action:`",
    ),
    "unknown-action": (
        "rules:\n  - name: push-ask\n    action: denyy\n    tool: Bash\n",
        3,
        13,
        "unknown action `denyy` in rule `push-ask`",
        "did you mean `deny`?",
    ),
    "unknown-risk-level": (
        RULE + "    tool: Bash\n    risk_level: hihg\n",
        6,
        17,
        "unknown risk_level `hihg` in rule `push-ask`",
        "did you mean `high`?",
    ),
    "unknown-effect": (
        RULE + "    when:\n      effect: gti\n",
        6,
        15,
        "unknown effect `gti` in rule `push-ask`",
        "did you mean `git`?",
    ),
    "unknown-field-of-an-effect": (
        RULE + "    when:\n      effect: git\n      verbs: push\n",
        7,
        7,
        "unknown field `verbs` of effect `git` in rule `push-ask`",
        "did you mean `verb`?",
    ),
    "field-of-another-effect": (
        RULE + "    when:\n      effect: [read, git]\n      verb: push\n",
        7,
        7,
        "unknown field `verb` of effect `read` in rule `push-ask`",
        None,
    ),
    "misspelt-effect-key": (
        RULE + "    when:\n      efect: git\n",
        6,
        7,
        "unknown field `efect` in rule `push-ask`",
        "did you mean `effect`?",
    ),
    "unknown-choice": (
        RULE + "    when:\n      effect: git\n      force: plane\n",
        7,
        14,
        "unknown `force`: `plane` in rule `push-ask`",
        "did you mean `plain`?",
    ),
    "text-for-a-flag": (
        RULE + "    when: {effect: git, destroys: 'yes'}\n",
        5,
        35,
        "`destroys` must be true or false, not text in rule `push-ask`",
        "",
    ),
    "number-for-a-name": (
        RULE + "    when: {effect: run, program: 7}\n",
        5,
        34,
        "`program` must be text, not a number in rule `push-ask`",
        "put it in quotes",
    ),
    "flag-without-dash": (
        RULE + "    when: {effect: run, flags: rf}\n",
        5,
        32,
        "the flag `rf` has no dash in rule `push-ask`",
        "write `-rf` or `--rf`",
    ),
    "path-that-goes-up": (
        RULE + "    when: {effect: read, path: ../x}\n",
        5,
        32,
        "`../x` goes up with `..` in rule `push-ask`",
        "write the path it leads to",
    ),
    "stars-that-do-not-stand-alone": (
        RULE + "    when:\n      effect: read\n      path: [a, src/**.py]\n",
        7,
        17,
        "`**` in `src/**.py` does not stand alone in rule `push-ask`",
        None,
    ),
    "home-of-another-user": (
        RULE + "    when: {effect: read, path: ~root/x}\n",
        5,
        32,
        "`~root/x` is no path pattern in rule `push-ask`",
        None,
    ),
    "empty-when": (RULE + "    when: {}\n", 5, 11, "an empty condition in rule `push-ask`", None),
    "empty-list-of-conditions": (
        RULE + "    when: []\n",
        5,
        11,
        "`when` is empty in rule `push-ask`",
        "write a condition, or leave it out",
    ),
    "condition-without-effect": (
        RULE + "    when: {verb: push}\n",
        5,
        11,
        "a condition without `effect` in rule `push-ask`",
        None,
    ),
    "condition-that-is-text": (
        RULE + "    when: git\n",
        5,
        11,
        "a condition must be a mapping in rule `push-ask`",
        None,
    ),
    "field-without-value": (
        RULE + "    when:\n      effect: git\n      verb:\n",
        7,
        12,
        "`verb` has no value in rule `push-ask`",
        None,
    ),
    "exception-on-a-foreign-field": (
        RULE + "    when: {effect: git}\n    unless: {host: x}\n",
        6,
        5,
        "`unless` asks for `host`, which effect `git` has not in rule `push-ask`",
        "add `effect:` to it",
    ),
    "no-condition-at-all": (
        RULE,
        3,
        11,
        "neither `when` nor `tool` in rule `push-ask`",
        "add `when`, `tool` or `tools`",
    ),
    "both-tool-and-tools": (
        RULE + "    tool: Bash\n    tools: [Read]\n",
        6,
        5,
        "both `tool` and `tools` in rule `push-ask`",
        "keep one of them",
    ),
    "both-when-and-patterns": (
        RULE + "    when: {effect: git}\n    command_patterns: [x]\n",
        6,
        5,
        "both `when` and `command_patterns` in rule `push-ask`",
        "say it in `when` alone",
    ),
    "duplicate-rule": (
        RULE + "    tool: Bash\n  - name: push-ask\n    action: allow\n    tool: Read\n",
        6,
        11,
        "a second rule named `push-ask`",
        "the first one is in line 3; give this one its own name",
    ),
    "bad-regex": (
        RULE + "    command_patterns:\n      - 'ok'\n      - '(a'\n",
        7,
        9,
        "`(a` is no regular expression: missing ), unterminated subpattern at position 0 in rule `push-ask`",
        "escape it, or write `when`",
    ),
    "long-regex": (
        RULE + "    command_patterns: ['" + "a" * 2001 + "']\n",
        5,
        24,
        "a pattern of 2001 characters in rule `push-ask`",
        "at most 2000; better: write `when`",
    ),
    "bad-rule-name": (
        "rules:\n  - name: Push Ask\n    action: deny\n    when: {effect: git}\n",
        2,
        11,
        "`Push Ask` is no rule name in rule `Push Ask`",
        "lower case with dashes: `push-ask`",
    ),
    "name-that-is-no-text": (
        "rules:\n  - name: 7\n    action: deny\n    tool: Bash\n",
        2,
        11,
        "`name` must be text, not a number in rule 1",
        "put it in quotes",
    ),
    "examples-without-a-call": (
        RULE + "    tool: Bash\n    examples: {}\n",
        6,
        15,
        "examples without a call in rule `push-ask`",
        None,
    ),
    "unknown-key-in-examples": (
        RULE + "    tool: Bash\n    examples:\n      fire: [ls]\n",
        7,
        7,
        "unknown field `fire` in rule `push-ask`",
        "did you mean `fires`?",
    ),
    "example-without-tool": (
        RULE + "    tool: Bash\n    examples:\n      fires:\n        - input: {}\n",
        8,
        11,
        "`tool` is missing in rule `push-ask`",
        "add `tool:`",
    ),
    "floor-that-is-no-flag": (
        RULE + "    tool: Bash\n    floor: maybe\n",
        6,
        12,
        "`floor` must be true or false, not text in rule `push-ask`",
        "",
    ),
    "bad-default-action": (
        "settings:\n  default_action: alow\n",
        2,
        19,
        "unknown default_action `alow` in `settings`",
        "did you mean `allow`?",
    ),
    "negative-timeout": (
        "settings:\n  approval_timeout_seconds: -5\n",
        2,
        29,
        "`approval_timeout_seconds` must be at least 1, not `-5` in `settings`",
        "leave it out for no limit",
    ),
    "timeout-as-text": (
        "settings:\n  approval_timeout_seconds: 2m\n",
        2,
        29,
        "`approval_timeout_seconds` must be a whole number, not text in `settings`",
        "",
    ),
    "unknown-setting": (
        "settings:\n  default: allow\n",
        2,
        3,
        "unknown field `default` in `settings`",
        "did you mean `default_action`?",
    ),
    "unknown-key-in-a-place": (
        "places:\n  mine:\n    paths: [a]\n    excpet: [b]\n",
        4,
        5,
        "unknown field `excpet` in place `mine`",
        "did you mean `except`?",
    ),
    "rules-that-are-no-list": ("rules: 3\n", 1, 8, "`rules` must be a list, not a number", ""),
    "rule-that-is-no-mapping": ("rules:\n  - deny\n", 2, 5, "`rules` must be a mapping, not text in rule 1", ""),
    "unknown-version": ("version: 2\n", 1, 10, "unknown version `2`", "write `version: 1`"),
    "not-a-mapping": ("- a\n", 1, 1, "the file must be a mapping, not a list", "begin with `version: 1`"),
    "empty-file": ("", 1, 1, "the file is empty", "write at least `version: 1`"),
    "comments-only": ("# nothing yet\n", 1, 1, "the file is empty", "write at least `version: 1`"),
    "two-documents": ("version: 1\n---\nversion: 1\n", 2, 1, "a second document", None),
    "tag-of-python": (
        "name: !!python/object/apply:os.system [id]\n",
        1,
        7,
        "the tag `!!python/object/apply:os.system` is not allowed",
        None,
    ),
    "own-tag": ("name: !include x.yaml\n", 1, 7, "the tag `!include` is not allowed", None),
    "alias-bomb": (BOMB, 5, 14, "more than 50000 values", None),
    "alias-without-anchor": ("name: *x\n", 1, 7, None, None),
    "merge-key": ("settings:\n  <<: {}\n", 2, 3, "merge keys are not supported", "write the fields out"),
    "deep-nesting": ("a: " + "[" * 500, 1, 44, "nested deeper than 40 levels", "flatten it"),
    "key-that-is-a-list": ("? [a]\n: b\n", 1, 3, "a key must be text", "put it in quotes"),
    "control-character": ("name: a\x07b\n", 1, 8, None, None),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_a_way_out(mistake: str) -> None:
    text, line, column, message, help = MISTAKES[mistake]
    with pytest.raises(PolicyError) as raised:
        load.policy(text.encode(), "mine.yaml")
    error = raised.value
    assert (error.line, error.column) == (line, column)
    if message is not None:
        assert error.message == message
    if help is not None:
        assert error.help == help


def test_an_error_shows_the_line_with_a_caret_under_it() -> None:
    with pytest.raises(PolicyError) as raised:
        load.policy(b"version: 1\nrules:\n  - name: a-b\n    tool: Bash\n    acton: deny\n", "policies/mine.yaml")
    assert str(raised.value).splitlines() == [
        "policy error: unknown field `acton` in rule `a-b`",
        "  policies/mine.yaml:5:5",
        "  5 |     acton: deny",
        "    |     ^^^^^",
        "help: did you mean `action`?",
    ]


def test_all_mistakes_of_a_file_are_known_at_once() -> None:
    with pytest.raises(PolicyError) as raised:
        load.policy(b"nme: x\nrules:\n  - name: a-b\n    action: denyy\n    tool: Bash\n", "mine.yaml")
    assert raised.value.message == "unknown action `denyy` in rule `a-b`"
    assert [error.message for error in raised.value.more] == ["unknown field `nme`"]


def test_text_that_is_not_utf_8_is_refused_where_it_begins() -> None:
    with pytest.raises(PolicyError) as raised:
        load.policy(b"name: x\ndescription: \xff\n", "mine.yaml")
    assert (raised.value.message, raised.value.line, raised.value.column) == ("not UTF-8 text", 2, 14)


def test_a_file_that_is_too_large_is_not_parsed(tmp_path) -> None:
    from leashd_hooks.policy import source

    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(PolicyError, match="larger than 1000 kB"):
        source.read(path)


def test_a_directory_is_no_policy_file(tmp_path) -> None:
    from leashd_hooks.policy import source

    with pytest.raises(PolicyError, match="is not a file"):
        source.read(tmp_path)


def test_quoting_can_be_switched_off_for_files_that_somebody_else_wrote() -> None:
    with pytest.raises(PolicyError) as raised:
        load.policy(b"BEGIN KEY: secret\n", "project.yaml", quote=False)
    assert "secret" not in str(raised.value)
