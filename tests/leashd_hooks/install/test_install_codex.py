"""Registering with Codex: the line around the hook, the record of trust, what stays as it was, what root asks."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from leashd_hooks.install import codex, toml_file
from leashd_hooks.install.codex import Files
from leashd_hooks.install.guard_line import guard_line
from leashd_hooks.install.place import Place
from leashd_hooks.install.settings_file import SettingsError

REWRITE = '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","updatedInput":{"a":"}"}}}'
#: A hook as a program of the shell -> exit code, standard output, what standard error begins with.
LINES = {
    "an allow passes": ("echo '{}'", 0, "{}", ""),
    "an allow with another input passes": (f"echo '{REWRITE}'", 0, REWRITE, ""),
    "a denial passes with its reason": ("echo 'no: why' >&2; exit 2", 2, "", "no: why\n"),
    "a denial without a reason is given one": ("exit 2", 2, "", "leashd: denied, because its hook ended with 2"),
    "a crash is a denial that says how": ("echo Traceback >&2; exit 1", 2, "", "Traceback"),
    "an allow with a bad end is a denial": ("echo '{}'; exit 1", 2, "", "{}"),
    "a hook that is killed is a denial": ("kill -9 $$", 2, "", "Killed"),
    "a hook that hangs is a denial": ("exec sleep 60", 2, "", "leashd: denied, because its hook ended with 1"),
    "a hook that will not end is a denial": ("trap '' TERM; exec sleep 60", 2, "", "leashd: denied"),
    "silence is a denial": ("exit 0", 2, "", "leashd: denied, because its hook ended with 0"),
    "garbage is a denial": ("echo garbage", 2, "", "garbage"),
    "words before the answer are a denial": ("echo x; echo '{}'", 2, "", "x"),
    "words beside the answer are a denial": ("echo '{}'; echo x >&2", 2, "", "{}"),
    "half an answer is a denial": ("printf '{\"hookSpecificOutput\":{'", 2, "", '{"hook'),
}


@pytest.mark.parametrize("name", LINES)
def test_the_line_lets_nothing_pass_but_an_answer(name: str) -> None:
    script, code, stdout, stderr = LINES[name]
    line = guard_line(["/bin/sh", "-c", script], 1)
    done = subprocess.run(["bash", "-c", line], input="{}", capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, stdout)
    assert done.stderr.startswith(stderr)
    assert bool(done.stderr.strip()) == (code == 2)


def test_a_program_that_is_not_there_is_a_denial() -> None:
    done = subprocess.run(["bash", "-c", guard_line(["/no/such/python"], 1)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "/no/such/python" in done.stderr


def test_the_hook_ends_with_the_group_of_the_shell(tmp_path: Path) -> None:
    said = tmp_path / "said"
    os.mkfifo(said)
    line = guard_line(["/bin/sh", "-c", f"exec 9>{said}; echo on >&9; sleep 5; echo late >&9"], 30)
    with subprocess.Popen(["bash", "-c", line], start_new_session=True) as shell, said.open() as hook:
        assert hook.readline() == "on\n"
        os.killpg(shell.pid, signal.SIGKILL)
        assert hook.read() == ""


def test_the_digest_is_the_one_that_codex_makes() -> None:
    """Recorded from `hooks/list` of codex-cli 0.169.0."""
    assert (
        codex.trusted_hash("PreToolUse", "/bin/true ü")
        == "sha256:32f20146cbec1b6d31fbc2e103d89887aba7fe18b98a3eeb976acb3fd2b2a11f"
    )


def test_the_line_is_known_again_wherever_it_was_installed() -> None:
    for argv in (["/py", "/a b/leashd_hooks/boot.py", "codex"], ["/usr/bin/leashd-hook", "codex"]):
        assert codex.is_ours({"type": "command", "command": guard_line(argv, 5)})
    assert not codex.is_ours({"type": "command", "command": "/opt/gate leashd"})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    home, project = tmp_path / "home", tmp_path / "project"
    (home / ".codex").mkdir(parents=True)
    project.mkdir()
    return Place(home, home / ".leashd", project)


@pytest.fixture
def where(place: Place, tmp_path: Path) -> Files:
    return Files(place.home / ".codex", place.project, tmp_path / "etc" / "requirements.toml")


CONFIG = """# mine
model = "gpt-5.5"   # the old one

[projects."/work"]  # trusted long ago
trust_level = "trusted"
"""
OTHERS = {
    "description": "mine",
    "hooks": {
        "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "audit"}]}],
        "Stop": [{"hooks": [{"type": "command", "command": "bell"}]}],
    },
}


@pytest.mark.parametrize("scope", ["user", "project"])
def test_what_others_wrote_stays_and_comes_back(place: Place, where: Files, scope: str) -> None:
    hooks = where.hooks(scope)
    hooks.parent.mkdir(exist_ok=True)
    hooks.write_text(json.dumps(OTHERS, indent=4) + "\n")
    where.config.write_text(CONFIG)
    assert codex.install(place, where, scope).changed
    wired = json.loads(hooks.read_text())
    assert wired["description"] == "mine"
    assert wired["hooks"]["PreToolUse"] == [*OTHERS["hooks"]["PreToolUse"], codex.group(codex.command(place))]  # type: ignore[index]
    assert wired["hooks"]["Stop"] == OTHERS["hooks"]["Stop"]  # type: ignore[index]
    assert where.config.read_text().startswith(CONFIG)
    assert not codex.install(place, where, scope).changed
    assert codex.uninstall(where, scope).changed
    assert json.loads(hooks.read_text()) == OTHERS
    assert where.config.read_text().rstrip("\n") == CONFIG.rstrip("\n")


@pytest.mark.parametrize("scope", ["user", "project"])
def test_the_trust_names_the_place_of_each_group(place: Place, where: Files, scope: str) -> None:
    hooks = where.hooks(scope)
    hooks.parent.mkdir(exist_ok=True)
    hooks.write_text(json.dumps(OTHERS))
    codex.install(place, where, scope)
    line = codex.command(place)
    assert toml_file.load(where.config).data["hooks"]["state"] == {
        f"{hooks}:pre_tool_use:1:0": {"trusted_hash": codex.trusted_hash("PreToolUse", line)},
        f"{hooks}:permission_request:0:0": {"trusted_hash": codex.trusted_hash("PermissionRequest", line)},
    }


def test_a_second_installation_replaces_the_first_in_its_place(place: Place, where: Files) -> None:
    codex.install(place, where, "user")
    hooks = json.loads(where.hooks("user").read_text())
    hooks["hooks"]["PreToolUse"].append({"hooks": []})
    where.hooks("user").write_text(json.dumps(hooks))
    codex.install(place, where, "user", unattended=True)
    groups = json.loads(where.hooks("user").read_text())["hooks"]["PreToolUse"]
    assert groups == [codex.group(codex.command(place, True)), {"hooks": []}]
    record = toml_file.load(where.config).data["hooks"]["state"][f"{where.hooks('user')}:pre_tool_use:0:0"]
    assert record["trusted_hash"] == codex.trusted_hash("PreToolUse", codex.command(place, True))


def test_alone_it_leaves_nothing_behind(place: Place, where: Files) -> None:
    where.config.write_text("")
    codex.install(place, where, "user")
    codex.uninstall(where, "user")
    assert not where.hooks("user").exists()
    assert where.config.read_text().strip() == ""
    assert not codex.uninstall(where, "user").changed


#: How a user may have laid out what is to be changed.
LAYOUTS = {
    "tables": '[hooks.state."k"]\ntrusted_hash = "sha256:1"\n# end\n',
    "dotted keys": 'hooks.state."k".trusted_hash = "sha256:1"\n[a]\nb = 1\n',
    "inline tables": 'hooks = {state = {"k" = {trusted_hash = "sha256:1"}}}\n',
    "hooks in the settings": "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = 'command'\ncommand = 'x'\n[z]\na = 1\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_trust_is_added_in_every_layout(place: Place, where: Files, layout: str) -> None:
    where.config.write_text(LAYOUTS[layout])
    before = toml_file.load(where.config).data
    codex.install(place, where, "user")
    after = toml_file.load(where.config).data
    assert len(after["hooks"]["state"]) == len(before["hooks"].get("state", {})) + 2
    codex.uninstall(where, "user")
    assert toml_file.load(where.config).data == before


BROKEN = {
    "hooks that are switched off": ("config", "[features]\nhooks = false\n", "no hook would run"),
    "hooks that are switched off by their old name": (
        "config",
        "[features]\ncodex_hooks = false\n",
        "no hook would run",
    ),
    "settings that are no TOML": ("config", "model = \n", "not valid TOML"),
    "hooks that are no JSON": ("hooks", "{", "not valid JSON"),
    "hooks that are no object": ("hooks", '{"hooks": []}', "no object"),
    "an event that is no list": ("hooks", '{"hooks": {"PreToolUse": {}}}', "no list"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_where_the_hook_could_not_take_effect(place: Place, where: Files, name: str) -> None:
    which, text, message = BROKEN[name]
    files = {"config": where.config, "hooks": where.hooks("user")}
    files[which].write_text(text)
    with pytest.raises(SettingsError, match=message):
        codex.install(place, where, "user")
    assert files[which].read_text() == text
    assert [path.name for path in where.home.iterdir()] == [files[which].name]


def test_fix_closes_what_settings_leave_open(place: Place, where: Files) -> None:
    where.config.write_text("# mine\n[features]\nhooks = false # for now\ncodex_hooks = false\ngoals = false\n")
    codex.install(place, where, "user", fix=True)
    data = toml_file.load(where.config).data
    assert data["features"] == {"hooks": True, "goals": False, "unified_exec_tty": False}
    assert data["web_search"] == "disabled"
    assert "# mine\n" in where.config.read_text()


def test_root_asks_for_the_hook_of_every_session(place: Place, where: Files) -> None:
    where.requirements.parent.mkdir()
    where.requirements.write_text("# of the company\nallowed_sandbox_modes = ['read-only']\n")
    assert codex.install(place, where, "managed").changed
    assert not codex.install(place, where, "managed").changed
    assert where.requirements.read_text().startswith("# of the company\nallowed_sandbox_modes = ['read-only']\n")
    wired = [codex.group(codex.command(place))]
    assert toml_file.load(where.requirements).data == {
        "allowed_sandbox_modes": ["read-only"],
        "allow_managed_hooks_only": True,
        "allowed_approvals_reviewers": ["user"],
        "allowed_web_search_modes": ["disabled"],
        "features": {"hooks": True, "unified_exec_tty": False},
        "hooks": {"PreToolUse": wired, "PermissionRequest": wired},
    }
    assert where.requirements.stat().st_mode & 0o777 == 0o644
    codex.uninstall(where, "managed")
    assert toml_file.load(where.requirements).data == {"allowed_sandbox_modes": ["read-only"]}
