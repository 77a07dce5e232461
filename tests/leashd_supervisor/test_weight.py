"""A supervisor that waits for the first question has loaded nothing that only later ones need."""

import subprocess
import sys
from pathlib import Path

from tests.bench.load import PAGE, first_load
from tests.bench.load_lab import Supervisor
from tests.leashd_supervisor.conftest import until

#: What takes a tenth of the start, or megabytes, and serves single requests.
LATER = ("cryptography", "httpx", "markdown_it", "pydantic", "rich", "segno", "sqlglot", "sse_starlette", "yaml")
#: MB.
MEMORY = 45


def test_an_idle_supervisor_is_light(tmp_path: Path) -> None:
    running = tmp_path / "s" / "run" / "supervisor.json"
    command = [sys.executable, "-X", "importtime", "-m", "leashd_supervisor", "--state", str(tmp_path / "s")]
    with (tmp_path / "imports").open("w") as imports:
        process = subprocess.Popen([*command, "--port", "0"], stderr=imports)
    try:
        until(running.exists)
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        memory = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))
    finally:
        process.terminate()
        process.wait(10)
    loaded = {line.rpartition("|")[2].strip() for line in (tmp_path / "imports").read_text().splitlines()}
    assert "leashd_supervisor.app" in loaded
    assert [name for name in LATER if name in loaded] == []
    assert memory < MEMORY


def test_the_first_load_of_the_page_is_small_and_complete(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "s")
    try:
        fetched = first_load(supervisor.port)
    finally:
        supervisor.end()
    assert {"css", "js", "webmanifest"} <= {name.rpartition(".")[2] for name in fetched}
    assert sum(fetched.values()) < PAGE
