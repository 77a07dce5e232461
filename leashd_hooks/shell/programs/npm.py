"""JavaScript package managers: npm, npx, pnpm, yarn, bun and their runners."""

from leashd_hooks.shell import names as shell_names
from leashd_hooks.shell import programs, project
from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

VERBS = table(
    "install:install i:install in:install add:install ci:install clean-install:install isntall:install link:install"
    " uninstall:remove remove:remove rm:remove un:remove r:remove unlink:remove prune:remove update:update up:update"
    " upgrade:update dedupe:update import:update publish:publish unpublish:publish deprecate:publish dist-tag:publish"
    " owner:publish access:publish run:run run-script:run rum:run test:script t:script tst:script start:script"
    " stop:script restart:script exec:exec x:exec dlx:exec create:exec init:exec innit:exec rebuild:build build:script"
    " ls:query list:query la:query ll:query view:query info:query show:query outdated:query search:query root:query"
    " prefix:query bin:query ping:query whoami:query help:query explain:query why:query fund:query doctor:query"
    " licenses:query pack:build audit:audit config:config c:config set:config cache:cache store:cache version:update"
    " pkg:pkg login:login logout:login adduser:login token:login pm:query install-test:install it:install"
)
OPERATIONS = dict(word.split(":") for word in VERBS)
VALUES = table(
    "--prefix --registry --workspace --filter --cwd --dir --tag --otp --loglevel --cache --userconfig --globalconfig"
    " --script-shell --omit --include --package --call --location --scope --access --reporter --depth --target"
    " --backend --modules-folder --cache-folder --network-timeout --network-concurrency --store-dir --config"
    " --node-options --shell"
)
#: Flags that change which program runs, or read settings from elsewhere.
REFUSED = ("--script-shell", "--userconfig", "--globalconfig", "--node-options", "--shell", "--use-yarnrc", "--preload")
ELSEWHERE = ("--prefix", "--cwd", "--dir", "-C")
RUNNERS = {"npx": "npm", "bunx": "bun", "pnpx": "pnpm"}
#: Managers that take an unknown verb for a script.
LENIENT = ("yarn", "pnpm", "bun")
SCRIPTS = (".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx", ".mts", ".cts")


def effects(call: "Invocation") -> "list[Effect] | None":
    found = _effects(call)
    if not any(each.kind == "package" and each.fields["operation"] != "query" for each in found or ()):
        return found
    options = read(call.args, short="CF", long=VALUES, plain=("--global",))
    elsewhere = options.values(*ELSEWHERE)
    places = [*elsewhere, *project.named(_words(options))]
    if any(each.fields.get("operation") in ("install", "update") for each in found or ()):
        places += [_bare(word) for word in options.words if source_of(word) == "path"]
    steering = options.values("--config") if call.name == "bun" else []
    steered = [project.steered(call, path) for path in steering]
    return [*(found or ()), *steered, *project.runs(call, places, here=not elsewhere)]


def _words(options: "Options") -> "list[Value]":
    """What is passed on to a script: the words, and the values of flags that no package manager knows."""
    return [*options.words, *(value for flag, value in options.flags if value is not None and flag not in VALUES)]


def _effects(call: "Invocation") -> "list[Effect] | None":
    if call.name in RUNNERS:
        return _exec(call, RUNNERS[call.name], call.args)
    options = read(
        call.args,
        short="CwF" if call.name in ("npm", "pnpm") else "F",
        long=VALUES,
        plain=("--global",),
        stop_at_word=True,
    )
    words = list(options.words)
    runs = call.name == "bun" and options.has("-e", "--eval", "-p", "--print", "-r")
    if options.has(*REFUSED) or (words and isinstance(words[0], Unknown)) or runs:
        return None
    if not words:
        if call.name == "yarn" and not options.has("--version", "-v"):
            return [_package(call, "install", "lockfile")]
        return [] if options.has("--version", "-v", "-h", "--help") else None
    verb = str(words[0])
    rest = [*_flags(options), *words[1:]]
    operation = OPERATIONS.get(verb)
    if call.name == "yarn" and verb == "global":
        return effects_global(call, rest)
    if call.name == "bun" and verb == "test":
        operation = "script"
    if call.name == "yarn" and verb in ("workspace", "workspaces"):
        return _in_workspaces(call, verb, words[1:])
    if operation is None:
        if call.name == "bun" and verb.endswith(SCRIPTS):
            return [call.on_path("code", verb, language="javascript", source="file")]
        if verb in TASK_TOOLS and call.name in LENIENT:
            return _tasks(call, verb, words[1:])
        if call.name not in LENIENT:
            return None
        return [_package(call, "run", "none", script=verb), *_program(call, words)]
    return _told(call, verb, operation, rest)


def _in_workspaces(call: "Invocation", verb: str, words: "list[Value]") -> "list[Effect] | None":
    """`yarn workspace NAME ...` and `yarn workspaces foreach ... run ...`: the same, in the project's own packages."""
    if verb == "workspace":
        rest = words[1:]
    elif words[:1] in (["list"], ["info"]):
        return [_package(call, "query", "none")]
    else:
        rest = words[words.index("run") :] if "run" in words else []
    if not rest or isinstance(rest[0], Unknown) or rest[0] in ("workspace", "workspaces"):
        return None
    inner = project.inside(call, ".")
    inner.args = rest
    return _effects(inner)


#: Tools that run the scripts of many packages, and the flags with which they are told the scripts.
TASK_TOOLS = {"turbo": ("run",), "nx": ("run-many", "affected"), "lerna": ("run",)}


def _tasks(call: "Invocation", tool: str, words: "list[Value]") -> "list[Effect] | None":
    """`turbo run test`, `nx run-many -t test`, `lerna run build`: the scripts that they run, by name."""
    options = read(
        words, short="t", long=("--target", "--targets", "--filter", "--scope", "--projects", "--concurrency")
    )
    rest = options.words
    if options.unknown or not rest:
        return None
    told = options.values("-t", "--target", "--targets")
    if rest[0] in TASK_TOOLS[tool]:
        scripts = told or rest[1:] or []
    elif tool == "lerna" or rest[0] in ("release", "migrate", "generate", "g", "login", "link", "exec", "run", "add"):
        return None
    else:
        scripts = rest[:1] if tool == "nx" else rest
    named = [name for word in scripts if isinstance(word, str) for name in word.split(",")]
    return [_package(call, "run", "none", tool, script=name) for name in named] or None


def effects_global(call: "Invocation", rest: "list[Value]") -> "list[Effect] | None":
    """`yarn global add x`."""
    words = [word for word in rest if isinstance(word, str) and word[:1] != "-"]
    operation = OPERATIONS.get(words[0]) if words else None
    if operation not in ("install", "remove", "update"):
        return None
    return [_package(call, operation, source_of(words[1]) if words[1:] else "none", scope="system")]


def _flags(options: "Options") -> "list[Value]":
    """The flags before the verb, to be read again after it."""
    out: list[Value] = []
    for flag, value in options.flags:
        out.append(flag)
        if value is not None:
            out.append(value)
    return out


def _package(
    call: "Invocation", operation: str, source: "str | None", manager: str = "", **more: "str | None"
) -> "Effect":
    fields: dict[str, str | None] = {"scope": "project", **more}
    return call.effect("package", manager=manager or call.name, operation=operation, source=source, **fields)


def _told(call: "Invocation", verb: str, operation: str, rest: "list[Value]") -> "list[Effect] | None":
    if operation == "exec":
        prefix = "create-" if verb in ("create", "init", "innit") else ""
        plain = [word for word in rest if isinstance(word, str) and word[:1] != "-"]
        if prefix and not plain:
            return [call.on_path("write", "package.json", how="create")]
        return _exec(call, call.name, rest, prefix)
    stops = operation in ("run", "script")
    options = read(rest, short="CwF", long=VALUES, plain=("--global",), stop_at_word=stops)
    if options.has(*REFUSED):
        return None
    scope = "system" if options.has("-g", "--global") or "global" in options.values("--location") else "project"
    found = [call.on_path("read", path, how="list") for path in options.values(*ELSEWHERE)]
    if operation in ("install", "remove", "update"):
        found += [call.on_path("write", path, how="edit", recursive=True) for path in options.values(*ELSEWHERE)
                  if not isinstance(path, str) or path[:1] in "/~" or ".." in path]  # fmt: skip
    words = options.words
    if operation == "run":
        script = words[0] if words else None
        if script is None:
            return [*found, _package(call, "query", "none")]
        if call.name == "bun" and isinstance(script, str) and script.endswith(SCRIPTS):
            return [*found, call.on_path("code", script, language="javascript", source="file")]
        shown = [call.effect("secret", store="environment")] if script == "env" else []
        named = script if isinstance(script, str) else None
        return [*found, *shown, _package(call, "run", "none", script=named)]
    if operation == "script":
        script_name = "test" if verb in ("t", "tst") else verb
        return [*found, _package(call, "run", "none", script=script_name)]
    if operation == "install":
        return found + _installed(call, verb, words, options, scope)
    return found + _settled(call, verb, operation, words, scope)


def _installed(call: "Invocation", verb: str, words: "list[Value]", options: "Options", scope: str) -> "list[Effect]":
    sources: list[str | None] = []
    for word in words:
        source = "path" if verb == "link" else source_of(word)
        source = "url" if source == "registry" and options.has("--registry") else source
        if source not in sources:
            sources.append(source)
    if not words:
        sources = ["path" if verb == "link" else "url" if options.has("--registry") else "lockfile"]
    if verb == "link":
        scope = "user"  # it leads through the global directory
    found = [_package(call, "install", source, scope=scope) for source in sources]
    local = [word for word in words if source_of(word) == "path"]
    return found + [call.on_path("read", _bare(word), how="content") for word in local]


def source_of(word: "Value") -> "str | None":
    """Where a package comes from; None when it cannot be known."""
    if isinstance(word, Unknown):
        return None
    if word[:1] in "./~" or word.startswith(("file:", "link:", "portal:")):
        return "path"
    if "://" in word or word.startswith(("git+", "git@", "github:", "gitlab:", "bitbucket:", "gist:")):
        return "url"
    name = word.partition("@npm:")[0] if word[:1] != "@" else word[1:].partition("/")[2]
    if name.endswith((".tgz", ".tar.gz")):
        return "path"
    return "url" if "/" in name else "registry"


def _bare(word: "Value") -> "Value":
    return word if isinstance(word, Unknown) else word.partition(":")[2] if ":" in word[:8] else word


def _settled(call: "Invocation", verb: str, operation: str, words: "list[Value]", scope: str) -> "list[Effect]":
    first = words[0] if words else None
    if verb == "version" and call.name != "yarn":
        if first is None:
            return [_package(call, "query", "none")]
        commits = call.effect("git", verb="commit", changes="history", destroys=False)
        return [_package(call, "update", "none"), call.on_path("write", "package.json", how="edit"), commits]
    if verb == "upgrade" and call.name == "bun":
        scope = "user"
    if operation == "config" and any(isinstance(word, str) and _is_secret(word) for word in words[1:]):
        return [_package(call, "query" if first == "get" else "update", "none"), call.effect("secret", store="cloud")]
    if operation == "audit":
        return [_package(call, "update" if first == "fix" else "query", "registry" if first == "fix" else "none")]
    if operation in ("config", "pkg", "login", "cache"):
        if first in ("get", "list", "ls", "verify", "path", "status", "dir") and verb != "set":
            return [_package(call, "query", "none")]
        if operation == "cache":
            return [_package(call, "remove", "none", scope="user")]
        path = "package.json" if operation == "pkg" else "~/.npmrc"
        return [_package(call, "update", "none"), call.on_path("write", path, how="edit")]
    if verb == "pm" and first not in ("ls", "bin", "hash", "cache", "view", "whoami", None):
        return [_package(call, "update", "none")]
    return [_package(call, operation, "none" if operation != "update" else "registry", scope=scope)]


def _is_secret(key: str) -> bool:
    return any(mark in key.lower() for mark in ("_auth", "token", "_password"))


#: Tools whose flags the policies know.
CHECKED = (
    "jest", "vitest", "mocha", "ava", "eslint", "prettier", "tsc", "stylelint", "biome", "vite", "next", "webpack",
    "rollup", "astro", "vue-tsc", "svelte-check", "knip", "commitlint",
)  # fmt: skip
EXEC_KNOWN = names("ypqcw", "--yes", "--no", "--package", "--call", "--no-install", "--quiet", "--silent", "--bun",
                   "--workspace", "--workspaces", "--ignore-existing", "--prefer-offline", "--no-save",
                   "--legacy-peer-deps", "--prefer-online", "--force")  # fmt: skip


def _exec(call: "Invocation", manager: str, args: "list[Value]", prefix: str = "") -> "list[Effect] | None":
    options = read(args, short="pcw", long=VALUES, plain=("--global",), stop_at_word=True)
    if options.has("--version", "-v") and not options.words:
        return []
    if options.strange(EXEC_KNOWN):
        return None
    if options.words[:1] and options.words[0] in TASK_TOOLS and not prefix and not options.has("-p", "--package"):
        return _tasks(call, str(options.words[0]), options.words[1:])
    packages = options.values("-p", "--package") or options.words[:1]
    found: list[Effect] = []
    for word in packages:
        name = prefix + word if isinstance(word, str) and not word.startswith("@") else word
        source = source_of(word)
        found.append(_package(call, "run", source, manager, script=str(name) if isinstance(name, str) else None))
        if source == "path":
            found.append(call.on_path("code", word, language="javascript", source="file"))
    for text in options.values("-c", "--call"):
        found += call.shell(text)
    if options.words and not prefix:
        found += _program(call, options.words)
    return found or None


#: Packages that are a program of another name, or "" where their words are a command.
STAND_FOR = {"dotenv-cli": "dotenv", "cross-env": "env", "shx": "", "env-cmd": "dotenv", "dotenvx": "dotenv",
             "@dotenvx/dotenvx": "dotenv"}  # fmt: skip
#: Programs whose words are command lines.
LINES = ("concurrently", "nodemon")


def _program(call: "Invocation", words: "list[Value]") -> "list[Effect]":
    """What a package does that is run by the name of a program which is known, or whose flags may load code."""
    first, *rest = words
    if isinstance(first, Unknown):
        return []
    name = first if first[:1] == "@" else first.partition("@")[0]  # `rimraf@5`
    if name in LINES:
        texts = [word for word in rest if isinstance(word, Unknown) or (word[:1] != "-" and " " in word)]
        return [each for text in texts for each in call.shell(text)]
    stands = STAND_FOR.get(name, name)
    if name in STAND_FOR or name in CHECKED or programs.family_of(name) or name in shell_names.WRAPPERS:
        return call.command([*([stands] if stands else []), *rest])
    return []
