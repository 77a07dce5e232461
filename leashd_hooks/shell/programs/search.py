"""Programs that search text and data: grep, rg, ag, ack, jq, yq."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Pattern, Unknown, Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: name -> letters with a value, long flags with a value
VALUES = {
    "grep": (
        "efmABCdD --regexp --file --max-count --after-context --before-context --context --include --exclude"
        " --exclude-from --exclude-dir --label --binary-files --directories --devices"
    ),
    "rg": (
        "efgtTmABCjMEdr --regexp --file --glob --iglob --type --type-not --max-count --max-depth --maxdepth"
        " --after-context --before-context --context --replace --sort --sortr --threads --type-add --type-clear"
        " --color --colors --context-separator --dfa-size-limit --encoding --engine --field-context-separator"
        " --field-match-separator --ignore-file --max-columns --max-filesize --path-separator --pre --pre-glob"
        " --regex-size-limit --hostname-bin --hyperlink-format --generate"
    ),
    "ag": (
        "ABCGmpW --after --before --context --depth --file-search-regex --ignore --ignore-dir --max-count --pager"
        " --path-to-ignore --width --workers"
    ),
    "ack": (
        "ABCgm --after-context --before-context --context --max-count --type --ignore-dir --ignore-file --output"
        " --pager --ackrc --files-from --color-match"
    ),
}
#: Flags that run a program, or read files named in a place of their own.
REFUSED = ("--pre", "--hostname-bin", "--pager", "--output", "--ackrc", "--files-from")
RECURSES = ("rg", "ag", "ack")
RECURSIVE = ("-r", "-R", "--recursive", "--dereference-recursive")
PATTERNS = ("-e", "-f", "--regexp", "--file")
#: name -> flags with which links inside the tree are followed.
FOLLOWS = {"grep": ("-R", "--dereference-recursive"), "rg": ("-L", "--follow"), "ag": ("-f", "--follow"),
           "ack": ("--follow",)}  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "jq":
        return _jq(call)
    if call.name == "yq":
        return _yq(call)
    return _grep(call)


def _grep(call: "Invocation") -> "list[Effect] | None":
    name = call.name if call.name in VALUES else "grep"
    short, *long = VALUES[name].split()
    options = read(call.args, short=short, long=long)
    if name != "grep" and (options.has(*REFUSED) or options.unknown):
        return None
    if name == "ack" and options.has("-x"):  # the names of its files come on standard input
        return [call.on_path("read", Unknown("names on standard input"), how="search")]
    listing = name != "grep" and (options.has("--files") or (name != "rg" and options.has("-g")))
    skip = 0 if options.has(*PATTERNS) or listing else 1
    recursive = name in RECURSES or options.has(*RECURSIVE) or "recurse" in options.values("-d", "--directories")
    how = "list" if listing else "search"
    roots = options.words[skip:]
    filters = [] if listing else _filters(options)
    gone_through = recursive or any(isinstance(root, Whole) for root in roots)
    everything = bool(gone_through and how == "search" and not filters and _takes_all(options, skip))
    searched = [
        Whole(root) if everything and isinstance(root, str) and not isinstance(root, Pattern) else root
        for root in roots
    ]  # fmt: skip
    how = "content" if everything else how
    follow = (recursive and options.has(*FOLLOWS.get(name, ()))) or None
    found = [
        call.on_path("read", path, how=how, recursive=recursive or None, follow=follow)
        for path in searched if path != "-"
    ]  # fmt: skip
    piped = name in RECURSES and call.stdin.kind in ("pipe", "text", "file") and not listing
    if not roots and recursive and not piped and not options.has("--type-list"):
        here = Whole(".") if everything else "."
        found.append(call.on_path("read", here, how=how, recursive=True, follow=follow))
        roots = ["."]
    if filters and recursive:
        found += [effect for root in roots for effect in _narrowed(call, root, filters)]
    return found + _listed(call, options)


def _takes_all(options: "Options", skip: int) -> bool:
    """Whether the pattern matches every line, so that the search prints the files."""
    if options.has("-l", "-c", "-q", "--files-with-matches", "--files-without-match", "--count", "--quiet"):
        return False
    if options.has("-v", "--invert-match", "--passthru", "--passthrough"):
        return True
    from leashd_hooks.shell.filters import is_wide

    patterns = [*options.words[:skip], *options.values("-e", "--regexp")]
    return any(isinstance(pattern, str) and is_wide(pattern) for pattern in patterns)


def _filters(options: "Options") -> "list[str]":
    """The names that a search through a tree is narrowed to."""
    from leashd_hooks.shell.filters import alternatives, is_choosy

    given = [value for value in options.values("--include", "-g", "--glob", "--iglob") if isinstance(value, str)]
    wanted = [choice for value in given if value[:1] != "!" for choice in alternatives(value)]
    return wanted if all(is_choosy(choice) for choice in wanted) else []


def _narrowed(call: "Invocation", root: "Value", filters: "list[str]") -> "list[Effect]":
    if isinstance(root, Unknown):
        return []
    return [
        call.on_path("read", root.rstrip("/") + ("/" if "/" in name else "/**/") + name.lstrip("/"), how="search",
                     glob="filter")
        for name in filters
    ]  # fmt: skip


def _listed(call: "Invocation", options: "Options") -> "list[Effect]":
    files = options.values("-f", "--file", "--exclude-from", "--ignore-file", "--path-to-ignore")
    return [call.on_path("read", path, how="content") for path in files if path != "-"]


#: jq flags by the number of words that follow; the second word of the ones with files is a file.
JQ_VALUES = {"--indent": 1, "-L": 1, "--arg": 2, "--argjson": 2, "--slurpfile": 2, "--rawfile": 2, "--argfile": 2,
             "--from-file": 1, "-f": 1, "--library-path": 1}  # fmt: skip
JQ_FILES = ("--slurpfile", "--rawfile", "--argfile", "--from-file", "-f")
JQ_POSITIONAL = ("--args", "--jsonargs")


def _jq(call: "Invocation") -> "list[Effect] | None":
    rest = list(call.args)
    words: list[Value] = []
    files: list[Value] = []
    scripts: list[Value] = []
    positional = False
    while rest:
        word = rest.pop(0)
        flag = _jq_flag(word)
        if flag in JQ_VALUES:
            count = JQ_VALUES[flag]
            if flag in JQ_FILES:
                files += rest[count - 1 : count]
                if flag in ("-f", "--from-file"):
                    scripts += rest[:1]
            del rest[:count]
        elif flag in JQ_POSITIONAL:
            positional = True
        elif not flag and not (positional and (words or scripts)):
            words.append(word)
    program = [] if scripts else words[:1]
    # A module's name is searched for, and `import` also reads data.
    if any(isinstance(text, str) and text.lstrip().startswith(("import ", "include ", "module ")) for text in program):
        return None
    found = [call.on_path("read", path, how="content") for path in words[len(program) :] + files if path != "-"]
    found += [call.on_path("code", path, language="other", source="file") for path in scripts]
    if any(isinstance(text, Unknown) or _asks_environment(text) for text in program):
        found.append(call.effect("secret", store="environment"))
    return found


def _asks_environment(program: str) -> bool:
    """Whether a jq program has the word `env` or `$ENV`; `.env`, `env:` and `"env"` are names in the data."""
    if "$ENV" in program:
        return True
    at = program.find("env")
    while at >= 0:
        before, after = program[at - 1 : at] if at else " ", program[at + 3 : at + 4]
        if not (before.isalnum() or before in ("_", ".", "$", '"') or after.isalnum() or after in ("_", ":")):
            return True
        at = program.find("env", at + 1)
    return False


def _jq_flag(word: "Value") -> str:
    """The flag that decides how many words follow, other flags as they are, "" for an operand."""
    if isinstance(word, Unknown) or len(word) < 2 or word[0] != "-":
        return ""
    if word.startswith("--"):
        return word
    return "-" + word[-1] if word[-1] in "fL" else word


YQ_VALUES = ("--output-format", "--input-format", "--indent", "--expression", "--from-file")
YQ_PLAIN = table(
    "-i -r -P -o -p -e -n -N -j -M -C -I -y -Y -c -0 --inplace --in-place --prettyPrint --output-format --input-format"
    " --exit-status --null-input --no-doc --tojson --no-colors --colors --indent --raw-output --yaml-output"
    " --compact-output --unwrapScalar --expression --from-file --nul-output"
)
YQ_COMMANDS = ("eval", "e", "eval-all", "ea")


def _yq(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="opI", long=YQ_VALUES)
    words = options.words[1:] if options.words[:1] and options.words[0] in YQ_COMMANDS else options.words
    if options.strange(YQ_PLAIN) or options.unknown or not words:
        return None
    expressions = [*options.values("--expression"), *words[:1]]
    # `load` reads files and `env` variables that the expression names; `system` runs a program.
    doubtful = ("load", "env", "system", "split_doc", "input")
    if any(isinstance(text, Unknown) or any(word in text for word in doubtful) for text in expressions):
        return None
    skip = 0 if options.has("--expression", "--from-file") else 1
    files = words[skip:] if len(words) > skip or skip == 0 else words
    found = [call.on_path("read", path, how="content") for path in files if path != "-"]
    found += [call.on_path("read", path, how="content") for path in options.values("--from-file")]
    if options.has("-i", "--inplace", "--in-place"):
        found += [call.on_path("write", path, how="edit") for path in files]
    return found
