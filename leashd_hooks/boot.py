"""What the agent's host starts for every call: `python -I -S boot.py claude --state DIR [--home DIR] [--unattended]`.

It is compiled anew at every start, so it only finds the hot modules (the image that `leashd_hooks.image` made of
them, else their sources) and hands over to `leashd_hooks.start`.  Whatever fails ends in a denial: one JSON object on
standard output and exit code 2, either of which blocks the call.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def deny(reason: str) -> None:
    """Says no in Claude Code's terms and ends the process, with nothing but built-ins."""
    import posix

    safe = "".join(
        [c if " " <= c <= "~" and c not in '"\\' else "?" for c in "leashd: denied, because " + reason[:500]]
    )
    output = '"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"' + safe + '"'
    try:
        posix.write(1, ('{"hookSpecificOutput":{' + output + "}}").encode())
        posix.write(2, (safe + "\n").encode())
    finally:
        posix._exit(2)


def hot(package: str) -> "Any":
    """The module `leashd_hooks.start`, from the image when that still matches its sources, else imported."""
    import marshal

    try:
        import posix

        if "leashd_hooks" in sys.modules:
            raise FileNotFoundError(package)
        with open(package + "/__pycache__/hot." + str(sys.implementation.cache_tag) + ".image", "rb") as file:
            stamps, code, modules = marshal.loads(file.read())
        for path, size, modified in stamps:
            found = posix.stat(package + path)
            if found.st_size != size or found.st_mtime_ns != modified:
                raise FileNotFoundError(path)
    except (OSError, ValueError, EOFError, TypeError):
        sys.path.insert(0, package.rpartition("/")[0])
        import leashd_hooks.start

        return leashd_hooks.start
    start = type(sys)("leashd_hooks.start")
    exec(code, start.__dict__)
    start.install(package, modules)
    return start


def main() -> None:
    """Answers the event on standard input; never returns."""
    try:
        hot(__file__.rpartition("/")[0]).run(sys.argv[1:])
    except BaseException as error:
        deny("leashd could not start (" + type(error).__name__ + ": " + str(error) + ")")
    deny("leashd ended without an answer")


if __name__ == "__main__":
    main()
