"""Programs that show secrets: printenv, dotenv, keychains, password managers, gpg, ssh keys, openssl."""

from leashd_hooks.shell.argv import names, read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

#: Variables that give nothing away.
HARMLESS = table(
    "PATH HOME USER SHELL LANG PWD TERM LC_ALL TZ EDITOR LOGNAME OLDPWD SHLVL HOSTNAME DISPLAY VIRTUAL_ENV CI NODE_ENV"
    " PYTHONPATH GOPATH JAVA_HOME TMPDIR COLUMNS LINES XDG_RUNTIME_DIR"
)
STORES = {
    "security": "keychain", "secret-tool": "keychain", "keyring": "keychain", "kwallet-query": "keychain",
    "pass": "password-manager", "gopass": "password-manager", "op": "password-manager", "bw": "password-manager",
    "lpass": "password-manager", "vault": "password-manager", "doppler": "password-manager",
    "infisical": "password-manager",
    "chamber": "cloud", "sops": "password-manager", "age": "password-manager", "ssh-add": "agent",
}  # fmt: skip
#: First words with which such a program shows nothing secret.
QUIET = {"vault": ("status", "version"), "op": ("whoami",), "bw": ("status",), "ssh-add": ("-l", "-L")}
GPG_SECRET = ("--export-secret-keys", "--export-secret-subkeys", "-d", "--decrypt", "--export-ssh-key")
GPG_LOOKS = names("kKv", "--list-keys", "--list-secret-keys", "--list-public-keys", "--fingerprint", "--verify",
                  "--version",
                  "--keyid-format", "--with-colons", "--batch", "--no-tty", "--list-sigs", "--with-fingerprint",
                  "--quiet",
                  "--verbose", "--status-fd", "--show-keys")  # fmt: skip


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name == "printenv":
        return _printenv(call)
    if call.name == "dotenv":
        return _dotenv(call)
    if call.name in ("gpg", "gpg2"):
        return _gpg(call)
    if call.name == "openssl":
        return _openssl(call)
    if call.name == "ssh-keygen":
        return _keygen(call)
    first = call.args[0] if call.args else None
    if isinstance(first, str) and first in QUIET.get(call.name, ()):
        return []
    found = [call.effect("secret", store=STORES[call.name])]
    if call.name == "ssh-add":
        keys = read(call.args, short="teEsSHh").words
        found += [call.on_path("read", word, how="content") for word in keys]
    if call.name in ("op", "vault", "doppler", "infisical", "chamber", "sops") and any(
        word in ("run", "exec", "exec-env", "edit") for word in call.args
    ):
        return None
    return found


def _printenv(call: "Invocation") -> "list[Effect]":
    words = read(call.args).words
    if words and all(isinstance(word, str) and word in HARMLESS for word in words):
        return []
    return [call.effect("secret", store="environment")]


def _dotenv(call: "Invocation") -> "list[Effect] | None":
    """It prints settings of a file, changes them, or gives them all to a command, which is asked about."""
    options = read(call.args, short="fqecpv", long=("--file", "--quote", "--export"), stop_at_word=True)
    files = options.values("-f", "--file", "-e") or [".env"]
    verb, *rest = options.words or [""]
    if verb in ("set", "unset"):
        return [call.on_path("write", file, how="edit") for file in files]
    if verb in ("list", "get") or options.values("-p"):
        return [call.on_path("read", file, how="content") for file in files]
    words = rest if verb == "run" else options.words
    if not words or options.unknown:
        return None
    given = call.effect("opaque", why="a command is given the settings of a file, which may be secrets")
    named = [call.on_path("read", file, how="stat") for file in files]
    return [*named, *call.command(words), given]


def _gpg(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="uroNsp", long=("--output", "--recipient", "--local-user", "--keyid-format",
                                                  "--status-fd"))  # fmt: skip
    if options.has(*GPG_SECRET) or any(flag.startswith(("--export-s", "--decr")) for flag, _ in options.flags):
        found = [call.effect("secret", store="keychain")]
        found += [call.on_path("read", word, how="content") for word in options.words if options.has("-d", "--decrypt")]
        return found + [call.on_path("write", path, how="create") for path in options.values("-o", "--output")]
    if options.flags and not options.strange(GPG_LOOKS) and not options.unknown:
        files = options.words if options.has("--verify", "--show-keys") else []
        return [call.on_path("read", word, how="content") for word in files]
    return None


OPENSSL_LOOKS = ("version", "ciphers", "rand", "prime", "errstr", "list", "speed")
OPENSSL_READS = ("x509", "req", "crl", "dgst", "sha256", "sha1", "md5", "rsa", "pkey", "ec", "enc", "base64", "verify",
                 "asn1parse",
                 "pkcs12", "pkcs8", "sha512", "genrsa", "passwd")  # fmt: skip
OPENSSL_FILES = (
    "-in",
    "-inkey",
    "-CAfile",
    "-CA",
    "-CAkey",
    "-key",
    "-signkey",
    "-certfile",
    "-config",
    "-untrusted",
    "-kfile",
)
OPENSSL_VALUES = (*OPENSSL_FILES, "-out", "-keyout", "-inform", "-outform", "-days", "-subj", "-k", "-K", "-iv",
                  "-pass",
                  "-passin", "-passout", "-newkey", "-name", "-ext", "-addext", "-md", "-writerand", "-outkey", "-S",
                  "-iter", "-rand", "-pubin_", "-checkend", "-nameopt", "-extfile", "-extensions")  # fmt: skip


#: These show certificates and requests, never a key that stands in the same file.
CERTIFICATES = ("x509", "crl", "verify", "req")
CERTIFICATE_FILES = ("-in", "-CAfile", "-CA", "-untrusted", "-certfile")


def _is_certificate(flag: str, value: "Value") -> bool:
    """Whether a file is given as a certificate and not called a key."""
    if isinstance(value, Unknown) or flag not in CERTIFICATE_FILES:
        return False
    name = value.rpartition("/")[2].lower()
    return name.endswith((".pem", ".crt", ".cer", ".cert", ".csr")) and "key" not in name and "priv" not in name


def _openssl(call: "Invocation") -> "list[Effect] | None":
    verb = call.args[0] if call.args else None
    if not isinstance(verb, str) or (verb not in OPENSSL_LOOKS and verb not in OPENSSL_READS):
        return None
    options = read(call.args[1:], long=OPENSSL_VALUES, single_dash=True)
    if options.unknown or options.has("-engine", "-provider", "-provider-path", "--engine"):
        return None
    found = [
        call.on_path("read", value, how="stat" if verb in CERTIFICATES and _is_certificate(flag, value) else "content")
        for flag, value in options.flags
        if flag in OPENSSL_FILES and value is not None
    ]
    if verb in ("dgst", "sha256", "sha1", "md5", "verify", "sha512"):
        shown = [verb != "verify" or not _is_certificate("-in", word) for word in options.words]
        found += [
            call.on_path("read", word, how="content" if each else "stat")
            for word, each in zip(options.words, shown, strict=True)
        ]
    for value in options.values("-pass", "-passin", "-passout"):
        if isinstance(value, Unknown) or value.startswith("file:"):
            found.append(call.on_path("read", value if isinstance(value, Unknown) else value[5:], how="content"))
        elif value.startswith("env:"):
            found.append(call.effect("secret", store="environment"))
    return found + [
        call.on_path("write", path, how="create") for path in options.values("-out", "-keyout", "-writerand")
    ]


def _keygen(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="fNCtbPrmIOVnsEFRzaW")
    if options.has("-D", "-s", "-w", "-M", "-k", "-Y", "-U") or options.unknown:
        return None
    files = options.values("-f") or ["~/.ssh/id_ed25519"]
    if options.has("-l", "-y", "-e", "-B", "-F"):
        found = [call.on_path("read", path, how="content") for path in files]
        return [*found, call.effect("secret", store="agent")] if options.has("-y", "-e") else found
    return [call.on_path("write", path, how="create") for path in files]
