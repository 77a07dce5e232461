"""`python -m MODULE`: what the modules of Python's own library are told to do, as a rule and the calls it holds for."""

from collections.abc import Callable

import pytest

#: Where Python looks first: a file there is the module that runs.
HERE = "code other project /w"

TABLE: "dict[str, dict[str, list[str]]]" = {
    "a module that is a program does what the program does": {
        "pytest -q": ["run pytest", HERE],
        "base64 -d .env": ["run base64 .env", "read /w/.env"],
        "dotenv list": ["run dotenv list", "read /w/.env"],
        "netrc": ["read /home/u/.netrc"],
    },
    "a module that prints files reads them": {
        "ast src/a.py": ["read /w/src/a.py"],
        "ast -m exec .env": ["read /w/.env"],
        "tokenize .env": ["read /w/.env"],
        "compileall": ["read /w"],
        "compileall -q -j 4 src": ["read /w/src"],
        "json.tool a.json b.json": ["read /w/a.json", "write /w/b.json create"],
        "json.tool --indent 2": [],
        "pickletools -o out a.pickle": ["read /w/a.pickle", "write /w/out create"],
    },
    "an archive holds what is put into it, and its files land where it is told": {
        "gzip .env": ["run gzip .env", "read /w/.env", "write /w/.env.gz create"],
        "zipfile -l x.zip": ["run unzip x.zip", "read /w/x.zip"],
        "zipfile -t x.zip": ["run unzip x.zip", "read /w/x.zip"],
        "tarfile --list x.tar": ["run tar x.tar", "read /w/x.tar"],
    },
    "what a profiler, a tracer or a debugger runs is run": {
        "cProfile -o p.out a.py x": ["write /w/p.out create", "run python3 a.py x", "code python file /w/a.py"],
        "cProfile -m pytest -x": ["run python3 pytest", "run pytest", HERE],
        "trace --trace a.py": ["run python3 a.py", "code python file /w/a.py"],
        "pdb a.py": ["code python stdin", "run python3 a.py", "code python file /w/a.py"],
        "pdb -c 'p 1' a.py": ["code python inline", "run python3 a.py", "code python file /w/a.py"],
        "doctest a.py": ["code python file /w/a.py"],
        "timeit 'open(1)'": ["run python3 open(1)", "code python inline"],
        "code": ["run python3 -", "code python stdin"],
    },
    "a server gives its directory to whoever asks, unless it is bound to this machine": {
        "http.server": ["code python module", "read /w", "network upload"],
        "http.server -b 127.0.0.1 -d docs": ["code python module", "read /w/docs"],
        "http.server -b 127.0.0.1 -b 0.0.0.0": ["code python module", "read /w", "network upload"],
        "http.server -d docs": ["code python module", "read /w/docs", "network upload"],
    },
    "what only tells something does nothing": {
        "this": [],
        "site": [],
        "platform": [],
        "pydoc os": [],
        "timeit --help": [],
    },
    "documentation of another module imports it": {
        "pydoc evil.thing": ["code python module"],
        "inspect evil:thing": ["code python module"],
        "pydoc ./evil.py": ["code python module", "read /w/evil.py"],
    },
    "a directory for packages is made where it is told": {
        "venv .venv": ["package"],
        "venv src": ["write /w/src create"],
        "venv --cle src": ["delete /w/src", "write /w/src create"],
        "ensurepip": ["package"],
        "zipapp src": ["read /w/src", "write /w/src.pyz create"],
    },
    "another module is code, and what looks like a path is read by it": {
        "evil": ["code python module"],
        "evil .env --config=~/.netrc -v": ["code python module", "read /w/.env", "read /home/u/.netrc"],
    },
}
CASES = [(rule, line, expected) for rule, lines in TABLE.items() for line, expected in lines.items()]


@pytest.mark.parametrize(("rule", "line", "expected"), CASES, ids=[line for _, line, _ in CASES])
def test_a_module_is_its_effects(
    rule: str, line: str, expected: "list[str]", told: Callable[[str], "list[str]"]
) -> None:
    assert list(dict.fromkeys([*told("python3 -m " + line)[1:], HERE])) == list(dict.fromkeys([*expected, HERE])), rule


@pytest.mark.parametrize("line", ["this", "json.tool a.json", "pip list", "evil", "base64 -d"])
def test_a_module_may_stand_in_the_directory_it_starts_in(line: str, told: Callable[[str], "list[str]"]) -> None:
    assert HERE in told("python3 -m " + line)


@pytest.mark.parametrize(
    "line", ["runpy x", "smtplib", "ftplib host", "zipfile -x a.zip", "tarfile -c", "pydoc -p 80", "this x", "pickle x"]
)
def test_a_use_of_pythons_own_that_is_not_known_is_not_modelled(line: str, told: Callable[[str], "list[str]"]) -> None:
    assert told("python3 -m " + line) == ["run python3 " + " ".join(w for w in line.split() if w[0] != "-")]
