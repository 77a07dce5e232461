"""Programs that act on processes and on the system: kill, services, mounts, power, firewall, accounts, schedules."""

from leashd_hooks.shell.argv import read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

#: name -> operation of the `system` effect, whatever the words.
ALWAYS = {
    "umount": "mount", "shutdown": "power", "reboot": "power", "halt": "power", "poweroff": "power", "fdisk": "disk",
    "cfdisk": "disk", "sfdisk": "disk", "parted": "disk", "wipefs": "disk", "blkdiscard": "disk", "mkswap": "disk",
    "swapoff": "disk", "swapon": "disk", "cryptsetup": "disk", "lvremove": "disk", "vgremove": "disk",
    "pvremove": "disk",
    "mkfs": "disk", "hdparm": "disk", "diskutil": "disk", "useradd": "account", "usermod": "account",
    "userdel": "account",
    "adduser": "account", "deluser": "account", "groupadd": "account", "groupdel": "account", "groupmod": "account",
    "gpasswd": "account", "passwd": "account", "chpasswd": "account", "visudo": "account", "vipw": "account",
    "chsh": "account", "chage": "account", "modprobe": "kernel", "insmod": "kernel", "rmmod": "kernel",
    "kexec": "kernel",
    "dmesg": "kernel", "timedatectl": "setting", "localectl": "setting", "setenforce": "kernel", "chattr": "setting",
    "update-alternatives": "setting", "networksetup": "setting", "scutil": "setting", "defaults": "setting",
    "csrutil": "setting", "spctl": "setting", "nmcli": "setting", "ifconfig": "setting", "route": "setting",
    "zfs": "disk", "btrfs": "disk", "mdadm": "disk", "pvcreate": "disk", "vgcreate": "disk", "lvcreate": "disk",
    "chfn": "account", "iptables-restore": "firewall", "ip6tables-restore": "firewall", "killall5": "power",
    "update-rc.d": "service", "init": "power", "telinit": "power", "pmset": "power",
}  # fmt: skip
#: name -> (operation, words with which it only looks).
UNLESS = {
    "systemctl": ("service",
                  "status is-active is-enabled is-failed list-units list-unit-files list-timers show cat --version"
                  " list-sockets get-default list-dependencies"),
    "service": ("service", "--status-all"),
    "launchctl": ("service", "list print print-disabled"),
    "rc-service": ("service", "--list"),
    "supervisorctl": ("service", "status tail avail"),
    "pm2": ("service", "list ls status logs show describe info"),
    "mount": ("mount", "-l"),
    "iptables": ("firewall", "-L --list -S --list-rules -n"), "ip6tables": ("firewall", "-L --list -S --list-rules -n"),
    "nft": ("firewall", "list"), "ufw": ("firewall", "status show version"), "firewall-cmd": ("firewall",
        "--list-all --state"),
    "pfctl": ("firewall", "-s"), "hostnamectl": ("setting", "status"), "timedatectl": ("setting", "status show"),
    "sysctl": ("kernel", "-a --all -n"), "crontab": ("schedule", "-l"), "at": ("schedule", "-l"), "atq": ("schedule",
        ""),
    "atrm": ("schedule", "-"), "batch": ("schedule", "-"), "dmesg": ("kernel", "-T -H --human -x -k -t"),
    "zfs": ("disk", "list get"), "mdadm": ("disk", "--detail --examine -D -E"), "localectl": ("setting", "status"),
    "loginctl": ("setting", "list-sessions list-users session-status user-status show-session show-user list-seats"),
    "ip": ("setting", "show list -V get"), "defaults": ("setting", "read find domains"),
    "update-alternatives": ("setting", "--list --display --query"), "diskutil": ("disk", "list info"),
}  # fmt: skip
#: Programs that look, but for these flags.
LOOKERS = {
    "ss": "-K --kill -D --diag -F --filter", "netstat": "", "findmnt": "", "lsmod": "",
    "journalctl": "--vacuum-size --vacuum-time --vacuum-files --rotate --flush --sync --setup-keys --update-catalog"
                  " --relinquish-var --smart-relinquish-var -D --directory --file -i --root --image --cursor-file",
    "arp": "-s -d -f --set --delete --file", "modinfo": "-b --basedir",
}  # fmt: skip
SIGNALS = ("kill", "pkill", "killall", "skill", "xkill", "tkill")
CAPABLE = ("setcap",)


def effects(call: "Invocation") -> "list[Effect] | None":
    name = call.name
    if name in STOPS and any(map(_names_guard, call.args)) and not _only_looks(call):
        return [call.effect("control", system="leashd", verb="stop", changes=True)]
    if name == "systemctl" and "show-environment" in call.args:
        return [call.effect("secret", store="environment")]
    if name in SIGNALS:
        return _kill(call)
    if name in LOOKERS:
        return _looker(call)
    if name == "systemctl" and read(call.args, short="tpnHMPo").words[:1] in [[word] for word in POWER]:
        return [call.effect("system", operation="power")]
    if name == "ifconfig" and len(call.args) < 2 and all(isinstance(word, str) for word in call.args):
        return []
    if name in CAPABLE:
        return [call.effect("privilege", program="setcap"),
                *[call.on_path("write", word, how="mode") for word in read(call.args).words[1:]]]  # fmt: skip
    if name in ("strace", "ltrace", "gdb", "lldb"):
        return None
    if name.startswith("mkfs"):
        return [call.effect("system", operation="disk"),
                *[call.on_path("write", word, how="edit") for word in read(call.args,
                    short="tLnbcEO").words[-1:]]]  # fmt: skip
    if name in ("tmux", "screen"):
        return _multiplexer(call)
    if name in UNLESS:
        return _unless(call)
    operation = ALWAYS.get(name)
    return None if operation is None else [call.effect("system", operation=operation)]


#: Programs that end processes or services.
STOPS = (*SIGNALS, "systemctl", "service", "launchctl", "rc-service", "supervisorctl", "pm2")


def _names_guard(word: "Value") -> bool:
    """Whether a word names the guard, or a process that was found by its name or by its files."""
    if isinstance(word, str):
        return "leashd" in word
    return any("leashd" in str(effect.fields) for effect in word.effects)


def _only_looks(call: "Invocation") -> bool:
    looks = UNLESS[call.name][1].split() if call.name in UNLESS else ["-l", "-L", "--list", "--table", "-0"]
    words = [word for word in call.args if word not in ("--user", "--no-pager")]
    return bool(words) and (words[0] in looks or words[-1] == "status")


POWER = ("reboot", "poweroff", "halt", "kexec", "suspend", "hibernate", "hybrid-sleep", "soft-reboot", "rescue",
         "emergency", "sleep")  # fmt: skip


def _looker(call: "Invocation") -> "list[Effect] | None":
    short = {"journalctl": "unpotSUgDi", "ss": "fADFN"}.get(call.name, "")
    long = ("--unit", "--since", "--until", "--lines", "--priority", "--output", "--grep", "--boot", "--identifier")
    options = read(call.args, short=short, long=long)
    changing = LOOKERS[call.name].split()
    if options.unknown or options.has(*changing):
        return None
    if call.name == "modinfo":
        files = [word for word in options.words if not isinstance(word, str) or "/" in word]
        return [call.on_path("read", word, how="content") for word in files]
    if call.name == "arp" and options.flags == [] and len(options.words) > 1:
        return None
    return []


def _kill(call: "Invocation") -> "list[Effect]":
    if any(isinstance(word, str) and word in ("-l", "-L", "--list", "--table", "-0") for word in call.args[:1]):
        return []
    options = read(call.args, short="snqugGPtUoF" if call.name != "kill" else "snq", long=("--signal", "--queue"))
    targets = [str(word) if isinstance(word, str) else None for word in options.words]
    named = options.values("-u", "-g", "-P", "-t") if call.name != "kill" else []
    targets += [str(word) for word in named if isinstance(word, str)]
    # `kill -9 -1` names every process; the reader takes -1 for a flag.
    targets += ["-1"] if call.name == "kill" and "-1" in call.args[1:] else []
    return [call.effect("process", operation="kill", target=target) for target in targets or [None]]


def _unless(call: "Invocation") -> "list[Effect]":
    operation, looks = UNLESS[call.name]
    words = [
        word for word in call.args if isinstance(word, Unknown) or word not in ("--no-pager", "--user", "-q", "--now")
    ]
    if call.name == "ip":
        words = [word for word in words if isinstance(word, Unknown) or word[:1] != "-" or word == "-V"]
    if call.name == "ip" and len(words) < 2 and not any(isinstance(word, Unknown) for word in words):
        return []
    quiet = table(looks)
    asked = bool(words) and isinstance(words[0], str) and words[0] in quiet
    if call.name == "ip":
        asked = any(isinstance(word, str) and word in quiet for word in words[1:2]) or words[:1] == ["-V"]
    if call.name == "service":
        asked = asked or words[1:] == ["status"]
    if call.name == "sysctl":
        settings = any(
            isinstance(word, Unknown) or "=" in word or word in ("-w", "-p", "--system", "--load") for word in words
        )
        asked = not settings
    if call.name in ("iptables", "ip6tables"):
        asked = bool(words) and all(
            isinstance(word, str) and word in (*quiet, "-v", "-t", "nat", "filter") for word in words
        )
    if not words and call.name in ("mount", "systemctl", "atq", "dmesg", "hostnamectl", "timedatectl", "at"):
        asked = call.name != "at"
    if call.name == "crontab" and any(isinstance(word, str) and word in ("-r", "-e", "-") for word in words):
        asked = False
    found = [] if asked else [call.effect("system", operation=operation)]
    if call.name in ("at", "batch") and not asked:
        found.append(call.effect("code", language="shell", source="stdin"))
    if call.name == "crontab" and not asked:
        files = [word for word in read(words, short="u").words if word != "-"]
        found += [call.on_path("read", word, how="content") for word in files]
    return found


LOOKS = table("ls list-sessions lsw list-windows lsp list-panes capture-pane capturep display-message has-session"
              " has show-options list-clients info -V -ls")  # fmt: skip


def _multiplexer(call: "Invocation") -> "list[Effect] | None":
    first = call.args[0] if call.args else None
    if isinstance(first, str) and first in LOOKS and ";" not in call.args:
        return []
    # A pane runs whatever it is told, outside of this call.
    found = [call.effect("code", language="shell", source="unknown")]
    tmux = call.name == "tmux"
    options = read(call.args[1:] if tmux else call.args, short="cefFlnNpstxyhSTb" if tmux else "ceLpsStTX")
    words = [word for word in options.words if isinstance(word, str) and word not in KEYS]
    if words and call.name == "tmux":
        found += [effect for word in words for effect in call.shell(word)] if " " in " ".join(words) else []
    elif words:
        found += call.command(words)
    return found


#: Names of keys among the words of `tmux send-keys`.
KEYS = table("Enter C-m C-c C-d C-l Space Escape Tab Up Down Left Right BSpace")
