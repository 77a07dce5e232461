"""Python package managers: pip, uv, uvx, pipx, poetry, pdm, pipenv, conda."""

from leashd_hooks.shell import programs, project
from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: manager -> verb -> operation.
VERBS = {
    "pip": "install:install download:install wheel:build uninstall:remove list:query show:query freeze:query"
           " check:query index:query search:query inspect:query debug:query help:query hash:query config:update"
           " cache:remove",
    "uv": "add:install sync:install lock:update remove:remove run:run build:build publish:publish tree:query"
          " version:query export:query venv:venv init:init pip:pip tool:tool python:python help:query cache:cache"
          " format:run",
    "poetry": "install:install add:install update:update remove:remove lock:update sync:install run:run"
              " build:build publish:publish show:query check:query version:query search:query about:query"
              " list:query env:query export:query",
    "pdm": "install:install add:install update:update remove:remove lock:update sync:install run:run build:build"
           " publish:publish show:query list:query info:query",
    "pipenv": "install:install update:update uninstall:remove lock:update sync:install run:run graph:query"
              " check:query verify:query",
    "pipx": "install:install upgrade:update uninstall:remove run:run list:query inject:install reinstall:install"
            " upgrade-all:update environment:query ensurepath:update",
    "conda": "install:install create:install update:update upgrade:update remove:remove uninstall:remove"
             " list:query info:query search:query run:run env:update clean:remove config:update",
    "hatch": "env:env run:run test:run build:build publish:publish version:query",
    "rye": "add:install sync:install remove:remove run:run lock:update build:build publish:publish",
}  # fmt: skip
ALIASES = {"pip3": "pip", "mamba": "conda", "micromamba": "conda"}

VALUES = table(
    "--requirement --requirements --constraint --editable --index-url --extra-index-url --find-links --target --prefix"
    " --root --python --proxy --timeout --retries --no-binary --only-binary --platform --cache-dir --log"
    " --config-settings --global-option --build-option --cert --client-cert --trusted-host --progress-bar --report"
    " --upgrade-strategy --format --exclude --path --dest --wheel-dir --src --group --extra --index --default-index"
    " --index-strategy --with --with-editable --with-requirements --env-file --package --directory --project --from"
    " --spec --name --channel --file --override --refresh-package --upgrade-package --reinstall-package --link-mode"
    " --python-version --python-platform --allow-newer --exclude-newer --keyring-provider --only-group --no-group"
    " --color --output-file --index-url --pypi-token --no-extra"
)
#: Flags that would pass for an abbreviation of one with a value.
PLAIN = ("--pre", "--with-system-site-packages", "--no-color", "--dev", "--all", "--user", "--system", "--global")
SHORT = {"pip": "rceiftdwbP", "uv": "rceifPpCn", "pipx": "i", "conda": "ncpf", "poetry": "EGCP", "pipenv": "rei"}
OTHER_INDEX = (
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--index",
    "--default-index",
    "--pip-args",
    "--trusted-host",
    "--proxy",
)
WRITES = ("-t", "--target", "--prefix", "--root", "--log", "--report", "-d", "--dest", "-w", "--wheel-dir", "--src",
          "--output-file", "-o")  # fmt: skip
ENDINGS = (".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2")


#: The guard's own package, and its program.
GUARD = ("leashd-hooks", "leashd", "leashd-hook")


def effects(call: "Invocation") -> "list[Effect] | None":
    manager = ALIASES.get(call.name, call.name)
    if manager == "uvx":
        found = _tool(call, "uv", call.args)
        return found if found is None else found + _sources_run(call, "uvx", call.args)
    moved, args = _moved(call, manager, call.args)
    verb, rest = _verb(args)
    if verb is None:
        return None
    if manager != "pip":
        moved, rest = _moved(moved, manager, rest)
    found = _managed(moved, manager, verb, rest)
    return found if found is None or not _builds(found) else found + _sources_run(moved, manager, rest)


#: Flags that name the project's directory, by manager; those it starts in as well come first.
ELSEWHERE = {
    "uv": ("--directory", "--project"),
    "poetry": ("-C", "--directory", "-P", "--project"),
    "pdm": ("-p", "--project"),
    "hatch": ("-p", "--project"),
}


def _moved(call: "Invocation", manager: str, args: "list[Value]") -> "tuple[Invocation, list[Value]]":
    """The command as it is in the project that its leading flags name, and its words without them."""
    flags = ELSEWHERE.get(manager, ())
    rest = list(args)
    out: list[Value] = []
    while rest and isinstance(rest[0], str) and rest[0][:1] == "-":
        word = str(rest.pop(0))
        name, equals, value = word.partition("=")
        if name in flags and (equals or rest):
            call = project.inside(call, value if equals else rest.pop(0))
            continue
        out.append(word)
        if name in VALUES and not equals and rest:
            out.append(rest.pop(0))
    return call, out + rest


def _builds(found: "list[Effect]") -> bool:
    return any(each.kind == "package" and each.fields["operation"] != "query" for each in found)


def _sources_run(call: "Invocation", manager: str, rest: "list[Value]") -> "list[Effect]":
    """The code that a manager runs besides what it fetches: builds of directories, what lists of packages name."""
    runs = manager in ("uvx", "pipx") or call.args[:1] == ["run"] or "run" in call.args[:3]
    options = read(rest, short=SHORT.get(manager, ""), long=VALUES, plain=PLAIN, stop_at_word=runs)
    words = [*options.values("-e", "--editable", "--with", "--with-editable", "--from", "--spec")]
    words += [] if runs else options.words
    local = [_bare(word) for word in words if isinstance(word, Unknown) or source_of(word) == "path"]
    lists = options.values("-r", "--requirement", "--requirements", "--with-requirements", "--constraint", "--file")
    lists += options.values(*(("-f",) if manager == "conda" else ("-c",)))
    local += [path for path in lists if not _is_url(path)]
    return project.runs(call, local, here=manager not in ("pip", "uvx", "pipx"))


def _verb(args: "list[Value]") -> "tuple[str | None, list[Value]]":
    """The verb, past global flags without a value."""
    harmless = ("-q", "--quiet", "-v", "-vv", "--verbose", "--no-input", "--offline", "--no-cache", "--no-progress",
                "--disable-pip-version-check", "--isolated", "-n", "--no-interaction", "--no-ansi",
                "--native-tls")  # fmt: skip
    for place, word in enumerate(args):
        if isinstance(word, Unknown):
            return None, []
        if word in harmless:
            continue
        return (None, []) if word[:1] == "-" else (str(word), list(args[place + 1 :]))
    return None, []


def _managed(call: "Invocation", manager: str, verb: str, rest: "list[Value]") -> "list[Effect] | None":
    operations = dict(word.split(":") for word in VERBS[manager].split())
    operation = operations.get(verb)
    if operation is None:
        return None
    if manager == "hatch" and verb == "test":
        return [_package(call, manager, "run", script="test")]
    if manager == "conda" and verb == "config" and not set(rest).isdisjoint(("--add", "--set", "--append", "--prepend",
                                                                             "--remove", "--remove-key")):  # fmt: skip
        return [_package(call, manager, "update"), call.on_path("write", "~/.condarc", how="edit")]
    if operation == "pip":
        inner, rest = _verb(rest)
        return _managed(call, "pip", inner, rest) if inner not in (None, "config", "cache") else None
    if operation == "env" and manager == "hatch":
        return [_package(call, manager, "query")] if rest[:1] in (["show"], ["find"]) else None
    if operation in ("tool", "python", "venv", "init", "cache"):
        return _uv(call, operation, rest)
    if operation == "run":
        return _run(call, manager, rest)
    options = read(rest, short=SHORT.get(manager, ""), long=VALUES, plain=PLAIN)
    if manager == "conda" and (options.has("--all") or options.words[:1] == ["remove"]):
        return [_package(call, manager, "remove", scope="user")]  # a whole environment, beside the project
    told = _told(call, manager, operation, options)
    if operation == "query" and options.unknown:
        told.append(call.effect("opaque", why="a word may be an option"))
    if verb == "config" and manager == "pip":
        asks = bool(options.words) and options.words[0] in ("list", "get", "debug")
        return (
            [_package(call, manager, "query")] if asks else [*told, call.on_path("write", "~/.config/pip", how="edit")]
        )
    return told


def _package(
    call: "Invocation", manager: str, operation: str, source: "str | None" = "none", **more: "str | None"
) -> "Effect":
    fields: dict[str, str | None] = {"scope": "project", **more}
    return call.effect("package", manager=manager, operation=operation, source=source, **fields)


def _told(call: "Invocation", manager: str, operation: str, options: "Options") -> "list[Effect]":
    scope = "user" if manager == "pipx" or options.has("--user") else "project"
    if options.has("--system", "--break-system-packages", "--global"):
        scope = "system"
    files = options.values(
        "-r", "--requirement", "--requirements", "-c", "--constraint", "--with-requirements", "--override"
    )
    found: list[Effect] = _guard(call, options.words if operation != "query" else [])
    if options.has("--python") and manager == "pip":
        found += [call.on_path("code", path, language="other", source="file") for path in options.values("--python")]
    if operation == "query" and options.has(*(flag for flag in OTHER_INDEX[:7] if flag != "-f")):
        found.append(call.effect("network", scheme="https", direction="fetch"))
    if operation in ("install", "update", "build"):
        sources = _sources(options, manager)
        found += [_package(call, manager, operation, source, scope=scope) for source in sources]
        local = [word for word in [*options.words, *options.values("-e", "--editable")] if source_of(word) == "path"]
        found += [call.on_path("read", _bare(word), how="content") for word in local]
    else:
        found.append(_package(call, manager, operation, scope=scope))
    found += [
        call.on_path("read", path, how="content") for path in files if manager != "conda" and not _is_url(path)
    ] + [call.on_path("read", path, how="content") for path in options.values("--cert", "--client-cert")]
    written = [value for flag, value in options.flags if flag in WRITES and value is not None and value != "-"]
    return found + [call.on_path("write", path, how="create", recursive=True) for path in written]


def _sources(options: "Options", manager: str) -> "list[str | None]":
    words = [*options.words, *options.values("-e", "--editable")]
    sources: list[str | None] = []
    for word in words:
        source = source_of(word)
        if source == "registry" and options.has(*OTHER_INDEX, "--git"):
            source = "url"
        if source not in sources:
            sources.append(source)
    files = options.values("-r", "--requirement", "--requirements", "-c", "--constraint")
    if manager == "conda":
        channels = [str(each) for each in options.values("-c", "--channel")]
        return sources if set(channels) <= {"defaults", "conda-forge", "anaconda", "bioconda"} else ["url"]
    if any(_is_url(path) for path in files) and "url" not in sources:
        sources.append("url")
    if options.has("-r", "--requirement", "--requirements", "--with-requirements") or not words:
        sources.append("url" if options.has(*OTHER_INDEX) else "lockfile")
    return sources


def _is_url(path: "Value") -> bool:
    return "://" in (path.prefix if isinstance(path, Unknown) else path)


def source_of(word: "Value") -> "str | None":
    """Where a requirement comes from; None when it cannot be known."""
    if isinstance(word, Unknown):
        return None
    if "://" in word or word.startswith("git+") or " @ " in word or word.startswith("git@"):
        return "path" if "file://" in word else "url"
    bare = word.partition("[")[0]
    if bare[:1] in "./~" or "/" in bare or bare.endswith(ENDINGS):
        return "path"
    return "registry"


def _bare(word: "Value") -> "Value":
    """A path without the extras in brackets."""
    if isinstance(word, Unknown):
        return word
    path = word.partition("file://")[2] or word
    return path.partition("[")[0] if path.endswith("]") else path


def _run(call: "Invocation", manager: str, rest: "list[Value]") -> "list[Effect] | None":
    if manager == "pipx":
        return _tool(call, "pipx", rest)
    module = _module_of(rest)
    options = read(rest[: len(rest) - len(module)], short="pnE", long=VALUES, plain=PLAIN, stop_at_word=True)
    if options.unknown or options.has("--directory", "--project", "--env-file", "--cwd", "-n", "--name", "-p"):
        return None
    argv: list[Value] = ["python", "-m", *module[1:]] if module else list(options.words)
    if (
        argv
        and isinstance(argv[0], str)
        and (argv[0].endswith(".py") or options.has("-s", "--script") or argv[0] == "-")
    ):
        argv = ["python", *argv]
    if not argv:
        return None
    if manager == "hatch" and isinstance(argv[0], str):
        argv = [argv[0].rpartition(":")[2], *argv[1:]]  # `test:cov` is `cov` in the environment `test`
    script = argv[0] if isinstance(argv[0], str) else None
    other = "url" if options.has(*OTHER_INDEX[:7]) else "none"
    found = [_package(call, manager, "run", other, script=script)]
    for path in options.values("--python"):
        if not isinstance(path, str) or "/" in path:
            found.append(call.on_path("code", path, language="other", source="file"))
    added = [*options.values("--with", "--with-editable")]
    found += [_package(call, manager, "install", source_of(word)) for word in added]
    for path in options.values("--with-requirements"):
        found += [_package(call, manager, "install", "lockfile"), call.on_path("read", path, how="content")]
    if manager in TASKS and script is not None and not programs.is_known(script):
        return found + project.runs(call, project.named(argv[1:]), here=False)  # a task of the project's, by its name
    return found + call.command(argv)


#: Managers that run the tasks of a project as well as programs.
TASKS = ("pdm", "hatch", "rye", "pipenv")


def _module_of(rest: "list[Value]") -> "list[Value]":
    """The words from `-m` on, when it comes before the program."""
    for place, word in enumerate(rest):
        if isinstance(word, Unknown):
            break
        if word in ("-m", "--module"):
            return rest[place:]
        if word[:1] != "-" and not (place and rest[place - 1] in VALUES):
            break
    return []


#: Tools whose flags the policies know.
CHECKED = ("ruff", "mypy", "black", "isort", "flake8", "pylint", "pyright", "pytest", "bandit", "codespell")
TOOL_VALUES = table(
    "--from --with --with-editable --with-requirements --python --index-url --index --default-index --spec"
    " --extra-index-url --pip-args --env-file --directory --find-links"
)


def _tool(call: "Invocation", manager: str, rest: "list[Value]") -> "list[Effect] | None":
    """uvx, `uv tool run` and `pipx run`: a package from the registry is run."""
    options = read(rest, short="pw", long=TOOL_VALUES, stop_at_word=True)
    if not options.words:
        return None
    name = options.words[0]
    origins = options.values("--from", "--spec") or [name]
    source = source_of(origins[-1])
    if options.has("--index-url", "--index", "--default-index", "--extra-index-url", "--pip-args", "--find-links"):
        source = "url"
    # `uvx --from evil ruff` runs what the package evil calls ruff.
    script = _name(origins[-1]) if isinstance(origins[-1], str) else None
    found = [_package(call, manager, "run", source, script=script), *_guard(call, [name, *origins])]
    known = _name(name) if isinstance(name, str) else ""  # `ruff@latest`
    if (known in CHECKED and script == known) or programs.family_of(known):
        found += call.command([known, *options.words[1:]])  # its flags may load code
    return found + [_package(call, manager, "install", source_of(word)) for word in options.values("--with", "-w")]


def _guard(call: "Invocation", words: "list[Value]") -> "list[Effect]":
    """What changes or runs the guard's own package."""
    own = any(isinstance(word, str) and _name(word).replace("_", "-").lower() in GUARD for word in words)
    return [call.effect("control", system="leashd", verb="package", changes=True)] if own else []


def _name(requirement: str) -> str:
    """The package's name: `ruff` for `ruff@latest`, `ruff==0.4`, `ruff[x]>=1`."""
    for mark in "@=<>[ ~!":
        requirement = requirement.partition(mark)[0] or requirement
    return requirement


def _uv(call: "Invocation", operation: str, rest: "list[Value]") -> "list[Effect] | None":
    if operation in ("venv", "init"):
        options = read(rest, short="p", long=table("--python --prompt --name --seed-from --index-url --package"))
        default = ".venv" if operation == "venv" else "."
        if operation == "venv" and all(word in (".venv", "venv") for word in options.words):
            return [_package(call, "uv", "build", "none")]
        return [call.on_path("write", word, how="create", recursive=True) for word in options.words or [default]]
    verb, words = _verb(rest)
    if verb is None:
        return None
    if operation == "tool":
        if verb == "run":
            return _tool(call, "uv", words)
        inner = {"install": "install", "upgrade": "update", "uninstall": "remove", "list": "query", "dir": "query"}.get(
            verb
        )
        if inner is None:
            return None
        options = read(words, short="p", long=TOOL_VALUES)
        sources = _sources(options, "uv") if inner == "install" else ["none"]
        return [_package(call, "uv", inner, source, scope="user") for source in sources]
    if operation == "python":
        inner = {"install": "install", "uninstall": "remove", "list": "query", "find": "query", "dir": "query",
                 "pin": "update"}.get(verb)  # fmt: skip
        return None if inner is None else [_package(call, "uv", inner, "registry", scope="user")]
    return [_package(call, "uv", "query" if verb == "dir" else "remove", scope="user")]
