import pytest

from leashd_hooks.shell.programs.sed import commands

TABLE = {
    "sed -n '1,5p' a": ["read /w/a how=content"],
    "sed s/a/b/g": [],
    "sed 's/a/b/' .env": ["read /w/.env how=content"],
    "sed -i 's/a/b/' a": ["read /w/a how=content", "write /w/a how=edit"],
    "sed -i.bak -e s/a/b/ a": ["read /w/a how=content", "write /w/a how=edit"],
    "sed -Ei 's/(a)/b/' a": ["read /w/a how=content", "write /w/a how=edit"],
    "sed -ie s/a/b/ a": ["read /w/a how=content", "write /w/a how=edit"],
    "sed --in-pl s/a/b/ a": ["read /w/a how=content", "write /w/a how=edit"],
    "sed -i '' s/a/b/ a": ["read /w/a how=content", "write /w/a how=edit"],
    "sed -n 'w out' a": ["read /w/a how=content", "write /w/out how=create"],
    "sed 's/a/b/w out' a": ["read /w/a how=content", "write /w/out how=create"],
    "sed 's/a/b/gw /etc/x' a": ["read /w/a how=content", "write /etc/x how=create"],
    "sed '1r .env' a": ["read /w/a how=content", "read /w/.env how=content"],
    "sed '1e ./evil' a": ["read /w/a how=content", "code language=shell source=inline", "shell words=./evil"],
    "sed e": ["code language=shell source=unknown"],
    "sed 's/.*/id/e' a": ["read /w/a how=content", "code language=shell source=unknown"],
    "sed 's/a/b/ge' a": ["read /w/a how=content", "code language=shell source=unknown"],
    "sed -f prog a": ["read /w/a how=content", "code /w/prog language=other source=file"],
    "sed ? a": None,
    "sed --shiny s/a/b/": None,
    "sed 's/[/]/x/'": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_sed(line, effects_of):
    assert effects_of(line) == TABLE[line]


SCRIPTS = {
    "/x/,/y/d": [],
    "$!N;P;D": [],
    "1~2d": [],
    "/a/I,+3p": [],
    "\\,a/b,p": [],
    "s|/a|/b|g;p": [],
    "s/\\/e/x/": [],
    "s/w/e/": [],
    "y/abc/xyz/": [],
    ":a;N;$!ba;s/\\n/ /g": [],
    "/x/{s/a/b/;p}": [],
    "/x/{p;e id\n}": [("run", "id")],
    "a hello; e id": [],
    "a hello\ne id": [("run", "id")],
    "a\\\nhello\\\ne id\np": [],
    "# e id": [],
    "5q": [],
    "s/a/b/2;e": [("run", "")],
    "s/a/b": None,
    "k": None,
    "/x": None,
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_commands(script):
    assert commands(script) == SCRIPTS[script]
