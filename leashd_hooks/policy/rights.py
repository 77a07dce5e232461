"""What a layer may say: checks that one file alone does not allow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from leashd_hooks.policy.load import Loaded
from leashd_hooks.policy.schema import Rule
from leashd_hooks.policy.source import suggestion
from leashd_hooks.policy.vocabulary import BUILT_IN_PLACES

if TYPE_CHECKING:
    from leashd_hooks.policy.layers import Layer, Policies

#: Places that a project may extend: more of them never loosens anything.
TIGHTENING = ("credential", "protected")


def check(policies: Policies) -> None:
    """What one file alone cannot tell: where the floor, places and settings may stand, which places exist."""
    shared = {*BUILT_IN_PLACES, *_defined(layer for layer in policies.layers() if layer.kind != "project")}
    for layer in policies.layers():
        known = shared | _defined([layer])
        for loaded in layer.files:
            _check_rights(layer, loaded, layer is policies.places, shared - {*TIGHTENING})
        for rule, loaded, index in layer.rules():
            if rule.floor and layer.kind != "managed" and layer is not policies.floor:
                place = ("rules", index, "floor")
                raise loaded.error(
                    place, f"`floor` in rule `{rule.name}`", "only shipped and managed rules make the floor", key=True
                )
            _check_places(rule, loaded, index, known)
    names = [rule.name for rule, _, _ in policies.floor.rules()]
    for at, name in enumerate(policies.config.config.unlock):
        if name not in names:
            raise policies.config.error(("unlock", at), f"`{name}` is no rule of the floor", suggestion(name, names))


def _defined(layers: Iterable[Layer]) -> set[str]:
    return {name for layer in layers for loaded in layer.files for name in loaded.file.places}


def _check_rights(layer: Layer, loaded: Loaded, shipped_places: bool, taken: set[str]) -> None:
    if loaded.file.places and layer.kind == "shipped" and not shipped_places:
        help = "define places in `~/.leashd/policy.yaml`"
        raise loaded.error(("places",), "a profile cannot define places", help, key=True)
    if loaded.file.places and layer.in_shadow(loaded):
        help = "a place holds for every rule: define it in a file that is in force"
        raise loaded.error(("places",), "a file in shadow cannot define places", help, key=True)
    if layer.kind != "project":
        return
    if loaded.file.settings.model_fields_set:
        raise loaded.error(
            ("settings",), "a project cannot change settings", "put them into `~/.leashd/policy.yaml`", key=True
        )
    for name, paths in loaded.file.places.items():
        if name in taken or paths.exceptions:
            raise loaded.error(
                ("places", name), f"a project cannot redefine `{name}`", "it may only add paths", key=True
            )


def _check_places(rule: Rule, loaded: Loaded, index: int, known: set[str]) -> None:
    for field, conditions in (("when", rule.when), ("unless", rule.unless)):
        for at, condition in enumerate(conditions or ()):
            for name in condition.tests.get("place", ()):
                if name not in known:
                    place = ("rules", index, field, at, "place")
                    raise loaded.error(place, f"unknown place `{name}` in rule `{rule.name}`", suggestion(name, known))
