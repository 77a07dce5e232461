"""Models to the bundle that the hook reads.  `python -I -m leashd_hooks.policy.compile STATE HOME` writes it."""

from __future__ import annotations

import importlib.metadata
import marshal
import os
import shutil
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from leashd_hooks import places
from leashd_hooks.bundle import FORMAT, PACKED, tag
from leashd_hooks.config import write_private
from leashd_hooks.decide.rule import WHEN
from leashd_hooks.model import ASK
from leashd_hooks.policy import layers, vocabulary
from leashd_hooks.policy.condition import Condition
from leashd_hooks.policy.layers import Layer, Policies
from leashd_hooks.policy.path_index import held, index
from leashd_hooks.policy.rights import TIGHTENING
from leashd_hooks.policy.schema import ALL_KINDS, PlaceSet, Rule
from leashd_hooks.policy.source import SourceError

if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle

#: The port of the page where nothing else is said; in the floor it stands for the port that it was given, too.
PAGE = 8180

RISKS = ("low", "medium", "high", "critical")

ByKind = dict[str, tuple[Any, ...]]


def compile_state(state: str, home: str) -> Bundle:
    """The policy in force for the user whose state directory is `state`."""
    policies = layers.of_state(state, home)
    return compiled(policies, home, (state,), _page_port(policies, state))


def _page_port(policies: Policies, state: str) -> int:
    """The port of the page: the one that it was given last, before that the one that it takes by itself."""
    told = (policies.sources.read(places.page_port(state)) or b"").strip()
    return int(told) if told.isdigit() and len(told) < 6 else PAGE


def compile_policies(policies: list[str], roots: list[str], home: str) -> Bundle:
    """Named profiles or files over the approved directories `roots`, without any state."""
    return compiled(layers.of_names(policies, roots, home), home)


def compiled(policies: Policies, home: str, own: tuple[str, ...] = (), page: int = PAGE) -> Bundle:
    """The bundle of everything that is in force; `own` are directories to guard besides leashd's code, `page` is the
    port of the page.
    """
    config = policies.config.config
    named = _places(policies, home, [*own, *_guarded(policies)])
    scratch = _spellings(config.scratch_directories, home)
    floor = [policies.floor, *(layer for layer in policies.above if layer.kind == "managed")]
    for part in (home, *policies.roots, *scratch, ",".join(config.unlock)):
        policies.sources.note("", part.encode())
    bundle: Bundle = {
        "format": FORMAT,
        "tag": tag(),
        "digest": policies.sources.digest,
        "sources": tuple(policies.sources.stamps.values()),
        "home": home,
        "policies": tuple(layer.name for layer in (*policies.above, *policies.profiles)),
        "roots": _spellings([*policies.roots, *config.approved_directories], home),
        "scratch": scratch,
        "system": named["system"][0],
        "places": named,
        **_deciding(policies, floor, home, page, trial=False),
        "timeout": _timeout(policies),
        "risks": marshal.dumps(_risks(policies)),
        "shfmt": shfmt(),
        "unlocked": tuple(config.unlock),
    }
    if _has_shadow(policies):
        bundle["shadow"] = _deciding(policies, floor, home, page, trial=True)
    return bundle


def _at_page(floor: ByKind, page: int) -> ByKind:
    """The floor, with what it says of the port that the page takes by itself said of the one that it was given, too."""
    own, both = ("port", "is", frozenset([PAGE])), ("port", "is", frozenset([PAGE, page]))

    def widened(rule: Any) -> Any:
        return (*rule[:WHEN], tuple(both if test == own else test for test in rule[WHEN]), *rule[WHEN + 1 :])

    return {**floor, **{kind: tuple(map(widened, floor[kind])) for kind in ("network", "mcp") if kind in floor}}


def _has_shadow(policies: Policies) -> bool:
    files = [(layer, loaded) for layer in policies.layers() for loaded in layer.files]
    return any(layer.in_shadow(loaded, rule) for layer, loaded in files for rule in (None, *loaded.file.rules))


def _deciding(policies: Policies, floor: list[Layer], home: str, page: int, trial: bool) -> dict[str, Any]:
    """The parts of a bundle that decide: of what is in force, or, for a trial, with what is in shadow."""
    unlocked = policies.config.config.unlock

    def rules(found: list[Layer]) -> ByKind:
        return _rules(found, home, lambda rule: not rule.floor, trial)

    return {
        "floor": _at_page(_rules(floor, home, lambda rule: rule.floor and rule.name not in unlocked, trial), page),
        "rules_above": rules(policies.above),
        "rules": rules(policies.profiles),
        "projects": {
            layer.root: {"trusted": trusted, "policies": (layer.name,), "rules": rules([layer])}
            for layer, trusted in policies.projects
        },
        "default": _default(policies, trial),
    }


def _guarded(policies: Policies) -> list[str]:
    """Leashd's code, what ships with it, and every policy file in force: through them the guard itself would change."""
    files = [loaded.name for layer in policies.layers() for loaded in layer.files]
    return [os.path.dirname(places.__file__), places.shipped("policies"), *files]


def _spellings(paths: Any, home: str) -> tuple[str, ...]:
    """Directories as written and with their links resolved; a path is known by either name."""
    expanded = [os.path.normpath(_expand(path, home)) for path in paths]
    return tuple(dict.fromkeys(name for path in expanded for name in (os.path.realpath(path), path)))


def _expand(path: str, home: str) -> str:
    return home + path[1:] if path == "~" or path.startswith("~/") else path


def _default(policies: Policies, trial: bool) -> str:
    files = [(layer, layer.files[0]) for layer in (*policies.above, *reversed(policies.profiles))]
    actions = [file.file.settings.default_action for layer, file in files if trial or not layer.in_shadow(file)]
    return next((action for action in actions if action is not None), ASK)


def _timeout(policies: Policies) -> int | None:
    managed = _timeouts([layer for layer in policies.above if layer.kind == "managed"])
    user = _timeouts([layer for layer in policies.above if layer.kind == "user"])
    profiles = reversed(_timeouts(policies.profiles))
    configured = policies.config.config.approval_timeout_seconds
    return next((seconds for seconds in (*managed, configured, *user, *profiles) if seconds is not None), None)


def _timeouts(found: list[Layer]) -> list[int | None]:
    files = [layer.files[0] for layer in found if not layer.in_shadow(layer.files[0])]
    return [file.file.settings.approval_timeout_seconds for file in files]


def _risks(policies: Policies) -> dict[str, str]:
    """The risk level of every rule that asks and has one; of two of the same name the higher."""
    found: dict[str, str] = {}
    for rule in (rule for layer in policies.layers() for rule, _, _ in layer.rules() if rule.action == ASK):
        if rule.risk_level and RISKS.index(rule.risk_level) >= RISKS.index(found.get(rule.name, RISKS[0])):
            found[rule.name] = rule.risk_level
    return found


# Places


def _places(policies: Policies, home: str, own: list[str]) -> dict[str, tuple[Any, Any]]:
    paths: dict[str, list[str]] = {"guard": [f"{name}/**" for path in own for name in _spellings([path], home)]}
    exceptions: dict[str, list[str]] = {}
    for layer in policies.layers():
        for loaded in layer.files:
            for name, place in loaded.file.places.items():
                key = place_key(layer, name)
                paths.setdefault(key, []).extend(_globs(place, layer, home))
                exceptions.setdefault(key, []).extend(_pattern(text, layer, home) for text in place.exceptions)
    names = {**dict.fromkeys(("system", "agent-files")), **dict.fromkeys(paths)}
    return {
        name: (index(_homes(paths.get(name, []), home)), index(_homes(exceptions.get(name, []), home)))
        for name in names
    }


def _globs(place: PlaceSet, layer: Layer, home: str) -> list[str]:
    return [_pattern(text, layer, home) for text in place.paths]


def place_key(layer: Layer, name: str) -> str:
    """The name of a place in the bundle: what a project defines for itself stays its own."""
    own = layer.kind == "project" and name not in TIGHTENING
    return f"{layer.root}:{name}" if own and any(name in loaded.file.places for loaded in layer.files) else name


def _pattern(text: str, layer: Layer, home: str) -> str:
    """An absolute pattern; a relative one is meant below the project, or at any depth."""
    if text.startswith(("/", "**/")):
        return text
    if text == "~" or text.startswith("~/"):
        return home + text[1:]
    text = text.removeprefix("./")
    return f"{layer.root}/{text}" if layer.root else f"**/{text}"


def _homes(patterns: list[str], home: str) -> list[str]:
    """Patterns below the home directory also by its resolved name."""
    real = os.path.realpath(home)
    more = [real + text[len(home) :] for text in patterns if text.startswith(home + "/")] if real != home else []
    return [*patterns, *more]


# Rules


def _rules(found: list[Layer], home: str, wanted: Any, trial: bool) -> ByKind:
    by_kind: dict[str, list[Any]] = {}
    for layer in found:
        for rule, loaded, at in layer.rules():
            if wanted(rule) and (trial or not layer.in_shadow(loaded, rule)):
                origin = f"{loaded.name}:{loaded.line(at)}"
                for kind in ALL_KINDS:
                    by_kind.setdefault(kind, []).extend(_compiled(rule, kind, layer, home, origin))
    return {kind: tuple(rules) for kind, rules in by_kind.items() if rules}


def _compiled(rule: Rule, kind: str, layer: Layer, home: str, origin: str) -> list[tuple[Any, ...]]:
    alternatives = rule.conditions(kind)
    if not alternatives:
        return []
    tools = None if rule.tool_names is None else frozenset(rule.tool_names)
    unless = tuple(_tests(condition, kind, layer, home) for condition in rule.exceptions(kind))
    return [
        (
            rule.name,
            rule.action,
            _tests(condition, kind, layer, home),
            unless,
            tools,
            rule.legacy,
            rule.reason or rule.description or f"the policy says so (`{rule.name}`)",
            rule.instead,
            origin,
        )
        for condition in alternatives
    ]


def _tests(condition: Condition, kind: str, layer: Layer, home: str) -> tuple[tuple[str, str, Any], ...]:
    return tuple(_one(name, values, kind, layer, home) for name, values in condition.tests.items())


def _one(name: str, values: tuple[Any, ...], kind: str, layer: Layer, home: str) -> tuple[str, str, Any]:
    sort = vocabulary.sort(kind, name)
    if sort == "path":
        return name, "path", index(_homes([_pattern(text, layer, home) for text in values], home))
    if sort == "place":
        return name, "place", frozenset(place_key(layer, text) for text in values)
    if sort == "command":
        return name, "command", frozenset(values)
    if sort == "words":
        found = [tuple(text.split()) for text in values]
        lengths = sorted({len(words) for words in found})
        return name, "words", tuple((length, frozenset(w for w in found if len(w) == length)) for length in lengths)
    if sort == "flags":
        return name, "flags", frozenset(values)
    if sort == "name" and any("*" in text or "?" in text for text in values):
        wild = tuple((held(text), text) for text in values if "*" in text or "?" in text)
        return name, "like", (frozenset(values).difference(text for _, text in wild), wild)
    return name, "is", frozenset(values)


# shfmt, and the file


@cache
def shfmt() -> str:
    """The absolute path of the shfmt executable, "" when there is none."""
    beside = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), "shfmt")
    candidates = [beside]
    try:
        files = importlib.metadata.files("shfmt-py") or []
        candidates += [str(file.locate()) for file in files if file.name == "shfmt"]
    except importlib.metadata.PackageNotFoundError:
        pass
    candidates.append(shutil.which("shfmt") or "")
    return next((os.path.realpath(path) for path in candidates if path and os.access(path, os.X_OK)), "")


def pack(bundle: Bundle) -> bytes:
    """What is written for a bundle: the parts that are read entry by entry are packed entry by entry."""
    packed = _packed(bundle)
    if "shadow" in bundle:
        packed["shadow"] = {**bundle["shadow"], **_packed(bundle["shadow"])}
    return marshal.dumps({**bundle, **packed})


def _packed(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        part: {name: marshal.dumps(entry) for name, entry in parts[part].items()} for part in PACKED if part in parts
    }


def write(bundle: Bundle, path: str) -> None:
    """Replaces the compiled policy at once: 0600, in a directory of its owner's."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with FileLock(path + ".lock", mode=0o600):
        write_private(path, pack(bundle))


def main(state: str, home: str) -> int:
    """Compiles and writes; the error goes to standard error, for the hook to pass on."""
    try:
        write(compile_state(state, home), places.bundle(state))
    except SourceError as error:
        sys.stderr.write(str(error) + "\n")
        return 1
    except OSError as error:
        why = f"cannot write the compiled policy below `{state}`: {(error.strerror or str(error)).lower()}"
        sys.stderr.write(f"{why}\nhelp: it must belong to you, and be on a disk with room that can be written\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:3]))
