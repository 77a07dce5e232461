import pytest

CODE = "code language=shell source={}".format
TABLE = {
    "kill 123": ["process operation=kill target=123"],
    "kill -9 1": ["process operation=kill target=1"],
    "kill -s TERM 5 6": ["process operation=kill target=5", "process operation=kill target=6"],
    "kill -9 -1": ["process operation=kill target=-1"],
    "kill ?": ["process operation=kill"],
    "kill -l": [],
    "pkill -f node": ["process operation=kill target=node"],
    "killall -9 x": ["process operation=kill target=x"],
    "systemctl status x": [],
    "systemctl --user restart x": ["system operation=service"],
    "service x status": [],
    "service x restart": ["system operation=service"],
    "mount": [],
    "mount /dev/sda1 /mnt": ["system operation=mount"],
    "mkfs.ext4 /dev/sda1": ["system operation=disk", "write /dev/sda1 how=edit"],
    "shutdown -h now": ["system operation=power"],
    "reboot": ["system operation=power"],
    "iptables -L -n": [],
    "iptables -F": ["system operation=firewall"],
    "iptables -L -F": ["system operation=firewall"],
    "ufw disable": ["system operation=firewall"],
    "useradd x": ["system operation=account"],
    "passwd": ["system operation=account"],
    "sysctl -a": [],
    "sysctl -w a=1": ["system operation=kernel"],
    "sysctl kernel.x": [],
    "modprobe x": ["system operation=kernel"],
    "crontab -l": [],
    "crontab evil": ["system operation=schedule", "read /w/evil how=content"],
    "crontab -r": ["system operation=schedule"],
    "at now": ["system operation=schedule", CODE("stdin")],
    "setcap cap_setuid+ep ./x": ["privilege program=setcap", "write /w/x how=mode"],
    "chattr +i x": ["system operation=setting"],
    "ip addr": [],
    "ip link show": [],
    "ip link set eth0 down": ["system operation=setting"],
    "tmux ls": [],
    "tmux send-keys -t x 'rm -rf x' Enter": [CODE("unknown")],
    "screen -dm ./evil": [CODE("unknown")],
    "gdb -p 1": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_system(line, effects_of):
    assert effects_of(line) == TABLE[line]
