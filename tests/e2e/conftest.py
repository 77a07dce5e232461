"""Laboratories for the tests that drive a real client."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.lab import NEWEST, ROOT, VERSIONS, Lab, give_remote
from tests.leashd_supervisor.page.conftest import chromium  # noqa: F401 (a fixture)

#: Not below a scratch directory: rules are laxer there.
BASE = next(base for base in (ROOT, Path.home()) if not base.is_relative_to("/tmp")) / ".lab"


@pytest.fixture
def directory() -> Iterator[Path]:
    """A fresh directory that is gone after the test."""
    path = BASE / uuid.uuid4().hex[:8]
    path.mkdir(parents=True)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def bare(directory: Path) -> Callable[[str], Lab]:
    """Makes a laboratory for a version of the client, without the guard."""
    return lambda version: Lab(directory, version)


@pytest.fixture(params=VERSIONS)
def claude(request: pytest.FixtureRequest, directory: Path) -> Lab:
    """A laboratory for each version of the client, with the guard installed."""
    lab = Lab(directory, request.param)
    lab.install_and_let_write()
    return lab


@pytest.fixture
def newest(directory: Path) -> Lab:
    """A laboratory for the newest version, with the guard installed."""
    lab = Lab(directory, NEWEST)
    lab.install_and_let_write()
    return lab


@pytest.fixture
def lab(directory: Path) -> Lab:
    """A laboratory whose project can be pushed somewhere; a push is what a person is asked about."""
    lab = Lab(directory, NEWEST)
    lab.install()
    give_remote(lab.home, lab.project)
    return lab
