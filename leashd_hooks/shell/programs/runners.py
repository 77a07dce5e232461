"""Test runners and linters: the code they take in, told beside their `run`; what else they do is not modelled.

Which of them may run is for the policies.  Here stands what their words lead to: the project whose tests or settings
they load, flags that name other code, files that they write.
"""

from leashd_hooks.shell import project
from leashd_hooks.shell.argv import pairs, read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: What a flag's value is.  place: a directory whose code runs.  steer: a file of settings.  tree: either.
#: plugin: a module that is loaded.  setting: `name=value` of a configuration.  choice: a listed name, or else code.
#: write: a file.  code: it runs what cannot be seen.  value: it does not matter.  plain: there is none, whatever
#: another program takes the letter for.  First those of linters that are not listed.
_OTHERS = (
    "--config:steer --config-file:steer --config-path:steer --rcfile:steer -c:steer --load-plugins:plugin"
    " --init-hook:code --plugin:plugin --plugins:plugin -r:code --require:plugin --parser:plugin"
    " --resolve-plugins-relative-to:place --rulesdir:code --rules-dir:code --rules:code --custom-typeshed-dir:place"
    " --python-executable:code --pythonpath:code --install-types:code --build:code --project:tree -p:code -b:code"
    " -P:code --outDir:code --outFile:code --outdir:code --outfile:code -o:code --output-file:write --output:code"
    " --custom-formatter:plugin --custom-syntax:plugin --formatter:choice -f:choice --format:choice --cache-dir:write"
    " --cache-location:write --plugin-search-dir:place --init:code --server:code --tee:code --cache-file:write"
    " --chdir:place --settings-path:steer --settings-file:steer --sp:steer --settings:steer"
)
_PYTEST = (
    "-p:plugin -c:steer --config-file:steer --rootdir:place --confcutdir:place -o:setting --override-ini:setting"
    " --pyargs:code --import-mode:code --basetemp:code --junitxml:write --junit-xml:write --log-file:write"
    " --result-log:write --html:write --debug:code --cov-config:steer --pdbcls:code -k:value -m:value -n:value -W:value"
    " --deselect:value --ignore:value --maxfail:value --cov-report:value --timeout:value --durations:value --tb:value"
    " --dist:value --color:value --reruns:value --pastebin:code"
)
_RUNNER = (
    "--config:steer --configuration:steer --bootstrap:steer --globalSetup:code --globalTeardown:code --setupFiles:code"
    " --setupFilesAfterEnv:code --setupFilesAfterEach:code --runner:code --testRunner:code --transform:code"
    " --resolver:code --require:plugin --loader:code --import:code --node-option:code --node-arguments:code"
    " --root:place --rootDir:place --roots:place --dir:place --prefix:place --testEnvironment:choice"
    " --environment:choice --reporter:choice --reporters:choice --outputFile:write --coverageDirectory:write"
    " --format:choice --out:write --init:code -O:code -I:place --coverage:plain"
)
_BUNDLER = "-c:steer --config:steer --configLoader:code --plugin:code --outDir:write -o:write --output-path:write"
_PHP = "-c:steer --configuration:steer --config:steer -a:code --autoload-file:code --plugin:code -b:code"
_LANGUAGE = (
    "-p:code -r:code -e:code -c:code -o:code -s:code -C:code -D:code --output:write --property:code --settings:code"
    " --test-adapter-path:code --configfile:code --source:code --package-path:place --scratch-path:place"
    " --build-path:place -Xswiftc:code -Xlinker:code -Xcc:code --require:code --eval:code --with-ghc:code"
    " --with-compiler:code --ghc-options:code --stack-yaml:code --project-file:code --build-file:code --lib-dir:place"
    " --prefix:code --sdk:code --results-directory:write --logger:choice --collect:code --diag:code --packages:place"
)
_COMPILER = (
    "-o:write -MF:write -include:read -imacros:read -isystem:value -I:value -L:value -x:value -D:value -U:value"
    " -l:value -std:value -arch:value -target:value -wrapper:code"
)
TABLES = {
    **dict.fromkeys(("gcc", "g++", "cc", "c++", "clang", "clang++"), _COMPILER),
    "pytest": _PYTEST,
    "py.test": _PYTEST,
    "unittest": "-k:value -p:value -s:place -t:place --start-directory:place --top-level-directory:place"
    " --pattern:value -o:code -c:plain -r:code",
    "jest": _RUNNER + " -c:steer -o:plain -r:code -t:value --testNamePattern:value --projects:place -w:value"
    " --maxWorkers:value --testTimeout:value",
    "vitest": _RUNNER + " -c:steer -o:code -r:place -t:value --testNamePattern:value --project:value --pool:value",
    "mocha": _RUNNER + " -c:plain -o:code -r:plugin -R:choice -g:value --grep:value -f:value -t:value --timeout:value",
    "ava": _RUNNER + " -c:value -o:code -r:code -m:value --match:value",
    "rspec": _RUNNER + " -c:plain -o:write -r:plugin -f:choice -e:value --example:value -t:value --tag:value",
    "phpunit": _RUNNER + " -c:steer -o:code -r:code --filter:value --testsuite:value --group:value"
    " --exclude-group:value --log-junit:write --coverage-html:write --coverage-clover:write --cache-directory:write",
    "tsc": "-p:tree --project:tree -b:code --build:code --outDir:write --outFile:write --declarationDir:write"
    " --plugins:code --init:code --target:value --module:value --tsBuildInfoFile:write --generateTrace:write",
    "mypy": _OTHERS + " -p:value -m:value --package:value --module:value -c:code --exclude:value",
    "isort": _OTHERS + " -c:plain -p:value -o:value -l:value --profile:value",
    "prettier": _OTHERS + " -c:plain -b:plain --parser:choice",
    "rubocop": _OTHERS + " -P:plain -o:write --out:write --only:value --except:value",
    "golangci-lint": _OTHERS + " -p:value -b:code -E:value -D:value --timeout:value --out-format:choice",
    "shellcheck": _OTHERS + " -o:value -P:place -e:value -i:value -s:value -S:value",
    "eslint": _OTHERS + " --ext:value --max-warnings:value --rule:value --output-file:write -o:write",
    "shfmt": _OTHERS + " -f:plain -p:plain -i:value",
    "bandit": "-c:steer --configfile:steer --ini:steer -o:write --output:write -b:steer --baseline:steer -f:choice"
    " --format:choice --msg-template:code -x:value --exclude:value -t:value -s:value -r:plain -p:value",
    "autoflake": _OTHERS + " -r:plain --imports:value --exclude:value",
    "pyright": _OTHERS + " -p:tree --pythonversion:value",
    "basedpyright": _OTHERS + " -p:tree",
    "ruff": _OTHERS + " --select:value --ignore:value --extend-select:value --output-format:choice --line-length:value",
    "flake8": _OTHERS + " --format:value --max-line-length:value --select:value --ignore:value --exclude:value",
    "coverage": "-m:value --source:value --omit:value --include:value --rcfile:steer --data-file:write -d:write"
    " --directory:write -o:write --fail-under:value",
    "vite": _BUNDLER + " --host:code -l:value --logLevel:value -m:value --mode:value --port:value --base:value",
    "next": _BUNDLER + " -p:value --port:value -H:code --hostname:code",
    "webpack": _BUNDLER + " --host:code --mode:value -r:code --require:code --entry:place",
    "rollup": _BUNDLER + " -f:value -p:code --plugin:code -i:place --input:place -d:write --dir:write --file:write",
    "astro": _BUNDLER + " --host:code --port:value",
    "vue-tsc": "-p:tree --project:tree -b:code --build:code --outDir:write --outFile:write",
    "svelte-check": "--tsconfig:steer --workspace:place --output:choice --threshold:value --ignore:value",
    "phpstan": _PHP + " -l:value --level:value --memory-limit:value --error-format:choice",
    "psalm": _PHP + " --output-format:choice -r:place --root:place",
    "php-cs-fixer": _PHP + " --rules:value --format:choice",
    "pint": _PHP + " --preset:value",
    "phpcs": _PHP + " --standard:choice --report:choice -d:code --runtime-set:code --bootstrap:code",
    "phpcbf": _PHP + " --standard:choice -d:code --runtime-set:code --bootstrap:code",
    "pest": _RUNNER + " -c:steer --filter:value --group:value",
    "clang-tidy": "-p:place -config-file:code -config:code -load:code -vfsoverlay:code -extra-arg:code"
    " -extra-arg-before:code -checks:value -export-fixes:write -plugin:code --config-file:code --config:code"
    " --load:code"
    " --vfsoverlay:code --extra-arg:code --extra-arg-before:code --checks:value --export-fixes:write --plugin:code",
    "gotestsum": "-f:choice --format:choice --raw-command:code --post-run-command:code --junitfile:write"
    " --jsonfile:write --packages:place",
    "commitlint": "-g:steer --config:steer -x:code --extends:code -p:plugin --parser-preset:plugin -o:code"
    " --format:code"
    " -f:value --from:value -t:value --to:value -e:plain -d:place --cwd:place -E:value --env:value",
    "knip": "-c:steer --config:steer -t:steer --tsConfig:steer --directory:place --reporter:choice -W:value"
    " --workspace:value --preprocessor:code",
    "dotnet": _LANGUAGE + " -c:choice --configuration:choice -f:value --framework:value --filter:value -v:value"
    " --verbosity:value",
    "swift": _LANGUAGE + " -c:choice --configuration:choice --filter:value --skip:value",
    **dict.fromkeys(("mix", "flutter", "dart", "sbt", "stack", "cabal", "zig"), _LANGUAGE),
    "pre-commit": "-c:steer --config:steer --hook-stage:value",
}
#: They look at files and run nothing of the project's.
READERS = table(
    "ruff black isort biome shellcheck shfmt hadolint yamllint gofmt goimports rustfmt clang-format pycodestyle"
    " pydocstyle vulture codespell typos actionlint taplo pyright basedpyright swiftlint djlint deptry pyupgrade"
    " autoflake bandit"
)
#: Programs whose first word says what they do.
VERBS = table(
    "dotnet swift mix flutter dart sbt stack cabal zig coverage pre-commit golangci-lint ruff biome taplo next astro"
    " phpstan php-cs-fixer"
)
#: Programs whose long flags have one dash.
COMPILERS = table("gcc g++ cc c++ clang clang++")
SINGLE_DASH = COMPILERS | table("clang-tidy swift")
#: Flags after `--` with which what is started there loads other code.
PASSED_ON = ("-exec", "--exec", "-toolexec", "-vettool", "-overlay", "-modfile", "-fplugin", "-Xclang", "-load", "@")
#: Flags with which a compiler loads or starts something else, or whose value is not told apart from them.
COMPILER_LOADS = (
    "-fplugin", "-fpass-plugin", "-wrapper", "-B", "-specs", "--specs", "-Xclang", "-Xlinker", "-Xassembler", "-cc1",
    "-Xpreprocessor", "-Wl,-plugin", "-Wl,--plugin", "-Wp,", "-Wa,", "-fuse-ld=/", "-fuse-ld=.", "-load", "--config",
    "-fmodule-mapper", "-ccc-", "-plugin", "--ld-path", "--prefix", "--output", "-dumpdir", "@", "-fprofile", "-run",
)  # fmt: skip
#: Forms of a report, and surroundings of a test, that come with the tools.
CHOICES = table(
    "stylish json compact unix html junit checkstyle visualstudio tap dot spec list min progress documentation doc d p"
    " j h f s simple offenses clang emacs github gitlab gnu quiet files default verbose basic json-with-metadata"
    " string text tty gcc diff sarif parseable colorized msvs xml csv yaml screen custom full grouped concise pylint"
    " rdjson azure line-number colored-line-number tab code-climate junit-xml github-actions hanging-process silent"
    " teamcity tree nyan landing jsdom node happy-dom edge-runtime auto standard parsable summary agent"
    " Release Debug release debug trx table raw human machine codeframe txt pretty-print error PSR1 PSR2 PSR12"
    " dots pkgname testname"
    " typescript babel babel-ts flow css scss less markdown mdx vue angular lwc json5 graphql espree"
)
#: Modules that a test is usually started with.
PLUGINS = table(
    "ts-node/register ts-node tsx tsx/cjs esbuild-register @babel/register @swc-node/register source-map-support"
    " source-map-support/register spec_helper rails_helper xdist pytest_cov pytest_asyncio anyio pytest_mock"
    " pytest_django"
)
#: Settings of pytest that load nothing.
PYTEST_SETTINGS = table(
    "log_cli log_level log_cli_level log_format log_cli_format log_date_format junit_family console_output_style"
    " xfail_strict asyncio_mode faulthandler_timeout filterwarnings"
)


def effects(call: "Invocation") -> "list[Effect]":
    """What a runner or linter takes in and writes, as far as its words tell; its `run` stays not modelled."""
    kinds = pairs(TABLES.get(call.name, _OTHERS))
    valued = [flag for flag, kind in kinds.items() if kind != "plain" and not (kind == "code" and len(flag) == 2)]
    letters = "".join(flag[1] for flag in valued if len(flag) == 2)
    single = call.name in SINGLE_DASH
    long = valued if single else [flag for flag in valued if len(flag) > 2]
    options = read(call.args, short=letters, long=long, plain=("--coverage",), single_dash=single)
    found: list[Effect] = []
    places: list[Value] = []
    for flag, value in options.flags:
        kind = kinds.get(flag)
        if kind == "place" and value is not None:
            places.append(value)
        elif kind is not None:
            found += _flag(call, kind, value)
        elif value is not None and (isinstance(value, Unknown) or "/" in value or value[:1] in "~."):
            places.append(value)
    if any(isinstance(word, str) and word.startswith(PASSED_ON) for word in options.words):
        found.append(call.effect("code", language="other", source="unknown"))
    if call.name in COMPILERS:
        return found + _compiled(call, options)
    if call.name in READERS:
        return found + project.runs(call, places, here=False)
    return found + project.runs(call, [*places, *_operands(call, options)])


def _compiled(call: "Invocation", options: "Options") -> "list[Effect]":
    """The files that a compiler reads; it runs nothing of them, unless it is told to load more."""
    found = [call.on_path("read", word, how="content") for word in options.words]
    attached = [str(word)[2:] for word in call.args if isinstance(word, str) and word[:2] == "-o" and len(word) > 2]
    for value in attached:
        found += _flag(call, "write", value)
    loads = any(isinstance(word, Unknown) or word == "-" or word.startswith(COMPILER_LOADS) for word in call.args)
    return [*found, call.effect("code", language="other", source="unknown")] if loads else found


def _operands(call: "Invocation", options: "Options") -> "list[Value]":
    """The words that may be files: any of them, since a link may lead elsewhere."""
    words = options.words[1:] if call.name in VERBS else options.words
    # `tests/test_app.py::test_one` names a test within a file.
    return [word.partition("::")[0] if isinstance(word, str) and "::" in word else word for word in words]


def _flag(call: "Invocation", kind: str, value: "Value | None") -> "list[Effect]":
    if kind in ("value", "plain"):
        return []
    if kind == "write" and value is not None:
        if project.is_output(value):
            return project.runs(call, [value], here=False)
        return [call.on_path("write", value, how="create")]
    if kind == "read" and value is not None:
        return [call.on_path("read", value, how="content")]
    if kind == "steer" and value is not None:
        return [project.steered(call, value)]
    if kind == "setting" and isinstance(value, str) and value.partition("=")[0] in PYTEST_SETTINGS:
        return []
    if kind == "tree" and value is not None:
        folder = isinstance(value, str) and "." not in value.rpartition("/")[2].lstrip(".")
        return project.runs(call, [value], here=False) if folder else [project.steered(call, value)]
    listed = CHOICES if kind == "choice" else PLUGINS if kind == "plugin" else ()
    if isinstance(value, str) and (value in listed or (listed and value[:3] == "no:")):
        return []
    return [call.effect("code", language="other", source="unknown")]
