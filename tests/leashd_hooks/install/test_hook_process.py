import os
import sys
from pathlib import Path

from leashd_hooks.install.hook_process import interpreter


def test_the_interpreter_is_no_shim():
    with Path(interpreter()).open("rb") as file:
        assert file.read(2) != b"#!"
    assert os.path.realpath(interpreter()) == os.path.realpath(sys.executable)
