"""Where a host is, from its name or address alone: public, private, local or the metadata service of a cloud."""

METADATA = (
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "192.0.0.192", "168.63.129.16",
)  # fmt: skip
METADATA_NAMES = (
    "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal",
)  # fmt: skip
LOCAL_NAMES = (
    "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "localtest.me", "lvh.me", "localh.st",
    "vcap.me", "lacolhost.com", "localho.st", "fuf.me", "traefik.me", "127-0-0-1.org.uk", "readme.localtest.me",
)  # fmt: skip
#: Public names that answer with any private address written into them.
MIRRORS = (
    "nip.io",
    "sslip.io",
    "xip.io",
    "rbndr.us",
    "1u.ms",
    "backname.io",
    "local-ip.co",
    "localip.sh",
    "local-ip.sh",
)
PRIVATE_NAMES = (
    "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "host.docker.internal", "private", "svc",
    "consul", "localdomain",
)  # fmt: skip

#: What a resolver reads as a full stop besides the ASCII one.
DOTS = (0x3002, 0xFF0E, 0xFF61)

#: IPv4 ranges as (first address, prefix length, reach).
RANGES = (
    (0x00000000, 8, "local"),
    (0x7F000000, 8, "local"),
    (0x0A000000, 8, "private"),
    (0x64400000, 10, "private"),
    (0xA9FE0000, 16, "private"),
    (0xAC100000, 12, "private"),
    (0xC0A80000, 16, "private"),
    (0xC6120000, 15, "private"),
    (0xE0000000, 3, "private"),
)

PORTS = {
    "http": 80,
    "https": 443,
    "ftp": 21,
    "ftps": 990,
    "ssh": 22,
    "sftp": 22,
    "scp": 22,
    "git": 9418,
    "ws": 80,
    "wss": 443,
}


def as_browsers_read(url: str) -> str:
    """`url` in the one spelling that browsers make of it: no tabs and line ends, `/` for a backslash, `http://`."""
    url = url.strip("".join(map(chr, range(33))))
    for character in "\t\n\r":
        url = url.replace(character, "")
    scheme, colon, rest = url.partition(":")
    if not colon or scheme.lower() not in ("http", "https", "file", "ftp", "ws", "wss"):
        return url
    rest = rest.replace("\\", "/")
    if scheme.lower() == "file":
        return "file://" + (rest[2:] if rest.startswith("//") else "/" + rest.lstrip("/"))
    return scheme + "://" + rest.lstrip("/")


#: What a browser puts before an address that it shows in another way.
SHOWN = ("view-source:", "jar:", "blob:", "filesystem:")


def file_path(url: str) -> "str | None":
    """The path that a `file:` URL in any spelling names, `..` resolved as browsers do it; None for another URL."""
    url = url.strip()
    for prefix in SHOWN:
        if url[: len(prefix)].lower() == prefix:
            url = url[len(prefix) :]
    url = as_browsers_read(url)
    if url[:7].lower() != "file://":
        return None
    path = url[7:].partition("?")[0].partition("#")[0]
    parts: list[str] = []
    for part in _unquoted(path[path.find("/") :] if "/" in path else "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def split_url(url: str) -> "tuple[str, str, int | None]":
    """Scheme ("" when there is none), host in lower case ("" when it cannot be told) and port of a URL."""
    scheme, mark, rest = url.partition("://")
    if not mark or not scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
        scheme, rest = "", url
    scheme = scheme.lower()
    authority = rest
    for end in "/?#":
        authority = authority.partition(end)[0]
    if "\\" in authority or any(character <= " " for character in authority):
        return scheme, "", None  # programs disagree about where such a host ends
    host = _unquoted(authority.rpartition("@")[2]).lower()
    host, port = _without_port(host)
    if any(character in "{}[]\\@/ " for character in host):
        return scheme, "", None  # curl expands these to several hosts
    return scheme, host.rstrip("."), port if port is not None else PORTS.get(scheme)


def _without_port(host: str) -> "tuple[str, int | None]":
    if host.startswith("["):
        address, _, tail = host[1:].partition("]")
        return address, _number(tail[1:]) if tail.startswith(":") else None
    if host.count(":") == 1:
        name, _, port = host.partition(":")
        return name, _number(port)
    return host, None


def _number(text: str) -> "int | None":
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _unquoted(text: str) -> str:
    out = ""
    while "%" in text:
        before, _, text = text.partition("%")
        try:
            out += before + chr(int(text[:2], 16))
            text = text[2:]
        except ValueError:
            out += before + "%"
    return out + text


def reach(host: str) -> str:
    """Where a host is.  Only what a name or address says; a public name may still resolve to any address."""
    name = host.strip("[]").rstrip(".").lower()
    if not name.isascii():
        name = _folded(name)
    if name in METADATA_NAMES:
        return "metadata"
    if name.endswith(".localhost") or _under(name, LOCAL_NAMES):
        return "local"
    if ":" in name:
        return _reach6(name.partition("%")[0])
    address = ipv4(name)
    if address is not None:
        return _reach4(address)
    if not name.isascii() and any(character.isdigit() or ord(character) in DOTS for character in name):
        return "local"  # resolvers fold such digits and dots to ASCII ones
    if _under(name, MIRRORS):
        return _mirrored(name)
    if "." not in name or _under(name, PRIVATE_NAMES):
        return "private"
    return "public"


def _folded(name: str) -> str:
    """A name with the full stops, digits and letters that a resolver takes for ASCII ones."""
    out = ""
    for character in name:
        code = ord(character)
        if code in DOTS:
            out += "."
        elif 0xFF10 <= code <= 0xFF5A:
            out += chr(code - 0xFEE0)
        elif 0x2460 <= code <= 0x2468 or code == 0x24EA:
            out += chr(code - 0x242F) if code != 0x24EA else "0"
        elif 0x24D0 <= code <= 0x24E9:
            out += chr(code - 0x246F)
        elif character.isdecimal():
            out += str(int(character))
        else:
            out += character
    return out


def _mirrored(name: str) -> str:
    """Where the address leads that a mirror's name holds: `10.0.0.1.nip.io`, `10-0-0-1.sslip.io`, `0a000001.nip.io`."""
    parts = name.replace("-", ".").split(".")
    found = [_reach4(address) for place in range(len(parts) - 3)
             if (address := ipv4(".".join(parts[place : place + 4]))) is not None]  # fmt: skip
    found += [_reach4(int(part, 16)) for part in parts if len(part) == 8 and not part.strip("0123456789abcdef")]
    return "metadata" if "metadata" in found else "private"


def _under(name: str, tops: "tuple[str, ...]") -> bool:
    return any(name == top or name.endswith("." + top) for top in tops)


def ipv4(text: str) -> "int | None":
    """An address as C's inet_aton reads it: 127.1, 0x7f000001, 017700000001 and 2130706433 are all 127.0.0.1."""
    parts = text.split(".")
    if len(parts) > 4:
        return None
    numbers = [_c_number(part) for part in parts]
    total = 0
    for place, number in enumerate(numbers):
        last = place == len(numbers) - 1
        limit = 256 ** (5 - len(numbers)) if last else 256
        if number is None or number >= limit:
            return None
        total |= number if last else number << 8 * (3 - place)
    return total


def _c_number(text: str) -> "int | None":
    base, digits = 10, text
    if text[:2] == "0x":
        base, digits = 16, text[2:] or "0"
    elif len(text) > 1 and text[0] == "0":
        base, digits = 8, text[1:]
    if not digits.isascii() or not digits.isalnum() or len(digits) > 24:
        return None
    try:
        return int(digits, base)
    except ValueError:
        return None


def _reach4(address: int) -> str:
    if any(address == ipv4(known) for known in METADATA):
        return "metadata"
    for first, length, answer in RANGES:
        if address >> 32 - length == first >> 32 - length:
            return answer
    return "public"


def _reach6(text: str) -> str:
    groups = _groups(text)
    if groups is None:
        return "local"  # no address at all: say the strictest thing
    number = 0
    for group in groups:
        number = number << 16 | group
    if number in (0, 1):
        return "local"
    if (groups[0], groups[1]) in ((0xFD00, 0xEC2), (0xFD20, 0xCE)):
        return "metadata"
    # Mapped, compatible, translated, and both prefixes of NAT64.
    if number >> 32 in (0xFFFF, 0, 0xFFFF0000, 0x64FF9B << 64) or groups[:3] == [0x64, 0xFF9B, 1]:
        return _reach4(number & 0xFFFFFFFF)
    if groups[0] == 0x2002:
        return _reach4(groups[1] << 16 | groups[2])
    if groups[0] & 0xFE00 == 0xFC00 or groups[0] & 0xFF00 == 0xFF00 or groups[0] & 0xFF80 == 0xFE80:
        return "private"
    return "public"


def _groups(text: str) -> "list[int] | None":
    head, double, tail = text.partition("::")
    try:
        left, right = _half(head), _half(tail)
    except ValueError:
        return None
    missing = 8 - len(left) - len(right)
    if missing < 0 or (missing > 0) != bool(double):
        return None
    return left + [0] * missing + right


def _half(text: str) -> "list[int]":
    groups: list[int] = []
    for part in text.split(":") if text else []:
        if "." in part:
            address = ipv4(part)
            if address is None:
                raise ValueError(part)
            groups += [address >> 16, address & 0xFFFF]
        elif len(part) > 4:
            raise ValueError(part)
        else:
            groups.append(int(part, 16))
    return groups
