"""
Files that come with mail: a harmless name, a type that is read from the bytes, and whether the file is kept.

Nothing is unpacked or drawn.  A name is for reading only: whoever stores a file does so under an id of its own.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from feedback_service.mail.mime import Leaf

Refusal = Literal["", "type", "size", "number"]

MOST_FILES = 3
MOST_FILE_BYTES = 5 * 1024 * 1024
LONGEST_FILE_NAME = 100  # characters

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"x\x9f>\x22", "application/ms-tnef"),
)
_ENDINGS = {"image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), "image/webp": ("webp",), "text/plain": ("txt", "log", "csv", "md")}
_KEPT = {**_ENDINGS, "application/pdf": ("pdf",)}  # types that are kept, with the endings of their names
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?", re.IGNORECASE)
_MARKUP = re.compile(rb"\s{0,1000}<[!?A-Za-z]")
_UNPRINTED = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment.  One that is not kept has no content: `refusal` says which limit it broke."""

    name: str
    size: int  # bytes
    type: str  # sniffed
    sha256: str
    content: bytes
    refusal: Refusal = ""


def taken_files(leaves: Iterable[Leaf]) -> tuple[File, ...]:
    """Judge the files of one mail in their order: the first MOST_FILES that may be kept are."""
    files: list[File] = []
    for leaf in leaves:
        kind, size = sniffed(leaf.content), len(leaf.content)
        full = sum(not file.refusal for file in files) >= MOST_FILES
        refusal: Refusal = "type" if kind not in _KEPT else "size" if size > MOST_FILE_BYTES else "number" if full else ""
        digest = hashlib.sha256(leaf.content).hexdigest()
        files.append(File(safe_name(leaf.name, kind), size, kind, digest, b"" if refusal else leaf.content, refusal))
    return tuple(files)


def sniffed(content: bytes) -> str:
    """Name the type of bytes by how they begin; text is what reads as UTF-8 and is no markup."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if _MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")):
        return "text/html"
    if _UNPRINTED.search(content):
        return "application/octet-stream"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"


def safe_name(name: str, kind: str) -> str:
    """
    Write a name that is no path, no device, no hidden file and hides nothing.  Cleaned first, judged last.

    A name whose ending is not one of its type gets one: "bill.pdf.exe" that is a PDF becomes "bill.pdf.exe.pdf".
    """
    plain = unicodedata.normalize("NFC", name[:1_000])
    plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C" and sign not in "\u2028\u2029")
    plain = re.split(r"[/\\:]", plain)[-1]
    plain = re.sub(r"""[<>"|?*\s]+""", " ", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = plain, ""
    endings = _KEPT.get(kind, ())
    if endings and ending.lower() not in endings:
        stem, ending = plain, endings[0]
    stem = stem[: LONGEST_FILE_NAME - 12].strip(" .") or "file"
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending}" if ending else stem
