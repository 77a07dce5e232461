"""start, stop, restart, reload, status, logs: real supervisors."""

import json
import os
import re
import signal
import socket
import subprocess
from contextlib import closing

import pytest

from leashd_hooks.cli.daemon import is_alive
from tests.leashd_hooks.cli.daemons import at_terminal, eventually
from tests.leashd_hooks.terminal import LEASHD


def test_start_returns_once_both_doors_answer(daemon):
    done = daemon.run("start", "--port", "0")
    assert done.returncode == 0, done.stderr
    told = daemon.told
    assert f"listening on http://127.0.0.1:{told['port']}/ (process {told['pid']})" in done.stdout
    with closing(socket.create_connection(("127.0.0.1", told["port"]), 5)):
        pass
    assert daemon.json("status")["supervisor"]["answers"] is True


def test_start_says_what_is_missing_before_anything_can_ask(daemon):
    done = daemon.run("start", "--port", "0", env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    assert "note: `claude` is not on PATH" in done.stdout
    assert "note: the hook is not installed; `leashd init` does it" in done.stdout


def test_start_says_when_no_hook_will_find_it_and_when_the_policy_is_broken(daemon):
    daemon.run("install", "codex")
    (daemon.home / ".leashd" / "config.yaml").write_text("policies: [strict]\nunlok: [x]\n")
    done = daemon.run("start", "--port", "0", env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 1
    assert "unknown field `unlok`" in done.stderr
    (daemon.home / ".leashd" / "config.yaml").write_text("policies: [strict]\n")
    (daemon.home / ".leashd" / "policy.yaml").write_text("version: 1\nname: mine\nruls: []\n")
    out = daemon.run("start", "--port", "0", env={"PATH": "/usr/bin:/bin"}).stdout
    assert "note: `codex` is not on PATH" in out
    assert f"note: hooks ask in `{daemon.home}/.leashd`, and so not this supervisor" in out
    assert "note: every call is denied until the policy is mended: policy error: unknown field `ruls`" in out


def test_what_runs_belongs_to_no_terminal_and_to_its_owner_alone(daemon):
    pid = daemon.start()["pid"]
    assert os.getsid(pid) == pid
    for path in daemon.folder.rglob("*"):
        assert path.lstat().st_mode & 0o077 == 0, path
    assert daemon.folder.stat().st_mode & 0o077 == 0


def test_a_second_start_names_the_first_and_leaves_it_alone(daemon):
    first = daemon.start()
    done = daemon.run("start", "--port", "0")
    assert done.returncode == 5
    assert f"running already (process {first['pid']}, {first['address']})" in done.stderr
    assert "help: `leashd status` shows it" in done.stderr
    assert daemon.json("status")["supervisor"]["pid"] == first["pid"]


def test_of_ten_that_start_at_once_one_runs(daemon):
    env = {"HOME": str(daemon.home), "PATH": os.environ["PATH"], "LEASHD_HOME": str(daemon.folder)}
    started = [
        subprocess.Popen([*LEASHD, "start", "--port", "0"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(10)
    ]
    for one in started:
        one.communicate(timeout=60)
    codes = sorted(one.returncode for one in started)
    assert codes == [0] + [5] * 9
    assert daemon.json("status")["supervisor"]["answers"] is True


def test_a_taken_port_is_named(daemon):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = daemon.run("start", "--port", str(port))
    assert done.returncode == 6
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "choose one with `--port`" in done.stderr
    assert daemon.json("status")["supervisor"] == {"running": False}


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("LEASHD_WEB_PORT=abc", "`abc` is not a port"),
        ("LEASHD_LOG_LEVEL=loud", "unknown log_level `loud`"),
        ("LEASHD_WEB_PROT=8181", "unknown variable `LEASHD_WEB_PROT`"),
    ],
)
def test_a_mistake_in_the_environment_is_named_and_ends_nothing_that_runs(daemon, variable, told):
    first = daemon.start()
    for command in ("restart", "config"):
        done = daemon.run(command, env=dict([variable.split("=")]))
        assert (done.returncode, told in done.stderr) == (1, True), done.stderr
    assert daemon.json("status")["supervisor"]["pid"] == first["pid"]


def _free() -> int:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        return int(other.getsockname()[1])


def test_settings_of_the_file_are_those_of_the_supervisor(daemon):
    port, other = _free(), _free()
    (daemon.home / ".leashd").mkdir(mode=0o700)
    (daemon.home / ".leashd" / "config.yaml").write_text(f"web_port: {port}\nlog_level: debug\n")
    told = daemon.json("start")
    assert told["address"] == f"http://127.0.0.1:{port}/"
    assert daemon.json("config")["settings"]["web_port"]["from"].endswith("config.yaml:1")
    again = daemon.json("restart", env={"LEASHD_WEB_PORT": str(other)})
    assert again["address"] == f"http://127.0.0.1:{other}/"


def test_what_a_killed_supervisor_left_behind_counts_as_nothing(daemon):
    pid = daemon.start()["pid"]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_alive(pid))
    assert (daemon.folder / "run" / "hook.sock").exists()
    assert daemon.json("status")["supervisor"] == {"running": False}
    assert daemon.run("stop").returncode == 4
    assert daemon.start()["pid"] != pid


def test_a_number_that_another_process_has_by_now_is_not_ours(daemon):
    (daemon.folder / "run").mkdir(parents=True)
    (daemon.folder / "run" / "supervisor.json").write_text(json.dumps({"pid": os.getpid(), "port": 1}))
    assert daemon.run("stop").returncode == 4
    assert daemon.start()["pid"] != os.getpid()


def test_a_state_that_is_no_directory_is_named(daemon):
    daemon.folder.write_text("")
    done = daemon.run("start", "--port", "0")
    assert done.returncode == 7
    assert str(daemon.folder) in done.stderr
    assert "help: leashd's directory must be" in done.stderr
    daemon.folder.unlink()


def test_a_damaged_database_is_named(daemon):
    daemon.folder.mkdir()
    (daemon.folder / "supervisor.db").write_bytes(b"no database" * 1000)
    done = daemon.run("start", "--port", "0")
    assert done.returncode == 7
    assert "supervisor.db` is damaged" in done.stderr
    assert "help: move it away" in done.stderr


def test_a_full_disk_is_a_reason(daemon):
    done = daemon.limited("ulimit -f 0", "start", "--port", "0")
    assert done.returncode == 7, done.stderr
    assert "error: " in done.stderr
    assert "room" in done.stderr or "disk full" in done.stderr
    assert daemon.json("status")["supervisor"] == {"running": False}


def test_a_path_that_is_too_long_for_a_socket_is_named(daemon):
    done = daemon.run("start", "--port", "0", env={"LEASHD_HOME": str(daemon.folder / ("x" * 100))})
    assert done.returncode == 7
    assert "too long for a socket" in done.stderr
    assert "set LEASHD_HOME" in done.stderr


def test_stop_ends_it_and_leaves_no_address_behind(daemon):
    pid = daemon.start()["pid"]
    assert daemon.json("stop") == {"stopped": pid, "killed": False}
    assert not is_alive(pid)
    assert not (daemon.folder / "run" / "supervisor.json").exists()
    assert not (daemon.folder / "run" / "hook.sock").exists()


def test_one_that_hangs_is_told_apart_and_replaced(daemon, monkeypatch):
    pid = daemon.start()["pid"]
    os.kill(pid, signal.SIGSTOP)
    status = daemon.json("status")["supervisor"]
    assert (status["running"], status["answers"], status["pid"]) == (True, False, pid)
    done = daemon.run("start", "--port", "0")
    assert done.returncode == 5
    assert "does not answer" in done.stderr
    assert "`leashd restart` replaces it" in done.stderr
    done = daemon.run("reload")
    assert (done.returncode, "does not answer" in done.stderr) == (1, True)
    assert daemon.run("restart", "--port", "0").returncode == 0
    assert not is_alive(pid)


def test_restart_keeps_the_port(daemon):
    first = daemon.start()
    again = daemon.json("restart")
    assert again["address"] == first["address"]
    assert again["pid"] != first["pid"]


def test_reload_keeps_process_and_port(daemon):
    first = daemon.start()
    since = daemon.told["since"]
    assert daemon.json("reload") == {"reloaded": first["pid"], "address": first["address"]}
    assert daemon.told["since"] > since


@pytest.mark.parametrize("command", ["stop", "reload"])
def test_without_a_supervisor_they_say_so(daemon, command):
    done = daemon.run(command)
    assert done.returncode == 4
    assert "no supervisor is running" in done.stderr
    assert "help: `leashd start`" in done.stderr


def test_status_tells_of_the_supervisor(daemon):
    assert "not running; `leashd start`" in daemon.run("status").stdout
    told = daemon.start()
    status = daemon.json("status")["supervisor"]
    assert (status["pid"], status["address"], status["waiting"]) == (told["pid"], told["address"], 0)
    assert told["address"] in daemon.run("status").stdout


def test_in_the_foreground_it_shows_its_log_and_ends_with_a_signal(daemon):
    env = {"HOME": str(daemon.home), "PATH": os.environ["PATH"], "LEASHD_HOME": str(daemon.folder)}
    command = [*LEASHD, "start", "-f", "--port", "0"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        started = json.loads(process.stderr.readline())
        assert (started["event"], started["pid"]) == ("started", process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert json.loads(process.stderr.read().splitlines()[-1])["event"] == "stopping"


def test_in_the_foreground_a_person_gets_the_way_in_and_a_log_to_read(daemon):
    shown, code = at_terminal(daemon, "start", "-f", "--port", "0", dialog=[("started  pid=", "\x03")])
    assert code == 0, shown
    assert re.search(r"key   leashd-\S{43}", shown)
    assert re.search(r"link  http://127.0.0.1:\d+/#pair=", shown)
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  info     started  pid=", shown, re.M)
    assert '{"time"' not in shown


def test_logs_show_what_it_did(daemon):
    assert daemon.run("logs").returncode == 4
    daemon.start()
    daemon.run("stop")
    out = daemon.run("logs").stdout
    assert "started" in out
    assert "stopping" in out
    lines = daemon.run("logs", "-n", "1", "--json").stdout.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["stopping"]


def test_logs_follow_behind_a_rotation(daemon):
    daemon.start()
    path = daemon.folder / "logs" / "supervisor.jsonl"
    env = {"HOME": str(daemon.home), "PATH": os.environ["PATH"], "LEASHD_HOME": str(daemon.folder)}
    command = [*LEASHD, "logs", "-f", "-n", "1", "--json"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        assert json.loads(follower.stdout.readline())["event"] == "started"
        with path.open("a") as out:
            out.write('{"event": "before"}\n')
        path.rename(path.with_name(path.name + ".1"))
        path.write_text('{"event": "behind"}\n')
        assert [json.loads(follower.stdout.readline())["event"] for _ in range(2)] == ["before", "behind"]
        follower.terminate()


def test_alone_without_a_terminal_it_only_helps(daemon):
    done = daemon.run()
    assert done.returncode == 0
    assert "Usage: leashd" in done.stdout
    assert daemon.json("status")["supervisor"] == {"running": False}


def test_alone_at_a_terminal_it_sets_up_and_starts_and_then_tells(daemon):
    free = {"LEASHD_WEB_PORT": "0"}
    first, code = at_terminal(daemon, dialog=[("go ahead?", "y\n")], env=free)
    assert code == 0, first
    assert "installed in" in first
    assert daemon.settings.exists(), first
    assert re.search(r"key    leashd-\S{43}", first)
    address = daemon.json("status")["supervisor"]["address"]
    link = re.search(r"link   (\S+#pair=\S+)", first)
    assert link
    assert link[1].startswith(address)
    assert "█" not in first  # a phone has an address 127.0.0.1 of its own
    again, code = at_terminal(daemon)
    assert code == 0, again
    assert "installed in" not in again
    assert address in again
    assert "key  " not in again
    assert "`leashd restart` shows a link" in again


def test_alone_in_another_project_it_says_that_agents_may_not_work_there(daemon):
    daemon.run("init", "--yes")
    other = daemon.home / "other"
    other.mkdir()
    shown, code = at_terminal(daemon, cwd=other, env={"LEASHD_WEB_PORT": "0"})
    assert (code, f"agents may not work in `{other}`; `leashd add-dir` approves it" in shown) == (0, True), shown
    shown, code = at_terminal(daemon)
    assert (code, "may not work" in shown) == (0, False), shown


def test_where_a_tunnel_shows_the_page_the_link_is_also_a_picture(daemon):
    daemon.start()
    shown, code = at_terminal(daemon, "restart", env={"LEASHD_PUBLIC_HOSTS": "laptop.example.org"})
    assert code == 0, shown
    pair = re.search(r"link   \S+#pair=(\S+)", shown)[1]
    assert f"phone  https://laptop.example.org/#pair={pair}" in shown
    assert "█" in shown


def test_with_yes_it_sets_up_without_a_question(daemon):
    shown, code = at_terminal(daemon, "--yes", env={"LEASHD_WEB_PORT": "0"})
    assert code == 0, shown
    assert "go ahead?" not in shown
    assert daemon.settings.exists()
    assert re.search(r"link   \S+#pair=", shown)


def test_the_way_in_is_shown_to_a_person_only(daemon):
    assert "link" not in daemon.run("start", "--port", "0").stdout
    assert set(daemon.json("restart")) == {"running", "pid", "address", "notes"}
    shown, _ = at_terminal(daemon, "restart")
    assert "key    leashd-" in shown
    again, _ = at_terminal(daemon, "restart")
    assert "key    leashd-" not in again
    assert "#pair=" in again
