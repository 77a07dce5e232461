"""A room in which any command line may be run by bash: what it starts is written down, and nothing else happens.

The room is a root directory of its own on a memory disk, with namespaces for mounts, processes, network and IPC, run by
a user without rights.  Every program in it, under every usual path, is a stub that writes down its name; those that
only pass words and text on are run for real after that, so that what they start is seen as well.

Run as a program, below `unshare`, this module reads a JSON list of command lines from standard input and writes a JSON
list: for each the names of the programs that were started until it ended, or until its time was over.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

#: Shells, which bash plays, and programs that pass on what they are given.
SHELLS = "bash sh dash ash ksh zsh rbash"
REAL = (
    "cat head tail tr rev base64 sed sort seq cut tee wc find basename dirname uniq printf echo paste tac nl od env"
    " xargs timeout nice nohup setsid stdbuf true false test"
)
NOBODY = 65534
#: So long may a command line run.
SECONDS = 1.5
STUB = """#!/real/posix
printf '%s\\n' "${0##*/}" >>/log/names
case ${0##*/} in
    SHELLS) exec /real/bash "$@" ;;
esac
[ -x "/real/${0##*/}" ] && exec "/real/${0##*/}" "$@"
read -r status </log/status
exit "$status"
"""
#: Names that no stub has are written down by bash itself.
MISSING = """command_not_found_handle() {
    printf '%s\\n' "${1##*/}" >>/log/names
    read -r status </log/status
    return "$status"
}
"""


def run(texts: "list[tuple[str, int]]", names: "set[str]", project: Path, home: Path, room: Path) -> "list[list[str]]":
    """What bash starts for each command line in `project`, when every stub ends with the given status.

    `room` is an empty directory outside `project` and `home`.
    """
    door = ["unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child"]
    if os.getuid():
        door += ["--user", "--map-root-user"]
    order = {"texts": texts, "names": sorted(names), "project": str(project), "home": str(home), "room": str(room)}
    inside = subprocess.run(
        [*door, sys.executable, __file__], input=json.dumps(order), capture_output=True, text=True, check=False
    )
    if inside.returncode:
        raise AssertionError(f"no room of its own could be made for bash: {inside.stderr}")
    found: list[list[str]] = json.loads(inside.stdout)
    return found


def _build(root: Path, names: "list[str]", places: "list[str]") -> None:
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", str(root)], check=True)
    for name in ("usr/bin", "real", "log", "proc", "dev", "tmp", *(place.lstrip("/") for place in places)):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "usr/sbin", "usr/local"):
        (root / name).symlink_to("/usr" if name == "usr/local" else "/usr/bin")
    for name in REAL.split():
        _copy(root, str(shutil.which(name)), name)
    _copy(root, str(shutil.which("dash") or shutil.which("sh")), "posix")
    _copy(root, "/bin/bash", "bash")
    (root / "real/missing").write_text(MISSING)
    stub = root / "usr/bin/.stub"
    stub.write_text(STUB.replace("SHELLS", SHELLS.replace(" ", " | ")))
    stub.chmod(0o755)
    for name in {*names, *REAL.split(), *SHELLS.split()}:
        os.link(stub, root / "usr/bin" / name)
    subprocess.run(["mount", "-t", "proc", "-o", "ro", "none", str(root / "proc")], check=True)
    (root / "dev/null").touch()
    subprocess.run(["mount", "--bind", "/dev/null", str(root / "dev/null")], check=True)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/{target}")


def _copy(root: Path, program: str, name: str) -> None:
    """A program and the libraries it is linked with."""
    shutil.copy(program, root / "real" / name)
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for word in linked.split():
        if word.startswith("/") and not (root / word.lstrip("/")).exists():
            (root / word.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(word, root / word.lstrip("/"))


def _enter(root: Path, places: "list[str]") -> None:
    """Leaves this process in the room, without rights, where only the directories of the commands can be changed."""
    for place in places:
        shutil.copytree(place, str(root) + "/furniture" + place, symlinks=True)
    for name in ("usr", "real", "furniture"):
        subprocess.run(["mount", "--bind", root / name, root / name], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", root / name], check=True)
    is_root = Path("/proc/self/uid_map").read_text().split()[1] == "0"
    for path in [root / "log", root / "tmp", *(folder for place in places for folder in _above(root, place))]:
        os.chown(path, NOBODY if is_root else 0, -1)
    os.chroot(root)
    os.chdir("/")
    if is_root:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _above(root: Path, place: str) -> "list[Path]":
    inside = root / place.lstrip("/")
    return [inside, inside.parent]


def _furnish(places: "list[str]") -> None:
    """The directories as they were before any command ran."""
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree("/furniture" + place, place, symlinks=True)


def _started(text: str, environment: "dict[str, str]") -> "list[str]":
    log = Path("/log/names")
    log.write_text("")
    alive, held = os.pipe()
    streams = [(os.POSIX_SPAWN_OPEN, stream, "/dev/null", os.O_RDWR, 0) for stream in (0, 1, 2)]
    streams.append((os.POSIX_SPAWN_DUP2, held, 9))  # what it starts holds the pipe open until all of it has ended
    os.posix_spawn("/real/bash", ["bash", "-c", text], environment, file_actions=streams, setsid=True)
    os.close(held)
    select.select([alive], [], [], SECONDS)
    os.close(alive)
    _end_all()
    return log.read_text(errors="replace").split("\n")[:-1]


def _end_all() -> None:
    """Ends every process of the namespace but this one, which is its first."""
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def main() -> None:
    """Runs the command lines of standard input."""
    order = json.load(sys.stdin)
    root = Path(order["room"])
    places = [order["project"], order["home"]]
    environment = {"PATH": "/usr/bin", "HOME": order["home"], "BASH_ENV": "/real/missing"}
    found = []
    _build(root, order["names"], places)
    _enter(root, places)
    for number, (text, status) in enumerate(order["texts"]):
        if number % 50 == 0:
            _furnish(places)
            os.chdir(order["project"])
        Path("/log/status").write_text(f"{status}\n")
        found.append(_started(text, environment))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    if os.getpid() != 1:
        sys.exit("this runs in a process namespace of its own only")
    main()
