"""What `boot.py` runs where there is no hot image: `leashd_hooks.start` from its source, or a denial that says why."""

import posix
import sys

try:
    sys.path.insert(0, __file__.rpartition("/")[0] + "/..")
    from leashd_hooks.start import run

    run("", -1)
except BaseException as error:
    posix.write(2, b"leashd: denied, because it could not start: %a" % error)
