import pytest

EDIT = ["read /w/a how=content", "write /w/a how=edit"]
CODE = "code language=other source=inline"
TABLE = {
    "vim a": EDIT,
    "vim +12 a": EDIT,
    "vim -c '!id' a": [*EDIT, CODE, "shell words=id"],
    "vim -c ':%!sort -u' a": [*EDIT, CODE, "shell words=sort -u"],
    "vim '+!id' a": [*EDIT, CODE, "shell words=id"],
    "vim -es -S x a": [*EDIT, CODE],
    "nvim --cmd x a": [*EDIT, CODE],
    "ex a": [*EDIT, CODE],
    "nano +3 a": EDIT,
    "emacs --batch --eval x a": [*EDIT, CODE],
    "ed a": [*EDIT, "code language=shell source=stdin"],
    "code a": ["read /w/a how=content"],
    "code --install-extension evil": None,
    "man ls": [],
    "man -P ./evil ls": ["code language=shell source=inline"],
    "man --pager=./evil ls": ["code language=shell source=inline"],
    "man ./a": ["read /w/a how=content"],
    "open a": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_editors(line, effects_of):
    assert effects_of(line) == TABLE[line]
