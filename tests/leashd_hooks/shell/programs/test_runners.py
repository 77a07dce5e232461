"""Where the code comes from that test runners, linters, builds and package managers run."""

import shlex

import pytest

from leashd_hooks.shell import programs, project
from leashd_hooks.shell.invocation import Invocation, Stdin
from tests.leashd_hooks.shell.programs.conftest import nested, tell, word

HERE = "code /w language=other source=project"
UNSEEN = "code language=other source=unknown"


def code(path, source="project"):
    return f"code {path} language=other source={source}"


def call(line, cwd="/w"):
    name, *args = shlex.split(line)
    return Invocation(name, [word(text) for text in args], cwd, "/home/u", {}, Stdin(), line, None, nested)


RUNNERS = {
    "pytest": [HERE],
    "pytest tests /x/test_a.py::test_one": [HERE, code("/w/tests"), code("/x/test_a.py")],
    "pytest ../x": [HERE, code("/w/../x")],
    "pytest -k /x -m slow": [HERE],
    "pytest --rootdir /x": [HERE, code("/x")],
    "pytest --unheard-of=/x": [HERE, code("/x")],
    "pytest -c pytest.ini": [code("/w/pytest.ini"), HERE],
    "pytest -c evil.ini": [code("/w/evil.ini", "file"), HERE],
    "pytest -xpevil": [UNSEEN, HERE],
    "pytest -p no:cacheprovider": [HERE],
    "pytest -p ?": [UNSEEN, HERE],
    "pytest --junitxml=out.xml": ["write /w/out.xml how=create", HERE],
    "pytest ?tests/": [HERE, "code None language=other source=project"],
    "jest --config jest.config.js": [code("/w/jest.config.js"), HERE],
    "jest --config evil.js": [code("/w/evil.js", "file"), HERE],
    "jest --coverage": [HERE],
    "mocha -r ts-node/register": [HERE],
    "mocha -r ./evil.js": [UNSEEN, HERE],
    "eslint -f json src": [HERE, code("/w/src")],
    "eslint -f ./evil.js src": [UNSEEN, HERE, code("/w/src")],
    "tsc -p packages/a": [code("/w/packages/a"), HERE],
    "tsc -p tsconfig.build.json": [code("/w/tsconfig.build.json"), HERE],
    "tsc -p evil.json": [code("/w/evil.json", "file"), HERE],
    "tsc --build": [UNSEEN, HERE],
    "ruff check /x": [],
    "ruff check --config /x/ruff.toml": [code("/x/ruff.toml")],
    "dotnet test /x/a.csproj": [HERE, code("/x/a.csproj")],
    "vite build --config evil.js": [code("/w/evil.js", "file"), HERE, code("/w/build")],
    "vite --host 0.0.0.0": [UNSEEN, HERE],
    "pytest --junitxml=reports/a.xml": [code("/w/reports/a.xml"), HERE],
    "pytest -o log_cli=true": [HERE],
    "pytest -o addopts=-pevil": [UNSEEN, HERE],
    "clang-tidy a.cpp -- -fplugin=evil.so": [UNSEEN, HERE, code("/w/a.cpp"), code("/w/-fplugin=evil.so")],
    "clang-tidy -load evil.so a.cpp": [UNSEEN, HERE, code("/w/a.cpp")],
    "gotestsum -- -exec ./evil": [UNSEEN, HERE, code("/w/-exec"), code("/w/evil")],
    "gcc -c src/a.c -o build/a.o": [code("/w/build/a.o"), "read /w/src/a.c how=content"],
    "gcc src/a.c -osrc/b.c": ["read /w/src/a.c how=content", "write /w/src/b.c how=create"],
    "gcc -include .env a.c": ["read /w/.env how=content", "read /w/a.c how=content"],
    "gcc -fplugin=./evil.so a.c": ["read /w/a.c how=content", UNSEEN],
    "gcc -E -": ["read /w/- how=content", UNSEEN],
    "dotnet test -c Release": [HERE],
    "invented /x": [],
}


@pytest.mark.parametrize("line", RUNNERS)
def test_a_runner_tells_the_code_that_it_takes_in(line):
    assert [tell(effect) for effect in programs.taken_in(call(line))] == RUNNERS[line]


PROJECTS = {
    "make": [HERE],
    "make -C /x": [code("/x")],
    "make -C web -C .. -f Makefile": [code("/w/web/../Makefile"), code("/w/web/..")],
    "make -I /x PYTHON=/y/python": [HERE, code("/x"), code("/y/python")],
    "make -f evil.mk": [HERE],
    "ninja -C /x": [code("/x")],
    "cmake -S /x -B build": [code("/x"), code("/w/build")],
    "cmake --build /x": [code("/x")],
    "cmake /x -DCMAKE_C_COMPILER=/usr/bin/cc": [HERE, code("/x")],
    "gradle -p /x test": [code("/x")],
    "mvn -f /x/pom.xml test": [code("/x/pom.xml"), HERE],
    "tox -c /x/tox.ini": [code("/x/tox.ini"), HERE],
    "bazel test //...": [HERE],
    "npm test": [HERE],
    "npm --prefix /x test": [code("/x")],
    "npm test -- --rootDir=/x": [HERE, code("/x")],
    "npm test -- -t /users": [HERE],
    "npm install file:/x": [HERE, code("/x")],
    "npm ls": [],
    "yarn --cwd=/x build": [code("/x")],
    "npx tsc": [HERE],
    "pip install requests": [],
    "pip install -e /x[dev] -r /y/requirements.txt": [code("/x"), code("/y/requirements.txt")],
    "uv sync --project /x": [code("/x")],
    "uv --directory /x run pytest": [code("/x")],
    "uv run --with-editable /x pytest": [HERE, code("/x")],
    "uvx --from /x tool": [code("/x")],
    "uvx ruff": [],
    "poetry -C /x install": [code("/x")],
    "cargo test --manifest-path /x/Cargo.toml": [HERE, code("/x/Cargo.toml")],
    "cargo tree": [HERE],
    "go test ./... /x/...": [HERE, code("/x/")],
    "bundle install --gemfile /x/Gemfile": [HERE, code("/x/Gemfile")],
    "composer -d /x install": [HERE, code("/x")],
    "go -C /x test ./...": [code("/x")],
    "go test -coverprofile=coverage.out": [HERE, code("/w/coverage.out")],
    "yarn workspace web test": [HERE],
    "npx turbo run test": [HERE],
    "hatch run test:cov": [HERE],
    "python manage.py test": [HERE, code("/w/manage.py")],
    "python manage.py test --settings=evil": [],
    "python /x/manage.py test": [],
    "node --test /x": [HERE, code("/x")],
    "deno test /x": [HERE, code("/x")],
    "deno test --preload ./evil.ts": [],
    "python -m build /x": [HERE, code("/x")],
    "cargo test --target-dir /x": [HERE, code("/x")],
    "deno task --cwd /x test": [HERE, code("/x")],
    "bazel --workspace_rc=/x test //...": [HERE, code("/x")],
    "cmake -H/x": [code("/x")],
    "bun --config=/x/bunfig.toml test": [code("/x/bunfig.toml"), HERE],
    "apt-get install x": [],
}


@pytest.mark.parametrize("line", PROJECTS)
def test_a_build_or_package_manager_tells_whose_code_runs(line):
    found = [tell(effect) for effect in programs.effects(call(line)) or []]
    assert sorted(each for each in found if each.endswith("source=project")) == sorted(
        each.replace("/x/ ", "/x ") for each in PROJECTS[line]
    )


TASKS = {
    "npx turbo run test lint": ["test", "lint"],
    "npx turbo run deploy": ["deploy"],
    "npx nx test web": ["test"],
    "npx nx run web:deploy": [],
    "npx nx run-many -t build,test": ["build", "test"],
    "npx lerna run test": ["test"],
    "npx lerna publish": [],
    "pdm run lint": ["lint"],
    "hatch run test:cov": ["cov"],
    "tox -e py311 -- tests": ["test"],
    "tox exec -- rm x": [],
    "rails test test/models": ["test"],
    "python manage.py flush": ["flush"],
    "php artisan test": ["test"],
}


@pytest.mark.parametrize("line", TASKS)
def test_a_task_of_the_project_is_known_by_its_name(line):
    found = programs.effects(call(line)) or []
    assert [each.fields["script"] for each in found if "script" in each.fields] == TASKS[line]


def test_the_directory_is_unknown_where_the_shell_s_is():
    assert [tell(effect) for effect in project.runs(call("make", None))] == ["code None language=other source=project"]


TOOLS = {
    "/w/.venv/bin/pytest": "pytest",
    "/w/node_modules/.bin/jest": "jest",
    "/w/vendor/bin/phpunit": "phpunit",
    "/w/android/gradlew": "gradle",
    "/w/mvnw": "mvn",
    "/w/bin/rspec": "rspec",
    "/w/bin/deploy": "",
    "/w/.venv/bin/invented": "",
    "/w/pytest": "",
    "/w/.venv/bin/../evil": "",
}


@pytest.mark.parametrize("path", TOOLS)
def test_a_program_that_the_project_brings_along_is_known_by_its_place_and_name(path):
    assert programs.tool_of(path) == TOOLS[path]


SETTINGS = {
    "jest.config.js": True,
    "app/tsconfig.build.json": True,
    "pyproject.toml": True,
    ".eslintrc.json": True,
    "Makefile": True,
    "evil.js": False,
    "config/evil": False,
    "evil.json": False,
}


@pytest.mark.parametrize("path", SETTINGS)
def test_settings_are_known_by_their_usual_name(path):
    assert project.are_settings(path) is SETTINGS[path]


VARIABLES = {
    "PYTHONPATH=src": ["code /w/src language=other source=tool"],
    "PYTHONPATH=/x": ["code None language=other source=unknown"],
    "NODE_OPTIONS=--max-old-space-size=4096": [],
    "NODE_OPTIONS=--require=./evil": ["code None language=other source=unknown"],
    "MAKEFILES=/x": ["code None language=other source=unknown"],
    "BUNDLE_GEMFILE=/x": ["code None language=other source=unknown"],
    "JAVA_HOME=/usr/lib/jvm/21": [],
    "RUSTUP_TOOLCHAIN=nightly": [],
    "RUSTUP_TOOLCHAIN=/x": ["code None language=other source=unknown"],
    "TOX_OVERRIDE=x": ["code None language=other source=unknown"],
    "PYTHONPYCACHEPREFIX=/x": ["code None language=other source=unknown"],
    "JAVA_HOME=/x": ["code None language=other source=unknown"],
}


@pytest.mark.parametrize("assignment", VARIABLES)
def test_a_variable_that_brings_in_code_tells_where_from(assignment):
    name, _, value = assignment.partition("=")
    one = call("pytest")
    one.env = {name: value}
    assert [tell(effect) for effect in programs.hijacked(one)] == VARIABLES[assignment]
