"""How the tables of the shell tests are read: a command line in, its effects told in one short line each out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leashd_hooks.model import Effect
from leashd_hooks.shell.command_line import lower

FIELDS = {
    "run": ("program", "args"),
    "code": ("language", "source", "path"),
    "flow": ("pattern",),
    "network": ("direction", "host", "port"),
    "opaque": (),
    "privilege": ("program",),
    "write": ("path", "how"),
}


def tell(effect: Effect) -> str:
    """`run rm x y`, `delete /w/x`, `write /w/out append`, `opaque` ..."""
    said = [effect.kind]
    for name in FIELDS.get(effect.kind, ("path",)):
        value = effect.fields.get(name)
        if value is not None:
            said.extend(value if isinstance(value, list) else [str(value)])
        elif name == "path" and name in effect.fields:
            said.append("?")
    return " ".join(said)


@pytest.fixture(scope="session")
def shfmt_path() -> str:
    """The real parser."""
    return str(Path(__file__).parents[3] / ".venv" / "bin" / "shfmt")


@pytest.fixture(scope="session")
def told(shfmt_path: str) -> Callable[[str], list[str]]:
    """The effects of a command line that starts in /w with the home /home/u."""
    return lambda text: [tell(effect) for effect in lower(text, "/w", "/home/u", shfmt_path)]
