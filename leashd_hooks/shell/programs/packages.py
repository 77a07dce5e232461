"""Package managers of other languages and of the system: cargo, go, gem, bundle, composer, apt, dnf, brew, ..."""

from leashd_hooks.shell import project
from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

VERBS = {
    "cargo": "build:build b:build check:build c:build clippy:build doc:build d:build fetch:install vendor:install"
             " add:install install:install update:update remove:remove rm:remove uninstall:remove clean:remove"
             " publish:publish yank:publish run:run r:run test:test t:test bench:test nextest:test fmt:fmt"
             " tree:query metadata:query search:query info:query pkgid:query locate-project:query version:query"
             " verify-project:query new:new init:new generate-lockfile:update fix:fix audit:audit"
             " outdated:query deny:query",
    "go": "build:build vet:build install:install get:install run:run test:test fmt:fmt list:query version:query"
          " env:env doc:query mod:mod clean:clean generate:run work:update help:query fix:fix",
    "gem": "install:install update:update uninstall:remove push:publish yank:publish list:query search:query"
           " info:query env:query environment:query outdated:query which:query contents:query specification:query"
           " build:build",
    "bundle": "install:install update:update add:install remove:remove exec:exec list:query show:query info:query"
              " outdated:query check:query lock:update clean:remove config:update",
    "composer": "install:install i:install require:install update:update remove:remove run-script:run run:run"
                " exec:run show:query search:query outdated:query validate:query audit:query dump-autoload:build"
                " status:query",
    "brew": "install:install reinstall:install upgrade:update update:update uninstall:remove remove:remove"
            " rm:remove tap:install untap:remove list:query ls:query info:query search:query outdated:query"
            " deps:query uses:query config:query doctor:query cleanup:remove autoremove:remove services:service"
            " --prefix:query --cellar:query",
    "apt": "install:install upgrade:update full-upgrade:update dist-upgrade:update update:update remove:remove"
           " purge:remove autoremove:remove autopurge:remove clean:remove autoclean:remove list:query show:query"
           " search:query policy:query depends:query rdepends:query build-dep:install download:install"
           " source:install check:query",
    "dnf": "install:install upgrade:update update:update remove:remove erase:remove autoremove:remove list:query"
           " info:query search:query provides:query repoquery:query check-update:query reinstall:install"
           " clean:remove",
    "apk": "add:install del:remove update:update upgrade:update info:query search:query list:query policy:query",
    "zypper": "install:install in:install remove:remove rm:remove update:update up:update refresh:update"
              " search:query se:query info:query",
}  # fmt: skip
ALIASES = {
    "apt-get": "apt",
    "apt-cache": "apt",
    "aptitude": "apt",
    "yum": "dnf",
    "microdnf": "dnf",
    "bundler": "bundle",
}
SCOPES = {"apt": "system", "dnf": "system", "apk": "system", "zypper": "system", "pacman": "system", "dpkg": "system",
          "brew": "user", "gem": "user"}  # fmt: skip
VALUES = table(
    "--manifest-path --package --features --target --target-dir --bin --example --test --bench --profile --jobs"
    " --message-format --color --config --git --path --branch --tag --rev --version --registry --index --root"
    " --exclude --workdir --gemfile --source --working-dir --option --target-release --vers --out-dir --lockfile-path"
    " --repository"
    " -exec -toolexec -vettool -o -tags -ldflags -gcflags -run -bench -count -timeout -mod -modfile -overlay"
    " -coverprofile -covermode -coverpkg -C -p -cpu -parallel -benchtime -fuzz -fuzztime -asmflags -pkgdir -buildmode"
    " -outputdir -cpuprofile -memprofile -blockprofile -mutexprofile -trace -skip -list -shuffle -installsuffix"
    " -compiler -args -vet"
)
GO_REFUSED = ("-exec", "-toolexec", "-vettool", "-overlay", "-modfile")
GO_WRITES = (
    "-o",
    "-coverprofile",
    "-cpuprofile",
    "-memprofile",
    "-blockprofile",
    "-mutexprofile",
    "-trace",
    "-outputdir",
)


#: Managers that run code of the project's: its tests, build scripts, macros, the program that is its list of packages.
OWN = ("cargo", "go", "gem", "bundle", "bundler", "composer")
ELSEWHERE = ("--manifest-path", "--target-dir", "--path", "--gemfile", "--working-dir", "-d", "-C", "-modfile")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "go" and len(call.args) > 2 and call.args[0] == "-C":
        inner = project.inside(call, call.args[1])
        inner.args = call.args[2:]
        return effects(inner)
    if call.name == "go" and call.args[:2] == ["tool", "cover"]:
        return _coverage(call, call.args[2:])
    found = _effects(call)
    idle = call.name not in ("cargo", "bundle", "bundler") and not any(
        each.kind == "package" and each.fields["operation"] != "query" for each in found or ()
    )
    if found is None or idle or call.name not in OWN:
        return found
    options = read(call.args, long=VALUES, single_dash=call.name == "go", short="d" if call.name == "composer" else "")
    places = options.values(*ELSEWHERE)
    if call.name == "go":
        directories = [_package_directory(word) for word in options.words[1:] if _is_directory(word)]
        return found + project.runs(call, [*places, *directories])
    return found + project.runs(call, [*places, *project.named(options.words)])


def _is_directory(word: "Value") -> bool:
    return isinstance(word, Unknown) or word[:1] in "./~"


def _package_directory(word: "Value") -> "Value":
    """The directory that a Go pattern such as `./pkg/...` goes through."""
    return word if isinstance(word, Unknown) else word.partition("...")[0] or "."


def _effects(call: "Invocation") -> "list[Effect] | None":
    manager = ALIASES.get(call.name, call.name)
    if manager in ("pacman", "dpkg"):
        return _by_flag(call, manager)
    args = list(call.args)
    if manager == "cargo" and args and isinstance(args[0], str) and args[0].startswith("+"):
        args.pop(0)
    while args and args[0] in ("-q", "--quiet", "-y", "-v", "--verbose", "-qq", "--offline", "--locked"):
        args.pop(0)
    verb = args.pop(0) if args else ""
    if isinstance(verb, Unknown):
        return None
    operation = dict(word.split(":") for word in VERBS[manager].split()).get(verb)
    if operation is None and manager == "composer":
        return [_package(call, manager, "run", "none", verb)]  # a script of the project's
    if operation is None:
        return None
    if manager == "cargo" and operation == "audit":
        return [_package(call, manager, "update" if args[:1] == ["fix"] else "query", "none")]
    if manager == "bundle" and operation == "exec":
        words = read(args, long=("--gemfile",), stop_at_word=True).words
        return [_package(call, manager, "run", "none", words[0]), *call.command(words)] if words else None
    # `cargo run -- --words` and `go run x --words` go to the program.
    options = read(args, long=VALUES, single_dash=manager == "go", stop_at_word=operation == "run",
                   short={"cargo": "pFjZ", "apt": "ot", "gem": "vi", "bundle": ""}.get(manager, ""))  # fmt: skip
    if manager == "go":
        return _go(call, operation, options)
    if manager == "apt" and options.has("-o", "--option", "-c", "--config-file"):
        return None  # APT::Update::Pre-Invoke and its kin run commands
    if operation == "service":
        return _brew_services(call, args)
    return _told(call, manager, operation, options)


def _package(
    call: "Invocation",
    manager: str,
    operation: str,
    source: "str | None",
    script: "Value | None" = None,
    scope: str = "",
) -> "Effect":
    known = str(script) if isinstance(script, str) else None
    where = scope or SCOPES.get(manager, "project")
    return call.effect("package", manager=manager, operation=operation, source=source, script=known, scope=where)


def _told(call: "Invocation", manager: str, operation: str, options: "Options") -> "list[Effect]":
    found: list[Effect] = []
    if operation == "fmt":
        found.append(_package(call, manager, "build", "none", "fmt"))
    elif operation == "fix":
        found.append(call.on_path("write", ".", how="edit", recursive=True))
    elif operation == "new":
        found += [call.on_path("write", word, how="create", recursive=True) for word in options.words[:1] or ["."]]
    elif operation in ("install", "update"):
        sources: list[str | None] = []
        for word in options.words:
            source = _source(word, options)
            if source not in sources:
                sources.append(source)
        if not options.words:
            sources = ["url"] if options.has("--git") else ["path"] if options.has("--path") else ["lockfile"]
        user = (
            "user"
            if (manager == "cargo" and call.args[:1] != ["add"] and operation == "install" and _installs(call))
            or (manager == "bundle" and options.has("--global"))
            else ""
        )
        found += [_package(call, manager, operation, source, scope=user) for source in sources]
        found += [
            call.on_path("read", word, how="content") for word in options.words if _source(word, options) == "path"
        ]
    else:
        script = options.words[0] if options.words and operation in ("run", "test") else None
        named = options.values("--bin", "--example") if manager == "cargo" and operation == "run" else []
        script = named[0] if named else None if manager == "cargo" else script
        found.append(_package(call, manager, operation, "none", script))
    if manager == "cargo" and options.has("--config", "-Z"):
        found.append(call.effect("code", language="other", source="unknown", path=None))
    found += [call.on_path("read", path, how="content")
              for path in options.values("--manifest-path", "--path", "--gemfile", "--working-dir")]  # fmt: skip
    return found + [call.on_path("write", path, how="create", recursive=True)
                    for path in options.values("--target-dir", "--root", "--out-dir")]  # fmt: skip


def _installs(call: "Invocation") -> bool:
    """Whether cargo puts a program into the user's directory, and not a crate among the project's."""
    return any(word == "install" for word in call.args[:3])


def _source(word: "Value", options: "Options") -> "str | None":
    if isinstance(word, Unknown):
        return None
    if "://" in word or word.startswith("git@") or options.has("--git"):
        return "url"
    if word[:1] in "./~" or word.endswith((".deb", ".rpm", ".gem", ".apk", ".pkg.tar.zst")) or options.has("--path"):
        return "path"
    return "url" if options.has("--source", "--registry", "--index", "--repository") else "registry"


def _go(call: "Invocation", operation: str, options: "Options") -> "list[Effect] | None":
    if options.has(*GO_REFUSED) or options.has(*("-" + name for name in GO_REFUSED)) or options.has("-C", "--C"):
        return None
    if options.unknown and operation != "run":
        return None
    if any(not isinstance(text, str) or "-extld" in text for text in options.values("-ldflags", "--ldflags")):
        return None  # it names the linker that is run
    if operation == "clean":
        far = options.has("-cache", "-modcache", "-testcache", "-fuzzcache")
        return [_package(call, "go", "remove", "none", scope="user" if far else "")]
    written = options.values(*GO_WRITES)
    found = [call.on_path("write", path, how="create") for path in written if not project.is_output(path)]
    found += project.runs(call, [path for path in written if project.is_output(path)], here=False)
    first = options.words[0] if options.words else "."
    if operation == "env":
        changes = options.has("-w", "-u")
        return [_package(call, "go", "update" if changes else "query", "none", scope="user" if changes else "project")]
    if operation == "mod":
        idle = first in ("graph", "why", "verify")
        return [_package(call, "go", "query" if idle else "install", "none" if idle else "lockfile")]
    if operation == "fmt":
        return [_package(call, "go", "build", "none", "fmt")]
    if operation == "fix":
        return [call.on_path("write", ".", how="edit", recursive=True)]
    if operation == "run":
        remote = isinstance(first, str) and "@" in first
        found.append(_package(call, "go", "run", "registry" if remote else "path", first))
        if not remote:
            found.append(call.on_path("code", first, language="other", source="file"))
        return found
    if operation == "install":
        local = isinstance(first, str) and first[:1] in "./"
        gets = "get" in call.args[:2]
        scope = "project" if gets else "user"
        return [*found, _package(call, "go", "install", "path" if local else "registry", scope=scope)]
    return [*found, _package(call, "go", operation, "none")]


def _coverage(call: "Invocation", args: "list[Value]") -> "list[Effect] | None":
    """`go tool cover`: a report of what tests covered."""
    options = read(args, long=table("-func -html -o -mode -var"), single_dash=True)
    if options.strange(("-func", "-html", "-o")) or options.unknown:
        return None
    found = [call.on_path("read", path, how="content") for path in options.values("-func", "-html")]
    return found + [call.on_path("write", path, how="create") for path in options.values("-o")]


def _brew_services(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    if not args or args[0] in ("list", "info"):
        return [_package(call, "brew", "query", "none")]
    return [call.effect("system", operation="service")]


def _by_flag(call: "Invocation", manager: str) -> "list[Effect] | None":
    options = read(call.args)
    given = {flag for flag, _ in options.flags}
    if options.unknown:
        return None
    if manager == "pacman":
        asks = bool(given & {"-Q", "--query"}) or bool(given & {"-S", "-F"} and given & {"-s", "-i", "-l"})
        removes, installs = given & {"-R", "--remove"}, given & {"-S", "-U", "--sync", "--upgrade"}
    else:
        asks = bool(given & {"-l", "-L", "-s", "-S", "-p", "--list", "--listfiles", "--status", "--search", "-I", "-c"})
        removes, installs = given & {"-r", "-P", "--remove", "--purge"}, given & {"-i", "--install"}
    if not (asks or removes or installs):
        return None
    operation = "remove" if removes else "query" if asks else "install"
    source = "none" if operation != "install" else "path" if manager == "dpkg" or "-U" in given else "registry"
    found = [_package(call, manager, operation, source)]
    return found + [call.on_path("read", word, how="content") for word in options.words if source == "path"]
