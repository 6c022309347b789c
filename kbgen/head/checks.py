"""
What front matter has to obey beyond types and lengths: names, addresses, times, letters.

Each check takes the marked tree before pydantic sees it, notes what is wrong and puts the right form in its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from kbgen.marked import Findings, Loc, Marked, Span, ascii_form, code_point, hidden
from kbgen.head.words import ELSEWHERE, HELP
from kbgen.marked.typed import Check, Wording, apply, name_of

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = (3, 80)
SLUG_LENGTH = 80  # characters
SLUG_BYTES = 200  # of UTF-8: a folder of this name has to fit every file system
ALIAS_LENGTH = 500
TAG_LENGTH = 60
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))})
PERIOD = re.compile(r"([1-9][0-9]{0,2})\s*(mo|months?|y|years?)", re.ASCII)
MONTHS_IN_YEAR = 12

_LINES = ("title", "description", "owner", "replaced_by", "id")  # one line of text each
_LISTS = ("tags", "keywords", "authors")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?\s?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt ].*)?", re.ASCII)
_LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d\d)", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LOCALE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")
_PERSIAN = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_EXAMPLE = "2026-03-12T08:00:00+01:00"

WORDING = Wording(unknown="KB111", value="KB104", missing="KB112", help=HELP, elsewhere=ELSEWHERE)


def tidy(marked: Marked, findings: Findings) -> None:
    """
    Check a head's values and bring them into their one form, in place.

    Text becomes NFC on one line, periods become months, lengths of films seconds, times UTC, aliases percent-encoded.
    What has a wrong type is left to pydantic.
    """
    record: dict[str, Any] = marked.value
    for name in _LINES:
        if isinstance(record.get(name), str):
            record[name] = _line(record[name], (name,), marked, findings)
    for name in _LISTS:
        if isinstance(record.get(name), list):
            record[name] = _words(record[name], name, marked, findings)
    apply(_CHECKS, marked, findings)
    _window(record, marked, findings)


def _line(text: str, loc: Loc, marked: Marked, findings: Findings) -> str:
    """Write text in NFC on one line; note what readers cannot see in it."""
    for one in hidden(text):
        findings.add(_place_of(text[one.index], loc, marked, findings), "KB108", f"{name_of(loc)} holds {one.what}", "Delete it")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _place_of(sign: str, loc: Loc, marked: Marked, findings: Findings) -> Span:
    """Return where a sign stands in a value; the value's place when it is written as an escape or on a later line."""
    span = marked.at(loc)
    column = findings.lines[span.line - 1].find(sign, span.column - 1)
    return span if column < 0 else Span(span.line, column + 1, 1)


def _words(items: list[Any], name: str, marked: Marked, findings: Findings) -> list[Any]:
    """Tidy a list of words; a word that stands twice is noted and goes."""
    seen: dict[str, Any] = {}
    for number, item in enumerate(items):
        loc = (name, number)
        text = marked.texts.get(loc, item) if item is not None else None
        if not isinstance(text, str):
            seen[f"\0{number}"] = item
            continue
        word = _line(text, loc, marked, findings)
        if word.casefold() in seen:
            findings.add(marked.at(loc), "KB119", f"{name} names {word!r} twice", "Remove one of the two", "warning")
        elif not word:
            findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is empty", "Remove it")
        elif len(word) > TAG_LENGTH and name == "tags":
            findings.add(marked.at(loc), "KB104", f"{name_of(loc)} has {len(word)} characters; the limit is {TAG_LENGTH}", "A tag is a word or two")
        seen.setdefault(word.casefold(), word)
    marked_items = list(seen.values())
    return [item for item in marked_items if item]


def _id(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    text = marked.texts.get(loc, value)
    if not isinstance(text, str):
        return value
    shortest, longest = ID_LENGTH
    if ID.fullmatch(text) and shortest <= len(text) <= longest:
        return text
    plain = re.sub(r"[^a-z0-9]+", "-", ascii_form(text).lower().removeprefix("kb:")).strip("-")[:longest].strip("-")
    right = plain if len(plain) >= shortest else "kb-7f3k2q"
    message = f"{name_of(loc)} has to be {shortest} to {longest} lower-case letters a-z, digits and hyphens"
    findings.add(marked.at(loc), "KB114", message, f"Write  {right}  (once published, an id never changes)" if loc == ("id",) else f"Write  {right}")
    return value


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
        return f"has {len(slug)} characters; the limit is {SLUG_LENGTH}, or {SLUG_BYTES} bytes", f"Write  {_slug_from(slug)[:30].strip('-')}"
    return "", ""


def _slug_from(text: str) -> str:
    words = "".join(sign if unicodedata.category(sign)[0] in "LMN" or sign == "_" else "-" for sign in unicodedata.normalize("NFC", text).lower())
    return re.sub("-{2,}", "-", words).strip("-")[:60] or "reset-password"


def _slug(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    text = marked.texts.get(loc, value)
    if not isinstance(text, str):
        return value
    slug = unicodedata.normalize("NFC", text)
    message, remedy = slug_fault(slug)
    if message:
        findings.add(marked.at(loc), "KB115", f"{name_of(loc)} {message}", remedy)
    return slug


def _alias(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if not isinstance(value, str):
        return value
    path = unicodedata.normalize("NFC", unquote(value.strip()))
    fault = ""
    if _SCHEME.match(path) or path.startswith(("//", "/\\", "\\")) or re.match(r"\s*/\s*[/\\]", path):
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
        findings.add(marked.at(loc), "KB403", f"{name_of(loc)} {fault}", "Write the old address as a path on this site:  /en/account/old-name/")
        return value
    return quote(path, safe="/-_.~")


def _moment(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Turn a time with a zone into UTC."""
    text = marked.texts.get(loc, value)
    if not isinstance(text, str):
        return value
    plain = ascii_form(text).strip()
    match = _MOMENT.fullmatch(plain)
    if not match:
        fault = "is a date without a time and a zone" if re.fullmatch(r"\d{4}-\d\d-\d\d", plain) else "has no zone" if _DATE.fullmatch(plain) else "is not a date and time"
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)} {fault}", f"Write  {_moment_from(plain)}")
        return ""
    if plain != text.strip():
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)} has to be written in ASCII digits and signs", f"Write  {plain}")
        return ""
    day, clock, seconds, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else f"{zone[:3]}:{zone[-2:]}"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{(seconds or ':00')[:3]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        findings.add(marked.at(loc), "KB113", f"{name_of(loc)} is a day or an hour that does not exist", f"Write  {_EXAMPLE}")
        return ""
    return moment.isoformat()


def _moment_from(text: str) -> str:
    """Complete what was typed, when it is a real day."""
    try:
        return f"{datetime.fromisoformat(text[:10]).date().isoformat()}{_EXAMPLE[10:]}"
    except ValueError:
        return _EXAMPLE


def _window(record: Mapping[str, Any], marked: Marked, findings: Findings) -> None:
    begin, end = record.get("publish_at"), record.get("expire_at")
    if isinstance(begin, str) and isinstance(end, str) and begin and end and begin >= end:
        findings.add(marked.at(("expire_at",)), "KB117", "expire_at is not later than publish_at", "Write a later time, or remove one of the two")


def _period(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    months = months_of(value)
    if months is None:
        wish = ascii_form(value).strip() if isinstance(value, str) else str(marked.texts.get(loc, value))
        remedy = f"Write  {wish}mo" if wish.isdecimal() and wish.isascii() and wish != "0" else "Write a number of months, such as  3mo  or  6mo"
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is not a period", remedy)
        return 0
    return months


def months_of(value: object) -> int | None:
    """Read a period, "3mo" or "1y"; None when it is none, or longer than ten years."""
    match = PERIOD.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    months = int(match[1]) * (MONTHS_IN_YEAR if match[2][0] == "y" else 1)
    return months if months <= 10 * MONTHS_IN_YEAR else None


def _seconds(value: Any, _loc: Loc, _marked: Marked, _findings: Findings) -> Any:  # noqa: ANN401 - as written
    """Read the length of a film, "1:05" or "65"; pydantic refuses what is no number."""
    match = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return value
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _web(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and not re.match(r"https?://[^\s/\\]+", value.strip()) or isinstance(value, str) and (hidden(value) or re.search(r"\s", value.strip())):
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is not a web address", "Write  https://example.org/page")
    return value.strip() if isinstance(value, str) else value


def _file(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if not isinstance(value, str):
        return value
    path = value.strip()
    if path.startswith(("/", "\\")) or _SCHEME.match(path) or "\\" in path or hidden(path):
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} has to be a file, named from the article's folder", "Write  media/film.webm")
    return unicodedata.normalize("NFC", path)


def _film(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and value.strip().startswith("https://"):
        return _web(value, loc, marked, findings)
    return _file(value, loc, marked, findings)


def _tag(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and not _LOCALE.fullmatch(value):
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is not a locale", "Write  en  or  zh-Hant")
    return value


def _object(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    text = marked.texts.get(loc, value)
    if isinstance(text, str) and not re.fullmatch(r"[0-9a-f]{7,64}", text):
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is not the name of an object in git", "Write what  git rev-parse HEAD:content/en/…  prints")
    return text


def _title(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    return _line(value, loc, marked, findings) if isinstance(value, str) else value


_CHECKS: dict[str, Check] = {
    "id": _id,
    "replaced_by": _id,
    "related.*": _id,
    "slug": _slug,
    "aliases.*": _alias,
    "publish_at": _moment,
    "expire_at": _moment,
    "review.every": _period,
    "sources.*.title": _title,
    "sources.*.url": _web,
    "translation.source_blob": _object,
    "translation.source_commit": _object,
    "video.src": _film,
    "video.poster": _film,
    "video.transcript": _file,
    "video.duration": _seconds,
    "video.captions.*.src": _file,
    "video.captions.*.locale": _tag,
}


def tidy_name(path: str, findings: Findings) -> None:
    """Check the name of a file whose front matter has no slug: it becomes the last part of the URL."""
    name = path.rpartition("/")[2].removesuffix(".md")
    message, remedy = slug_fault(unicodedata.normalize("NFC", name))
    if message:
        findings.add(None, "KB115", f"the file's name {message}", f"{remedy.replace('Write  ', 'Name it  ')}.md , or add a slug to its front matter")
