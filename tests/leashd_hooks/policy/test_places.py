"""The shipped places: what belongs to them, and the near misses that do not."""

import pytest

from leashd_hooks.decide.paths import contains
from leashd_hooks.policy.compile import compile_policies

PLACES = compile_policies(["default"], [], "/home/me")["places"]

#: place -> (inside, outside)
TABLE = {
    "credential": (
        """
        /p/.env /p/.env.local /p/.env.production /p/sub/.envrc /p/prod.env /p/.ENV
        /home/me/.ssh/id_ed25519 /home/me/.ssh/authorized_keys /home/me/.ssh/config /p/id_rsa
        /p/deploy_key.pem /p/tls/server.key
        /p/cert.p12 /p/cert.pfx /p/app.jks /p/release.keystore
        /home/me/.netrc /p/.npmrc /home/me/.pypirc /home/me/.aws/credentials /home/me/.azure/accessTokens.json
        /home/me/.kube/config /home/me/.docker/config.json /home/me/.config/gcloud/credentials.db
        /p/service-account.json /p/service-account-prod.json /p/credentials.json /home/me/.git-credentials
        /home/me/.pgpass
        /home/me/.my.cnf /home/me/.vault-token /home/me/.config/gh/hosts.yml /home/me/.claude/.credentials.json
        /home/me/.codex/auth.json /home/me/.config/google-chrome/Default/Cookies /home/me/.mozilla/firefox/x/logins.json
        /home/me/.gnupg/secring.gpg /proc/self/environ /proc/123/environ /etc/shadow /etc/ssh/ssh_host_rsa_key
        """,
        """
        /p/.env.example /p/.env.sample /p/.env.template /p/.env.dist /p/.env.local.example /p/environment.py /p/env.ts
        /p/src/secrets_manager.py /p/tests/test_credentials.py /p/docs/credentials.md /p/src/credentials/index.ts
        /p/i18n/en.key /p/locales/de/strings.key /home/me/.ssh/id_ed25519.pub /home/me/.ssh/known_hosts /p/keyboard.py
        /p/monkey /p/.environment /p/chart/templates/secrets.yaml /etc/ssl/certs/ca.pem /p/README.md
        /p/venv/lib/python3.11/site-packages/certifi/cacert.pem
        """,
    ),
    "agent-settings": (
        """
        /p/.claude/settings.json /p/.claude/settings.local.json /home/me/.claude/settings.json /home/me/.claude.json
        /p/.claude/hooks/x.sh /p/.mcp.json /home/me/.codex/config.toml /home/me/.codex/hooks.json /p/.cursor/hooks.json
        /p/.gemini/settings.json /etc/claude-code/managed-settings.json /p/.gemini/.env /home/me/.gemini/settings.json
        /home/me/.copilot/hooks/leashd.json /p/.github/hooks/leashd.json /p/.github/copilot/settings.local.json
        /home/me/.config/opencode/plugins/leashd.js /p/.opencode/plugins/leashd.js /p/opencode.json
        /etc/cursor/hooks.json
        """,
        "/p/settings.json /p/.claude/plans/x.md /p/claude.json /p/mcp.json /p/.claude/CLAUDE.md /p/hooks/x.sh"
        " /p/.gemini/styleguide.md /p/.github/copilot/README.md /p/.opencode/notes.md",
    ),
    "guard": (
        "/home/me/.leashd/config.yaml /home/me/.leashd/audit/x.jsonl /p/.leashd/policy.yaml /etc/leashd/policy.yaml",
        "/p/leashd.md /p/.leashd/tasks/1.md /p/.leashd/uploads/x.png",
    ),
    "git-directory": ("/p/.git /tmp/x/.git", "/p/git /p/.git/config /p/.gitignore"),
    "git-hooks": (
        "/p/.git/hooks/pre-commit /p/.git/config /p/.git/modules/sub/hooks/post-checkout /p/.git/modules/sub/config",
        "/p/.git/HEAD /p/hooks/pre-commit /p/.gitconfig /p/.github/hooks.md",
    ),
    "git-internals": ("/p/.git/HEAD /p/.git/index /p/.git/refs/heads/main", "/p/.gitignore /p/.github/x /p/git/HEAD"),
    "shell-startup": (
        "/home/me/.bashrc /home/me/.zshrc /home/me/.profile /home/me/.config/fish/config.fish /etc/profile.d/x.sh"
        " /home/me/.gitconfig /etc/cron.d/x /home/me/.local/bin/ls",
        "/p/.bashrc /p/bashrc /home/me/notes.txt /p/.zshrc",
    ),
    "ci-config": ("/p/.github/workflows/ci.yml /p/.gitlab-ci.yml /p/Jenkinsfile", "/p/.github/CODEOWNERS /p/ci.yml"),
    "project-start": ("/p/.vscode/tasks.json /p/CLAUDE.md /p/.husky/pre-commit", "/p/tasks.json /p/claude.py"),
    "system": (
        "/usr/bin/env /bin/sh /usr/local/lib/x /etc/os-release /proc/cpuinfo /home/me/.cargo/registry/src/x",
        "/etc/passwd /etc/shadow /etc/hosts /home/me/notes /var/log/syslog /root/x /home/me/.claude/settings.json",
    ),
    "agent-files": (
        "/home/me/.claude/plans/p.md /home/me/.claude/projects/-p/abc/tool-results/1.txt",
        "/p/.claude/plans/p.md /home/me/.claude/projects/-p/abc.jsonl /home/me/.claude/settings.json",
    ),
}  # fmt: skip

INSIDE = [(place, path) for place, (inside, _) in TABLE.items() for path in inside.split()]
OUTSIDE = [(place, path) for place, (_, outside) in TABLE.items() for path in outside.split()]


def lies(path: str, place: str) -> bool:
    included, excluded = PLACES[place]
    return contains(included, path) and not contains(excluded, path)


@pytest.mark.parametrize(("place", "path"), INSIDE)
def test_a_path_lies_in_its_place(place: str, path: str) -> None:
    assert lies(path, place)


@pytest.mark.parametrize(("place", "path"), OUTSIDE)
def test_a_near_miss_lies_outside(place: str, path: str) -> None:
    assert not lies(path, place)


def test_every_shipped_place_is_in_the_table() -> None:
    assert set(PLACES) - set(TABLE) == {"protected"}
