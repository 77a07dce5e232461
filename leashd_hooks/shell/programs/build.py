"""Build tools: what they run is the project's own code, told as the target that is asked for."""

from leashd_hooks.shell import flows, project
from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: name -> letters with a value (`.`: none), long flags with a value.
VALUES = {
    "make": "CfIoWjl --directory --file --makefile --include-dir --old-file --what-if --jobs --eval --load-average",
    "gmake": "CfIoWjl --directory --file --makefile --include-dir --old-file --what-if --jobs --eval --load-average",
    "ninja": "Cfjkldtw",
    "just": "fd --justfile --working-directory --set --shell --shell-arg --dotenv-path --command --dotenv-filename",
    "task": "tdoCI --taskfile --dir --output --concurrency",
    "mvn": "fplDPsgtTb --file --projects --define --settings --global-settings --toolchains --threads"
    " --activate-profiles",
    "gradle": "bpcgIxPDS --build-file --project-dir --init-script --exclude-task --gradle-user-home --include-build",
    "tox": "ecnx --conf --workdir --root --result-json --override",
    "nox": "sftkR --session --noxfile --sessions --keywords --tags",
    "cmake": "SBDGTCEPUWH --build --install --target --config --preset --prefix --parallel --toolchain --component",
    "ctest": "RELj --test-dir --output-on-failure",
    "meson": "DC",
    "bazel": ".",
    "rake": "fRrTI",
    "rails": "en --environment --name",
}
PLACES = (
    "--build",
    "-C",
    "--directory",
    "-d",
    "--dir",
    "--working-directory",
    "-p",
    "--project-dir",
    "--test-dir",
    "-S",
    "-B",
)
RUNS = {"make": table("--eval"), "gmake": table("--eval"), "just": table("--shell --shell-arg --command -c"),
        "cmake": table("-P"), "rake": table("-e -E -r"), "tox": table("-x --override")}  # fmt: skip
BUILDS = ("cmake", "ninja", "mvn", "gradle", "meson", "bazel")
READ_FILES = {"make": ("-f", "--file", "--makefile"), "gmake": ("-f", "--file", "--makefile"), "just": ("-f",
    "--justfile"),
              "task": ("-t", "--taskfile"), "mvn": ("-f", "--file", "-s", "--settings", "-t", "--toolchains",
              "--global-settings"), "tox": ("-c", "--conf"),
              "gradle": ("-b", "--build-file", "-I", "--init-script", "-c"), "nox": ("-f", "--noxfile"),
              "rake": ("-f",), "ninja": ("-f",), "cmake": ("-P", "-C", "--toolchain")}  # fmt: skip
#: Flags with a directory whose code runs, and those of them that stand for the directory the tool starts in.
DIRECTORIES = {
    "make": ("-I", "--include-dir"), "gmake": ("-I", "--include-dir"), "just": ("-d", "--working-directory"),
    "task": ("-d", "--dir"), "gradle": ("-p", "--project-dir", "--include-build", "-g", "--gradle-user-home"),
    "tox": ("--root", "--workdir"), "cmake": ("-S", "-H", "-B", "--build", "--install"), "ctest": ("--test-dir",),
    "meson": ("-C",), "rake": ("-I", "-R"), "mvn": (), "nox": (),
}  # fmt: skip
MOVES = {
    "make": ("-C", "--directory"), "gmake": ("-C", "--directory"), "ninja": ("-C",), "cmake": ("-S", "-H", "--build"),
    "gradle": ("-p", "--project-dir"), "task": ("-d", "--dir"), "ctest": ("--test-dir",), "meson": ("-C",),
}  # fmt: skip
#: Flags that set a variable, which may name a file.
SETTINGS = ("-D", "-P", "--define", "-T", "--set")
#: What tox runs or makes that its settings do not tell.
TOX_REFUSED = ("exec", "e", "devenv", "d", "quickstart", "q")
STDIN = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
#: Tools that install below `/usr/local` unless they are told otherwise, and their targets for it.
INSTALLERS = ("cmake", "ninja", "meson")
INSTALLS = {"install", "install/strip", "install/local", "uninstall"}
#: Tools whose words are directories.
SOURCES = ("cmake", "meson")


def effects(call: "Invocation") -> "list[Effect] | None":
    name = call.name
    letters, *long = VALUES[name].split()
    options = read(call.args, short=letters, long=long)
    if name == "cmake" and options.has("-E"):
        return None
    found, places = _places(call, options)
    if options.has(*RUNS.get(name, ())) and name != "cmake":
        found.append(call.effect("code", language="shell", source="inline"))
    if _shows_environment(call, options):
        found.append(call.effect("secret", store="environment"))
    assigned = [word for word in options.words if isinstance(word, str) and "=" in word]
    targets = [word for word in options.words if isinstance(word, Unknown) or "=" not in word]
    targets = [word for word in targets if not _is_count(word)]
    if any(_runs(word) for word in assigned) or (name in ("make", "gmake") and any(map(_expands, call.env.values()))):
        found.append(call.effect("code", language="shell", source="inline"))
    operation = "build" if name in BUILDS else "run"
    passed = [] if name == "bazel" else targets  # `//src:app` is a label
    more, operation, targets = _asked(call, options, operation, targets)
    if more is None:
        return None
    found += more
    # GNU make expands `$(shell ...)` while it reads, even with -n: the file is run in any case.
    named: list[str | None] = [str(word) if isinstance(word, str) else None for word in targets]
    if name == "cmake":
        named = [str(value) for value in options.values("--target") if isinstance(value, str)]
    for target in named or ["default"]:
        found.append(
            call.effect("package", manager=name, operation=operation, source="none", script=target, scope="project")
        )
    others = [value for flag, value in options.flags if value is not None and flag not in long and len(flag) > 2]
    places += project.named([*assigned, *options.values(*SETTINGS), *passed, *others])
    if name in SOURCES:
        places += targets
    return found + project.runs(call, places, here=not _moves(call.name, options))


def _places(call: "Invocation", options: "Options") -> "tuple[list[Effect], list[Value]]":
    """What the flags for directories and files read, write and steer; the directories whose code runs."""
    found: list[Effect] = []
    places: list[Value] = []
    base = call
    for directory in options.values(*MOVES[call.name]) if call.name in ("make", "gmake", "ninja") else []:
        found.append(base.on_path("read", directory, how="list"))
        base = project.inside(base, directory)  # what other flags name is looked for from there
        places = [base.cwd or Unknown("a directory that is not known")]
    for flag, value in options.flags:
        if value is None:
            continue
        if flag in READ_FILES.get(call.name, ()) and value in STDIN:
            found += [call.effect("code", language="shell", source="stdin")]
            found += flows.into_interpreter(call, call.stdin.effects, call.stdin.programs)
        elif flag in READ_FILES.get(call.name, ()):
            found.append(project.steered(base, value))
        elif flag in DIRECTORIES.get(call.name, ()):
            places.append(value)
        if flag == "-B" and project.is_output(value):
            places.append(value)
        elif flag in PLACES and call.name not in ("mvn", "gradle", "make", "gmake", "ninja"):
            kind = "write" if flag == "-B" else "read"
            found.append(call.on_path(kind, value, how="create" if kind == "write" else "list"))
    return found, places


def _shows_environment(call: "Invocation", options: "Options") -> bool:
    """Whether it prints all variables: make's database, Maven's and Bazel's words for it."""
    if call.name in ("make", "gmake"):
        return options.has("-p") or any(flag.startswith("--print-da") for flag, _ in options.flags)
    words = [word for word in options.words if isinstance(word, str)]
    if call.name == "bazel":
        return words[:1] == ["info"] and ("client-env" in words or options.has("--show_make_env"))
    told = {"mvn": "help:system", "gradle": "properties"}.get(call.name, "\0")  # Gradle's hold those of the user, too
    return any(word == told or word.endswith(":" + told) for word in words)


def _environments(named: "Sequence[Value]") -> "list[Value]":
    """The environments that tox or nox are asked for; one of a version of Python is for the tests."""
    found: list[Value] = []
    for value in named:
        found += value.split(",") if isinstance(value, str) else [value]
    return ["test" if isinstance(one, str) and one[:2] == "py" and not one[2:3].isalpha() else one for one in found]


def _runs(assigned: str) -> bool:
    """Whether a variable on the command line is a program, or a text that make itself expands or runs."""
    variable, _, value = assigned.partition("=")
    programs = ("SHELL", "MAKE", "CC", "CXX", "MAKEFLAGS")
    return variable.rstrip(":+?") in programs or variable.endswith("!") or _expands(value)


def _expands(value: "Value") -> bool:
    return isinstance(value, str) and "$" in value


def _is_count(word: "Value") -> bool:
    """Whether it is the number of jobs, as the machine tells it: `-j$(nproc)`."""
    if not isinstance(word, Unknown) or word.prefix not in ("-j", "--jobs="):
        return False
    return bool(word.effects) and all(each.fields.get("program") == "nproc" for each in word.effects)


def _moves(name: str, options: "Options") -> bool:
    """Whether a flag names another directory for all that is read."""
    return bool(options.values(*MOVES.get(name, ())))


def _asked(
    call: "Invocation", options: "Options", operation: str, targets: "list[Value]"
) -> "tuple[list[Effect] | None, str, list[Value]]":
    """What the verbs of some tools mean, which operation they are and what is then built or run."""
    found: list[Effect] = []
    words = [word for word in targets if isinstance(word, str)]
    if call.name in ("tox", "nox"):  # what follows `--` goes to the tests
        named = options.values("-e", "-s", "--session", "--sessions")
        return None if words[:1] and words[0] in TOX_REFUSED else found, operation, _environments(named)
    if call.name in INSTALLERS and (options.has("--install") or INSTALLS & {*words, *options.values("--target", "-t")}):
        return None, operation, targets
    if call.name == "rails":
        return found, operation, targets[:1]
    if call.name == "meson" and targets[:1] == ["setup"]:
        made = [word for word in targets[1:] if not project.is_output(word)]
        return [call.on_path("write", word, how="create") for word in made], operation, [*targets[1:], "setup"]
    if call.name == "bazel":
        refused = options.has("--run_under", "--output_base", "--output_user_root", "--bazelrc", "--script_path")
        runs = targets[:1] == ["run"]
        return None if refused else found, "run" if runs else operation, targets[1:] if runs else targets
    if call.name in ("mvn", "gradle"):
        if any(word.startswith("exec:") for word in words):
            found.append(call.effect("code", language="other", source="unknown"))
        if any(word.startswith(("deploy", "publish", "release", "uploadArchives")) for word in words):
            operation = "publish"
    return found, operation, targets
