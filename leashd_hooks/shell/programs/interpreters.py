"""Interpreters: where the code they run comes from - their words, a file, a module or standard input."""

from leashd_hooks.shell import project
from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value


class Interpreter:
    """How the words of an interpreter are read.

    Letters: `inline` take code, `values` a value that does not matter, `plain` none, `preload` a module or file that is
    run first, `tells` end in a word about itself.  `long` has the same for long flags, as words `name:kind`.
    """

    __slots__ = ("inline", "language", "long", "plain", "preload", "tells", "values")

    def __init__(
        self,
        language: str,
        inline: str,
        plain: str,
        values: str = "",
        preload: str = "",
        tells: str = "v",
        long: str = "",
    ) -> None:
        self.language = language
        self.inline = inline
        self.plain = plain
        self.values = values
        self.preload = preload
        self.tells = tells
        self.long = dict(word.rsplit(":", 1) for word in long.split())


NODE_LONG = (
    "--eval:inline --print:inline --require:preload --import:preload --loader:preload --experimental-loader:preload"
    " --inspect:plain --inspect-brk:plain --enable-source-maps:plain --no-warnings:plain --trace-warnings:plain"
    " --trace-uncaught:plain --throw-deprecation:plain --no-deprecation:plain --input-type:values --env-file:read"
    " --env-file-if-exists:read --watch:plain --expose-gc:plain --max-old-space-size:values --stack-size:values"
    " --check:check --experimental-strip-types:plain --experimental-vm-modules:plain --preserve-symlinks:plain"
    " --interactive:plain --harmony:plain --unhandled-rejections:values --conditions:values --trace-deprecation:plain"
    " --icu-data-dir:values --test:tests --test-only:plain --test-name-pattern:values --test-reporter:reporter"
    " --experimental-test-coverage:plain --test-concurrency:values --test-timeout:values"
)
TSX_LONG = NODE_LONG + ("--transpile-only:plain --esm:plain --files:plain --project:values --tsconfig:values"
                        " --compiler-options:values --swc:plain --typeCheck:plain")  # fmt: skip
_PYTHON = ("python", "c", "bBdEiIOPqsSuvx", "WX", "", "Vh?", "--check-hash-based-pycs:values")
SPECS = {
    "python": _PYTHON, "python2": _PYTHON, "python3": _PYTHON, "pypy": _PYTHON, "pypy3": _PYTHON,
    "node": ("javascript", "ep", "i", "C", "r", "vh", NODE_LONG),
    "nodejs": ("javascript", "ep", "i", "C", "r", "vh", NODE_LONG),
    "ts-node": ("javascript", "ep", "iTHs", "PCDIO", "r", "vh", TSX_LONG),
    "tsx": ("javascript", "ep", "i", "", "r", "vh", TSX_LONG),
    "ruby": ("ruby", "e", "acdlnpsSUvwWy0", "CEFKTx", "r", "hv",
             "--verbose:plain --disable:values --enable:values --yjit:plain"),
    "perl": ("perl", "eE", "acfgnpsStTuUwWXl0", "FCD", "mM", "vhV", ""),
    "php": ("php", "rBRE", "aCHnqsweD", "cdtzg", "", "vhim", "--ini:plain --no-php-ini:plain"),
    "lua": ("other", "e", "iEW", "", "l", "v", ""),
    "luajit": ("other", "e", "iEW", "jO", "l", "v", ""),
    "Rscript": ("other", "e", "", "", "", "",
                "--vanilla:plain --no-save:plain --no-restore:plain --slave:plain --no-echo:plain"),
    "osascript": ("other", "e", "i", "ls", "", "", ""),
}  # fmt: skip
#: Programs that make text into code again.
DECODERS = table(
    "base64 base32 basenc xxd openssl gunzip zcat gzip bzip2 bzcat xz xzcat zstd zstdcat uudecode tr rev gpg"
)
#: Scripts that a framework gives every project, by the framework, and the flags with which they run other code.
CONSOLES = {"manage.py": "django", "./manage.py": "django", "artisan": "laravel", "bin/console": "symfony"}
STEERING = ("--settings", "--pythonpath", "--testrunner", "-c", "--configuration", "--bootstrap", "--env")
REPORTERS = ("spec", "dot", "tap", "junit", "lcov")
STDIN = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "java":
        return _java(call)
    if call.name == "deno":
        return _deno(call)
    return _Scan(call, Interpreter(*SPECS[call.name])).effects()


class _Scan:
    """One walk over the words of an interpreter up to its script."""

    __slots__ = ("call", "checks", "found", "given", "inlined", "rest", "spec", "tells", "tests")

    def __init__(self, call: "Invocation", spec: Interpreter) -> None:
        self.call = call
        self.spec = spec
        self.rest = list(call.args)
        self.found: list[Effect] = []
        self.given = ""
        self.inlined = self.tells = self.checks = self.tests = False

    def code(self, source: str) -> "Effect":
        return self.call.effect("code", language=self.spec.language, source=source)

    def effects(self) -> "list[Effect] | None":
        while self.rest:
            word = self.rest.pop(0)
            if isinstance(word, Unknown) and word.prefix[:1] in ("", "-"):
                return [*self.found, self.call.effect("code", language=self.spec.language, source="unknown", path=None)]
            if isinstance(word, Unknown) or word[:1] != "-" or word == "-":
                return self.script(word)
            if word == "--":
                continue
            done = self.long(str(word)) if word.startswith("--") else self.short(str(word))
            if done is None:
                return None
            if done:
                return self.found
            if self.inlined and self.spec.language in ("python", "php"):
                return self.found
        if self.tells:
            return self.found
        return self.found if self.inlined else self.stdin()

    def script(self, word: "Value") -> "list[Effect]":
        if self.inlined:
            return self.found + self.edited([word, *self.rest])
        if isinstance(word, str) and word in STDIN:
            return self.stdin()
        if self.tests:
            return [*self.found, *own(self.call, "node", "test", [word, *self.rest])]
        if self.checks:
            return [*self.found, self.call.on_path("read", word, how="content")]
        verb = self.rest[0] if self.rest else ""
        if word in CONSOLES and isinstance(verb, str) and not _steered(self.rest):
            return [*self.found, *own(self.call, CONSOLES[str(word)], verb, [word, *project.named(self.rest)])]
        self.found.append(self.call.on_path("code", word, language=self.spec.language, source="file"))
        return self.found

    def edited(self, words: "list[Value]") -> "list[Effect]":
        """Operands of `perl -ne` and `perl -pi -e`: read, and written in place."""
        if self.spec.language not in ("perl", "ruby") or not set(self.given) & set("np"):
            return []
        files = [word for word in words if word != "-"]
        found = [self.call.on_path("read", path, how="content") for path in files]
        return found + [self.call.on_path("write", path, how="edit") for path in files if "i" in self.given]

    def stdin(self) -> "list[Effect]":
        if self.tests:
            return [*self.found, *own(self.call, "node", "test", [])]
        stdin = self.call.stdin
        if stdin.kind == "file" and stdin.path is not None:
            return [*self.found, self.call.on_path("code", stdin.path, language=self.spec.language, source="file")]
        if stdin.text is not None:
            from leashd_hooks.shell import inline

            self.found += inline.effects(self.call, self.spec.language, stdin.text)
        return [*self.found, self.code("stdin"), *flows(self.call)]

    def long(self, word: str) -> "bool | None":
        name, equals, value = word.partition("=")
        if name in ("--version", "--help") and not equals:
            return True
        if name == "--info" and self.spec.language == "php":
            self.found.append(self.call.effect("secret", store="environment"))
            return True
        kind = self.spec.long.get(name)
        if kind is None:
            return None
        taken: Value | None = value if equals else None
        if kind in ("preload", "read", "values", "inline", "reporter") and not equals and self.rest:
            taken = self.rest.pop(0)
        return self.take(kind, taken)

    def short(self, word: str) -> "bool | None":
        spec = self.spec
        for place in range(1, len(word)):
            letter, tail = word[place], word[place + 1 :]
            self.given += letter
            if letter == "m" and spec.language == "python":
                return self.module(tail)
            if letter in "iIFx" and spec.language in ("perl", "ruby"):
                return False  # the rest of the word is its value
            if letter.isdigit() and spec.language in ("perl", "ruby"):
                continue  # the record separator of `-0777pe`
            for kind, letters in (("inline", spec.inline), ("preload", spec.preload), ("values", spec.values)):
                if letter in letters:
                    return self.take(kind, tail or (self.rest.pop(0) if self.rest else None))
            if letter in spec.tells:
                self.tells = True
                if letter == "i" and spec.language == "php":
                    self.found.append(self.call.effect("secret", store="environment"))
            elif letter == "l" and spec.inline == "rBRE":
                self.checks = True  # php only looks whether it could be read
            elif letter not in spec.plain:
                return None
        return False

    def take(self, kind: str, value: "Value | None") -> "bool | None":
        if kind == "inline":
            from leashd_hooks.shell import inline

            code: Value = "" if value is None else value
            harmless = not self.inlined and inline.is_harmless(self.spec.language, code)
            if not harmless:
                self.found.append(self.code("inline"))
                self.found += inline.effects(self.call, self.spec.language, code)
            self.inlined = True
        elif kind == "preload":
            local = value is None or isinstance(value, Unknown) or value[:1] in "./~"
            if local:
                self.found.append(
                    self.call.on_path("code", value or Unknown("?"), language=self.spec.language, source="file")
                )
            else:
                self.found.append(self.code("module"))
        elif kind == "read" and value is not None:
            self.found.append(self.call.on_path("read", value, how="content"))
        elif kind == "check":
            self.checks = True
        elif kind == "tests":
            self.tests = True
        elif kind == "reporter" and (not isinstance(value, str) or value not in REPORTERS):
            self.found.append(self.code("module"))
        return False

    def module(self, tail: str) -> "bool | None":
        name: Value | None = tail or (self.rest.pop(0) if self.rest else None)
        if name is None:
            return None
        from leashd_hooks.shell import modules

        found = modules.effects(self.call, name, self.rest)
        if found is None:
            return None
        self.found += found
        return True


def own(call: "Invocation", manager: str, script: str, places: "list[Value]") -> "list[Effect]":
    """A tool of the project's runs one of its tasks, with code from these places."""
    task = call.effect("package", manager=manager, operation="run", script=script, source="none", scope="project")
    return [task, *project.runs(call, places)]


def _steered(words: "list[Value]") -> bool:
    """Whether a flag names other code, or a word may turn out to be such a flag."""
    return any(isinstance(word, Unknown) or word.startswith(STEERING) for word in words)


def flows(call: "Invocation") -> "list[Effect]":
    """What it means that this program runs what a pipe brings."""
    found: list[Effect] = []
    if any(effect.kind == "network" for effect in call.stdin.effects):
        found.append(call.effect("flow", pattern="download-to-interpreter"))
    if any(name in DECODERS for name in call.stdin.programs):
        found.append(call.effect("flow", pattern="decode-to-interpreter"))
    return found


JAVA_PLAIN = ("-ea", "-server", "-client", "-enableassertions", "-verbose", "-showversion")


def _java(call: "Invocation") -> "list[Effect] | None":
    rest = list(call.args)
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unknown):
            return [call.effect("code", language="other", source="unknown", path=None)]
        if word in ("-version", "--version", "-help"):
            return []
        if word == "-jar" and rest:
            return [call.on_path("code", rest[0], language="other", source="file")]
        if word in ("-cp", "-classpath", "--class-path", "-p", "--module-path") and rest:
            rest.pop(0)
        elif word in JAVA_PLAIN or word.startswith(("-D", "-Xmx", "-Xms", "-Xss", "-XX:+", "-XX:Max")):
            if "OnOutOfMemoryError" in word or "OnError" in word:
                return None
        elif word[:1] == "-":
            return None
        elif word.endswith(".java"):
            return [call.on_path("code", word, language="other", source="file")]
        else:
            return [call.effect("code", language="other", source="module", module=str(word))]
    return []


DENO_RUNS = ("run", "test", "bench", "serve", "watch")
DENO_TASKS = ("test", "bench", "lint", "fmt", "check")
#: Flags of deno that name no other code.
DENO_PLAIN = names(
    "Aqr", "--quiet", "--allow-all", "--allow-read", "--allow-net", "--allow-env", "--allow-write", "--allow-run",
    "--no-check", "--check", "--all", "--fix", "--compact", "--json", "--filter", "--fail-fast", "--parallel",
    "--watch",
    "--doc", "--permit-no-files", "--shuffle", "--trace-leaks", "--no-lock", "--frozen", "--coverage", "--rules-tags",
    "--ignore", "--allow-sys", "--no-prompt", "--clean", "--ext",
)  # fmt: skip


def _deno(call: "Invocation") -> "list[Effect] | None":
    verb, *rest = call.args or [""]
    if isinstance(verb, Unknown):
        return [call.effect("code", language="javascript", source="unknown", path=None)]
    if verb == "eval":
        from leashd_hooks.shell import inline

        found = [call.effect("code", language="javascript", source="inline")]
        for word in rest:
            found += inline.effects(call, "javascript", word)
        return found
    if verb == "repl" or not verb or verb == "-":
        return [call.effect("code", language="javascript", source="stdin"), *flows(call)]
    if verb == "task":
        options = read(rest, short="c", long=("--cwd", "--config"), stop_at_word=True)
        script = str(options.words[0]) if options.words and isinstance(options.words[0], str) else ""
        places = [*options.values("--cwd", "--config", "-c"), *project.named(options.words)]
        return own(call, "deno", script, places)
    if verb in DENO_TASKS:
        options = read(rest, long=("--filter", "--rules-tags", "--ext"))
        remote = any(
            "://" in word or word.startswith(("npm:", "jsr:")) for word in options.words if isinstance(word, str)
        )
        if not options.strange(DENO_PLAIN) and not options.unknown and not remote:
            return own(call, "deno", str(verb), options.words)
    if verb not in DENO_RUNS and (verb[:1] == "-" or "." not in verb):
        return None
    words = [
        word for word in (rest if verb in DENO_RUNS else call.args) if isinstance(word, Unknown) or word[:1] != "-"
    ]
    script_word: Value = words[0] if words else "."
    if isinstance(script_word, str) and ("://" in script_word or script_word.startswith(("npm:", "jsr:"))):
        return [
            call.effect(
                "package", manager="deno", operation="run", script=str(script_word), source="url", scope="project"
            )
        ]
    if not words and verb == "run":
        return [call.effect("code", language="javascript", source="stdin"), *flows(call)]
    return [call.on_path("code", script_word, language="javascript", source="file")]
