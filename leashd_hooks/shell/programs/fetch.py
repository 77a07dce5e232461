"""curl, wget and other programs that speak HTTP: where to, what is sent, what is written."""

from leashd_hooks.hosts import reach, split_url
from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

CURL_SHORT = "AbcCdDeEFHKmoPQrtTuUwxXyYzh"
CURL_LONG = table(
    "--user-agent --cookie --cookie-jar --continue-at --data --data-ascii --data-binary --data-raw --data-urlencode"
    " --json --dump-header --referer --cert --key --cacert --capath --form --form-string --header --max-time --output"
    " --range --upload-file --user --write-out --proxy --request --speed-limit --speed-time --time-cond"
    " --connect-timeout --retry --retry-delay --retry-max-time --max-redirs --limit-rate --output-dir --url"
    " --url-query --oauth2-bearer --netrc-file --trace --trace-ascii --stderr --etag-save --etag-compare --interface"
    " --noproxy --proto --proto-default --proto-redir --ciphers --tls-max --max-filesize --keepalive-time"
    " --parallel-max --proxy-user --proxy-header --cert-type --key-type --pass --hsts --rate --variable"
    " --create-file-mode --aws-sigv4 --config --resolve --connect-to --unix-socket --abstract-unix-socket --quote"
    " --doh-url --dns-servers --telnet-option --mail-from --mail-rcpt --engine --egd-file --random-file --preproxy"
    " --socks5 --socks4 --socks5-hostname --tls13-ciphers --alt-svc --login-options --pinnedpubkey --proxy-cert"
    " --proxy-key --libcurl --ip-tos --local-port"
)
CURL_PLAIN = names("#0123469aBfgGiIjJkLlMnNOpqRsSvVZ") | table(
    "--silent --show-error --fail --fail-with-body --fail-early --location --location-trusted --insecure --verbose"
    " --head --include --get --compressed --remote-name --remote-header-name --remote-name-all --remote-time"
    " --create-dirs --http1.1 --http1.0 --http2 --http3 --http2-prior-knowledge --ipv4 --ipv6 --no-progress-meter"
    " --progress-bar --no-buffer --globoff --parallel --next --anyauth --basic --digest --ntlm --negotiate --netrc"
    " --netrc-optional --retry-all-errors --retry-connrefused --path-as-is --post301 --post302 --post303 --raw --ssl"
    " --ssl-reqd --tcp-nodelay --tlsv1.2 --tlsv1.3 --styled-output --disable --junk-session-cookies --no-clobber"
    " --remove-on-error --show-headers --no-keepalive --proxytunnel --append --list-only --ftp-create-dirs"
    " --tr-encoding --ssl-no-revoke --no-alpn --no-sessionid --skip-existing"
)
#: They change what a URL means, or name a file or program that decides more.
CURL_REFUSED = table(
    "-K --config -Q --quote --resolve --connect-to --unix-socket --abstract-unix-socket --preproxy --engine --alt-svc"
    " --doh-url --dns-servers --variable --telnet-option --mail-from --mail-rcpt --socks5 --socks4 --socks5-hostname"
    " -P -t --proto-default"
)
CURL_WRITES = table(
    "-o --output -c --cookie-jar -D --dump-header --trace --trace-ascii --stderr --etag-save --hsts --libcurl"
)
CURL_READS = table("-T --upload-file -E --cert --key --cacert --netrc-file --etag-compare --proxy-cert --proxy-key")
CURL_BODIES = table("-d --data --data-ascii --data-binary --data-raw --data-urlencode --json -F --form"
                    " --form-string -T --upload-file")  # fmt: skip
#: Options whose value may be `@file`.
CURL_AT = table("-d --data --data-ascii --data-binary --data-urlencode --json --url-query -H --header -w"
                " --write-out --proxy-header -F --form")  # fmt: skip
SENDING = ("POST", "PUT", "PATCH", "DELETE")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "curl":
        return _curl(call)
    if call.name == "wget":
        return _wget(call)
    return _aria(call) if call.name == "aria2c" else _httpie(call)


def network(call: "Invocation", url: "Value", direction: str, scheme: str = "http") -> "list[Effect]":
    """The effect of asking for a URL: a read of this machine for `file:`, else a host."""
    if isinstance(url, Unknown):
        known = split_url(url.prefix) if url.prefix.count("/") > 2 else ("", "", None)
        return [_spoken(call, known[1], known[2], known[0] or None, direction)]
    given, host, port = split_url(url)
    if given == "file" or url.startswith("file:"):
        return [call.on_path("read", url[5:].lstrip("/").join(("/", "")), how="content")]
    port = port if port is not None else {"http": 80, "https": 443}.get(given or scheme)
    return [_spoken(call, host, port, given or scheme, direction)]


def _spoken(call: "Invocation", host: str, port: "int | None", scheme: "str | None", direction: str) -> "Effect":
    where = reach(host) if host else None
    return call.effect("network", host=host or None, port=port, scheme=scheme, direction=direction, reach=where)


def _curl(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short=CURL_SHORT, long=CURL_LONG, plain=CURL_PLAIN)
    known = CURL_PLAIN | CURL_LONG | names(CURL_SHORT)
    negated = [flag for flag, _ in options.flags if flag not in known and not flag.startswith("--no-")]
    if negated or options.has(*CURL_REFUSED):
        return None
    methods = [
        each for each in options.values("-X", "--request") if not (isinstance(each, str) and each in ("GET", "HEAD"))
    ]
    sends = options.has(*CURL_BODIES) and not (options.has("-G", "--get") and not _files_in(options))
    direction = "upload" if sends or methods else "fetch"
    urls = [*options.words, *options.values("--url")]
    found: list[Effect] = []
    for url in urls:
        found += network(call, url, direction)
    for proxy in options.values("-x", "--proxy"):
        found += network(call, proxy, "connect")
    found += _uncertain(call, options)
    found += [call.on_path("read", path, how="content") for path in _files_in(options)]
    if options.has("-n", "--netrc", "--netrc-optional"):
        found.append(call.on_path("read", "~/.netrc", how="content"))
    return found + _saved(call, options, urls) + _secret_sent(call, direction)


def _uncertain(call: "Invocation", options: "Options") -> "list[Effect]":
    unclear = [
        word for word in options.words if isinstance(word, Unknown) and (not word.prefix or word.prefix[0] == "-")
    ]
    return [call.effect("opaque", why=f"{word.why} may be an option") for word in unclear]


def _files_in(options: "Options") -> "list[Value]":
    """The files that options send or obey."""
    found: list[Value] = []
    for flag, value in options.flags:
        if value is None or value in ("-", "."):
            continue
        if flag in CURL_READS or (flag in ("-b", "--cookie") and not _has(value, "=")):
            found.append(value)
        elif flag in CURL_AT:
            found += _at(flag, value)
    return found


def _has(value: "Value", mark: str) -> bool:
    return mark in (value.prefix if isinstance(value, Unknown) else value)


def _at(flag: str, value: "Value") -> "list[Value]":
    if isinstance(value, Unknown):
        # `$BODY` may begin with `@`; after literal text that does not, it cannot.
        starts = value.prefix.partition("=")[2] if flag in ("-F", "--form") else value.prefix
        return [Unknown(value.why)] if starts[:1] in ("@", "<", "") else []
    if flag in ("-F", "--form"):
        content = value.partition("=")[2]
        if content[:1] not in ("@", "<"):
            return []
        return [part.lstrip("@") for part in content[1:].partition(";")[0].split(",") if part not in ("", "-")]
    if flag in ("--data-urlencode", "--url-query") and "=" not in value.partition("@")[0]:
        path = value.partition("@")[2]
    else:
        path = value[1:] if value.startswith("@") else ""
    return [path] if path not in ("", "-") else []


def _saved(call: "Invocation", options: "Options", urls: "list[Value]") -> "list[Effect]":
    written = [
        value for flag, value in options.flags if flag in CURL_WRITES and value is not None and value not in ("-", "%")
    ]
    directory = (options.values("--output-dir") or ["."])[-1]
    paths: list[Value] = []
    for path in written:
        inside = path in options.values("-o", "--output")
        paths.append(_in(directory, path) if inside else path)
    if options.has("-O", "--remote-name", "--remote-name-all"):
        paths += [_in(directory, _basename(url)) for url in urls]
        if options.has("-J", "--remote-header-name"):
            paths.append(Unknown("name that the server gives"))
    return [call.on_path("write", path, how="create") for path in paths]


def _in(directory: "Value", path: "Value") -> "Value":
    if isinstance(path, Unknown) or directory == "." or path[:1] in "/~":
        return path
    return directory if isinstance(directory, Unknown) else directory + "/" + path


def _basename(url: "Value") -> "Value":
    if isinstance(url, Unknown):
        return Unknown(url.why)
    path = url.partition("://")[2] or url
    name = path.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name or "index.html"


def _secret_sent(call: "Invocation", direction: str) -> "list[Effect]":
    if direction == "upload" and any(effect.kind == "secret" for effect in call.stdin.effects):
        return [call.effect("flow", pattern="secret-to-network")]
    return []


WGET_SHORT = "aABbDeGIiloOPQRStTUwX"
WGET_LONG = table(
    "--append-output --output-file --output-document --directory-prefix --input-file --base --tries --timeout --wait"
    " --quota --user-agent --header --post-data --post-file --body-data --body-file --method --load-cookies"
    " --save-cookies --level --accept --reject --domains --exclude-domains --include-directories --exclude-directories"
    " --user --password --referer --ca-certificate --certificate --private-key --limit-rate --cut-dirs --rejected-log"
    " --warc-file --execute --config --use-askpass --local-encoding --default-page --dns-timeout --connect-timeout"
    " --read-timeout --waitretry --max-redirect --bind-address --prefer-family --restrict-file-names --accept-regex"
    " --reject-regex --start-pos --progress --secure-protocol --ca-directory --crl-file --hsts-file"
    " --preferred-location --report-speed"
)
WGET_REFUSED = table("-e --execute --config --use-askpass --warc-file --base -B")
WGET_WRITES = table(
    "-a --append-output -o --output-file -O --output-document --save-cookies --rejected-log --hsts-file"
)
WGET_READS = table(
    "-i --input-file --post-file --body-file --load-cookies --ca-certificate --certificate --private-key"
)
WGET_SENDS = table("--post-data --post-file --body-data --body-file")
WGET_PLAIN = names("qcnvdhNSxEkKprmHLbFVS46") | table(
    "--quiet --continue --no-verbose --no-clobber --timestamping --server-response --spider --no-check-certificate"
    " --mirror --recursive --page-requisites --convert-links --no-parent --span-hosts --force-directories"
    " --no-directories --no-host-directories --adjust-extension --content-disposition --trust-server-names"
    " --show-progress --no-cookies --inet4-only --inet6-only --no-proxy --no-hsts --https-only --no-cache"
    " --retry-connrefused --no-iri --backup-converted --delete-after --relative --random-wait --keep-session-cookies"
    " --content-on-error --no-netrc --background --verbose"
)


def _wget(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short=WGET_SHORT, long=WGET_LONG, plain=WGET_PLAIN)
    if options.has(*WGET_REFUSED) or options.strange(WGET_PLAIN | WGET_LONG | names(WGET_SHORT)):
        return None
    methods = [each for each in options.values("--method") if each not in ("GET", "HEAD")]
    direction = "upload" if options.has(*WGET_SENDS) or methods else "fetch"
    found: list[Effect] = []
    for url in options.words:
        found += network(call, url, direction)
    if options.has("-i", "--input-file"):
        found += network(call, Unknown("URLs in a file"), direction)
    found += _uncertain(call, options)
    found += [call.on_path("read", value, how="content") for flag, value in options.flags
              if flag in WGET_READS and value is not None and value != "-"]  # fmt: skip
    found += [call.on_path("write", value, how="create") for flag, value in options.flags
              if flag in WGET_WRITES and value is not None and value != "-"]  # fmt: skip
    if not options.has("-O", "--output-document", "--spider", "--delete-after"):
        directory = (options.values("-P", "--directory-prefix") or ["."])[-1]
        many = options.has("-r", "-m", "-i", "-x", "-p", "--recursive", "--mirror", "--input-file", "--page-requisites",
                           "--force-directories", "--content-disposition", "--trust-server-names")  # fmt: skip
        files: list[Value] = [directory] if many else [_in(directory, _basename(url)) for url in options.words]
        found += [call.on_path("write", path, how="create", recursive=many or None) for path in files]
    return found + _secret_sent(call, direction)


def _asks(item: str) -> bool:
    """Whether an item of HTTPie is a query parameter (`a==b`) or a header (`A:b`) and not part of the body."""
    name = item.partition("=")[0]
    return "==" in item or (":" in name and not name.endswith(":"))


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HTTPIE_LONG = ("--auth", "--output", "--print", "--timeout", "--verify", "--auth-type", "--pretty", "--style", "--raw",
               "--session-read-only", "--max-redirects", "--format-options")  # fmt: skip
HTTPIE_KNOWN = names("jfdhbvIFaoptq", *HTTPIE_LONG, "--json", "--form", "--download", "--headers", "--body",
                     "--verbose",
                     "--ignore-stdin", "--follow", "--check-status", "--multipart", "--quiet", "--stream",
                     "--meta")  # fmt: skip


def _httpie(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="aops", long=HTTPIE_LONG)
    if options.strange(HTTPIE_KNOWN) or options.unknown or not options.words:
        return None
    words = list(options.words)
    method = words.pop(0) if isinstance(words[0], str) and words[0].upper() in METHODS and len(words) > 1 else "GET"
    url, items = words[0], words[1:]
    if isinstance(url, str) and url.startswith(":"):
        url = "http://localhost" + (url if url[1:2].isdigit() else url[1:])
    body = [item for item in items if isinstance(item, Unknown) or not _asks(item)]
    piped = call.stdin.kind in ("pipe", "text", "file") and not options.has("--ignore-stdin")
    direction = (
        "upload" if body or piped or options.has("--raw") or method not in ("GET", "HEAD", "OPTIONS") else "fetch"
    )
    found = network(call, url, direction, scheme="https" if call.name in ("https", "xhs") else "http")
    for item in items:
        known = item.prefix if isinstance(item, Unknown) else item
        if isinstance(item, Unknown) or "@" in known:
            path: Value = Unknown(item.why) if isinstance(item, Unknown) else known.partition("@")[2]
            found.append(call.on_path("read", path, how="content"))
    found += [call.on_path("write", path, how="create") for path in options.values("-o", "--output")]
    if options.has("-d", "--download") and not options.has("-o", "--output"):
        found.append(call.on_path("write", _basename(url), how="create"))
    return found + _secret_sent(call, direction)


ARIA_KNOWN = names("dosxqckjt", "--dir", "--out", "--split", "--max-connection-per-server", "--quiet", "--continue",
                   "--max-concurrent-downloads", "--timeout", "--allow-overwrite", "--auto-file-renaming")  # fmt: skip


def _aria(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="dosxkjt", long=("--dir", "--out", "--split", "--timeout"))
    if options.strange(ARIA_KNOWN) or options.unknown:
        return None
    directory = (options.values("-d", "--dir") or ["."])[-1]
    found: list[Effect] = []
    for url in options.words:
        found += network(call, url, "fetch")
        found.append(
            call.on_path("write", _in(directory, (options.values("-o", "--out") or [_basename(url)])[-1]), how="create")
        )
    return found
