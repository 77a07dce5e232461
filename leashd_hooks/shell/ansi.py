"""The escapes of `$'...'` and of `printf`, where bash and zsh agree."""

SIMPLE = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}
HEXADECIMAL = {"x": 2, "u": 4, "U": 8}
OCTAL_DIGITS = "01234567"
HEXADECIMAL_DIGITS = "0123456789abcdefABCDEF"


def decode(text: str) -> "str | None":
    """The text that the inside of `$'...'` stands for; None for NUL, single bytes that are no text, and `\\c`."""
    out = ""
    at = 0
    while at < len(text):
        stop = text.find("\\", at)
        if stop < 0 or stop + 1 >= len(text):
            return out + text[at:]
        out += text[at:stop]
        letter = text[stop + 1]
        if letter in SIMPLE:
            out += SIMPLE[letter]
            at = stop + 2
            continue
        number, at = _number(text, stop + 1)
        if number is None:
            if letter in HEXADECIMAL or letter == "c":
                return None
            out += "\\" + letter
            at = stop + 2
        elif 0 < number < 0x80 or (letter in "uU" and 0x80 <= number < 0x110000 and not 0xD800 <= number < 0xE000):
            out += chr(number)
        else:
            return None
    return out


def _number(text: str, at: int) -> "tuple[int | None, int]":
    letter = text[at]
    if letter in HEXADECIMAL:
        start, width, base, digits = at + 1, HEXADECIMAL[letter], 16, HEXADECIMAL_DIGITS
    else:
        start, width, base, digits = at, 3, 8, OCTAL_DIGITS
    end = start
    while end < len(text) and end - start < width and text[end] in digits:
        end += 1
    return (int(text[start:end], base) if end > start else None, end)
