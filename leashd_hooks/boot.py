"""What the agent's host starts for every call: `python -I -S boot.py claude --state DIR [--home DIR] [--unattended]`.

Python compiles this file anew at every start, so it is short: it runs `leashd_hooks.start` from the hot image, or from
its source where there is no image.  Whatever fails ends in a denial in Claude Code's terms and in exit code 2.
"""

import posix
import sys


def main() -> None:
    """Answers the event on standard input and ends the process."""
    try:
        package = __file__.rpartition("/")[0]
        try:
            from marshal import loads

            image = posix.open(package + "/__pycache__/hot." + str(sys.implementation.cache_tag) + ".image", 0)
            hot = loads(posix.read(image, int(posix.read(image, 8))))
            exec(hot[0], globals())
        except (OSError, ValueError, EOFError, TypeError):
            sys.path.insert(0, package.rpartition("/")[0])
            globals().update(vars(__import__("leashd_hooks.start").start))
            image, hot = -1, ()
        globals()["run"](package, hot, image, sys.argv[1:])
    except BaseException as error:
        why = "".join([c if " " <= c <= "~" and c not in '"\\' else "?" for c in repr(error)[:500]])
        why = "leashd: denied, because leashd could not start: " + why
        output = '"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"' + why + '"'
        posix.write(1, ('{"hookSpecificOutput":{' + output + "}}").encode())
    finally:
        posix._exit(2)


if __name__ == "__main__":
    main()
