"""What the agent's host starts for every call: `python -I -S -X utf8 boot.py claude --state DIR`.

Python compiles this file anew at every start, so it is short and does one thing: it runs `leashd_hooks.start` from the
hot image.  Where that cannot be, `rescue.py` goes on.  However it ends, the exit code blocks the call.
"""

try:
    import marshal
    import posix
    import sys

    image = posix.open(__file__[:-7] + "__pycache__/hot." + sys.implementation.cache_tag + ".image", 0)
    exec(marshal.loads(posix.read(image, 16384)))
    run(__file__[:-8], image)  # type: ignore[name-defined]  # noqa: F821 (the line above defines it)
except BaseException:
    exec(open(__file__[:-7] + "rescue.py").read())
finally:
    posix._exit(2)
