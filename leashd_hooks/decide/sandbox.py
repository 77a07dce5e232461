"""Where a path lies, and whether a call may go there at all."""

from leashd_hooks.decide.paths import contains, under
from leashd_hooks.model import ASK, DENY, PATH_KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.bundle import Bundle
    from leashd_hooks.model import Effect, Facts, Verdict

OUTSIDE = "outside-approved-directories"
UNKNOWN = "path-unknown"

#: Devices that hold nothing and give nothing away.
_DEVICES = frozenset({"/dev/null", "/dev/zero", "/dev/full", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty"})


class Place:
    """A path and the names of the places it lies in."""

    __slots__ = ("names", "path")

    def __init__(self, path: str, names: "frozenset[str]") -> None:
        self.path = path
        self.names = names


def places_of(effect: "Effect", facts: "Facts", bundle: "Bundle") -> "list[Place]":
    """Every path the effect's path may stand for: as written, through its symlinks, and what its globs match."""
    path = effect.fields.get("path")
    if not isinstance(path, str):
        return []
    return [Place(candidate, _names(candidate, bundle)) for candidate in facts.real.get(path, (path,))]


def _names(path: str, bundle: "Bundle") -> "frozenset[str]":
    names = [
        name
        for name, (included, excluded) in bundle["places"].items()
        if contains(included, path) and not contains(excluded, path)
    ]
    if any(under(path, root) for root in bundle["roots"]):
        names.append("workspace")
    elif _is_scratch(path, bundle):
        names.append("scratch")
    elif path in _DEVICES or path.startswith("/dev/fd/"):
        names.append("device")
    elif contains(bundle["system"], path):
        names.append("system")
    else:
        names.append("outside")
    return frozenset(names)


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
        if place.names.isdisjoint(("workspace", "scratch", "device", "agent-files")) and not (
            readable and "system" in place.names
        ):
            reason = f"`{place.path}` is outside the approved directories"
            return DENY, OUTSIDE, reason, "stay in the project, or ask the user to run `leashd add-dir`"
    return None
