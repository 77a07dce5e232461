"""What the hook's interpreter imports as `encodings`: UTF-8 alone, until somebody asks for another.

Every Python process imports that package before it runs a line of ours, and its table of the names of a hundred
encodings costs a fifteenth of the start.  `hook_python` puts this file before the standard library's.  A process that
is not the hook, so one without `-S`, gets the package itself.
"""

import codecs
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, input: str, final: bool = False) -> bytes:
        return codecs.utf_8_encode(input, self.errors)[0]


class _Decoder(codecs.BufferedIncrementalDecoder):
    _buffer_decode = staticmethod(codecs.utf_8_decode)  # type: ignore[assignment]  # as the standard library has it


def _decode(input: "Any", errors: str = "strict") -> "tuple[str, int]":
    return codecs.utf_8_decode(input, errors, True)


def _search(name: str) -> "codecs.CodecInfo | None":
    if name != "utf_8":
        _whole_package()
        return codecs.lookup(name)
    return codecs.CodecInfo(
        codecs.utf_8_encode, _decode, incrementalencoder=_Encoder, incrementaldecoder=_Decoder, name="utf-8"
    )


def __getattr__(name: str) -> "Any":
    """What only the package has; it is asked for by modules that have imported this one in its place."""
    return getattr(_whole_package(), name)


def _whole_package() -> "Any":
    """The standard library's package, from now on in place of this module; it registers itself."""
    here = __file__.rpartition("/")[0]
    if here in sys.path:
        codecs.unregister(_search)
        sys.path.remove(here)
        del sys.modules["encodings"]
    return __import__("encodings")


if __name__ == "encodings":
    # For `import encodings.aliases`: the next place in which Python looks is the standard library.
    __path__ = [sys.path[1] + "/encodings"]
    if sys.flags.no_site:
        codecs.register(_search)
    else:
        _whole_package()
