"""Which files make up the policy: managed over user over trusted project over shipped, and what each layer may say."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from typing import Any

from leashd_hooks import bundle, places
from leashd_hooks.config import LoadedConfig, parse_config, write_private
from leashd_hooks.policy import load, rights, source
from leashd_hooks.policy.load import Loaded
from leashd_hooks.policy.schema import Rule
from leashd_hooks.policy.source import ConfigError, PolicyError, suggestion

FLOOR_PACK = "floor"
PLACES_PACK = "places"


class Sources:
    """Every file that was read or looked for, stamped before it was read, and the digest of it all."""

    def __init__(self) -> None:
        self.stamps: dict[str, tuple[Any, ...]] = {}
        self._hash = hashlib.sha256()

    def read(self, path: str, error: type[source.SourceError] = PolicyError, follow: bool = True) -> bytes | None:
        """The bytes of a file, None when it does not exist."""
        changing = _changing(path)
        self.stamps.setdefault(changing, bundle.stamp(changing))
        if not os.path.lexists(path):
            self.note(path, b"\0absent")
            return None
        data = source.read(path, error, follow=follow)
        self.note(path, data)
        return data

    def note(self, name: str, data: bytes) -> None:
        """Adds something that the policy depends on to the digest."""
        self._hash.update(f"{name}\0{len(data)}\0".encode() + data)

    @property
    def digest(self) -> str:
        """SHA-256 of names and contents, hex."""
        return self._hash.hexdigest()


def _changing(path: str) -> str:
    """What changes when `path` does: the file itself, or its folder where only an installer replaces files."""
    shipped = places.shipped("policies")
    return os.path.dirname(path) if "/_data/" in shipped and path.startswith(shipped + "/") else path


class Layer:
    """A policy file with its packs, and where it stands: managed, user, project or shipped."""

    __slots__ = ("files", "kind", "name", "root")

    def __init__(self, kind: str, name: str, files: list[Loaded], root: str = "") -> None:
        self.kind = kind
        self.name = name
        self.files = files
        self.root = root

    def rules(self) -> Iterator[tuple[Rule, Loaded, int]]:
        """The rules in the order in which they are tried."""
        for loaded in self.files:
            for index, rule in enumerate(loaded.file.rules):
                yield rule, loaded, index

    def in_shadow(self, loaded: Loaded, rule: Rule | None = None) -> bool:
        """Whether a file of the layer, or a rule in it, is there on trial: a file's mode is that of its packs, too."""
        return "shadow" in (loaded.file.mode, self.files[0].file.mode, rule.mode if rule else "")


class Policies:
    """Everything that is in force, as models."""

    def __init__(self, config: LoadedConfig) -> None:
        self.config = config
        self.sources = Sources()
        self.floor = Layer("shipped", FLOOR_PACK, [])
        self.places = Layer("shipped", PLACES_PACK, [])
        self.above: list[Layer] = []
        self.profiles: list[Layer] = []
        self.projects: list[tuple[Layer, bool]] = []
        self.roots: list[str] = []

    def layers(self) -> Iterator[Layer]:
        """All layers, the strongest first."""
        yield self.places
        yield self.floor
        yield from self.above
        yield from (layer for layer, _ in self.projects)
        yield from self.profiles


def of_state(state: str, home: str) -> Policies:
    """What the hook uses: configuration, managed, user, project and shipped layers."""
    sources = Sources()
    path = places.config(state)
    policies = Policies(parse_config(sources.read(path, ConfigError), path))
    policies.sources = sources
    policies.roots = [
        _root(policies.config, at, home) for at in range(len(policies.config.config.approved_directories))
    ]
    managed = _managed(sources)
    policies.above += [managed] if managed else []
    user = _optional(sources, "user", places.policy(state))
    policies.above += [user] if user else []
    trusted = _trusted(sources, state)
    for root in dict.fromkeys(policies.roots):
        found = _project(sources, root, trusted)
        policies.projects += [found] if found else []
    _shipped(policies, state, home)
    return policies


def of_names(names: list[str], roots: list[str], home: str) -> Policies:
    """Named profiles or files over given directories, without any state."""
    config = LoadedConfig(parse_config(None, "").config.model_copy(update={"policies": tuple(names)}), None)
    policies = Policies(config)
    policies.roots = [_checked_root(root, home, config, ()) for root in roots]
    _shipped(policies, os.getcwd(), home)
    return policies


def _shipped(policies: Policies, beside: str, home: str) -> None:
    sources = policies.sources
    for at, name in enumerate(policies.config.config.policies):
        policies.profiles.append(_profile(sources, name, at, policies.config, beside, home))
    policies.floor.files = [_pack(sources, FLOOR_PACK)]
    policies.places.files = [_pack(sources, PLACES_PACK)]
    rights.check(policies)


def _root(config: LoadedConfig, at: int, home: str) -> str:
    return _checked_root(config.config.approved_directories[at], home, config, ("approved_directories", at))


def _checked_root(path: str, home: str, config: LoadedConfig, place: tuple[str | int, ...]) -> str:
    expanded = home + path[1:] if path == "~" or path.startswith("~/") else path
    if not os.path.isabs(expanded):
        raise config.error(place, f"`{path}` is not an absolute path", "write it from `/` or `~/`")
    root = os.path.realpath(expanded)
    if os.path.realpath(home).startswith(root.rstrip("/") + "/") or root == os.path.realpath(home):
        raise config.error(
            place, f"`{path}` holds the whole home directory", "approve the directories of your projects"
        )
    return root


def profile_path(name: str) -> str:
    """The file of a shipped profile."""
    return f"{places.shipped('policies')}/{name}.yaml"


def pack_path(name: str) -> str:
    """The file of a shipped pack."""
    return f"{places.shipped('policies')}/packs/{name}.yaml"


def profiles() -> list[str]:
    """Names of the shipped profiles."""
    return _stems(places.shipped("policies"))


def packs() -> list[str]:
    """Names of the shipped packs."""
    return _stems(places.shipped("policies") + "/packs")


def _stems(folder: str) -> list[str]:
    return sorted(name.removesuffix(".yaml") for name in os.listdir(folder) if name.endswith(".yaml"))


def is_path(name: str) -> bool:
    """Whether a policy is named by its path, not as a shipped profile."""
    return "/" in name or name.endswith((".yaml", ".yml"))


def _profile(sources: Sources, name: str, at: int, config: LoadedConfig, beside: str, home: str) -> Layer:
    if is_path(name):
        path = os.path.join(beside, home + name[1:] if name.startswith("~/") else name)
    elif name in profiles():
        path = profile_path(name)
    else:
        raise config.error(("policies", at), f"unknown policy `{name}`", suggestion(name, profiles()))
    data = sources.read(path)
    if data is None:
        stem = os.path.basename(path).rpartition(".")[0]
        help = f"the shipped profile is called `{stem}`" if stem in profiles() else "check the path"
        raise config.error(("policies", at), f"there is no policy file `{path}`", help)
    return Layer("shipped", name, _with_packs(sources, load.policy(data, path)))


def _pack(sources: Sources, name: str) -> Loaded:
    path = pack_path(name)
    data = sources.read(path)
    if data is None:
        raise PolicyError(
            path, 0, 0, f"the pack `{name}` is not part of this installation", "install leashd-hooks again"
        )
    return load.policy(data, path)


def _with_packs(sources: Sources, loaded: Loaded) -> list[Loaded]:
    files = [loaded]
    for at, name in enumerate(loaded.file.packs):
        if name not in packs() or name in (FLOOR_PACK, PLACES_PACK):
            known = [pack for pack in packs() if pack not in (FLOOR_PACK, PLACES_PACK)]
            raise loaded.error(("packs", at), f"unknown pack `{name}`", suggestion(name, known))
        pack = _pack(sources, name)
        if pack.file.packs:
            raise pack.error(("packs",), "a pack cannot include packs", "include them in the profile", key=True)
        files.append(pack)
    return files


def _managed(sources: Sources) -> Layer | None:
    path = places.MANAGED_POLICY
    layer = _optional(sources, "managed", path)
    if layer is None:
        return None
    found = os.stat(path)
    if found.st_uid != 0 or stat.S_IMODE(found.st_mode) & 0o022:
        help = f"run `sudo chown root {path} && sudo chmod 644 {path}`"
        raise PolicyError(path, 0, 0, "the managed policy can be changed by others than root", help)
    return layer


def _optional(sources: Sources, kind: str, path: str) -> Layer | None:
    data = sources.read(path)
    return None if data is None else Layer(kind, path, _with_packs(sources, load.policy(data, path)))


def project_path(root: str) -> str:
    """The policy file of a project."""
    return places.policy(root + "/" + places.SHIPPED_MARKER)


def _project(sources: Sources, root: str, trusted: dict[str, str]) -> tuple[Layer, bool] | None:
    """The project's layer.  The agent writes that file: no link is followed, and errors quote no line of it."""
    path = project_path(root)
    if os.path.lexists(path) and os.path.realpath(path) != path:
        raise PolicyError(path, 0, 0, "the project's policy is a symbolic link", "put the file itself there")
    data = sources.read(path, follow=False)
    if data is None:
        return None
    loaded = load.policy(data, path, quote=False)
    return Layer("project", path, _with_packs(sources, loaded), root), trusted.get(root) == _fingerprint(data)


def _fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _trusted(sources: Sources, state: str) -> dict[str, str]:
    path = places.trust(state)
    data = sources.read(path)
    if data is None:
        return {}
    try:
        content = json.loads(data)
    except ValueError:
        raise PolicyError(
            path, 0, 0, "the list of trusted projects is not JSON", "remove it, and trust them again"
        ) from None
    if not isinstance(content, dict):
        raise PolicyError(path, 0, 0, "the list of trusted projects is no object", "remove it, and trust them again")
    return {str(root): str(digest) for root, digest in content.items()}


def trust(state: str, root: str) -> str:
    """Trusts a project's policy as it is now; its digest."""
    root = os.path.realpath(root)
    path = project_path(root)
    data = source.read(path, follow=False)
    load.policy(data, path)
    trusted = _trusted(Sources(), state)
    trusted[root] = _fingerprint(data)
    _save(state, trusted)
    return trusted[root]


def untrust(state: str, root: str) -> bool:
    """Takes the trust back; False when there was none."""
    trusted = _trusted(Sources(), state)
    if trusted.pop(os.path.realpath(root), None) is None:
        return False
    _save(state, trusted)
    return True


def is_trusted(state: str, root: str) -> bool:
    """Whether the project's policy is the one that was trusted."""
    root = os.path.realpath(root)
    expected = _trusted(Sources(), state).get(root)
    path = project_path(root)
    return expected is not None and os.path.isfile(path) and _fingerprint(source.read(path, follow=False)) == expected


def _save(state: str, trusted: dict[str, str]) -> None:
    text = json.dumps(trusted, indent=2, sort_keys=True) + "\n"
    write_private(places.trust(state), text.encode())
