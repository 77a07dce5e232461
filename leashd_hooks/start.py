"""The process around a decision: hot modules from the image, arguments, watchdog, standard input, one answer."""

import gc
import marshal
import posix
import sys
from _signal import ITIMER_REAL, SIGALRM, setitimer, signal  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, NoReturn

#: Seconds until an answer must stand; well below the time-out that `install` registers with the host.
DEADLINE = 30.0
#: Bytes of standard input that are read at the most, one more than `hook.LIMIT` accepts.
_READ_AT_MOST = 16 * 1024 * 1024 + 1

AGENTS = ("claude",)


class Late(BaseException):
    """The watchdog's word: not an Exception, so that no handler on the way takes it for something smaller."""


class Lazy:
    """Imports the modules of the image that only some calls need: a finder and loader for `sys.meta_path`."""

    def __init__(self, package: str, where: "dict[str, tuple[Any, ...]]", image: int) -> None:
        self.package = package
        self.where = where
        self.image = image
        self.start = int(posix.pread(image, 8, 0)) + 8

    def find_spec(self, name: str, path: object = None, target: object = None) -> "Any":
        """The spec of a module of the image; None, so that its source is imported, when that has changed since."""
        if name not in self.where:
            return None
        source, size, modified, is_package, _, _ = self.where[name]
        if not _is_same(self.package + source, size, modified):
            return None
        spec = type(sys.__spec__)(name, self, is_package=is_package)  # type: ignore[arg-type]
        spec.origin = self.package + source
        spec.has_location = True
        return spec

    def create_module(self, spec: object) -> None:
        """Nothing special about the module object."""

    def exec_module(self, module: "ModuleType") -> None:
        """Runs the module's code."""
        _, _, _, _, offset, length = self.where[module.__name__]
        exec(marshal.loads(posix.pread(self.image, length, self.start + offset)), module.__dict__)


def run(package: str, hot: "tuple[Any, ...]", image: int, argv: "list[str]") -> "NoReturn":
    """Answers the event on standard input and ends the process; whatever fails becomes a denial.

    `hot` is the header of the image behind the open file `image`, () when there is none.
    """
    try:
        signal(SIGALRM, _late)
        setitimer(ITIMER_REAL, DEADLINE, 1.0)
        gc.disable()
        if hot:
            _install(package, hot, image)
        from leashd_hooks.hook import judge

        answer = judge(_stdin(), _context(argv))
        _write(1, answer.stdout.encode("ascii"))
        posix._exit(answer.code)
    except BaseException as error:
        _deny(f"{type(error).__name__}: {error}")


def main() -> "NoReturn":
    """The console script `leashd-hook`: the same hook, for people and for jobs that do not mind the start-up."""
    run("", (), -1, sys.argv[1:])


def _deny(why: str) -> "NoReturn":
    """Says no with nothing but built-ins, in Claude Code's terms, and ends the process."""
    why = "leashd: denied, because " + why[:500]
    safe = "".join([character if " " <= character <= "~" and character not in '"\\' else "?" for character in why])
    output = f'"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"{safe}"'
    try:
        _write(1, f'{{"hookSpecificOutput":{{{output}}}}}'.encode())
    finally:
        posix._exit(2)


def _install(package: str, hot: "tuple[Any, ...]", image: int) -> None:
    """Puts the modules of the image where imports find them: those that every command needs now, the others later.

    When a source differs from what the image was made of, all of them are imported from their sources.
    """
    _, eager, lazy = hot
    for _, source, size, modified, _, _ in eager:
        if not _is_same(package + source, size, modified):
            sys.path.insert(0, package.rpartition("/")[0])
            return
    sys.meta_path.insert(0, Lazy(package, lazy, image))
    module = type(sys)
    for name, source, _, _, is_package, _ in eager:
        made = sys.modules[name] = module(name)
        made.__file__ = package + source
        made.__package__ = name if is_package else name.rpartition(".")[0]
        if is_package:
            made.__path__ = [made.__file__.rpartition("/")[0]]
    for name, _, _, _, _, code in eager:
        above, _, below = name.rpartition(".")
        if above:
            setattr(sys.modules[above], below, sys.modules[name])
        exec(code, sys.modules[name].__dict__)


def _is_same(path: str, size: int, modified: int) -> bool:
    """Whether a source is still what the image was made of."""
    found = posix.stat(path)
    return found.st_size == size and found.st_mtime_ns == modified


def _late(_signal: int, _frame: object) -> None:
    raise Late(f"no decision within {DEADLINE:.0f} seconds")


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
        part = posix.read(0, 1 << 20)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[posix.write(file, data) :]
