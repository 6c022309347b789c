"""
Headers of mail from strangers, read by a scanner of our own: linear, never raising, nothing guessed.

Values come out as text of one line.  Encoded words (RFC 2047) are decoded on demand, and only after an address was taken apart:
a decoded name may hold any sign, a comma or a bracket too.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from feedback_service.addresses import AddressError, parse_address

Headers = Mapping[str, tuple[str, ...]]  # name in small letters -> its values, in order

MOST_LINES = 2_000  # headers that are looked at
MOST_VALUE = 4_000  # characters of one header that are looked at
MOST_ADDRESSES = 100  # addresses of one header that are looked at
MOST_IDS = 50  # Message-IDs of one header that are looked at: the last ones

_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE = re.compile(r"([!-9;-~]{1,100})[ \t]*:(.*)")
_BARE = re.compile(r"[\0-\x08\x0a-\x1f\x7f]")
_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([!->@-~]*)\?=")
_ID = re.compile(r"<([!-;=?-~]{3,250})>")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9_.*-]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)')

# What mail programs write, and how it is really read.  Other names are refused: some of Python's codecs are no charsets, some are slow.
_CHARSETS = {
    **dict.fromkeys(("us-ascii", "ascii", "utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("iso-8859-1", "latin1", "iso8859-1", "windows-1252", "cp1252", "ansi"), "cp1252"),
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15, 16)},
    **dict.fromkeys(("iso-8859-9", "windows-1254"), "cp1254"),
    **{f"windows-125{number}": f"cp125{number}" for number in (0, 1, 3, 5, 6, 7, 8)},
    **{f"cp125{number}": f"cp125{number}" for number in (0, 1, 3, 5, 6, 7, 8)},
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "cp950", "x-x-big5"), "cp950"),
    **dict.fromkeys(("big5-hkscs", "big5hkscs"), "big5hkscs"),
    **{name: name for name in ("koi8-r", "koi8-u", "euc-jp", "shift_jis", "iso-2022-jp", "euc-kr", "utf-16", "utf-16le", "utf-16be")},
    "ks_c_5601-1987": "cp949",
    "macintosh": "mac_roman",
}


def read_headers(block: bytes) -> dict[str, tuple[str, ...]]:
    """Read the lines before the first empty one.  What is no header is passed over."""
    text = _FOLD.sub(" ", decoded(block, "utf-8")[0])
    found: dict[str, list[str]] = {}
    for line in text.split("\n")[:MOST_LINES]:
        if hit := _LINE.fullmatch(line.rstrip("\r")):
            found.setdefault(hit[1].lower(), []).append(_BARE.sub("", hit[2].replace("\t", " ")).strip())
    return {name: tuple(values) for name, values in found.items()}


def first(headers: Headers, name: str) -> str:
    """Give the first value of a header, cut at MOST_VALUE; "" if there is none."""
    return headers.get(name, ("",))[0][:MOST_VALUE]


def decoded(data: bytes, charset: str) -> tuple[str, bool]:
    """
    Turn bytes into text.

    Returns: The text, and whether the charset was known and fits.  Otherwise UTF-8 is tried, then Western European.
    """
    known = _CHARSETS.get(charset.strip().lower().strip("\"'"))
    for codec in filter(None, (known, "utf-8")):
        try:
            return data.decode(codec), known is not None and codec == known
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace"), False


def decoded_words(value: str) -> str:
    """Decode the encoded words of a header value.  What is none stays as it is; white space between two of them goes."""
    texts: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for hit in _WORD.finditer(value):
        between = value[end : hit.start()]
        charset, data = hit[1].lower(), _word_bytes(hit[2], hit[3])
        if between.strip() or charset != pending_charset or end == 0:  # a sign of several bytes may be cut between two words
            texts.append(decoded(pending, pending_charset)[0] if pending else "")
            texts.append(between if between.strip() or end == 0 else "")
            pending = b""
        pending, pending_charset, end = pending + data, charset, hit.end()
    texts.append(decoded(pending, pending_charset)[0] if pending else "")
    return "".join(texts) + value[end:]


def unbase64(data: bytes) -> tuple[bytes, bool]:
    """Decode base64 with whatever stands between it.  Returns: The bytes, and whether nothing foreign was there."""
    kept = re.sub(rb"[^A-Za-z0-9+/]+", b"", data)
    clean = len(kept) + sum(map(data.count, (b"\r", b"\n", b" ", b"\t", b"="))) == len(data) and len(kept) % 4 != 1
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), clean


def mailbox(value: str) -> tuple[str, str]:
    """
    Read a header that names one person, such as From.

    Returns: (address, name); the address is "" if there is none, more than one, or one that is not taken: `Alice@a.example]<mallory@…>`
    names two, and nobody can tell which of them a reader would see.
    """
    people = [*_people(value[:MOST_VALUE])]
    return people[0] if len(people) == 1 else ("", "")


def addresses(values: Iterable[str]) -> tuple[str, ...]:
    """List the addresses of headers such as To; what cannot be read is left out."""
    return tuple(dict.fromkeys(address for value in values for address, _ in _people(value[: MOST_VALUE * 4]) if address))


def message_ids(value: str) -> tuple[str, ...]:
    """List the Message-IDs of a header, in order, each with its angle brackets."""
    return tuple(f"<{hit}>" for hit in _ID.findall(value)[-MOST_IDS:])


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """
    Read a header such as Content-Type: its first word in small letters, and its parameters.

    Parameters in pieces or with a charset (RFC 2231) are put together under their plain name.
    """
    value = value[:MOST_VALUE]
    main = value.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, written in _PARAMETER.findall(value):
        text = re.sub(r"\\(.)", r"\1", written[1:-1]) if written.startswith('"') else written.strip()
        base, star, rest = name.lower().partition("*")
        if star:
            number = rest.rstrip("*")
            pieces.setdefault(base, []).append((int(number) if number.isdecimal() and len(number) < 4 else 0, name.endswith("*"), text))
        else:
            plain.setdefault(base, text)
    return main, {**plain, **{name: _joined(sorted(each)) for name, each in pieces.items()}}


def _word_bytes(encoding: str, text: str) -> bytes:
    return unbase64(text.encode())[0] if encoding in "bB" else binascii.a2b_qp(text.encode(), header=True)


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    charset, data = "utf-8", b""
    if pieces[0][1] and pieces[0][2].count("'") >= 2:
        charset, _, rest = pieces[0][2].split("'", 2)
        pieces = [(0, True, rest), *pieces[1:]]
    for _, encoded, text in pieces:
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decoded(data, charset)[0]


def _people(value: str) -> Iterator[tuple[str, str]]:
    """Give address and name of each person in a list; ("", "") for one that cannot be read."""
    for number, item in enumerate(_items(value)):
        if number == MOST_ADDRESSES:
            return
        yield _person(item)


def _items(value: str) -> Iterator[str]:
    """Split a list at commas and semicolons that stand outside quotes and brackets.  "Team: a, b;" is a group, whose name goes."""
    start, quoted, angled = 0, False, False
    place = 0
    while place < len(value):
        sign = value[place]
        if sign == "\\" and quoted:
            place += 1
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in "<>":
            angled = sign == "<"
        elif not quoted and not angled and sign in ",;:":
            if sign != ":" and value[start:place].strip():
                yield value[start:place]
            start = place + 1
        place += 1
    if value[start:].strip():
        yield value[start:]


def _person(item: str) -> tuple[str, str]:
    name, bracket, rest = _unquoted_split(item)
    text, closed, tail = rest.partition(">") if bracket else (item, ">", "")
    if not closed or tail.strip():
        return "", ""
    try:
        address = parse_address(text)
    except AddressError:
        return "", ""
    said = decoded_words(re.sub(r"\\(.)", r"\1", name.strip().strip('"')))
    if '"' not in name and "@" in name and said.strip().strip("'").casefold() != address.casefold():
        return "", ""
    return address, said if bracket else ""


def _unquoted_split(item: str) -> tuple[str, str, str]:
    """Split at the first "<" that stands outside quotes."""
    quoted = False
    for place, sign in enumerate(item):
        if sign == '"':
            quoted = not quoted
        elif sign == "<" and not quoted:
            return item[:place], "<", item[place + 1 :]
    return "", "", item
