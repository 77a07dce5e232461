"""Generated scripts are run by bash: every path that `rm` is given is among the `delete` effects, or it is opaque.

`PATH` holds nothing but a stub of `rm` that writes down its words, and bash itself; no script names an absolute path.
A thousand scripts are run.
"""

import contextlib
import fnmatch
import os
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leashd_hooks.shell.command_line import lower

SHFMT = str(Path(__file__).parents[2] / ".venv" / "bin" / "shfmt")

SIMPLE = st.sampled_from(
    """cd a|cd ..|cd b|cd -|cd a/b|cd nowhere
    |cd $x|command cd a|eval 'cd a'|pushd a|popd|x=a|x=$x/b|x+=c|x=(m n)|x=$(echo s)
    |y=$x; x=$y$y
    |export x=e|declare x=d|local x=l|unset x|read x <<< q|printf -v x p|let x=3|: $((x=4))|readonly r=1
    |x=t f
    |eval 'x=v'|set -- p q|shift|rm $1|rm $x|rm "$x" z|rm y|rm ${x:-d}|rm ${x:=k}|rm $(echo $x)|rm {$x,w}|rm ~/h
    |rm $PWD/y|eval "rm $x"|bash -c 'rm $x'|f|g a|unset -f f|f() { rm f$x; }|true|false|return|break|continue|exit
    |trap 'rm t$x' EXIT""".replace("\n", "")
    .replace("    |", "|")
    .split("|")
)

COMPOUND = [
    "if {}; then {}; else {}; fi",
    "for x in a b; do {}; {}; done",
    "n=; while [ ${{#n}} != 3 ]; do n=${{n}}1; {}; {}; done",
    "until {}; do {}; break; done",
    "case $x in a*) {};; *) {};; esac",
    "case $x in a*) {};& *) {};; esac",
    "( {}; {} )",
    "{{ {}; {}; }}",
    "{} && {}",
    "{} || {}",
    "{} | {}",
    "! {}; {}",
    "f() {{ {}; {}; }}",
    "g() {{ {}; {}; }}",
    "echo $( {}; {} )",
    "{}\n{}",
    "{}; {}",
]

scripts = st.recursive(
    SIMPLE,
    lambda inner: st.tuples(st.sampled_from(COMPOUND), inner, inner, inner).map(
        lambda drawn: drawn[0].format(*drawn[1:])
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("stubs")
    (directory / "rm").write_text(
        f'#!/bin/sh\nfor word; do printf "%s %s\\n" "$PWD" "$word"; done >> "{directory}/words"\n'
    )
    (directory / "rm").chmod(0o755)
    (directory / "bash").symlink_to("/bin/bash")
    for name in ("a/b/a/b", "b/a"):
        (directory / "work" / name).mkdir(parents=True)
    return directory


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(scripts, min_size=1, max_size=4).map("\n".join))
def test_every_path_that_bash_gives_to_rm_is_told(stubs: Path, text: str) -> None:
    work, words = str(stubs / "work"), stubs / "words"
    words.write_text("")
    if not _ends(text, work, {"PATH": str(stubs), "HOME": work}):
        return
    effects = lower(text, work, work, SHFMT)
    if any(effect.kind == "opaque" for effect in effects):
        return
    deletes = [effect.fields for effect in effects if effect.kind == "delete"]
    for line in words.read_text().splitlines():
        directory, _, word = line.partition(" ")
        path = os.path.normpath(os.path.join(directory, word))
        assert any(covers(fields, path) for fields in deletes), (path, text)


def _ends(text: str, work: str, environment: dict[str, str]) -> bool:
    """Runs a script in bash; whether it ended in time.  Whatever it left running, in a pipe or behind it, is ended."""
    bash = subprocess.Popen(
        ["/bin/bash", "-c", text],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        bash.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(bash.pid, signal.SIGKILL)
        bash.wait()
    return True


def covers(fields: dict[str, object], path: str) -> bool:
    known = fields["path"]
    if known is None:
        return True
    told = os.path.normpath(str(known))
    return told == path or bool(fields.get("glob") and fnmatch.fnmatch(path, told))
