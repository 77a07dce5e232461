"""`python -m MODULE`: what the modules of Python's own library do as programs, and the packages that are known ones."""

import sys

from leashd_hooks.shell import project
from leashd_hooks.shell.argv import names, pairs, read, table
from leashd_hooks.shell.invocation import Unknown, Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: Modules that are known as programs, which take the same words.
PROGRAMS = pairs(
    "pip:pip pytest:pytest ruff:ruff mypy:mypy black:black isort:isort flake8:flake8 unittest:unittest"
    " coverage:coverage tox:tox nox:nox twine:twine pylint:pylint pre_commit:pre-commit pipx:pipx uv:uv poetry:poetry"
    " ansible:ansible dotenv:dotenv httpie:http awscli:aws keyring:keyring sqlite3:sqlite3 webbrowser:xdg-open"
    " base64:base64"
)
#: Modules that tell of Python or of the machine when they are given no words.
TELLING = table("this platform calendar antigravity site sysconfig locale __hello__ __phello__ mimetypes uuid random")
#: Modules that print the files they are given, or tell of what is in them, and their flags with a value.
READING = pairs(
    "ast:-m,--mode tokenize: dis: py_compile: symtable: pyclbr: tabnanny: fileinput: shlex: difflib: filecmp: quopri:"
    " compileall:-d,-s,-p,-e,-x,-i,-r,-j,-o,--workers,--invalidation-mode,--hardlink-dupes"
    " pickletools:-o,-l,-p,--output,--indentlevel,--preamble modulefinder:-p,-x"
)
#: Those of them that take the directory they start in when they are given nothing.
HERE = ("compileall",)
#: Modules that run a script, or a module after the flag named here, and their flags with a value.
RUNNING = {
    "cProfile": ("-m", "os", ("--outfile", "--sort")),
    "profile": ("-m", "os", ("--outfile", "--sort")),
    "trace": ("--module", "fC", ("--file", "--coverdir", "--ignore-module", "--ignore-dir")),
    "pdb": ("-m", "c", ("--command",)),
}
RUNNING_KNOWN = names("omsctTlrRgpfC", "--outfile", "--sort", "--module", "--count", "--trace", "--listfuncs",
                      "--trackcalls", "--report", "--no-report", "--missing", "--summary", "--timing", "--file",
                      "--coverdir", "--ignore-module", "--ignore-dir", "--command")  # fmt: skip
OUTPUTS = ("-o", "--outfile", "--output", "-f", "--file", "-C", "--coverdir")
#: What `zipfile` and `tarfile` are told to do.
ARCHIVING = pairs("--list:-l --test:-t --extract:-e --create:-c -l:-l -t:-t -e:-e -c:-c")
LOCAL = ("127.0.0.1", "localhost", "::1")


def effects(call: "Invocation", name: "Value", args: "list[Value]") -> "list[Effect] | None":
    """The effects of `python -m name args`; None when this use of a module of Python's own is not known.

    The directory it starts in is where Python looks first: a `json.py` there is the `json` that runs.
    """
    if isinstance(name, Unknown):
        return [call.effect("code", language="python", source="unknown", path=None)]
    found = _effects(call, name, args)
    return found if found is None else found + [each for each in project.runs(call) if each not in found]


def _effects(call: "Invocation", name: str, args: "list[Value]") -> "list[Effect] | None":
    if name in PROGRAMS:
        return call.command([PROGRAMS[name], *args])
    if name.partition(".")[0] in ("leashd_hooks", "leashd_supervisor"):
        return call.command(["leashd", *args])
    if name == "virtualenv":
        return [call.on_path("write", word, how="create", recursive=True) for word in read(args, short="p").words]
    if name == "build":
        task = call.effect("package", manager="pip", operation="build", source="none", scope="project")
        places = [word for word in args if isinstance(word, Unknown) or word[:1] != "-"]
        return [task, *project.runs(call, places, here=False)]
    if name.partition(".")[0] not in sys.stdlib_module_names:
        return [_module(call, name), *_named(call, args)]
    if args in (["--help"], ["-h"]):
        return []
    if name in TELLING:
        return [] if not args or name in ("calendar", "mimetypes") else None
    if name in READING:
        return _reads(call, name, args)
    if name in RUNNING:
        return _runs(call, name, args)
    special = SPECIAL.get(name)
    return special(call, args) if special else None


def _module(call: "Invocation", name: str) -> "Effect":
    return call.effect("code", language="python", source="module", module=name)


def _named(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    """Words for an unknown module that look like paths are taken for files that it reads."""
    found = []
    for word in args:
        if isinstance(word, Unknown):
            continue
        path = word.partition("=")[2] if word.startswith("-") else word
        if path.startswith(("/", "~/", ".")) and "://" not in path and "\n" not in path:
            found.append(call.on_path("read", path, how="content"))
    return found


def _reads(call: "Invocation", name: str, args: "list[Value]") -> "list[Effect]":
    flags = READING[name].split(",")
    options = read(args, short="".join(flag[1] for flag in flags if len(flag) == 2), long=flags)
    written = options.values("-o", "--output") if name == "pickletools" else []
    words = options.words or (["."] if name in HERE else [])
    found = [call.on_path("read", word, how="content") for word in words]
    return found + [call.on_path("write", path, how="create") for path in written]


def _runs(call: "Invocation", name: str, args: "list[Value]") -> "list[Effect] | None":
    """A script or module under a debugger, a profiler or a tracer; a debugger also runs what it is told."""
    flag, short, long = RUNNING[name]
    options = read(args, short=short, long=long, stop_at_word=True)
    if options.strange(RUNNING_KNOWN) or not options.words:
        return None
    found = [call.on_path("write", path, how="create") for path in options.values(*OUTPUTS)]
    if name == "pdb":
        told = "inline" if options.has("-c", "--command") else "stdin"
        found.append(call.effect("code", language="python", source=told))
    return [*found, *call.command([call.name, *(["-m"] if options.has(flag) else []), *options.words])]


def _json(call: "Invocation", args: "list[Value]") -> "list[Effect] | None":
    options = read(args, long=("--indent",))
    if options.unknown or options.strange(names("h", "--indent", "--sort-keys", "--no-ensure-ascii", "--json-lines",
                                                "--tab", "--compact", "--no-indent")):  # fmt: skip
        return None
    found = [call.on_path("read", word, how="content") for word in options.words[:1] if word != "-"]
    return found + [call.on_path("write", word, how="create") for word in options.words[1:2] if word != "-"]


def _venv(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    options = read(args, short="p", long=("--prompt", "--python"), plain=("--clear", "--copies", "--symlinks"))
    words = options.words
    if words and all(word in (".venv", "venv") for word in words):
        return [call.effect("package", manager="pip", operation="build", source="none", scope="project")]
    cleared = words if options.has("--clear") else []
    found = [call.on_path("delete", word, recursive=True, force=True) for word in cleared]
    return found + [call.on_path("write", word, how="create", recursive=True) for word in words]


def _gzip(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    return call.command(["gzip", "-k", *args])  # unlike the program it leaves the original


def _archive(call: "Invocation", args: "list[Value]") -> "tuple[str, list[Value]] | None":
    """What an archiving module is told to do, and the words for it."""
    options = read(args, long=("--filter", "--metadata-encoding"))
    told = [flag for flag, _ in options.flags if flag in ARCHIVING]
    strange = options.strange((*ARCHIVING, "-v", "--verbose", "--filter", "--metadata-encoding"))
    if strange or options.unknown or len(told) != 1 or not options.words:
        return None
    return ARCHIVING[told[0]], options.words


def _zipfile(call: "Invocation", args: "list[Value]") -> "list[Effect] | None":
    asked = _archive(call, args)
    if asked is None:
        return None
    what, (archive, *words) = asked
    if what == "-c":
        return call.command(["zip", "-r", archive, *words])
    return call.command(["unzip", archive, "-d", *words] if what == "-e" else ["unzip", "-l", archive])


def _tarfile(call: "Invocation", args: "list[Value]") -> "list[Effect] | None":
    asked = _archive(call, args)
    if asked is None:
        return None
    what, (archive, *words) = asked
    if what == "-c":
        return call.command(["tar", "-c", "-f", archive, *words])
    into: list[Value] = ["-C", words[0]] if words else []
    return call.command(["tar", "-x", "-f", archive, *into] if what == "-e" else ["tar", "-t", "-f", archive])


def _server(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    """It gives what lies in a directory to whoever asks: to all the network, unless it is bound to this machine."""
    options = read(args, short="bdp", long=("--bind", "--directory", "--protocol", "--tls-cert", "--tls-key"))
    module = _module(call, "http.server")
    found = [module, *(call.on_path("read", word, how="list") for word in options.values("-d", "--directory") or ["."])]
    hosts = options.values("-b", "--bind")
    if hosts and all(host in LOCAL for host in hosts) and not options.unknown:
        return found
    return [*found, call.effect("network", direction="upload", scheme="http", reach="private")]


def _timeit(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    options = read(args, short="nurs", long=("--number", "--unit", "--repeat", "--setup"), stop_at_word=True)
    texts = [*options.values("-s", "--setup"), *options.words]
    return [each for text in texts for each in call.command([call.name, "-c", text])]


def _doctest(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    words = read(args, short="o", long=("--option",)).words
    return [call.on_path("code", word, language="python", source="file") for word in words]


def _documents(call: "Invocation", args: "list[Value]") -> "list[Effect] | None":
    """`pydoc` and `inspect` import what they tell of."""
    if any(isinstance(word, Unknown) or word[:1] == "-" for word in args):
        return None
    tops = [str(word).partition(":")[0].partition(".")[0] for word in args]
    ours = [word for word in tops if word not in sys.stdlib_module_names]
    return [_module(call, word) for word in ours] + _named(call, args)


def _interactive(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    return call.command([call.name, "-"])


def _netrc(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    return [call.on_path("read", "~/.netrc", how="content")]


def _ensurepip(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    return [call.effect("package", manager="pip", operation="install", source="none", scope="user")]


def _zipapp(call: "Invocation", args: "list[Value]") -> "list[Effect]":
    options: Options = read(args, short="opm", long=("--output", "--python", "--main"))
    found = [call.on_path("read", Whole(word) if isinstance(word, str) else word, how="content")
             for word in options.words]  # fmt: skip
    outputs = options.values("-o", "--output")
    if not outputs and not options.has("--info"):
        outputs = [Unknown("a name beside it") if isinstance(word, Unknown) else word + ".pyz"
                   for word in options.words]  # fmt: skip
    return found + [call.on_path("write", path, how="create") for path in outputs]


SPECIAL = {
    "json": _json, "json.tool": _json, "venv": _venv, "gzip": _gzip, "zipfile": _zipfile, "tarfile": _tarfile,
    "http.server": _server, "timeit": _timeit, "doctest": _doctest, "pydoc": _documents, "inspect": _documents,
    "code": _interactive, "asyncio": _interactive, "netrc": _netrc, "ensurepip": _ensurepip, "zipapp": _zipapp,
}  # fmt: skip
