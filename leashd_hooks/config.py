"""The user's configuration `~/.leashd/config.yaml`: what may be touched, which policies hold, what is unlocked."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from filelock import FileLock
from pydantic import AfterValidator, BeforeValidator, Field

from leashd_hooks.policy import load, source
from leashd_hooks.policy.condition import Strict, wrong
from leashd_hooks.policy.schema import Texts
from leashd_hooks.policy.source import ConfigError, Source

DEFAULT_POLICIES = ("default", "dev-tools")
SCRATCH = ("/tmp", "/var/tmp", "/private/tmp")  # noqa: S108 - named here to be judged, not used

HEADER = """\
# Configuration of leashd.  `leashd config` shows what is in force.
"""


def _nothing_is_empty(value: object) -> object:
    return [] if value is None else value


def _defaults(value: object) -> object:
    return list(DEFAULT_POLICIES) if value is None else value


Listed = Annotated[Texts, BeforeValidator(_nothing_is_empty)]


def _port(value: object) -> object:
    if type(value) is not int or not 0 <= value <= 65535:
        raise wrong(f"`{value}` is not a port", "a number from 0 to 65535; 0 takes a free one")
    return value


def _hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?", name):
            raise wrong(f"`{name}` is not the name of a host", "as in `laptop.example.org`, without `https://`")
    return names


class Config(Strict):
    """`~/.leashd/config.yaml`."""

    approved_directories: Listed = Field((), description="directories the agent may work in; `~` is the home directory")
    policies: Annotated[Texts, BeforeValidator(_defaults)] = Field(
        DEFAULT_POLICIES, description="shipped profiles by name, or policy files by path, in the order they are tried"
    )
    unlock: Listed = Field((), description="rules of the floor that are switched off; `leashd doctor` shows them")
    approval_timeout_seconds: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="seconds a question waits for a person before it counts as no; without it: for ever"
    )
    scratch_directories: Texts = Field(SCRATCH, description="directories for files that nobody misses")
    web_port: Annotated[int, BeforeValidator(_port)] = Field(
        8180, description="port of the supervisor's page on 127.0.0.1; 0 takes a free one"
    )
    public_hosts: Annotated[Listed, AfterValidator(_hosts)] = Field(
        (), description="names under which a tunnel shows the page"
    )
    push_contact: str = Field("", description="`mailto:` or `https:` address that push services can write to")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="what the supervisor's log begins with"
    )


#: Variables of the environment that stand above the configuration, and what they set.
VARIABLES = {
    "LEASHD_WEB_PORT": "web_port",
    "LEASHD_PUBLIC_HOSTS": "public_hosts",
    "LEASHD_PUSH_CONTACT": "push_contact",
    "LEASHD_LOG_LEVEL": "log_level",
}
#: Says where the supervisor keeps its files, and so is no setting in one of them.
HOME = "LEASHD_HOME"
#: What the recipe for CI jobs reads, `hooks/ci`.
RECIPE = tuple(f"LEASHD_{name}" for name in ("AGENT", "ARGUMENTS", "FAIL_ON", "PACKAGE", "POLICY", "PROMPT", "REPORT"))


class Setting(NamedTuple):
    """A value in force, and where it comes from: `default`, a line of the file, or a variable."""

    value: Any
    origin: str


class LoadedConfig:
    """A configuration and where it stands."""

    __slots__ = ("config", "source")

    def __init__(self, config: Config, origin: Source | None) -> None:
        self.config = config
        self.source = origin

    def error(self, place: tuple[str | int, ...], message: str, help: str) -> source.SourceError:
        """An error at a value of the configuration."""
        if self.source is None:
            return ConfigError("the default configuration", 0, 0, message, help)
        return self.source.on(place, message, help)


def parse_config(data: bytes | None, name: str) -> LoadedConfig:
    """The configuration in `data`; None, or nothing but comments, is the default configuration."""
    if data is None or not re.sub(rb"(?m)^\s*(#.*)?$", b"", data).strip():
        return LoadedConfig(Config(), None)
    origin = source.parse(data, name, ConfigError)
    return LoadedConfig(load.validate(origin, Config), origin)


def load_config(path: str) -> Config:
    """The configuration at `path`, the default one when there is no file."""
    data = source.read(path, ConfigError) if os.path.lexists(path) else None
    return parse_config(data, path).config


def resolve(path: str, environment: Mapping[str, str]) -> dict[str, Setting]:
    """Every setting as it is in force: the environment above the file at `path`, that above what is built in.

    Raises ConfigError for what is wrong in either, names that no setting has included.
    """
    loaded = parse_config(source.read(path, ConfigError) if os.path.lexists(path) else None, path)
    found = {name: Setting(value, "default") for name, value in loaded.config}
    for name in loaded.config.model_fields_set:
        line = loaded.source.find((name,), key=True)[0] if loaded.source else 0
        found[name] = Setting(getattr(loaded.config, name), f"{path}:{line}")
    for variable in sorted(environment):
        if variable.startswith("LEASHD_") and variable not in (*VARIABLES, HOME, *RECIPE):
            help = source.suggestion(variable, (*VARIABLES, HOME))
            raise ConfigError("the environment", 0, 0, f"unknown variable `{variable}`", help)
    for variable, name in VARIABLES.items():
        if environment.get(variable):
            found[name] = Setting(_of_variable(variable, environment[variable]), variable)
    return found


def _of_variable(variable: str, text: str) -> Any:
    name = VARIABLES[variable]
    value: Any = text.strip()
    if name == "web_port" and value.isdecimal():
        value = int(value)
    elif name == "public_hosts":
        value = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return getattr(load.validate(source.parse(json.dumps({name: value}).encode(), variable), Config), name)
    except source.SourceError as error:
        raise ConfigError(f"the variable {variable}", 0, 0, error.message, error.help) from None


def variables(settings: Mapping[str, Setting]) -> dict[str, str]:
    """The settings that are not built in, as the variables that set them."""
    written = {}
    for variable, name in VARIABLES.items():
        value, origin = settings[name]
        if origin != "default":
            written[variable] = ",".join(value) if isinstance(value, tuple) else str(value)
    return written


def add(path: str, field: str, value: str) -> bool:
    """Adds `value` to a list of the configuration; False when it stands there already."""
    with _locked(path):
        text, config = _current(path)
        values = list(getattr(config, field))
        if value in values:
            return False
        _save(path, _with_list(text, field, [*values, value]))
        return True


def remove(path: str, field: str, value: str) -> bool:
    """Takes `value` off a list of the configuration; False when it is not there."""
    with _locked(path):
        text, config = _current(path)
        values = list(getattr(config, field))
        if value not in values:
            return False
        values.remove(value)
        _save(path, _with_list(text, field, values))
        return True


def _locked(path: str) -> FileLock:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    return FileLock(path + ".lock", mode=0o600)


def _current(path: str) -> tuple[str, Config]:
    config = load_config(path)
    text = Path(path).read_text(encoding="utf-8-sig") if os.path.exists(path) else HEADER
    return text, config


def _with_list(text: str, field: str, values: list[str]) -> str:
    """`text` with one top-level list written anew; every other line, and comments among its items, stay as they are."""
    block = [f"{field}:" + ("" if values else " []"), *(f"  - {_quoted(value)}" for value in values)]
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if re.match(rf"{field}\s*:", line)), None)
    if start is None:
        return "\n".join([*lines, *block]) + "\n"
    end = start + 1
    while end < len(lines) and _belongs(lines[end]):
        end += 1
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    kept = [line for line in lines[start + 1 : end] if line.lstrip().startswith("#")]
    return "\n".join([*lines[:start], block[0], *kept, *block[1:], *lines[end:]]) + "\n"


def _belongs(line: str) -> bool:
    """Whether a line continues the list above it: items, blank lines, indented comments, the end of a flow list."""
    return not line.strip() or line[0] in " \t-]"


def _quoted(value: str) -> str:
    if re.fullmatch(r"[A-Za-z/~._][\w/~.+@-]*", value) and value.lower() not in (
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
    ):
        return value
    return "'" + value.replace("'", "''") + "'"


def _save(path: str, text: str) -> None:
    parse_config(text.encode(), path)
    write_private(path, text.encode())


def write_private(path: str, data: bytes) -> None:
    """Replaces a file at once, readable by its owner only."""
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=os.path.basename(path) + ".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
