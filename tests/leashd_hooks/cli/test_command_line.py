"""The command line as a whole: names, help, errors, exit codes, speed."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import click
import pytest

from leashd_hooks import __version__
from leashd_hooks.cli.group import COMMANDS, leashd
from tests.leashd_hooks.terminal import LEASHD


@pytest.mark.parametrize("args", [["--version"], ["-V"], ["version"]])
def test_the_version_is_told(terminal, args):
    assert terminal.run(*args).stdout == f"leashd {__version__}\n"
    assert terminal.json("version")["version"] == __version__


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_says_what_it_does(name):
    command = leashd.get_command(click.Context(leashd), name)
    assert command is not None
    assert command.name == name
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.name in ("form",), parameter.name


def test_help_lists_every_command(terminal):
    out = terminal.run("--help").stdout
    for name in COMMANDS:
        assert f"  {name} " in out


def test_the_version_costs_little_more_than_the_interpreter(terminal):
    def best(*command: str) -> float:
        times = []
        for _ in range(15):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - started)
        return min(times)

    bare = best(sys.executable, "-c", "pass")
    ours = best(sys.executable, "-c", "from leashd_hooks.cli import main; main()", "--version")
    assert ours < 2.5 * bare


def test_help_imports_no_command(terminal):
    script = (
        "import sys; sys.argv = ['leashd', '--help']\n"
        "from leashd_hooks.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('rich', 'yaml', 'pydantic', 'leashd_hooks.hook') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"


ERRORS = {
    "unknown command": (["instal"], "`instal` is not a command", "did you mean `install`?"),
    "strange command": (["xyzzy"], "`xyzzy` is not a command", "`leashd --help`"),
    "unknown option": (["status", "--wat"], "no such option", "`leashd status --help`"),
    "nothing to check": (["check"], "name either a command or a tool", "leashd check 'COMMAND'"),
    "unquoted command": (["check", "git", "status"], "more than one argument", "quotes"),
    "input that is no JSON": (["check", "--tool", "Read", "--input", "{"], "is not JSON", "for example"),
    "unknown policy": (["check", "ls", "--policy", "nope"], "nope", "help:"),
    "a time that is none": (["audit", "tail", "--since", "soon"], "`soon` is no time", "10m"),
    "no such record": (["audit", "show", "7"], "there is no record 7", "leashd audit tail"),
    "no such directory": (["add-dir", "/nowhere"], "`/nowhere` is not a directory", ""),
    "too wide a directory": (["add-dir", "/"], "it is the whole machine", "your projects"),
    "no policy to trust": (["trust"], "has no policy of its own", "policy.yaml"),
    "strange subcommand": (["policy", "lnt"], "`lnt` is not a command", "did you mean `lint`?"),
    "a time before all times": (["audit", "tail", "--since", "99999999999d"], "`99999999999d` is no time", "10m"),
    "a variable that was not set": (["add-dir", ""], "the directory has no name", "leave it out"),
    "the same, to withdraw": (["remove-dir", ""], "the directory has no name", "leave it out"),
    "no directory to write to": (
        ["audit", "export", "-o", "/nowhere/x"],
        "`/nowhere/x`: no such file",
        "check the path",
    ),
    "a directory to write to": (["audit", "report", "-o", "/"], "is a directory", "leashd audit report --help"),
    "nothing to replay": (["replay", "/nowhere"], "`/nowhere`: no such file or directory", "check the path"),
    "pages in somebody's project": (["docs"], "is not leashd's own repository", "made there"),
    "no shell": (["completion"], "missing argument `SHELL`. Choose from: bash, zsh, fish", "completion --help"),
    "control characters": (["\x1b[31mred"], "`\\x1b[31mred` is not a command", "leashd --help"),
}


@pytest.mark.parametrize(("args", "told", "way_out"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_says_what_happened_and_what_to_do(terminal, args, told, way_out):
    done = terminal.run(*args)
    assert done.returncode == 1
    assert done.stdout == ""
    assert told in done.stderr
    assert way_out in done.stderr
    assert "Traceback" not in done.stderr
    assert re.match(r"(config |policy )?error: [`a-z-]", done.stderr)


@pytest.mark.parametrize("name", ["install", "uninstall", "approvals", "service", "policy", "audit"])
def test_a_group_alone_shows_its_commands_in_whole_sentences(terminal, name):
    done = terminal.run(name)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Usage: leashd {name}")
    assert "..." not in done.stderr.replace("[ARGS]...", "")
    assert terminal.run(name, "--help").stdout == done.stderr


def test_a_policy_that_does_not_load_is_one_error(terminal):
    (terminal.home / ".leashd").mkdir()
    (terminal.home / ".leashd" / "config.yaml").write_text("polices: [x]\n")
    said = terminal.run("check", "ls").stderr
    assert said.startswith("config error: unknown field `polices`\n")
    assert said.endswith("help: did you mean `policies`?\n")


def test_a_policy_that_cannot_be_compiled_onto_its_disk_says_why(terminal):
    (terminal.home / ".leashd").mkdir()
    (terminal.home / ".leashd" / "config.yaml").write_text("policies: [strict]\n")
    (terminal.home / ".leashd" / "cache").write_text("")
    said = terminal.run("check", "ls").stderr
    assert said.startswith(f"error: cannot write the compiled policy below `{terminal.home}/.leashd`: ")
    assert "\nhelp: it must belong to you" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("args", "code"), [(["status"], 1), (["check", "ls"], 1), (["stop"], 4), (["logs"], 4)])
def test_a_directory_that_is_gone_is_named(terminal, args, code):
    script = f"mkdir gone && cd gone && rmdir ../gone && exec {' '.join(map(shlex.quote, LEASHD))} {' '.join(args)}"
    env = {"HOME": str(terminal.home), "PATH": os.environ["PATH"]}
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, cwd=terminal.project, env=env)
    assert done.returncode == code
    assert code == 4 or done.stderr == "error: the current directory is gone\nhelp: go to one that exists\n"


def test_a_bug_is_told_in_two_lines_with_its_own_exit_code(terminal):
    script = (
        "import sys; sys.argv = ['leashd', 'dirs']\n"
        "import leashd_hooks.cli.dirs as dirs\n"
        "dirs.dirs.callback = lambda **_: 1 // 0\n"
        "from leashd_hooks.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr.startswith("error: leashd itself failed: ZeroDivisionError")
    assert len(done.stderr.splitlines()) == 2


def test_a_closed_pipe_is_no_noise(terminal):
    command = f"{sys.executable} -c 'from leashd_hooks.cli import main; main()' --help | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert done.stderr == ""


def test_an_interrupt_ends_quietly_with_130(terminal):
    env = {"HOME": str(terminal.home), "PATH": os.environ["PATH"]}
    terminal.run("init", "--yes")
    command = [*LEASHD, "audit", "tail", "-f", "-n", "1", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as child:
        assert child.stdout.readline()
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130
        assert b"Traceback" not in child.stderr.read()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(terminal, shell):
    out = terminal.run("completion", shell).stdout
    assert "_LEASHD_COMPLETE" in out


def test_completion_completes_commands(terminal):
    env = {"_LEASHD_COMPLETE": "bash_complete", "COMP_WORDS": "leashd unin", "COMP_CWORD": "1"}
    assert "uninstall" in terminal.run(env=env).stdout
    env = {"_LEASHD_COMPLETE": "bash_complete", "COMP_WORDS": "leashd add-dir ", "COMP_CWORD": "2"}
    assert terminal.run(env=env).stdout == "dir,\n"


def test_there_is_no_colour_in_a_pipe(terminal):
    for args in (["--help"], ["check", "ls"], ["doctor"], ["status"], ["nope"]):
        done = terminal.run(*args, env={"FORCE_COLOR": ""})
        assert "\x1b" not in done.stdout + done.stderr


def test_no_color_is_obeyed_on_a_terminal(terminal):
    import pty

    def on_a_terminal(**more: str) -> bytes:
        reading, writing = pty.openpty()
        env = {"HOME": str(terminal.home), "PATH": os.environ["PATH"], "TERM": "xterm-256color", **more}
        command = [sys.executable, "-c", "from leashd_hooks.cli import main; main()", "check", "cat .env"]
        subprocess.run(command, stdout=writing, stderr=writing, env=env, cwd=terminal.project)
        os.close(writing)
        out = b""
        try:
            while chunk := os.read(reading, 4096):
                out += chunk
        except OSError:
            pass
        os.close(reading)
        return out

    assert b"\x1b[1;31m" in on_a_terminal()
    assert b"\x1b[1;31m" not in on_a_terminal(NO_COLOR="1")


JSON = [
    ["status"],
    ["dirs"],
    ["config"],
    ["doctor"],
    ["version"],
    ["check", "ls"],
    ["explain", "ls"],
    ["audit", "verify"],
    ["add-dir"],
    ["remove-dir"],
    ["install", "claude"],
    ["uninstall", "claude"],
    ["init"],
]


@pytest.mark.parametrize("args", JSON, ids=" ".join)
def test_json_is_one_json_value_and_nothing_else(terminal, args):
    json.loads(terminal.run(*args, "--json").stdout)
