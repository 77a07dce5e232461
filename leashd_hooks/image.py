"""Makes the hot image: the code of every module that a decision may load, in one file beside Python's own caches.

Importing some thirty small modules one by one costs half of the interpreter's start; reading one file does not.  The
image is only ever a cache: size and time of every source are compared before its code is used, and where they differ
the source is imported instead.

The file begins with two blocks of `start.BLOCK` bytes: the marshalled code of `leashd_hooks.start`, and a tuple: where
each group of modules lies, {name of the module that leads it: (offset, length)}, the build of Python that made
the image, and the files of its extensions that are used, so that it need not look for them.  A group is a marshalled
pair: what must not have changed since, ((path, size, time), ...), and the modules, (name, module above, name in there,
source, is a package, taken, code), each after those that it imports; the one that leads it comes last.  The source is
"" where the code does not ask for it.  `taken` is what the module imports from others of ours at its top level,
((module, (name, ...)), ...): binding these names directly costs a tenth of the import statements, which are left out of
the code.  What every call needs is the group of `leashd_hooks.hook`.  The last bytes are a seal on all before them and
on what they were made from.

What must not have changed is every source in a checkout, where people edit, and every folder of an installation, where
only an installer replaces files.
"""

import ast
import hashlib
import importlib.util
import marshal
import os
import sys
import tempfile
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple, TypeGuard

from leashd_hooks.start import BLOCK

PACKAGE = Path(__file__).parent

#: Folders and modules that the hook may load; everything else is cold.
HOT_FOLDERS = ("adapters", "decide", "shell", "tools")
HOT_MODULES = (
    *(
        "__init__",
        "approval",
        "audit",
        "audit_mend",
        "branches",
        "bundle",
        "cleaning",
        "client",
        "globs",
        "hook",
        "hosts",
        "jsondoor",
    ),
    *("jsonlibrary", "liveness", "model", "observe", "places", "recompile", "redact", "redaction", "start"),
)

#: Modules that bring along all that they import at their top level: the first for every call, the second for every
#: command.  Any other module can also come alone.
LEADERS = {
    "hook": ("", "tools", "shell", "shell.invocation"),
    "tools.bash": ("shell.walk", "shell.programs", "shell.argv"),
    "shell.convert": ("shell.compound", "shell.expansion"),
    "shell.programs.git": (),
}
#: How many of the leaders come before all others, so that nobody else brings along what they do.
FIRST = 2


class Module(NamedTuple):
    """A hot module: its dotted name below the package, its source, and whether it is a package."""

    name: str
    source: Path
    is_package: bool

    def path(self) -> str:
        """The source's path below the package."""
        return "/" + self.source.relative_to(PACKAGE).as_posix()

    def taken(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it imports from modules of ours at its top level: (module, names)."""
        found = [node for node in ast.parse(self.source.read_bytes()).body if _is_taken(node)]
        return tuple((node.module or "", tuple(alias.name for alias in node.names)) for node in found)

    def code(self) -> CodeType:
        """The compiled source, without docstrings, annotations, what only a type checker reads and what is `taken`."""
        tree = ast.parse(self.source.read_bytes())
        tree.body = [node for node in tree.body if not _is_taken(node)]
        return _without_lines(compile(_Bare().visit(tree), str(self.source), "exec", dont_inherit=True, optimize=2))


def _is_taken(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return (
        isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] == "leashd_hooks"
        and not any(alias.asname for alias in node.names)
    )


def _without_lines(code: CodeType) -> CodeType:
    """Code without line numbers and qualified names, a third of its size; only tracebacks read them."""
    constants = tuple(_without_lines(value) if isinstance(value, CodeType) else value for value in code.co_consts)
    bare = code.replace(co_consts=constants, co_linetable=b"")
    return bare.replace(co_qualname=code.co_name) if sys.version_info >= (3, 11) else bare


class _Bare(ast.NodeTransformer):
    """Drops annotations: they cost as much to load as the code does, and nothing reads them at run time."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> "ast.AST | None":
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_If(self, node: ast.If) -> "ast.AST | list[ast.stmt]":
        self.generic_visit(node)
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return node.orelse or ast.copy_location(ast.Pass(), node)
        return node


def path() -> Path:
    """Where the image of this interpreter lies."""
    return PACKAGE / "__pycache__" / f"hot.{sys.implementation.cache_tag}.image"


def modules() -> dict[str, Module]:
    """All hot modules by their dotted name below the package; the package itself is the empty name."""
    found = [PACKAGE / f"{name}.py" for name in HOT_MODULES]
    for folder in HOT_FOLDERS:
        found += sorted((PACKAGE / folder).rglob("*.py"))
    return {module.name: module for module in map(_module, found)}


def _module(source: Path) -> Module:
    parts = source.relative_to(PACKAGE).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if is_package else parts), source, is_package)


def build() -> Path:
    """Writes the image, unless it is whole and its sources are the same.  Raises OSError where `__pycache__` cannot be
    written.
    """
    hot = modules()
    origin = _origin(hot)
    if not _is_sealed(origin):
        content = _content(hot)
        _replace(path(), content + _seal(content, origin))
    return path()


def _content(hot: dict[str, Module]) -> bytes:
    start = marshal.dumps(hot.pop("start").code())
    places = {}
    groups = b""
    for names in _groups(hot):
        found = [hot[name] for name in names]
        group = marshal.dumps((_stamps(found), tuple(_entry(each) for each in found)))
        places[_full(names[-1])] = (2 * BLOCK + len(groups), len(group))
        groups += group
    return _block(start) + _block(marshal.dumps((places, sys.version, _extensions()))) + groups


def _origin(hot: dict[str, Module]) -> bytes:
    """What the image follows from: the interpreter, the extensions, and every source with its size and time."""
    sources = [Path(__file__), *(each.source for each in hot.values())]
    stamps = [(str(source), source.stat().st_size, source.stat().st_mtime_ns) for source in sources]
    return repr((sys.version, sys.base_exec_prefix, _extensions(), stamps, _stamps(list(hot.values())))).encode()


def _seal(content: bytes, origin: bytes) -> bytes:
    return hashlib.sha256(content + origin).digest()


def _is_sealed(origin: bytes) -> bool:
    """Whether the image is there, whole, and made from this."""
    try:
        image = path().read_bytes()
    except OSError:
        return False
    size = hashlib.sha256().digest_size
    return image[-size:] == _seal(image[:-size], origin)


def _entry(module: Module) -> tuple[Any, ...]:
    """What `start.py` makes a module from."""
    above, _, below = _full(module.name).rpartition(".")
    code = module.code()
    path = module.path() if module.is_package or "__file__" in _names(code) else ""
    return _full(module.name), above, below, path, module.is_package, module.taken(), code


def _names(code: CodeType) -> set[str]:
    """All names that the code and the functions in it ask for."""
    found = set(code.co_names)
    for value in code.co_consts:
        found |= _names(value) if isinstance(value, CodeType) else set()
    return found


def _stamps(found: list[Module]) -> tuple[tuple[str, int, int], ...]:
    """What `start.py` compares before it uses the code of these modules: (path below the package, size, time)."""
    if (PACKAGE.parent / "pyproject.toml").exists():
        paths = [each.source for each in found]
    else:
        paths = list(dict.fromkeys(each.source.parent for each in found))
        for folder in paths:
            # Python makes it when it first imports from there, which would count as a change of the folder.
            (folder / "__pycache__").mkdir(exist_ok=True)
    return tuple((str(path)[len(str(PACKAGE)) :], path.stat().st_size, path.stat().st_mtime_ns) for path in paths)


def _extensions() -> dict[str, str]:
    """The files of the extension modules that a decision may load; those that are built in have none."""
    found = {name: importlib.util.find_spec(name) for name in ("_json", "_sha2", "_sha256")}
    return {name: spec.origin for name, spec in found.items() if spec and spec.has_location and spec.origin}


def _block(content: bytes) -> bytes:
    if len(content) > BLOCK:
        raise ValueError(f"{len(content)} bytes do not fit into a block of the image")
    return content.ljust(BLOCK, b"\0")


def _groups(hot: dict[str, Module]) -> list[list[str]]:
    """Which modules are read together, each after those that it imports when it is itself imported."""
    groups: list[list[str]] = []
    common: set[str] = set()

    def visit(name: str, group: list[str]) -> None:
        if name in hot and name not in common and name not in group:
            for imported in _imports(hot[name]):
                visit(imported, group)
            group.append(name)

    for leader, along in LEADERS.items():
        groups.append([])
        for name in (*along, leader):
            visit(name, groups[-1])
        if len(groups) <= FIRST:
            common.update(groups[-1])
    return groups + [[name] for name in hot if name not in common and name not in LEADERS]


def _imports(module: Module) -> list[str]:
    """Names below the package that the module imports at its top level, packages on the way included."""
    found = []
    for node in ast.parse(module.source.read_bytes()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "leashd_hooks":
            base = (node.module or "").partition(".")[2]
            found += [f"{base}.{alias.name}".lstrip(".") for alias in node.names] + [base]
    return [name for name in found if name != module.name]


def _full(name: str) -> str:
    return f"leashd_hooks.{name}" if name else "leashd_hooks"


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
