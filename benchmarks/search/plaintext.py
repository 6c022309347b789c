"""
Markdown of anybody's dialect -> a head and blocks of plain text, so that every engine is given the very same words.

Code blocks, pictures, tags, comments and addresses go: what a customer reads and searches for stays.
"""

from __future__ import annotations

import html
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import yaml

_HEAD = re.compile(r"\A(---|\+\+\+)[ \t]*\r?\n(.*?)\r?\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_DROPPED = [
    re.compile(r"<!--.*?-->|\{/\*.*?\*/\}", re.DOTALL),
    re.compile(r"\{#[^}\n]*\}|\[#[^\]\n]*\]"),
    re.compile(r"^(?:import|export)\b.*$|^[ \t]*:::.*$|^Original link:.*$|^[ \t]*\[[^\]]+\]:.*$", re.MULTILINE),
    re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL),
    re.compile(r"^[ \t|:+-]*-{3,}[ \t|:+-]*$", re.MULTILINE),
]
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ADDRESS = re.compile(r"https?://\S+")
_MARKER = re.compile(r"^[ \t]*>+[ \t]?(?:\[![A-Z]+\])?|^[ \t>]*(?:[-*+]|\d{1,3}[.)])?[ \t]+(?:\[[ xX]\][ \t]+)?")
_HIDDEN = re.compile(r"[\u00ad\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?<![\u0620-\u06ff])\u200c|\u200c(?![\u0620-\u06ff])")
_LONGEST = 40  # characters of a word in Latin letters: a longer one is a key, a digest or a path
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|[`|]")


@dataclass(frozen=True, slots=True)
class Page:
    """What a file says."""

    fields: dict[str, Any]  # its front matter
    blocks: tuple[tuple[int, str], ...]  # level of a heading, 0 for a paragraph or a line of a list; its text


def page(text: str) -> Page:
    """Return the head and the plain text of a Markdown file; a head that cannot be read is empty."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    head = _HEAD.match(text)
    body = text[head.end() :] if head else text
    body = _FENCE.sub("\n\n", body)
    for pattern in _DROPPED:
        body = pattern.sub(" ", body)
    return Page(_fields(head[1], head[2]) if head else {}, tuple(_blocks(body)))


def _fields(fence: str, text: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(text) if fence == "+++" else yaml.safe_load(text)
    except (yaml.YAMLError, tomllib.TOMLDecodeError):
        found = None
    return found if isinstance(found, dict) else {}


def _blocks(body: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    open_paragraph = False
    for line in body.split("\n"):
        heading = _HEADING.match(line)
        words = line_text(heading[2] if heading else line)
        starts = bool(re.match(r"[ \t>]*(?:[-*+]|\d{1,3}[.)])[ \t]", line))
        if heading and words:
            found.append((len(heading[1]), words))
        elif words and open_paragraph and not starts:
            found[-1] = (0, f"{found[-1][1]} {words}")
        elif words:
            found.append((0, words))
        open_paragraph = bool(words) and not heading
    return found


def line_text(line: str) -> str:
    """Return what a reader sees of a line of Markdown, with single spaces."""
    line = _LINK.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(" ", line)))
    line = _MARKER.sub(" ", _TAG.sub(" ", line))
    return clean(html.unescape(_EMPHASIS.sub(" " if "|" in line else "", _ADDRESS.sub(" ", line))).replace("\\", ""))


def clean(text: str) -> str:
    """Return a text with single spaces, without hidden characters (but ZWNJ within Persian words) and machine tokens."""
    text = _HIDDEN.sub("", text)
    return " ".join(word for word in text.split() if len(word) <= _LONGEST or not word.isascii())
