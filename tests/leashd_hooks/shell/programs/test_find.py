import shlex

import pytest

from leashd_hooks.model import Effect
from leashd_hooks.shell.invocation import Invocation, Listed, Stdin
from leashd_hooks.shell.programs.find import passes_on, printed
from tests.leashd_hooks.shell.programs.conftest import nested

TABLE = {
    "find . -delete -name '*.o'": ["read /w how=list", "delete /w force recursive"],
    "find . -name '*.*' -delete": ["read /w how=list", "delete /w force recursive"],
    "find . -empty -delete": ["read /w how=list", "delete /w chosen force recursive"],
    "find": ["read /w how=list"],
    "find . -name '*.py' -type f": ["read /w how=list"],
    "find -L src tests -maxdepth 2 -print0": ["read /w/src follow how=list", "read /w/tests follow how=list"],
    "find . ! -name a -o ( -size +1k , -empty )": ["read /w how=list"],
    "find . -newermt '2 days ago'": ["read /w how=list"],
    "find . -newer a": ["read /w how=list", "read /w/a how=stat"],
    "find . -delete": ["read /w how=list", "delete /w force recursive"],
    "find build -name '*.o' -delete": [
        "read /w/build how=list",
        "delete /w/build/*.o chosen force glob=anywhere recursive",
        "delete /w/build/**/*.o chosen force glob=anywhere recursive",
    ],
    "find a b -delete": [
        "read /w/a how=list",
        "read /w/b how=list",
        "delete /w/a force recursive",
        "delete /w/b force recursive",
    ],
    "find . -exec rm -rf {} +": ["read /w how=list", "command words=rm -rf ."],
    "find . -name '.env*' -exec cat {} +": ["read /w how=list", "command words=cat ./.env* ./**/.env*"],
    "find . -exec cat {} ; -exec rm {} ;": ["read /w how=list", "command words=cat .", "command words=rm ."],
    "find . -ok rm {} ;": ["read /w how=list", "command words=rm ."],
    "find /etc -execdir cat shadow ;": [
        "read /etc how=list",
        "command words=cat shadow",
        "opaque why=-execdir runs in the directory of each file",
    ],
    "find . -fprint out": ["read /w how=list", "write /w/out how=create"],
    "find . -fprintf out %p -fls ls": ["read /w how=list", "write /w/out how=create", "write /w/ls how=create"],
    "find . -files0-from x": None,
    "find . -shiny": None,
    "find . -exec": None,
    "find ?": None,
    "find ?src/": ["read None how=list"],
    "find . -name ?": ["read /w how=list"],
    "fd": ["read /w how=list"],
    "fd -e py foo src": ["read /w/src how=list"],
    "fd -H '^.env'": ["read /w how=list"],
    "fd -x rm": ["read /w how=list", "command words=rm ."],
    "fd foo src -X cat {}": ["read /w/src how=list", "command words=cat src"],
    "fd -Hx rm": None,
    "fd --exec=rm": None,
    "fd --wild": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_find(line, effects_of):
    assert effects_of(line) == TABLE[line]


PRINTED = {
    "find . -name '*.py'": ["./*.py split", "./**/*.py split"],
    "find src -name '*.py' -print0": ["src/*.py", "src/**/*.py"],
    "find . -type f -iname '*.md' -not -path './x/*' -print": ["./*.md split", "./**/*.md split"],
    "find . -type f": [],
    "find . -name '*.py' -o -type f": [],
    "find . -name '*.py' -printf .env": [],
    "find . -name '*.py' -exec cat {} +": [],
    "find -L . -name '*.py'": [],
    "fd py": [],
}


@pytest.mark.parametrize("line", PRINTED)
def test_names_that_find_prints_are_known_where_it_asks_for_a_name(line):
    name, *args = shlex.split(line)
    call = Invocation(name, args, "/w", "/home/u", {}, Stdin(), line, None, nested)
    told = [word + " split" if isinstance(word, Listed) else word for word in printed(call)]
    assert told == PRINTED[line]


PASSED_ON = {
    ("sort", (), ("-u",)): True,
    ("head", ("5",), ("-n",)): True,
    ("grep", ("test",), ("-v",)): True,
    ("head", ("30",), ("-c",)): False,
    ("uniq", (), ("-c",)): False,
    ("grep", ("x", "file"), ()): False,
    ("sort", ("file",), ()): False,
    ("sed", ("s/a/b/",), ()): False,
}


@pytest.mark.parametrize("run", PASSED_ON)
def test_a_program_passes_names_on_where_it_prints_whole_lines_of_its_input(run):
    program, args, flags = run
    effect = Effect("run", {"program": program, "args": args, "flags": flags, "modelled": True})
    assert passes_on([effect]) is PASSED_ON[run]
