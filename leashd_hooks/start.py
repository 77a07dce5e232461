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
#: Bytes of standard input that are read at the most, one more than `hook.LIMIT` accepts.
_READ_AT_MOST = 16 * 1024 * 1024 + 1

#: The image begins with two blocks of this size: the code of this module, and where each group of modules lies.
BLOCK = 16384

AGENTS = ("claude",)


class Image:
    """The open image: installs the group that every call needs, and is the finder and loader of all other modules.

    A group is (stamps, modules): what must not have changed since, (path, size, time), and the modules, (name, source,
    is a package, code), each after those that it imports.
    """

    def __init__(self, package: str, file: int) -> None:
        self.package = package
        self.file = file
        self.places: dict[str, tuple[int, int]]
        self.places, made_for, extensions = marshal.loads(posix.pread(file, BLOCK, BLOCK))
        self.extensions: dict[str, str] = extensions if made_for == sys.base_exec_prefix else {}

    def group(self, name: str) -> "tuple[Any, ...] | None":
        """The group of a module; None, so that sources are imported, when one of them has changed since."""
        offset, length = self.places[name]
        stamps, modules = marshal.loads(posix.pread(self.file, length, offset))
        stat, package = posix.stat, self.package
        for path, size, modified in stamps:
            found = stat(package + path)
            if found.st_size != size or found.st_mtime_ns != modified:
                return None
        checked: tuple[Any, ...] = modules
        return checked

    def load(self, name: str) -> "Any":
        """The module `leashd_hooks.<name>`, straight from the image where that has it."""
        full = "leashd_hooks." + name
        if full not in sys.modules:
            modules = self.group(full) if full in self.places else None
            if modules is None:
                __import__(full)
            else:
                self.install([each for each in modules if each[0] not in sys.modules])
        return sys.modules[full]

    def install(self, modules: "Sequence[Any]") -> None:
        """Puts modules where imports find them and runs their code."""
        loaded, module = sys.modules, type(sys)
        for name, source, is_package, _ in modules:
            made = loaded[name] = module(name)
            made.__file__ = self.package + source
            made.__package__ = name if is_package else name.rpartition(".")[0]
            if is_package:
                made.__path__ = [made.__file__.rpartition("/")[0]]
        for name, _, _, code in modules:
            above, _, below = name.rpartition(".")
            if above:
                setattr(loaded[above], below, loaded[name])
            exec(code, loaded[name].__dict__)

    def find_spec(self, name: str, path: object = None, target: object = None) -> "Any":
        """The spec of a module that leads a group of the image, or of an extension of Python's own, None for others."""
        if name in self.extensions:
            loader = sys.modules["_frozen_importlib_external"].ExtensionFileLoader(name, self.extensions[name])
            return type(sys.__spec__)(name, loader, origin=self.extensions[name])
        modules = self.group(name) if name in self.places else None
        if modules is None:
            return None
        self.install([each for each in modules[:-1] if each[0] not in sys.modules])
        _, source, is_package, code = modules[-1]
        spec = type(sys.__spec__)(name, self, is_package=is_package)  # type: ignore[arg-type]
        spec.loader_state = self.package + source, code
        return spec

    def create_module(self, spec: object) -> None:
        """Nothing special about the module object."""

    def exec_module(self, module: "ModuleType") -> None:
        """Runs the module's code."""
        module.__file__, code = module.__spec__.loader_state  # type: ignore[union-attr]
        exec(code, module.__dict__)


def run(package: str, image: int, argv: "list[str]") -> "NoReturn":
    """Answers the event on standard input and ends the process; whatever fails becomes a denial.

    `image` is the open hot image, -1 when there is none.
    """
    try:
        gc.disable()
        signal(SIGALRM, _late)
        setitimer(ITIMER_REAL, DEADLINE, 1.0)
        if image >= 0:
            _install(package, image)
        from leashd_hooks.hook import judge

        answer = judge(_stdin(), _context(argv))
        _write(1, answer.stdout.encode("ascii"))
        posix._exit(answer.code)
    except BaseException as error:
        _deny(f"{type(error).__name__}: {error}")


def main() -> "NoReturn":
    """The console script `leashd-hook`: the same hook, for people and for jobs that do not mind the start-up."""
    run("", -1, sys.argv[1:])


def _deny(why: str) -> "NoReturn":
    """Says no with nothing but built-ins, in Claude Code's terms, and ends the process."""
    why = "leashd: denied, because " + why[:500]
    safe = "".join([character if " " <= character <= "~" and character not in '"\\' else "?" for character in why])
    output = f'"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"{safe}"'
    try:
        _write(1, f'{{"hookSpecificOutput":{{{output}}}}}'.encode())
    finally:
        posix._exit(2)


def _install(package: str, file: int) -> None:
    """Makes imports find the modules of the image; their sources when one that every call needs has changed since."""
    image = Image(package, file)
    modules = image.group("leashd_hooks.hook")
    if modules is None:
        sys.path.insert(0, package.rpartition("/")[0])
    else:
        sys.meta_path.insert(0, image)
        image.install(modules)
        sys.modules["leashd_hooks"].load = image.load  # type: ignore[attr-defined]


def _late(_signal: int, _frame: object) -> "NoReturn":
    """Answers at once: an exception could be taken for something smaller on its way."""
    _deny(f"no decision within {DEADLINE:.0f} seconds")


def _context(argv: "list[str]") -> "Any":
    from leashd_hooks.hook import Context

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
        elif option in ("--state", "--home") and rest and rest[0].startswith("/"):
            given[option] = rest.pop(0)
        else:
            raise ValueError(f"`{option}` is not an option of leashd-hook, or its directory is missing")
    state = given.get("--state") or _home() + "/.leashd"
    return Context(state, given.get("--home") or state.rpartition("/")[0], unattended)


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
