"""The process around a decision: hot modules from the image, arguments, watchdog, standard input, one answer."""

import marshal
import posix
import sys
from _signal import ITIMER_REAL, SIGALRM, setitimer, signal  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any, NoReturn

#: Seconds until an answer must stand; well below the time-out that `install` registers with the host.
DEADLINE = 30.0
#: Bytes of standard input that are read at the most, one more than `hook.LIMIT` accepts.
_READ_AT_MOST = 16 * 1024 * 1024 + 1

AGENTS = ("claude",)


class Late(BaseException):
    """The watchdog's word: not an Exception, so that no handler on the way takes it for something smaller."""


class _Image:
    """Finds the modules of an image: the finder and loader that `sys.meta_path` asks."""

    def __init__(self, package: str, codes: "dict[str, bytes]") -> None:
        self.package = package
        self.codes = codes

    def find_spec(self, name: str, path: object = None, target: object = None) -> "Any":
        if name not in self.codes:
            return None
        spec = type(sys.__spec__)(name, self)  # type: ignore[arg-type]
        if name + ".__init__" in self.codes:
            spec.submodule_search_locations = []
        return spec

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: "ModuleType") -> None:
        name = module.__name__
        file = name[len("leashd_hooks") :].replace(".", "/")
        is_package = module.__spec__ is not None and module.__spec__.submodule_search_locations is not None
        module.__file__ = self.package + file + ("/__init__.py" if is_package else ".py")
        code: CodeType = marshal.loads(self.codes[name])
        exec(code, module.__dict__)


def install(package: str, codes: "dict[str, bytes]") -> None:
    """Makes the modules of an image importable."""
    sys.meta_path.insert(0, _Image(package, codes))


def run(argv: "list[str]") -> "NoReturn":
    """Answers the event on standard input and ends the process."""
    signal(SIGALRM, _late)
    setitimer(ITIMER_REAL, DEADLINE, 1.0)
    context = _context(argv)
    from leashd_hooks.hook import judge

    answer = judge(_stdin(), context)
    _write(1, answer.stdout.encode("ascii"))
    posix._exit(answer.code)


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
