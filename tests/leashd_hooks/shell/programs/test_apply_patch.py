"""A patch on the command line: the files that it names, whichever way the shell brings it."""

from collections.abc import Callable

import pytest

from leashd_hooks.shell.invocation import Stdin

PATCH = "*** Begin Patch\n*** Add File: new\n+x\n*** Update File: ../old\n*** Move to: /m\n*** Delete File: d\n"
TOLD = [
    "write /w/new how=create",
    "write /w/../old how=edit",
    "write /m how=create",
    "delete /w/d force=False recursive=False",
]

CASES = [
    ("an argument", ["apply_patch", PATCH], None, TOLD),
    ("a heredoc that no shell expands", ["apply_patch"], "apply_patch <<'EOF'", TOLD),
    ("a heredoc with blanks before it", ["apply_patch"], 'apply_patch <<- "EOF"', TOLD),
    ("a pipe", ["apply_patch"], "apply_patch", TOLD),
    ("a heredoc that a shell expands and Codex does not", ["apply_patch"], "apply_patch <<EOF", None),
    ("nothing to read", ["apply_patch"], None, None),
    ("a word that is not known", ["apply_patch", "?x"], None, None),
    ("two words", ["apply_patch", PATCH, "x"], None, None),
    ("no file", ["apply_patch", "*** Begin Patch\n*** End Patch"], None, None),
    ("a line that is not understood", ["apply_patch", PATCH + "\n*** Rename: x"], None, None),
]


@pytest.mark.parametrize(("name", "argv", "text", "told"), CASES, ids=[case[0] for case in CASES])
def test_a_patch_is_the_files_that_it_names(
    name: str, argv: "list[str]", text: "str | None", told: "list[str] | None", effects_of: "Callable[..., object]"
) -> None:
    stdin = None if text is None else Stdin("text", text=PATCH)
    assert effects_of(argv, stdin, text=text) == told
