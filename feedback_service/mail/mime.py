"""
The walk through a MIME mail, with limits: so many bytes, so deep, so many parts.  Nothing raises; what was left out is named.

The library's parser is not used: it has no limits, and a mail of a thousand nested parts ends it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from feedback_service.mail.headers import Headers, decoded, decoded_words, first, parameters, read_headers, unbase64

MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 10
MOST_PARTS = 100
MOST_HEADERS = 64 * 1024  # bytes, of the mail and of each part

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_MBOX = re.compile(rb"(?:From |>From )[^\n]{0,1000}\n")  # what some pipes put before the first header
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_SEALED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part without parts, decoded: a text or a file."""

    type: str  # as declared, small letters
    name: str  # as declared, decoded; "" if it has none
    content: bytes
    charset: str = ""


@dataclass(slots=True)
class Found:
    """What a mail holds: its texts to read in order, its files, and in stable words what could not be read."""

    texts: list[Leaf] = field(default_factory=list)
    files: list[Leaf] = field(default_factory=list)
    troubles: set[str] = field(default_factory=set)
    parts: int = 0


def split_mail(raw: bytes) -> tuple[Headers, bytes, set[str]]:
    """
    Take headers and body apart.

    Returns: Headers, body, and what went wrong: "too_large" or "headers_too_long".
    """
    troubles = {"too_large"} if len(raw) > MOST_BYTES else set()
    raw = raw[:MOST_BYTES]
    if hit := _MBOX.match(raw):
        raw = raw[hit.end() :]
    headers, body, long = _head(raw)
    return headers, body, troubles | ({"headers_too_long"} if long else set())


def walk(headers: Headers, body: bytes) -> Found:
    """Take a mail's body apart."""
    found = Found()
    _part(headers, body, 0, found)
    return found


def text_of(leaf: Leaf) -> tuple[str, str]:
    """Decode a text part.  Returns: The text, and "charset" or "uuencode" if something in it could not be read, otherwise ""."""
    text, fits = decoded(leaf.content, leaf.charset or "us-ascii")
    return text, "" if fits and not _UUENCODED.search(text) else "uuencode" if fits else "charset"


def _head(raw: bytes) -> tuple[Headers, bytes, bool]:
    if raw[:1] == b"\n" or raw[:2] == b"\r\n":
        return {}, raw.lstrip(b"\r\n"), False
    hit = _END_OF_HEAD.search(raw)
    end, start = (hit.start(), hit.end()) if hit else (len(raw), len(raw))
    return read_headers(raw[: min(end, MOST_HEADERS)]), raw[start:], end > MOST_HEADERS


def _part(headers: Headers, body: bytes, depth: int, found: Found) -> None:
    kind, said = parameters(first(headers, "content-type") or "text/plain")
    if not kind.startswith("multipart/"):
        _leaf(headers, body, found)
        return
    if depth >= MOST_DEPTH:
        found.troubles.add("too_deep")
        return
    boundary = said.get("boundary", "").encode("utf-8", "replace")[:200]
    children = [*_children(body, boundary, found)] if boundary else []
    if not children:
        found.troubles.add("no_boundary")
        _leaf({}, body, found)
        return
    several = [_child(each, depth, found) for each in children[: 1 if kind == "multipart/report" else None]]
    chosen = _best(several) if kind == "multipart/alternative" else None
    for number, child in enumerate(several):
        found.texts += child.texts if chosen is None or number == chosen else []
        found.files += child.files
        found.troubles |= child.troubles


def _child(body: bytes, depth: int, whole: Found) -> Found:
    child = Found(parts=whole.parts)
    headers, inner, long = _head(body)
    if long:
        child.troubles.add("headers_too_long")
    _part(headers, inner, depth + 1, child)
    whole.parts = child.parts
    return child


def _children(body: bytes, boundary: bytes, found: Found) -> Iterator[bytes]:
    """Give the parts between the lines that are the boundary.  What stands before the first and after the last is no part."""
    mark = re.compile(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]{0,200}(?=\r?\n|\Z)")
    start: int | None = None
    for hit in mark.finditer(body):
        if start is not None:
            found.parts += 1
            if found.parts > MOST_PARTS:
                found.troubles.add("too_many_parts")
                return
            yield _unframed(body[start : hit.start()])
        if hit[1]:
            return
        start = hit.end()
    if start is not None:
        found.troubles.add("cut_off")
        yield _unframed(body[start:])


def _unframed(part: bytes) -> bytes:
    """Take off the line ends that belong to the boundaries before and after a part."""
    return part.removeprefix(b"\r").removeprefix(b"\n").removesuffix(b"\r")


def _best(children: list[Found]) -> int | None:
    """Choose one of the ways in which a mail says the same: the first that says anything, plain text before others."""
    said = [number for number, each in enumerate(children) if any(leaf.content.strip() for leaf in each.texts)]
    plain = [number for number in said if all(leaf.type == "text/plain" for leaf in children[number].texts)]
    return next(iter(plain or said), None)


def _leaf(headers: Headers, body: bytes, found: Found) -> None:
    kind, said = parameters(first(headers, "content-type") or "text/plain")
    placed, more = parameters(first(headers, "content-disposition"))
    if kind in _SIGNATURES:
        return
    if kind in _SEALED:
        found.troubles.add("encrypted")
    name = decoded_words(more.get("filename") or said.get("name") or "")
    leaf = Leaf(kind, name, _decoded_body(first(headers, "content-transfer-encoding"), body, found), said.get("charset", ""))
    if kind in {"text/plain", "text/html", "text", ""} and placed != "attachment" and not name:
        found.texts.append(leaf)
    elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
        found.files.append(leaf)


def _decoded_body(encoding: str, body: bytes, found: Found) -> bytes:
    match encoding.strip().lower():
        case "base64":
            content, clean = unbase64(body)
            if not clean:
                found.troubles.add("base64")
            return content
        case "quoted-printable":
            return binascii.a2b_qp(body)
        case "" | "7bit" | "8bit" | "binary":
            return body
        case "x-uuencode" | "uuencode" | "x-uue":
            found.troubles.add("uuencode")
        case _:
            found.troubles.add("encoding")
    return body
