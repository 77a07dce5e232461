"""Code in the words of a call (`python -c`, `node -e`, `awk`): what its text literals plainly say it does.

The code stays code, which is asked about; what is found here only adds to that.  Only calls by well-known names with
text literals as arguments are understood.
"""

from leashd_hooks.hosts import reach
from leashd_hooks.shell.flows import into_interpreter
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

#: Functions whose text is a command line, or the words of one.
SHELLS = frozenset((
    "system", "popen", "Popen", "exec", "execSync", "execFile", "execFileSync", "spawn", "spawnSync", "run", "call",
    "check_call", "check_output", "getoutput", "getstatusoutput", "shell_exec", "passthru", "proc_open", "execute",
    "capture2", "capture3", "script",
))  # fmt: skip
ARGVS = frozenset(("execv", "execvp", "execve", "execl", "execlp", "spawnlp", "spawnvp", "posix_spawn"))
READS = frozenset((
    "open", "read", "readFile", "readFileSync", "read_text", "read_bytes", "Path", "PosixPath", "readlines", "slurp",
    "file_get_contents", "readfile", "fopen", "file", "createReadStream", "readTextFile", "readTextFileSync", "load",
    "expanduser", "lines", "getline", "readTextFileSync", "foreach", "copyfile", "copy", "cp", "dotenv_values",
))  # fmt: skip
WRITES = frozenset((
    "writeFile", "writeFileSync", "appendFile", "appendFileSync", "file_put_contents", "createWriteStream",
    "writeTextFile", "writeTextFileSync", "write",
))  # fmt: skip
TREES = frozenset(("rmtree", "rm_rf", "rm_r", "remove_tree", "rimraf", "removeSync", "remove_entry", "emptyDirSync"))
DELETES = frozenset(("unlink", "unlinkSync", "remove", "rm", "rmSync", "rmdir", "rmdirSync", "removedirs", "delete"))
#: What runs text as code, by language.
RUNNERS = {
    "python": ("exec(", "eval(", "pickle.loads(", "marshal.loads("),
    "javascript": ("eval(", "Function(", "runInThisContext(", "runInNewContext("),
    "perl": ("eval(", "eval "), "ruby": ("eval(", "eval ", "instance_eval"), "php": ("eval(", "assert("),
}  # fmt: skip
DECODERS = (
    "b64decode", "atob(", "base64", "fromhex", "unhexlify", "decode_base64", "unpack(", "codecs.decode", "rot13",
    "decompress(", "gzinflate", "Buffer.from", "marshal", "fromCharCode",
)  # fmt: skip
FETCHES = (
    "urlopen", "requests.get", "requests.post", "httpx.", "fetch(", "http.get", "https.get", "URI.open", "LWP",
    "Net::HTTP", "file_get_contents('http", 'file_get_contents("http', "open-uri", "http.client",
)  # fmt: skip
ENVIRONMENTS = {
    "python": ("os.environ", "os.environb"), "javascript": ("process.env", "Deno.env.toObject"), "perl": ("%ENV",),
    "ruby": ("ENV.to_h", "ENV.each", "ENV.inspect", "p ENV", "puts ENV", "ENV.map"),
    "php": ("getenv()", "$_ENV", "phpinfo("),
}  # fmt: skip
MAX_LENGTH = 16384


def effects(call: "Invocation", language: str, code: "Value") -> "list[Effect]":
    """What a piece of code surely or most likely does, besides being code."""
    if isinstance(code, Unknown):
        return into_interpreter(call, code.effects)
    code = code[:MAX_LENGTH]
    found: list[Effect] = []
    for name, texts, listed in calls(code):
        found += _call(call, name, texts, listed, code)
    if any(_named(code, mark) for mark in RUNNERS.get(language, ())):
        if any(mark in code for mark in FETCHES):
            found.append(call.effect("flow", pattern="download-to-interpreter"))
        elif any(mark in code for mark in DECODERS):
            found.append(call.effect("flow", pattern="decode-to-interpreter"))
    if any(_whole(code, name) for name in ENVIRONMENTS.get(language, ())):
        found.append(call.effect("secret", store="environment"))
    if "administrator privileges" in code or "os.setuid(0" in code or "setresuid(0" in code:
        found.append(call.effect("privilege", program=call.name))
    if language in ("perl", "ruby", "php"):
        for text in code.split("`")[1::2]:
            found += call.shell(text)
    return found


def _named(code: str, name: str) -> bool:
    """Whether the name stands there as a word of its own."""
    at = code.find(name)
    while at >= 0:
        before = code[at - 1 : at]
        if not before.isalnum() and before not in ("_", ".", "$"):
            return True
        at = code.find(name, at + 1)
    return False


def _whole(code: str, name: str) -> bool:
    """Whether a mapping is named as a whole: neither one of its keys is asked for, nor one is set."""
    at = code.find(name)
    while at >= 0:
        after = code[at + len(name) :].lstrip()
        key = after[:1] in ("[", "?") or after.startswith((".get(", ".pop(", ".setdefault("))
        key = key or after[:1].isalnum() or (after[:1] == "." and after[1:2].isupper())
        if not (name[-1].isalpha() and key):
            return True
        at = code.find(name, at + 1)
    return False


def _call(call: "Invocation", name: str, texts: "list[str]", listed: bool, code: str) -> "list[Effect]":
    found: list[Effect] = []
    for text in texts:
        if "://" in text:
            host = text.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
            if reach(host) == "metadata":
                found.append(call.effect("network", host=host, direction="fetch", reach="metadata"))
    first = texts[0]
    if name in SHELLS:
        return found + (call.command([*texts]) if listed or len(texts) > 1 else call.shell(first))
    if name in ARGVS:
        return found + call.command([first, *texts[2:]])
    if "://" in first:
        return found
    if name in TREES or (name in ("rm", "rmSync", "rmdirSync", "remove", "delete") and "recursive" in code):
        found += [call.on_path("delete", text, recursive=True, force=True) for text in texts]
    elif name in DELETES:
        found += [call.on_path("delete", text, recursive=False, force=True) for text in texts]
    elif name in WRITES and _is_path(first):
        found.append(call.on_path("write", first, how="create"))
    elif name in READS and _is_path(first):
        found.append(call.on_path("read", first, how="content"))
        if len(texts) > 1 and texts[1][:1] in ("w", "a", "x", ">"):
            found.append(call.on_path("write", first, how="create"))
    return found


def _is_path(text: str) -> bool:
    return bool(text) and "\n" not in text and len(text) < 1024


def calls(code: str) -> "list[tuple[str, list[str], bool]]":
    """Calls with text literals: name, the literals, whether a list of words is what they stand in."""
    found: list[tuple[str, list[str], bool]] = []
    name, word, listed = "", "", False
    texts: list[str] = []
    for kind, mark in [*_tokens(code), ("mark", ";")]:
        if kind == "word":
            word = mark
        elif kind == "text":
            name = name or word  # perl, ruby: `system "x"`
            if name:
                texts.append(mark)
        elif mark == "[":
            listed = listed or (bool(name) and not texts)
        elif mark in ",=+|":
            word = ""
        elif mark in "();\n}" or (mark == "<" and word):
            if texts:
                found.append((name, texts, listed))
            name, texts, listed = {"(": word, "<": "getline"}.get(mark, ""), [], False
            word = word if mark in "(<" else ""
    return found


def _tokens(code: str) -> "list[tuple[str, str]]":
    """Words, text literals and single marks; blanks are left out."""
    found = []
    at = 0
    while at < len(code):
        start, char = at, code[at]
        at += 1
        if char in "'\"":
            at = _end(code, start) + 1
            found.append(("text", code[start + 1 : at - 1].replace("\\n", "\n").replace("\\\\", "\\")))
        elif char.isalnum() or char == "_":
            while at < len(code) and (code[at].isalnum() or code[at] == "_"):
                at += 1
            found.append(("word", code[start:at]))
        elif char not in " \t":
            found.append(("mark", char))
    return found


def _end(code: str, at: int) -> int:
    """The place of the quote that ends the literal which begins at `at`."""
    quote, place = code[at], at + 1
    while place < len(code) and code[place] != quote:
        place += 2 if code[place] == "\\" else 1
    return place


#: What harmless code may name.
NAMES = {
    "python": frozenset((
        "print", "len", "sum", "min", "max", "abs", "round", "int", "float", "str", "repr", "hex", "bin", "oct", "ord",
        "chr", "divmod", "bool", "True", "False", "None", "sorted", "and", "or", "not", "in", "is", "if", "else",
        "sys.version", "sys.version_info", "sys.executable", "sys.platform", "sys.maxsize", "sys.path", "sys.prefix",
    )),
    "javascript": frozenset((
        "console.log", "process.version", "process.platform", "process.arch", "process.versions.node",
        "process.versions.v8", "Math.max", "Math.min", "Math.round", "Math.floor", "Math.ceil", "Math.sqrt", "Math.PI",
        "Math.abs", "true", "false", "null", "undefined", "typeof",
    )),
}  # fmt: skip
MAX_HARMLESS = 400


def is_harmless(language: str, code: "Value") -> bool:
    """Whether code surely only prints numbers, texts and the version of its interpreter.

    It imports nothing but `sys`, which no file of the project can take the place of.
    """
    names = NAMES.get(language)
    if isinstance(code, Unknown) or names is None or len(code) > MAX_HARMLESS or not code.isascii():
        return False
    if language == "python" and code.startswith("import sys") and code[10:].lstrip()[:1] in (";", "\n"):
        code = code[10:].lstrip()[1:]
    return "**" not in code and _harmless(code, names)


def _harmless(code: str, names: "frozenset[str]") -> bool:
    bare = _without_texts(code)
    if bare is None or ("'" in bare and ("*" in bare or "%" in bare)) or "'." in bare:
        return False
    word = ""
    for at, char in enumerate(bare + " "):
        if char.isalnum() or char in "_.":
            word += char
            continue
        if word and not _known(word, names):
            return False
        word = ""
        if char not in " \t\n;,()+-*/%<>=!'":
            return False
        if char == "=" and bare[at + 1 : at + 2] != "=" and bare[at - 1 : at] not in ("=", "<", ">", "!"):
            return False
    return True


def _without_texts(code: str) -> "str | None":
    """Code with one `'` for each of its plain text literals, None when one of them is more than plain."""
    bare = ""
    at = 0
    while at < len(code):
        if code[at] not in "'\"":
            bare += code[at]
            at += 1
            continue
        end = _end(code, at)
        inside = code[at + 1 : end]
        prefixed = bare[-1:].isalnum() or bare[-1:] in ("_", "'")
        if end >= len(code) or prefixed or "\\" in inside or "\n" in inside:
            return None
        bare += "'"
        at = end + 1
    return bare


def _known(word: str, names: "frozenset[str]") -> bool:
    if word in names:
        return True
    return word.replace(".", "", 1).isdigit() and len(word) <= 9
