"""Makes the hot image: the code of every module that a decision may load, in one file beside Python's own caches.

Importing some thirty small modules one by one costs half of the interpreter's start; reading one file does not.  The
image is only ever a cache: size and time of every source are compared before its code is used, and where they differ
the source is imported instead.

The file begins with the length of its header, eight digits.  The header is a marshalled tuple: the code of
`leashd_hooks.start`, then the modules that every command needs, (name, source, size, time, is a package, code), each
after those that it imports, then where the others lie, {name: (source, size, time, is a package, offset,
length)}.
"""

import ast
import marshal
import os
import sys
import tempfile
from pathlib import Path
from types import CodeType
from typing import NamedTuple

PACKAGE = Path(__file__).parent

#: Folders and modules that the hook may load; everything else is cold.
HOT_FOLDERS = ("adapters", "decide", "shell", "tools")
HOT_MODULES = (
    *("__init__", "audit", "bundle", "hook", "hosts", "jsondoor", "jsonlibrary", "liveness", "model", "observe"),
    *("places", "redact", "start"),
)

#: Where to look for the modules that every command needs: all that these import at once.
ROOTS = ("hook", "tools.bash", "shell.programs")


class Module(NamedTuple):
    """A hot module: its dotted name below the package, its source, and whether it is a package."""

    name: str
    source: Path
    is_package: bool

    def stamp(self) -> tuple[str, int, int, bool]:
        """What `boot.py` compares: the source's path below the package, its size and modification time."""
        status = self.source.stat()
        relative = "/" + self.source.relative_to(PACKAGE).as_posix()
        return relative, status.st_size, status.st_mtime_ns, self.is_package

    def code(self) -> CodeType:
        """The compiled source, without docstrings, annotations and what only a type checker reads."""
        tree = _Bare().visit(ast.parse(self.source.read_bytes()))
        return _without_lines(compile(tree, str(self.source), "exec", dont_inherit=True, optimize=2))


def _without_lines(code: CodeType) -> CodeType:
    """Code without its table of line numbers, a quarter of its size; only tracebacks read that."""
    constants = tuple(_without_lines(value) if isinstance(value, CodeType) else value for value in code.co_consts)
    return code.replace(co_consts=constants, co_linetable=b"")


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
    """Writes the image.  Raises OSError where the package's `__pycache__` cannot be written."""
    hot = modules()
    start = hot.pop("start").code()
    eager = [(_full(name), *hot[name].stamp(), hot.pop(name).code()) for name in _in_order(hot)]
    blobs = b""
    lazy = {}
    for name, module in hot.items():
        code = marshal.dumps(module.code())
        lazy[_full(name)] = (*module.stamp(), len(blobs), len(code))
        blobs += code
    header = marshal.dumps((start, tuple(eager), lazy))
    _replace(path(), b"%08d" % len(header) + header + blobs)
    return path()


def _in_order(hot: dict[str, Module]) -> list[str]:
    """The modules that every command needs, each after those that it imports when it is itself imported."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in hot and name not in order:
            for imported in _imports(hot[name]):
                visit(imported)
            order.append(name)

    visit("")
    for root in ROOTS:
        visit(root)
    return order


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
