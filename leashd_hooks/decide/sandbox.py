"""Where a path lies, and whether a call may go there at all."""

from leashd_hooks.decide.paths import contains, under
from leashd_hooks.decide.rule import entry
from leashd_hooks.model import ASK, DENY, PATH_KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from leashd_hooks.bundle import Bundle
    from leashd_hooks.model import Effect, Facts, Verdict

OUTSIDE = "outside-approved-directories"
UNKNOWN = "path-unknown"
#: Where a call may go at all; what it may do there is for the rules.
INSIDE = ("workspace", "scratch", "device", "agent-files")

#: Devices that hold nothing and give nothing away.
_DEVICES = frozenset({"/dev/null", "/dev/zero", "/dev/full", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty"})


class Place:
    """A path, and the places it lies in; each is looked up when it is asked for, and once."""

    __slots__ = ("_bundle", "_known", "ground", "path")

    def __init__(self, path: str, bundle: "Bundle") -> None:
        self.path = path
        self._bundle = bundle
        self._known: dict[str, bool] = {}
        self.ground = _ground(path, bundle)

    def inside(self, names: "Iterable[str]") -> bool:
        """Whether the path lies in one of the places."""
        return any(name == self.ground or self._inside(name) for name in names)

    def _inside(self, name: str) -> bool:
        known = self._known.get(name)
        if known is None:
            sets = entry(self._bundle["places"], name)
            known = bool(sets) and contains(sets[0], self.path) and not contains(sets[1], self.path)
            self._known[name] = known
        return known


def places_of(
    effect: "Effect", facts: "Facts", bundle: "Bundle", known: "dict[str, Place]", all_of: "dict[str, list[Place]]"
) -> "list[Place]":
    """Every path the effect's path may stand for: as written, through its symlinks, and what its globs match.

    `known` holds the places of the call so far, `all_of` those of each path.
    """
    path = effect.fields.get("path")
    if not isinstance(path, str):
        return []
    found = all_of.get(path)
    if found is not None:
        return found
    found = all_of[path] = []
    for candidate in facts.real.get(path, (path,)):
        place = known.get(candidate)
        if place is None:
            place = known[candidate] = Place(candidate, bundle)
        found.append(place)
    return found


def _ground(path: str, bundle: "Bundle") -> str:
    """The one place that every path has: workspace, scratch, device, system or outside."""
    if any(under(path, root) for root in bundle["roots"]):
        return "workspace"
    if _is_scratch(path, bundle):
        return "scratch"
    if path in _DEVICES or path.startswith("/dev/fd/"):
        return "device"
    return "system" if contains(bundle["system"], path) else "outside"


def _is_scratch(path: str, bundle: "Bundle") -> bool:
    """Below a scratch directory, but not beside an approved directory or a home that happens to lie there too."""
    for scratch in bundle["scratch"]:
        if under(path, scratch):
            top = _top(path, scratch)
            return path != scratch and all(
                _top(other, scratch) != top for other in (*bundle["roots"], bundle["home"]) if under(other, scratch)
            )
    return False


def _top(path: str, above: str) -> str:
    return path[len(above) + 1 :].partition("/")[0]


def check(effect: "Effect", places: "list[Place]") -> "tuple[Verdict, str, str, str] | None":
    """What the sandbox says of an effect: deny outside, ask when the path is not known, None when it may go on."""
    if effect.kind not in PATH_KINDS or "path" not in effect.fields:
        return None
    if not places:
        return ASK, UNKNOWN, "the path is known only when the call runs", "name the path in full"
    readable = effect.kind in ("read", "code")
    for place in places:
        if not place.inside(INSIDE) and not (readable and place.ground == "system"):
            reason = f"`{place.path}` is outside the approved directories"
            return DENY, OUTSIDE, reason, "stay in the project, or ask the user to run `leashd add-dir`"
    return None
