"""Where the code comes from that a test runner, a linter or a build runs: directories and the files that steer it."""

from leashd_hooks.shell.argv import table
from leashd_hooks.shell.invocation import Invocation, Unknown, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Value

#: Names by which tools know their own settings; a file of another name is a script like any other.
SETTINGS = table(
    "pyproject.toml setup.cfg setup.py tox.ini pytest.ini mypy.ini ruff.toml noxfile.py package.json phpunit.xml"
    " phpunit.xml.dist phpunit.dist.xml biome.json taplo.toml pom.xml settings.gradle settings.gradle.kts build.gradle"
    " build.gradle.kts build.ninja rakefile gemfile justfile taskfile.yml taskfile.yaml makefile gnumakefile cargo.toml"
    " composer.json deno.json deno.jsonc meson.build cmakelists.txt .coveragerc .flake8 .yamllint .isort.cfg .rspec"
    " .rubocop.yml .golangci.yml .golangci.yaml .golangci.toml .hadolint.yaml .markdownlint.json .markdownlint.yaml"
    " .pre-commit-config.yaml .pylintrc .ruff.toml .swiftlint.yml requirements.txt"
    " phpstan.neon phpstan.neon.dist phpstan.dist.neon psalm.xml .php-cs-fixer.php .php-cs-fixer.dist.php pint.json"
    " knip.json knip.ts bunfig.toml"
)
#: Folders and endings of what builds and tests make.
OUTPUT = table(
    "build builddir _build dist out target coverage htmlcov reports test-results bin obj .cache .tsbuildinfo"
)
OUTPUT_ENDINGS = (
    ".out",
    ".prof",
    ".cov",
    ".lcov",
    ".tsbuildinfo",
    "junit.xml",
    "report.xml",
    "results.xml",
    "coverage.xml",
)


def runs(call: Invocation, places: "Iterable[Value]" = (), here: bool = True) -> "list[Effect]":
    """The code of these directories and files runs, and (`here`) that of the directory the program starts in."""
    found: list[Effect] = []
    for place in [*("." if here else ()), *places]:
        effect = call.on_path("code", place, language="other", source="project")
        if effect not in found:
            found.append(effect)
    return found


def steered(call: Invocation, file: "Value") -> "Effect":
    """A file tells the tool what to run: settings by their usual name are the project's, any other is a script."""
    source = "project" if isinstance(file, str) and are_settings(file) else "file"
    return call.on_path("code", file, language="other", source=source)


def are_settings(path: str) -> bool:
    """Whether a tool knows a file of this name for its settings: `jest.config.js`, `tsconfig.build.json`, `tox.ini`."""
    name = path.rpartition("/")[2].lower()
    return (
        name in SETTINGS
        or ".config." in name
        or (name.startswith("tsconfig") and name.endswith(".json"))
        or (name[:1] == "." and name.partition(".")[2].partition(".")[0].endswith("rc"))
        or name.startswith(("makefile.", "vitest.workspace.", "requirements-"))
    )


def is_output(path: "Value") -> bool:
    """Whether the name of a path below the current directory says that a build or a test makes it."""
    if isinstance(path, Unknown) or path.startswith(("/", "~")):
        return False
    folder = path.removeprefix("./").partition("/")[0]
    made = folder in OUTPUT or folder.startswith(("build-", "build_", "cmake-build-"))
    return ".." not in path.split("/") and (made or path.endswith(OUTPUT_ENDINGS))


def inside(call: Invocation, directory: "Value") -> Invocation:
    """The same command as it is when it starts in `directory`."""
    cwd = resolve(directory, call.cwd, call.home)
    return Invocation(call.name, call.args, cwd, call.home, call.env, call.stdin, call.text, call.span, call._nested)


#: Flags whose value is the name of a test.
_NAMES = ("-t", "--testNamePattern", "-k", "-g", "--grep", "--filter")


def named(words: "Iterable[Value]") -> "list[Value]":
    """The paths among words for a script or a tool of the project that lead out of the directory it starts in.

    A setting is taken for its value: `-DNAME=/path`, `--rootDir=/path`.
    """
    found: list[Value] = []
    before: Value = ""
    for word in words:
        path = word if isinstance(word, Unknown) else word.rpartition("=")[2]
        leads = isinstance(path, Unknown) or _leaves(path)
        if leads and not (isinstance(before, str) and before in _NAMES):
            found.append(path)
        before = word
    return found


def _leaves(path: str) -> bool:
    """Whether a path leads elsewhere; what came with the machine is not the agent's to change."""
    if ".." in path.split("/"):
        return True
    return path.startswith(("/", "~")) and not path.startswith(("/usr/", "/opt/"))
