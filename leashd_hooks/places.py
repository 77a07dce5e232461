"""Where leashd's own files lie below its state directory (`~/.leashd`), and what ships with it."""

import posix

SHIPPED_MARKER = ".leashd"

#: The managed layer: written by root, above everything a user says.
MANAGED_POLICY = "/etc/leashd/policy.yaml"


def config(state: str) -> str:
    """The user's configuration."""
    return state + "/config.yaml"


def policy(directory: str) -> str:
    """The policy file of a layer: of the user in the state directory, of a project in its `.leashd` folder."""
    return directory + "/policy.yaml"


def trust(state: str) -> str:
    """Which project policies the user trusts: digests by path."""
    return state + "/trust.json"


def bundle(state: str) -> str:
    """The compiled policy."""
    return state + "/cache/policy.bundle"


def audit(state: str) -> str:
    """The directory of the audit."""
    return state + "/audit"


def hook_socket(state: str) -> str:
    """The door of the supervisor, where it runs."""
    return state + "/run/hook.sock"


def page_port(state: str) -> str:
    """The port that the page was given last: one line, a number."""
    return state + "/port"


def exists(path: str) -> bool:
    """Whether something is there."""
    try:
        posix.stat(path)
    except OSError:
        return False
    return True


def shipped(kind: str) -> str:
    """The directory of what ships, `policies` or `hooks`: beside the package in a checkout, else inside it."""
    package = __file__.rpartition("/")[0]
    for directory in (package.rpartition("/")[0] + "/" + kind, package + "/_data/" + kind):
        try:
            with open(directory + "/" + SHIPPED_MARKER):
                return directory
        except OSError:
            continue
    raise FileNotFoundError(f"`{kind}` is not part of this installation of leashd-hooks")
