"""Names of folders that are not packages stay free for others."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("folder", ["supervisor", "hooks", "policies", "tests"])
def test_a_folder_is_not_a_package(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()


@pytest.mark.parametrize("name", ["utils", "misc", "common", "helpers", "util"])
def test_no_module_is_named_after_nothing(name: str) -> None:
    assert not list((ROOT / "leashd_hooks").rglob(f"{name}.py"))


def test_no_line_of_code_or_documentation_names_a_registry_host() -> None:
    lock = (ROOT / "tests" / "clients" / "package-lock.json").read_text()
    assert "resolved" not in lock or "registry.npmjs.org" in lock
