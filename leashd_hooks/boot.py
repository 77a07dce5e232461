"""What the agent's host starts for every call: `python -I -S boot.py claude --state DIR [--home DIR] [--unattended]`.

Python compiles this file anew at every start, so it is short and does one thing: it runs `leashd_hooks.start` from the
hot image, or from its source where there is no image.  If even that fails, the exit code blocks the call and standard
error says why.
"""

import posix
import sys

try:
    package = __file__.rpartition("/")[0]
    try:
        from marshal import loads

        image = posix.open(package + "/__pycache__/hot." + str(sys.implementation.cache_tag) + ".image", 0)
        exec(loads(posix.read(image, 16384)))
    except Exception:
        sys.path.insert(0, package.rpartition("/")[0])
        from leashd_hooks.start import run

        image = -1
    run(package, image, sys.argv[1:])
except BaseException as error:
    posix.write(2, b"leashd: denied, because it could not start: %a" % error)
finally:
    posix._exit(2)
