"""`leashd service`: the unit and the launch agent, judged by their own managers where they can be."""

import plistlib
import re
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.cli import service

AWKWARD = ["/opt/my python/bin/python3", "-I", "-m", "leashd_supervisor", "--state", '/home/a"b/100%/$HOME/.leashd']

HOSTS = {"LEASHD_PUBLIC_HOSTS": "a.example.org,b.example.org", "LEASHD_PUSH_CONTACT": 'mailto:me%20"x@example.org'}


def _unit(daemon) -> str:
    done = daemon.json("service", "install", "--no-start", "--port", "8199")
    return Path(done["file"]).read_text()


def test_the_unit_starts_what_start_starts(daemon):
    text = _unit(daemon)
    assert re.search(rf"^ExecStart=\S+ -I -m leashd_supervisor --state {daemon.folder} --port 8199$", text, re.M)
    assert (daemon.home / ".config/systemd/user/leashd.service").read_text() == text


@pytest.mark.parametrize("setting", ["NoNewPrivileges=yes", "UMask=0077", "Restart=on-failure", "Type=notify"])
def test_the_unit_is_hardened(daemon, setting):
    assert setting in _unit(daemon).splitlines()


def test_a_project_in_tmp_is_the_one_the_agent_sees(daemon):
    assert "PrivateTmp" not in _unit(daemon)


@pytest.mark.parametrize("command", [None, AWKWARD], ids=["as installed", "with every awkward character"])
def test_systemd_takes_the_unit(daemon, tmp_path, command):
    text = _unit(daemon) if command is None else service.systemd(tmp_path, command, HOSTS).text.decode()
    path = tmp_path / "leashd.service"
    # It checks that the program is there, which the awkward one is not.
    path.write_text(text.replace('"/opt/my python/bin/python3"', "/bin/sh"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_has_the_settings_of_the_shell_that_installed_it(daemon):
    done = daemon.json("service", "install", "--no-start", env={"LEASHD_PUBLIC_HOSTS": "laptop.example.org"})
    lines = Path(done["file"]).read_text().splitlines()
    assert [line for line in lines if line.startswith("Environment=")] == [
        "Environment=LEASHD_PUBLIC_HOSTS=laptop.example.org"
    ]


def test_a_mistake_in_the_settings_makes_no_service(daemon):
    done = daemon.run("service", "install", "--no-start", env={"LEASHD_WEB_PORT": "abc"})
    assert done.returncode == 1
    assert "`abc` is not a port" in done.stderr
    assert not (daemon.home / ".config").exists()


def test_words_of_a_command_survive_systemd(tmp_path):
    text = service.systemd(tmp_path, AWKWARD, HOSTS).text.decode()
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    assert line == (
        'ExecStart="/opt/my python/bin/python3" -I -m leashd_supervisor --state "/home/a\\"b/100%%/$$HOME/.leashd"'
    )


def test_the_launch_agent_is_a_property_list_that_starts_the_same(tmp_path):
    made = service.launchd(tmp_path, AWKWARD, HOSTS, tmp_path / "state")
    told = plistlib.loads(made.text)
    assert told["ProgramArguments"] == AWKWARD
    assert told["EnvironmentVariables"] == HOSTS
    assert told["KeepAlive"] == {"SuccessfulExit": False}
    assert told["Umask"] == 0o077
    assert made.path == tmp_path / "Library/LaunchAgents/io.leashd.supervisor.plist"


def test_it_can_be_taken_out_again(daemon):
    _unit(daemon)
    assert daemon.json("service", "uninstall")["removed"] is True
    assert not (daemon.home / ".config/systemd/user/leashd.service").exists()
    assert daemon.json("service", "uninstall")["removed"] is False


def test_status_says_whether_it_is_there(daemon):
    assert daemon.json("service", "status")["installed"] is False
    _unit(daemon)
    assert daemon.json("service", "status")["installed"] is True
    assert daemon.run("service", "status").returncode == 4


def test_no_second_supervisor_beside_one_that_was_started_by_hand(daemon):
    daemon.start()
    done = daemon.run("service", "install")
    assert done.returncode == 5
    assert "`leashd stop` first" in done.stderr
    assert not (daemon.home / ".config/systemd/user/leashd.service").exists()


def test_a_manager_that_is_not_there_is_a_reason(daemon):
    done = daemon.run("service", "install", env={"PATH": "/nowhere"})
    assert done.returncode == 1
    assert "help: " in done.stderr
