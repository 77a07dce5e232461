"""Which module models which program.  A module is imported only when its program is seen."""

import leashd_hooks
from leashd_hooks.shell.names import BUILTINS, WRAPPERS, program_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation, Value

#: Module -> its programs; words in one string, because reading them is all that most calls would do with a table.
FAMILIES = {
    "readers": (
        "cat bat head tail less more wc nl tac rev cut paste join comm column expand unexpand fold fmt diff cmp md5sum"
        " md5 sha1sum sha224sum sha256sum sha384sum sha512sum shasum b2sum cksum sum od hexdump hd xxd strings base64"
        " base32 zcat gzcat bzcat xzcat zstdcat lz4cat cloc tokei tsort pr ls dir eza exa tree du df file stat"
        " readlink realpath sort shuf uniq date hostname top ps getent bc locate whoami id groups uname arch nproc"
        " free uptime who w users logname tty locale getconf seq expr sleep cal ncal basename dirname pwd which"
        " whereis true false yes factor numfmt lscpu lsblk lsusb lspci sw_vers vmstat iostat pgrep pidof pstree lsof"
        " tr last tput uuidgen iconv nm objdump readelf size"
    ),
    "search": "grep egrep fgrep zgrep rg ag ack jq yq",
    "rm": "rm rmdir unlink shred wipe srm trash trash-put trash-empty rimraf del-cli",
    "find": "find fd fdfind",
    "git": "git",
    "files": "cp gcp mv install ln mkdir mkfifo touch truncate chown chgrp tee dd split csplit mktemp patch chmod",
    "sed": "sed gsed",
    "apply_patch": "apply_patch",
    "packages": (
        "cargo go gem bundle bundler composer brew apt apt-get apt-cache aptitude dnf yum microdnf apk zypper pacman"
        " dpkg"
    ),
    "forge": "gh glab",
    "cloud": (
        "terraform tofu terragrunt pulumi flyctl fly heroku vercel netlify wrangler supabase ansible ansible-playbook"
        " aws gcloud gsutil bq az doctl"
    ),
    "database": (
        "psql pgcli mysql mariadb sqlite3 litecli duckdb mongosh mongo redis-cli valkey-cli clickhouse-client dropdb"
        " createdb dropuser createuser pg_dump pg_dumpall mysqldump pg_restore mongodump mongorestore mysqladmin"
        " pg_isready sqlcmd snowsql sqlplus mycli"
    ),
    "system": (
        "kill pkill killall skill xkill tkill setcap strace ltrace gdb lldb tmux screen mkfs mkfs.ext2 mkfs.ext3"
        " mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs umount mount shutdown reboot halt poweroff fdisk"
        " cfdisk sfdisk parted wipefs blkdiscard mkswap swapoff swapon cryptsetup lvremove vgremove pvremove hdparm"
        " diskutil useradd usermod userdel adduser deluser groupadd groupdel groupmod gpasswd passwd chpasswd visudo"
        " vipw chsh chage modprobe insmod rmmod kexec dmesg timedatectl localectl setenforce chattr"
        " update-alternatives networksetup scutil defaults csrutil spctl nmcli ifconfig route update-rc.d init telinit"
        " pmset systemctl service launchctl rc-service supervisorctl pm2 iptables ip6tables nft ufw firewall-cmd pfctl"
        " hostnamectl sysctl crontab at atq atrm batch ip ss netstat findmnt lsmod modinfo arp journalctl loginctl zfs"
        " btrfs mdadm pvcreate vgcreate lvcreate chfn iptables-restore ip6tables-restore killall5"
    ),
    "secrets": (
        "printenv security secret-tool keyring kwallet-query pass gopass op bw lpass vault doppler infisical chamber"
        " sops age ssh-add gpg gpg2 openssl ssh-keygen dotenv"
    ),
    "editors": (
        "vim vi nvim view vimdiff ex gvim emacs emacsclient man open xdg-open ed code cursor subl zed nano pico micro"
        " kak hx joe"
    ),
    "remote": (
        "scp rsync sftp ftp lftp telnet nc ncat netcat socat dig nslookup host drill ping ping6 traceroute tracepath"
        " mtr whois"
    ),
    "agents": "agent-browser leashd claude codex gemini opencode cursor-agent aider goose amp copilot crush qwen",
    "build": "make gmake ninja just task mvn gradle tox nox cmake ctest meson bazel rake rails",
    "containers": "docker podman nerdctl docker-compose podman-compose kubectl oc helm",
    "pip": "pip pip3 uv uvx pipx poetry pdm pipenv conda mamba micromamba hatch rye",
    "npm": "npm npx pnpm pnpx yarn bun bunx",
    "interpreters": (
        "python python2 python3 pypy pypy3 node nodejs ts-node tsx ruby perl php lua luajit Rscript osascript java deno"
    ),
    "fetch": "curl wget http https xh xhs aria2c",
    "awk": "awk gawk mawk nawk",
    "archives": (
        "tar gtar bsdtar zip unzip 7z 7za 7zz gzip pigz bzip2 xz lzma zstd lz4 compress brotli gunzip bunzip2 unxz"
        " unlzma unzstd uncompress"
    ),
}

#: Programs that run code of the project or look at it; `runners` tells what they take in, the policies what they may.
RUNNERS = (
    "pytest py.test unittest jest vitest mocha ava rspec phpunit ruff mypy black flake8 isort pylint pyright eslint"
    " prettier stylelint tsc biome shellcheck shfmt hadolint yamllint markdownlint gofmt goimports golangci-lint"
    " rustfmt clang-format rubocop pycodestyle pydocstyle vulture codespell typos actionlint taplo basedpyright oxlint"
    " tflint swiftlint luacheck djlint deptry pyupgrade autoflake bandit coverage dotnet swift mix flutter dart sbt"
    " stack cabal zig pre-commit staticcheck gotestsum govulncheck gofumpt clang-tidy phpstan php-cs-fixer pint pest"
    " psalm phpcs phpcbf svelte-check vue-tsc knip commitlint vite next webpack rollup astro"
    " gcc g++ cc c++ clang clang++"
)
#: Programs of which nothing is known but that they tell their version.
VERSIONED = (
    "pytest ruff mypy eslint jest vitest prettier black isort flake8 tsc rustc gcc g++ clang cc javac dotnet swift"
    " kotlin kotlinc protoc django-admin flask alembic vite next webpack phpstan pre-commit"
    " shellcheck shfmt hadolint pyright playwright"
)
#: Programs for which `-h` is not a plea for help.
NOT_HELP = (
    "ls dir du df free grep egrep fgrep zgrep sort tree chown chgrp touch ln id ps w who cat pr nl psql mysql"
    " redis-cli shutdown reboot halt poweroff swapoff cp mv tar stat head tail hostname date xxd less more strings"
)

#: Variables with which a known program runs, or is, something else.
HIJACKS = (
    "PATH HOME BASH_ENV ENV PAGER MANPAGER EDITOR VISUAL BROWSER LESSOPEN LESSCLOSE NODE_OPTIONS NODE_PATH PERL5OPT"
    " PERL5LIB PERLLIB RUBYOPT RUBYLIB RIPGREP_CONFIG_PATH TAR_OPTIONS RSYNC_RSH SSH_ASKPASS CURL_HOME WGETRC"
    " XDG_CONFIG_HOME ZIPOPT UNZIP MAKEFLAGS JAVA_TOOL_OPTIONS RUSTC_WRAPPER RUSTC DOCKER_HOST DOCKER_CONFIG"
    " KUBECONFIG PYTEST_PLUGINS PYTEST_ADDOPTS"
    " PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONBREAKPOINT GOFLAGS CC CXX PSQLRC INPUTRC"
    " CGO_CFLAGS CGO_LDFLAGS GOTOOLCHAIN GOPROXY GONOSUMDB GONOSUMCHECK GH_HOST GH_PAGER GH_EDITOR GH_BROWSER"
    " GH_CONFIG_DIR GLAB_PAGER GITLAB_HOST HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy"
    " AWS_ENDPOINT_URL AWS_CONFIG_FILE COMPOSE_FILE CARGO_HOME CARGO_BUILD_RUSTC CARGO_BUILD_RUSTC_WRAPPER"
    " RUSTC_WORKSPACE_WRAPPER RUSTDOC CARGO BUNDLE_GEMFILE BUNDLE_PATH GEM_HOME GEM_PATH MAKEFILES GOWORK MAVEN_ARGS"
    " MAVEN_OPTS GRADLE_OPTS GRADLE_USER_HOME PIPENV_PIPFILE VIRTUAL_ENV COMPOSER COMPOSER_HOME COVERAGE_RCFILE"
    " COVERAGE_PROCESS_START PHPRC PHP_INI_SCAN_DIR MIX_EXS DOTNET_STARTUP_HOOKS CMAKE_TOOLCHAIN_FILE LD AR"
    " POETRY_VIRTUALENVS_PATH POETRY_CONFIG_DIR POETRY_HOME PDM_PROJECT PDM_CONFIG_FILE HATCH_PROJECT HATCH_CONFIG"
    " BUN_OPTIONS DENO_DIR USE_BAZEL_VERSION GOCACHE GOMODCACHE GOPATH GOROOT PYTHONPYCACHEPREFIX PRE_COMMIT_HOME"
    " XDG_CACHE_HOME XDG_DATA_HOME RUSTUP_HOME PLAYWRIGHT_BROWSERS_PATH"
    " PYTHONUSERBASE MANOPT CLASSPATH GREP_OPTIONS GNUPGHOME MAGIC PKG_CONFIG ELECTRON_RUN_AS_NODE"
    " NODE_TLS_REJECT_UNAUTHORIZED NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR"
    " VAULT_ADDR CONSUL_HTTP_ADDR NOMAD_ADDR"
)
#: Variables that name a file which a program writes to; a number or a plain word is no file for git.
LOGS = "TF_LOG_PATH COVERAGE_FILE SSLKEYLOGFILE HISTFILE RUFF_OUTPUT_FILE"
NO_FILES = ("", "0", "1", "2", "true", "false", "yes", "no")
#: Options of a compiler with which it runs something else.
COMPILER_LOADS = ("-fplugin", "-B", "-wrapper", "-specs", "-Xclang", "-load", "-fuse-ld", "@")
#: Letters of options of `less` that only change how it looks.
LESS_PLAIN = frozenset("-FRXSKiIMmNJqQrnwWeEcsu ")
#: What a project usually searches for its own modules.
OWN_MODULES = (".", "./", "src", "./src", "lib", "./lib")
#: Options of node that load no code.
NODE_PLAIN = (
    "--max-old-space-size --experimental-vm-modules --no-warnings --trace-warnings --enable-source-maps"
    " --openssl-legacy-provider --experimental-strip-types --no-deprecation --trace-deprecation"
    " --no-experimental-fetch --unhandled-rejections --stack-trace-limit"
)

#: Folders in which a project keeps the programs that it brings along.
TOOL_FOLDERS = ("/.venv/bin", "/venv/bin", "/env/bin", "/node_modules/.bin", "/vendor/bin")
#: Scripts beside a project's sources that stand for a build tool, and those a framework puts into `bin`.
WRAPPER_SCRIPTS = "gradlew:gradle mvnw:mvn"
BIN_SCRIPTS = "rspec rake rails rubocop bundle phpunit"
HIJACK_PREFIXES = (
    "LD_",
    "DYLD_",
    "GIT_",
    "npm_config_",
    "NPM_CONFIG_",
    "PIP_",
    "UV_",
    "CARGO_TARGET_",
    "TF_CLI_",
    "TOX_",
    "YARN_",
    "COREPACK_",
    "BASH_FUNC_",
)
#: Variables of those names that change nothing that is run.
HARMLESS_PREFIXES = (
    "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS", "GIT_MERGE_AUTOEDIT",
    "GIT_LFS_SKIP_SMUDGE", "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR", "PIP_NO_INPUT", "PIP_QUIET",
    "UV_NO_PROGRESS",
    "UV_LINK_MODE", "UV_OFFLINE", "UV_NO_CACHE",
)  # fmt: skip
HARMLESS_VALUES = ("cat", "less", "more", "true", ":", "", "false", "/bin/true", "/bin/cat")


def family_of(program: str) -> str:
    """The module that models a program, "" when none does."""
    for family, programs in FAMILIES.items():
        if _listed(program, programs):
            return family
    return ""


def _listed(word: str, words: str) -> bool:
    return word in words and " " not in word and f" {word} " in f" {words} "


def effects(call: "Invocation") -> "list[Effect] | None":
    """The effects of a known program besides its `run`; None when the program, or this use of it, is not modelled."""
    if _asks_itself(call):
        found: list[Effect] | None = []
    else:
        family = family_of(call.name)
        if not family:
            return None
        found = leashd_hooks.load("shell.programs." + family).effects(call)
    return found


def taken_in(call: "Invocation") -> "list[Effect]":
    """What is known of a program that is not modelled: the code that it takes in, where it is a runner or a linter."""
    if not _listed(call.name, RUNNERS):
        return []
    found: list[Effect] = leashd_hooks.load("shell.programs.runners").effects(call)
    return found


def hijacked(call: "Invocation") -> "list[Effect]":
    """The unseen code that variables before a program make it run, and the files they make it write, whether it is
    modelled or not.
    """
    logs = [value for name, value in call.env.items() if _is_log(name, value)]
    if any(_hijacks(name, value) for name, value in call.env.items() if name[:9] != "GIT_TRACE"):
        return [call.effect("code", language="other", source="unknown", path=None)]
    if logs:
        return [call.on_path("write", value, how="append") for value in logs]
    own = [value for name, value in call.env.items() if name == "PYTHONPATH" and value in OWN_MODULES]
    return [call.on_path("code", value, language="other", source="tool") for value in own]


def is_known(program: str) -> bool:
    """Whether anything is known of a program of this name."""
    return program in BUILTINS or program in WRAPPERS or bool(family_of(program)) or _listed(program, RUNNERS)


def tool_of(path: str) -> str:
    """The program that a file of the project's stands for: `pytest` for `.venv/bin/pytest`; "" for any other file."""
    folder, _, name = path.rpartition("/")
    for pair in WRAPPER_SCRIPTS.split():
        script, _, program = pair.partition(":")
        if name == script:
            return program
    if folder.endswith(TOOL_FOLDERS) or (folder.endswith("/bin") and _listed(name, BIN_SCRIPTS)):
        return name if family_of(program_name(name)) or _listed(name, RUNNERS) else ""
    return ""


def _asks_itself(call: "Invocation") -> bool:
    """Whether the program is only asked for its version or its help."""
    if len(call.args) != 1 or not (family_of(call.name) or _listed(call.name, VERSIONED)):
        return False
    word = call.args[0]
    if word == "-version":
        return call.name in ("javac", "kotlinc")
    if word == "--version":
        return call.name not in ("cd", "kill")
    if _listed(call.name, VERSIONED):
        return False
    return word == "--help" or (word == "-h" and not _listed(call.name, NOT_HELP))


def _is_log(name: str, value: "Value") -> bool:
    if name == "COVERAGE_FILE" and isinstance(value, str) and value.startswith(".coverage"):
        return False
    return (name.startswith("GIT_TRACE") or _listed(name, LOGS)) and value not in NO_FILES


def _hijacks(name: str, value: "Value") -> bool:
    if name in ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS"):
        return not isinstance(value, str) or any(word.startswith(COMPILER_LOADS) for word in value.split())
    if name == "LESS":
        return not isinstance(value, str) or not LESS_PLAIN.issuperset(value)
    if name == "RUSTFLAGS":
        return not isinstance(value, str) or "linker" in value
    if name == "NODE_OPTIONS" and isinstance(value, str):
        return not all(_listed(word.partition("=")[0], NODE_PLAIN) for word in value.split())
    if name == "PYTHONPATH" and value in OWN_MODULES:
        return False
    if name == "RUSTUP_TOOLCHAIN":
        return not isinstance(value, str) or "/" in value
    if name == "JAVA_HOME":
        return not isinstance(value, str) or ".." in value or not value.startswith(("/usr/", "/opt/", "/Library/"))
    if not _listed(name, HIJACKS) and not name.startswith(HIJACK_PREFIXES):
        return False
    return not (isinstance(value, str) and value in HARMLESS_VALUES) and not name.startswith(HARMLESS_PREFIXES)
