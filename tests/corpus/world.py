"""The project and the home that the cases of the corpus speak about, on the disk."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

FILES = {
    "project": (
        *(
            "README.md",
            "package.json",
            "pyproject.toml",
            "Makefile",
            "Dockerfile",
            ".env",
            ".env.example",
            ".gitignore",
        ),
        *("src/app.py", "src/util.py", "src/secrets_manager.py", "src/index.ts", "src/main.go", "src/lib.rs"),
        *("tests/test_app.py", "tests/test_credentials.py", "docs/guide.md", "data/sample.csv", "data/users.json"),
        *("scripts/deploy.sh", "config/settings.yaml", "certs/server.pem", "i18n/en.key", "log.txt", "notes/todo.md"),
        *(
            ".claude/settings.json",
            ".github/workflows/ci.yml",
            "requirements.txt",
            "Cargo.toml",
            "go.mod",
            "build/out.o",
        ),
    ),
    "home": (
        *(".ssh/id_rsa", ".ssh/id_ed25519", ".ssh/config", ".ssh/authorized_keys", ".aws/credentials", ".netrc"),
        *(".bashrc", ".zshrc", ".profile", ".gitconfig", ".npmrc", ".pypirc", ".kube/config", ".docker/config.json"),
        *(".claude/settings.json", ".claude/.credentials.json", ".claude.json", ".config/gh/hosts.yml"),
        *(".leashd/config.yaml", ".leashd/audit/audit.jsonl", ".gnupg/secring.gpg", "Documents/letter.txt"),
    ),
    "out": ("other/file.txt", "other/.env", "shared.txt"),
}
#: Link -> target; relative to the project.
LINKS = {"notes.txt": ".env", "linkdir": "/etc", "outlink": "../out/other", "deep/up": "../..", "safe.txt": "README.md"}


@dataclass(frozen=True)
class World:
    """Where the project, the home and the unapproved directory lie."""

    root: Path
    home: Path
    out: Path


def build(base: Path) -> World:
    """Makes the world below `base`."""
    base = Path(os.path.realpath(base))
    world = World(base / "project", base / "home", base / "out")
    for folder, names in FILES.items():
        for name in names:
            path = base / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name}\n")
    for link, target in LINKS.items():
        path = world.root / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
    subprocess.run(["git", "init", "-q", "-b", "main", str(world.root)], check=True)
    return world
