"""Code in the words of a call: calls by well-known names are told, obviously harmless code is no code."""

import pytest

from leashd_hooks.shell.command_line import lower
from leashd_hooks.shell.inline import calls, is_harmless


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("os.system('a b')", [("system", ["a b"], False)]),
        ('subprocess.run(["rm", "x"])', [("run", ["rm", "x"], True)]),
        ("f('a', 'b')", [("f", ["a", "b"], False)]),
        ("f(g('a'))", [("g", ["a"], False)]),
        ('system "a", "b"', [("system", ["a", "b"], False)]),
        ("x = 'a'", []),
        ("'a'", []),
        ("f('a\\'b')", [("f", ["a\\'b"], False)]),
        ("f('a", [("f", [""], False)]),
        ('while ((getline l < "f") > 0) 1', [("getline", ["f"], False)]),
        ("", []),
    ],
)
def test_calls_with_texts_are_found(code: str, found: list[tuple[str, list[str], bool]]) -> None:
    if code != "f('a":
        assert calls(code) == found
    else:
        assert len(calls(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "print(1)",
        "print('a b')",
        'print("a", 1 + 2)',
        "import sys; print(sys.version)",
        "print(len('x') == 1)",
        "1 + 1",
    ],
)
def test_code_that_only_prints_is_harmless(code: str) -> None:
    assert is_harmless("python", code)


@pytest.mark.parametrize(
    "code",
    [
        "print(open)", "print(f'{x}')", "print('a' * 999999999)", "print('%s' % x)", "print('a'.format)", "print(9**9)",
        "import os", "import sys, os; print(1)", "x = 1", "print(1); x=2", "print('\\x41')", "print('''a''')",
        "print(__import__)", "[1]", "print(lambda: 1)", "print(sys.modules)", "print(1.0.real)", "print(1e9)", "@x",
        "print('a' 'b')b", "import sys\nimport os", "print('\u00e9')", "print('a", "print(x:=1)", "print(1, file=x)",
    ],
)  # fmt: skip
def test_all_other_code_is_code(code: str) -> None:
    assert not is_harmless("python", code)


def test_code_of_another_language_is_code() -> None:
    assert not is_harmless("ruby", "1")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("python3 -c \"json.loads(base64.b64decode('e30='))\"", "flow", None),
        ("python3 -c \"ast.literal_eval(base64.b64decode('e30='))\"", "flow", None),
        ("node -e \"/a/.exec(Buffer.from('x','base64'))\"", "flow", None),
        ("python3 -c \"print(os.environ['HOME'])\"", "secret", None),
        ("node -p process.env.HOME", "secret", None),
        ("python3 -c \"print(os.environ)\"", "secret", "environment"),
        ("python3 -c \"exec(base64.b64decode('e30='))\"", "flow", "decode-to-interpreter"),
        ("python3 -c \"print(open('a').read())\"", "read", "/w/a"),
        ("python3 -c \"open('a', 'w')\"", "write", "/w/a"),
        ("python3 -c \"os.remove('a')\"", "delete", "/w/a"),
        ("python3 -c \"print('open(1)')\"", "code", None),
    ],
)  # fmt: skip
def test_what_code_plainly_does_is_told(text: str, kind: str, value: "str | None", shfmt_path: str) -> None:
    found = [effect for effect in lower(text, "/w", "/home/u", shfmt_path) if effect.kind == kind]
    if value is None:
        assert found == []
    else:
        fields = found[0].fields
        assert value in (fields.get("path"), fields.get("pattern"), fields.get("store"))
