"""The process around a decision: hot modules from the image, arguments, watchdog, standard input, one answer."""

import gc
import marshal
import posix
import sys
from _signal import ITIMER_REAL, SIGALRM, setitimer, signal  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any, NoReturn

#: Seconds until an answer must stand; well below the time-out that `install` registers with the host.
DEADLINE = 30.0
#: Seconds that a host must wait at the least for `--patience` to be of use.
SHORTEST = 5
#: Bytes of standard input that are read at the most, one more than `hook.LIMIT` accepts.
_READ_AT_MOST = 16 * 1024 * 1024 + 1

#: The image begins with two blocks of this size: the code of this module, and where each group of modules lies.
BLOCK = 16384

#: The hosts that have an adapter, each by the name of its module.
AGENTS = ("claude", "codex", "copilot", "cursor", "gemini", "opencode")

#: The open image: the package's folder, the file, where its groups lie, and the files of Python's own extensions.
_package = ""
_file = -1
_places: "dict[str, tuple[int, int]]" = {}
_extensions: "dict[str, str]" = {}


def run(package: str, image: int) -> "NoReturn":
    """Answers the event on standard input and ends the process; whatever fails becomes a denial.

    `image` is the open hot image of the package in this folder, -1 when there is none.
    """
    try:
        gc.disable()
        signal(SIGALRM, _late)
        setitimer(ITIMER_REAL, DEADLINE, 1.0)
        if image >= 0:
            _open(package, image)
        from leashd_hooks.hook import judge

        stdout, stderr, code, _ = judge(_stdin(), *_options(sys.argv[1:]))
        _write(1, stdout.encode("ascii"))
        if stderr:
            _write(2, stderr.encode("utf-8", "replace"))
        posix._exit(code)
    except BaseException as error:
        _deny(f"{type(error).__name__}: {error}")


def main() -> "NoReturn":
    """The console script `leashd-hook`: the same hook, for people and for jobs that do not mind the start-up."""
    run("", -1)


def _open(package: str, file: int) -> None:
    """Makes imports find the modules of the image; their sources when one that every call needs has changed since."""
    global _package, _file, _places, _extensions
    _package, _file = package, file
    _places, made_for, extensions = marshal.loads(posix.pread(file, BLOCK, BLOCK))
    _extensions = extensions if made_for == sys.version else {}
    modules = _group("leashd_hooks.hook")
    if modules is None:
        sys.path.insert(0, package.rpartition("/")[0])
    else:
        sys.meta_path.insert(0, sys.modules[__name__])
        _install(modules)
        sys.modules["leashd_hooks"].load = _load  # type: ignore[attr-defined]


def _group(name: str) -> "tuple[Any, ...] | None":
    """The modules of a group, as `image._entry` made them, each after those that it imports.

    None, so that sources are imported, when one of them has changed since.
    """
    offset, length = _places[name]
    stamps, modules = marshal.loads(posix.pread(_file, length, offset))
    stat, package = posix.stat, _package
    for path, size, modified in stamps:
        found = stat(package + path)
        if found.st_size != size or found.st_mtime_ns != modified:
            return None
    checked: tuple[Any, ...] = modules
    return checked


def _load(name: str) -> "Any":
    """The module `leashd_hooks.<name>`, straight from the image where that has it."""
    full = "leashd_hooks." + name
    if full not in sys.modules:
        modules = _group(full) if full in _places else None
        if modules is None:
            __import__(full)
        else:
            _install([each for each in modules if each[0] not in sys.modules])
    return sys.modules[full]


def _install(modules: "Sequence[Any]") -> None:
    """Puts modules where imports find them and runs their code."""
    loaded, module = sys.modules, type(sys)
    for one in modules:
        loaded[one[0]] = module(one[0])
    for name, above, below, source, is_package, taken, code in modules:
        made = loaded[name]
        if above:
            loaded[above].__dict__[below] = made
        if source:
            made.__file__ = _package + source
        if is_package:
            made.__path__ = [made.__file__.rpartition("/")[0]]  # type: ignore[union-attr]
        _execute(code, taken, made.__dict__)


def _execute(code: "Any", taken: "Sequence[tuple[str, Sequence[str]]]", namespace: "dict[str, Any]") -> None:
    """Runs a module's code after binding what it imports from other modules of ours."""
    loaded = sys.modules
    for source, names in taken:
        if source not in loaded:
            __import__(source)
        given = loaded[source].__dict__
        try:
            namespace.update(zip(names, map(given.__getitem__, names), strict=False))
        except KeyError:
            for name in names:
                if name not in given:
                    __import__(source + "." + name)
                namespace[name] = given[name]
    exec(code, namespace)


def find_spec(name: str, path: object = None, target: object = None) -> "Any":
    """The spec of a module that leads a group of the image, or of an extension of Python's own, None for others.

    This module is itself the finder and loader of the image, as importlib asks for them: a class would cost more to
    make than everything that it does here.
    """
    spec = type(sys.__spec__)
    if name in _extensions:
        loader = sys.modules["_frozen_importlib_external"].ExtensionFileLoader(name, _extensions[name])
        return spec(name, loader, origin=_extensions[name])
    modules = _group(name) if name in _places else None
    if modules is None:
        return None
    _install([each for each in modules[:-1] if each[0] not in sys.modules])
    *_, source, is_package, taken, code = modules[-1]
    found = spec(name, sys.modules[__name__], is_package=is_package)  # type: ignore[arg-type]
    found.loader_state = _package + source, taken, code
    return found


def create_module(spec: object) -> None:
    """Nothing special about the module object."""


def exec_module(module: "ModuleType") -> None:
    """Runs the module's code."""
    module.__file__, taken, code = module.__spec__.loader_state  # type: ignore[union-attr]
    _execute(code, taken, module.__dict__)


def _deny(why: str) -> "NoReturn":
    """Says no with nothing but built-ins, and ends the process.

    Exit code 2 with a line on standard error is what every host takes for a no; Claude Code reads the JSON too, others
    could take that for something else.
    """
    why = "leashd: denied, because " + why[:500]
    safe = "".join([character if " " <= character <= "~" and character not in '"\\' else "?" for character in why])
    output = f'"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"{safe}"'
    try:
        if sys.argv[1:2] in [[other] for other in AGENTS[1:]]:
            _write(2, safe.encode())
        else:
            _write(1, f'{{"hookSpecificOutput":{{{output}}}}}'.encode())
    finally:
        posix._exit(2)


def _late(_signal: int, _frame: object) -> "NoReturn":
    """Answers at once: an exception could be taken for something smaller on its way."""
    _deny(f"no decision within {DEADLINE:.0f} seconds")


def _options(argv: "list[str]") -> "tuple[str, str, str, bool, float]":
    """The agent, leashd's directory, the user's home, whether nobody can be asked, and how long the host waits."""
    rest = list(argv)
    agent = rest.pop(0) if rest else ""
    if agent not in AGENTS:
        raise ValueError(f"`{agent}` is not an agent that leashd knows; known: {', '.join(AGENTS)}")
    given: dict[str, str] = {}
    unattended = False
    while rest:
        option = rest.pop(0)
        if option == "--unattended":
            unattended = True
        elif (option in ("--state", "--home") and rest and rest[0].startswith("/")) or (
            option == "--patience" and rest and rest[0].isdecimal() and int(rest[0]) >= SHORTEST
        ):
            given[option] = rest.pop(0)
        else:
            raise ValueError(f"`{option}` is not an option of leashd-hook, or what it needs is missing")
    state = given.get("--state") or _home() + "/.leashd"
    return agent, state, given.get("--home") or state.rpartition("/")[0], unattended, float(given.get("--patience", 0))


def _home() -> str:
    home = posix.environ.get(b"HOME", b"").decode("utf-8", "surrogateescape")
    if not home.startswith("/"):
        raise ValueError("neither `--state` nor HOME says where leashd's state lies")
    return home


def _stdin() -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < _READ_AT_MOST:
        part = posix.read(0, 65_536)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[posix.write(file, data) :]
