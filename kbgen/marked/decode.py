"""Bytes -> text.  UTF-8 or a problem that names the byte and the encoding that the file most likely is in."""

from __future__ import annotations

from kbgen.marked import SOURCE_WIDTH
from kbgen.model import Problem

_DENSE = 0.3  # share of bytes above 127 from which a text is hardly written in Latin letters
_DENSE_ENCODINGS = (
    ("big5", "Big5"),
    ("gb18030", "GB 18030"),
    ("shift_jis", "Shift JIS"),
    ("euc_kr", "EUC-KR"),
    ("cp1256", "Windows-1256"),
    ("cp1251", "Windows-1251"),
)


def decode(data: bytes, path: str, rule: str) -> tuple[str, tuple[Problem, ...]]:
    """
    Read bytes as UTF-8.

    Args:
        data: A whole file; a byte order mark at its start is dropped.
        path: For the problem.
        rule: The rule that asks for UTF-8 in this kind of file.

    Returns: The text with every line end as a line feed, and no problems; or "" and the problem.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return "", (_not_utf8(data, error.start, path, rule),)
    if "\0" in text:
        return "", (_nul(data, path, rule),)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, ()


def guess(data: bytes) -> str:
    """Name the encoding that bytes which are not UTF-8 are most likely in."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    sample = data[:4096]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or sample.count(0) > len(sample) / 5:
        return "UTF-16"
    high = sum(byte > 127 for byte in sample)  # noqa: PLR2004 - the end of ASCII
    if high < _DENSE * max(1, len(sample.split(b"\n---", 1)[-1])):
        return "Windows-1252 or another encoding for Latin letters"
    for codec, name in _DENSE_ENCODINGS:
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return "an encoding from before Unicode"


def _nul(data: bytes, path: str, rule: str) -> Problem:
    offset = data.index(0)
    line, column, shown = _place(data, offset)
    if data.count(0) > len(data) / 5:
        return Problem(
            path, line, column, rule, f"byte {offset} is NUL: this file looks like {guess(data)}", "Save the file as UTF-8", source=shown
        )
    return Problem(path, line, column, rule, f"byte {offset} is NUL", "Delete it; save the file as UTF-8 text", source=shown)


def _not_utf8(data: bytes, offset: int, path: str, rule: str) -> Problem:
    line, column, shown = _place(data, offset)
    message = f"byte {offset} (0x{data[offset]:02X}) is not UTF-8; this file looks like {guess(data)}"
    return Problem(path, line, column, rule, message, "Save the file as UTF-8", source=shown)


def _place(data: bytes, offset: int) -> tuple[int, int, str]:
    lines = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    before = lines[-1].decode("utf-8", "replace").lstrip("\ufeff")
    after = data[offset:].split(b"\n", 1)[0].decode("utf-8", "replace").replace("\0", "\ufffd").rstrip("\r")
    return len(lines), len(before) + 1, (before + after)[:SOURCE_WIDTH]
