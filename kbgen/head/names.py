"""Names of an article: its id, its slug, its old addresses."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote, unquote

from kbgen.marked import Findings, Loc, Marked, ascii_form, code_point, hidden
from kbgen.marked.typed import name_of

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = (3, 80)
SLUG_LENGTH = 80  # characters
SUGGESTED = 40  # characters of a slug that is suggested
SLUG_BYTES = 200  # of UTF-8: a folder of this name has to fit every file system
ALIAS_LENGTH = 500
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))})
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

_PERSIAN = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")


def check_id(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Note an id that is not 3 to 80 lower-case letters, digits and hyphens."""
    text = marked.texts.get(loc, value)
    if not isinstance(text, str):
        return value
    shortest, longest = ID_LENGTH
    if ID.fullmatch(text) and shortest <= len(text) <= longest:
        return text
    plain = re.sub(r"[^a-z0-9]+", "-", ascii_form(text).lower().removeprefix("kb:")).strip("-")[:longest].strip("-")
    right = plain if len(plain) >= shortest else "kb-7f3k2q"
    message = f"{name_of(loc)} has to be {shortest} to {longest} lower-case letters a-z, digits and hyphens"
    findings.add(
        marked.at(loc), "KB114", message, f"Write  {right}  (once published, an id never changes)" if loc == ("id",) else f"Write  {right}"
    )
    return text[:longest]  # pydantic need not say it again


def slug_fault(slug: str) -> tuple[str, str]:
    """
    Judge the last part of an article's URL.

    Returns: What is wrong and what to type instead; two empty texts for a good slug.
    """
    if slug in {".", ".."} or "/" in slug or "\\" in slug or ":" in slug:
        return "has to be one name, not a path", f"Write  {_slug_from(slug)}"
    for index, sign in enumerate(slug):
        between = index and index + 1 < len(slug) and _PERSIAN.match(slug[index - 1]) and _PERSIAN.match(slug[index + 1])
        if unicodedata.category(sign)[0] not in "LMN" and sign not in "-_." and not (sign == "\u200c" and between):
            what = "a space" if sign == " " else f"{sign!r}" if sign.isprintable() else f"the invisible character {code_point(sign)}"
            return f"holds {what}", f"Write  {_slug_from(slug)}"
    if slug.partition(".")[0].lower() in RESERVED:
        return f"is {slug.partition('.')[0]}, a name that Windows keeps for devices", f"Write  {slug.partition('.')[0]}-guide"
    if slug.startswith((".", "-")) or slug.endswith((".", "-")):
        return "begins or ends with a dot or a hyphen", f"Write  {_slug_from(slug)}"
    if hidden(slug):
        return f"holds {hidden(slug)[0].what}", f"Write  {_slug_from(slug)}"
    if len(slug) > SLUG_LENGTH or len(slug.encode("utf-8", "replace")) > SLUG_BYTES:
        return (
            f"has {len(slug)} characters; the limit is {SLUG_LENGTH}, or {SLUG_BYTES} bytes",
            f"Write  {_slug_from(slug)}",
        )
    return "", ""


def _slug_from(text: str) -> str:
    words = "".join(
        sign if unicodedata.category(sign)[0] in "LMN" or sign == "_" else "-" for sign in unicodedata.normalize("NFC", text).lower()
    )
    slug = re.sub("-{2,}", "-", words).strip("-")
    if len(slug) > SUGGESTED:
        slug = slug[: SUGGESTED + 1].rpartition("-")[0] or slug[:SUGGESTED]  # whole words, where there are words
    return slug.strip("-") or "reset-password"


def check_slug(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Note a slug that cannot be the last part of a URL; return it in NFC."""
    text = marked.texts.get(loc, value)
    if not isinstance(text, str):
        return value
    slug = unicodedata.normalize("NFC", text)
    message, remedy = slug_fault(slug)
    if message:
        findings.add(marked.at(loc), "KB115", f"{name_of(loc)} {message}", remedy)
    return slug


def check_alias(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Note an alias that is not a path on this site; return it as it stands in URLs, percent-encoded."""
    if not isinstance(value, str):
        return value
    path = unicodedata.normalize("NFC", unquote(value.strip()))
    fault = ""
    if SCHEME.match(path) or path.startswith(("//", "/\\", "\\")) or re.match(r"\s*/\s*[/\\]", path):
        fault = "leads to another site"
    elif not path.startswith("/"):
        fault = "has to begin with a slash"
    elif "\\" in path or ".." in path.split("/") or "." in path.split("/") or "//" in path:
        fault = "has to be a plain path"
    elif "?" in path or "#" in path:
        fault = "has to be a path without ? and #"
    elif hidden(path) or any(ord(sign) < 32 or sign == "\ufffd" for sign in path):  # noqa: PLR2004 - control characters
        fault = "holds invisible characters"
    elif len(path) > ALIAS_LENGTH:
        fault = f"has {len(path)} characters; the limit is {ALIAS_LENGTH}"
    elif path == "/":
        fault = "is the start page"
    if fault:
        findings.add(
            marked.at(loc), "KB403", f"{name_of(loc)} {fault}", "Write the old address as a path on this site:  /en/account/old-name/"
        )
        return value
    return quote(path, safe="/-_.~")


def tidy_name(path: str, findings: Findings) -> None:
    """Check the name of a file whose front matter has no slug: it becomes the last part of the URL."""
    name = path.rpartition("/")[2].removesuffix(".md")
    message, remedy = slug_fault(unicodedata.normalize("NFC", name))
    if message:
        findings.add(
            None, "KB115", f"the file's name {message}", f"{remedy.replace('Write  ', 'Name it  ')}.md , or add a slug to its front matter"
        )
