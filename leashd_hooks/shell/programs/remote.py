"""Programs that speak with other machines besides HTTP: scp, sftp, rsync, ftp, nc, socat, telnet, dig, ping."""

from leashd_hooks.hosts import reach, split_url
from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.filters import left_out
from leashd_hooks.shell.invocation import Pattern, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

LOOKUPS = {"dig": "dns", "nslookup": "dns", "host": "dns", "drill": "dns", "ping": "icmp", "ping6": "icmp",
           "traceroute": "icmp", "tracepath": "icmp", "mtr": "icmp", "whois": "whois"}  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name in LOOKUPS:
        return _lookup(call)
    if call.name in ("scp", "rsync"):
        return _copy(call)
    if call.name in ("nc", "ncat", "netcat"):
        return _netcat(call)
    if call.name == "socat":
        return _socat(call)
    return _session(call)


def _network(
    call: "Invocation", host: "str | None", scheme: str, direction: str, port: "int | None" = None
) -> "Effect":
    where = reach(host) if host else None
    return call.effect("network", host=host or None, port=port, scheme=scheme, direction=direction, reach=where)


def _remote(word: "Value") -> "str | None":
    """The host of a `host:path` or URL, "" when it cannot be known, None for a path here."""
    if isinstance(word, Unknown):
        return None if "/" in word.prefix.partition(":")[0] else "" if ":" not in word.prefix else _host(word.prefix)
    if "://" in word:
        return split_url(word)[1]
    head = word.partition("/")[0]
    return _host(head) if ":" in head else None


def _host(text: str) -> str:
    host = text.rpartition("]")[0].partition("[")[2] or text.partition(":")[0]
    return host.rpartition("@")[2]


SCP_KNOWN = names("346ABCpqrRTOvcDFiJlPX")
RSYNC_SHORT = "eBTfM"
RSYNC_LONG = table(
    "--rsh --rsync-path --exclude --include --exclude-from --include-from --files-from --filter --backup-dir --suffix"
    " --chmod --chown --bwlimit --timeout --port --max-size --min-size --compare-dest --copy-dest --link-dest"
    " --log-file --log-file-format --out-format --partial-dir --temp-dir --password-file --write-batch --read-batch"
    " --only-write-batch --max-delete --block-size --compress-level --modify-window --iconv --checksum-choice"
    " --compress-choice --info --debug --usermap --groupmap --address --sockopts --protocol --remote-option --outbuf"
    " --early-input --skip-compress"
)
RSYNC_REFUSED = table("-e --rsh --rsync-path --write-batch --read-batch --only-write-batch -M --remote-option"
                      " --early-input --daemon --config")  # fmt: skip
DELETES = table("--delete --delete-before --delete-after --delete-during --delete-delay --delete-excluded --del"
                " --delete-missing-args")  # fmt: skip


def _copy(call: "Invocation") -> "list[Effect] | None":
    rsync = call.name == "rsync"
    options = read(call.args, short=RSYNC_SHORT if rsync else "cDFiJloPSX", long=RSYNC_LONG if rsync else (),
                   plain=DELETES if rsync else ())  # fmt: skip
    globbed = any(isinstance(word, Pattern) and word[:1] in "*?[" for word in options.words)
    if options.has(*RSYNC_REFUSED) and rsync and not _plain_ssh(options.values("-e", "--rsh"), options.flags):
        return None
    if (not rsync and options.strange(SCP_KNOWN)) or globbed or len(options.words) < (1 if rsync else 2):
        return None
    *sources, target = options.words if len(options.words) > 1 else [options.words[0], "."]
    if rsync and _only_tells(options):
        here = [word for word in (*sources, target) if _remote(word) is None]
        hosts = [_network(call, _remote(word), "ssh", "connect", 22) for word in (*sources, target) if word not in here]
        return [*hosts, *(call.on_path("read", word, how="list", recursive=True) for word in here)]
    found: list[Effect] = []
    skipped = left_out(options.values("--exclude"), options.values("--include", "--filter", "-f"))
    follow = options.has("-L", "--copy-links", "--copy-unsafe-links", "-k", "--copy-dirlinks") or None
    for source in sources:
        host = _remote(source)
        found.append(_network(call, host, "ssh", "fetch", 22) if host is not None else call.on_path(
            "read", source, how="content", recursive=True, deep=skipped, follow=follow))  # fmt: skip
    host = _remote(target)
    removes = options.has("--remove-source-files")
    if host is not None:
        found.append(_network(call, host, "ssh", "upload", 22))
    elif len(options.words) > 1:
        found.append(call.on_path("write", target, how="create", recursive=True))
        if options.has(*DELETES):
            found.append(call.on_path("delete", target, recursive=True, force=True))
    for source in sources:
        if removes and _remote(source) is None:
            found.append(call.on_path("delete", source, recursive=True, force=True))
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    files = options.values("--exclude-from", "--include-from", "--files-from", "--password-file")
    found += [call.on_path("read", path, how="content") for path in files if path != "-"]
    return found + [call.on_path("write", path, how="create") for path in options.values("--log-file", "--backup-dir")]


def _only_tells(options: "Options") -> bool:
    """Whether rsync only tells what it would do: then nothing but names is read, and nothing is written."""
    more = ("-c", "--checksum", "--log-file", "--password-file")
    taken_back = any(flag.startswith("--no-") for flag, _ in options.flags)
    listed = any(flag.endswith("-from") for flag, _ in options.flags)
    return options.has("-n", "--dry-run") and not (options.has(*more) or taken_back or listed or options.unknown)


def _plain_ssh(values: "list[Value]", flags: "list[tuple[str, Value | None]]") -> bool:
    """Whether `-e` is the only doubtful option and names ssh itself with at most a port."""
    doubtful = [flag for flag, _ in flags if flag in RSYNC_REFUSED and flag not in ("-e", "--rsh")]
    return not doubtful and all(isinstance(value, str) and _is_ssh(value) for value in values)


def _is_ssh(command: str) -> bool:
    return command == "ssh" or (command.startswith("ssh -p ") and command[7:].isdigit())


def _netcat(call: "Invocation") -> "list[Effect] | None":
    options = read(
        call.args, short="ecpwsiXxqOITVgGmM", long=("--exec", "--sh-exec", "--lua-exec", "--proxy", "--source")
    )
    if options.has("-U", "--unixsock"):
        return [call.on_path("write", word, how="edit") for word in options.words[:1]]
    runs = options.has("-e", "-c", "--exec", "--sh-exec", "--lua-exec")
    found = [call.effect("code", language="shell", source="inline")] if runs else []
    for text in options.values("-e", "-c", "--exec", "--sh-exec"):
        found += call.shell(text)
    first = options.words[0] if options.words else None
    listens = options.has("-l", "--listen")
    port = options.words[1] if len(options.words) > 1 else first if listens else None
    if listens and options.has("-p"):
        port = options.values("-p")[-1]
    number = int(port) if isinstance(port, str) and port.isdigit() else None
    host = "localhost" if listens else str(first) if isinstance(first, str) else None
    scans = options.has("-z")
    upload = call.stdin.kind in ("pipe", "text", "file") and not scans
    return [_network(call, host, "tcp", "upload" if upload else "connect", number), *found]


SOCAT_RUNS = ("exec:", "system:", "shell:")
SOCAT_FILES = ("file:", "open:", "create:", "gopen:")


def _socat(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="btTlL")
    found: list[Effect] = []
    for word in options.words:
        if isinstance(word, Unknown):
            return None
        for side in word.split("!!"):
            kind = side.lower()
            if kind.startswith(SOCAT_RUNS):
                found.append(call.effect("code", language="shell", source="inline"))
                found += call.shell(side.partition(":")[2].partition(",")[0])
            elif kind.startswith(SOCAT_FILES):
                path = side.partition(":")[2].partition(",")[0]
                found += [call.on_path("read", path, how="content"), call.on_path("write", path, how="edit")]
            elif kind.startswith("unix"):
                found.append(call.on_path("write", side.partition(":")[2].partition(",")[0], how="edit"))
            elif kind.startswith(("tcp", "udp", "openssl", "ssl", "sctp", "socks", "proxy")):
                parts = side.partition(":")[2].partition(",")[0].split(":")
                listens = "listen" in kind.partition(":")[0]
                number = int(parts[-1]) if parts[-1].isdigit() else None
                found.append(_network(call, "localhost" if listens else parts[0], "tcp", "connect", number))
            elif kind not in ("-", "stdio", "stdin", "stdout"):
                return None
    return found


def _lookup(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="cWwstTqpiImMxfbkyA" if call.name in ("dig", "host") else "cWwstTiImMpqfh")
    found: list[Effect] = []
    for word in options.words:
        if isinstance(word, str) and word[:1] in "@" and call.name in ("dig", "drill"):
            found.append(_network(call, word[1:], "dns", "connect", 53))
        elif call.name in ("ping", "ping6") and word in ("localhost", "127.0.0.1", "::1"):
            continue  # it tells nothing, and asks nobody
        elif isinstance(word, Unknown) or word[:1] != "+":
            found.append(_network(call, str(word) if isinstance(word, str) else None, LOOKUPS[call.name], "connect"))
    if call.name == "dig":
        found += [call.on_path("read", path, how="content") for path in options.values("-f", "-k")]
        # Every name in the file is asked for, and so leaves the machine.
        found += [_network(call, None, "dns", "upload") for _ in options.values("-f")]
    return found


def _session(call: "Invocation") -> "list[Effect] | None":
    """sftp, ftp, telnet, lftp: what is said in there is not known, so data may go either way."""
    options = read(call.args, short="bBcDFiJlPRsSXoenlp")
    if call.name == "lftp" or options.has("-S", "-D", "-F", "-o") or not options.words:
        return None
    first = options.words[0]
    host = None if isinstance(first, Unknown) else split_url(first)[1] if "://" in first else _host(first)
    scheme = {"sftp": "ssh", "ftp": "ftp"}.get(call.name, "tcp")
    port = options.words[1] if call.name == "telnet" and len(options.words) > 1 else ""
    found = [_network(call, host, scheme, "upload", int(port) if isinstance(port, str) and port.isdigit() else None)]
    return found + [call.on_path("read", path, how="content") for path in options.values("-b", "-i") if path != "-"]
