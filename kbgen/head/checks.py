"""
What front matter has to obey beyond types and lengths: names, addresses, times, letters.

Each check takes the marked tree before pydantic sees it, notes what is wrong and puts the right form in its place.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from kbgen.head.names import SCHEME, check_alias, check_id, check_slug
from kbgen.head.times import check_moment, check_period, check_seconds, check_window
from kbgen.head.words import ELSEWHERE, HELP
from kbgen.marked import Findings, Loc, Marked, Span, hidden
from kbgen.marked.typed import Check, Wording, apply, name_of

TAG_LENGTH = 60
SHOWN = 5  # invisible characters that one value tells of

_LINES = ("title", "description", "owner", "replaced_by", "id")  # one line of text each
_LISTS = ("tags", "keywords", "authors")
_JOINERS = "\u200c\u200d"
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\ufb50-\ufdff\ufe70-\ufefc]")  # letters of scripts that are typed with joiners
_LOCALE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")

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
    if record.get("slug") == "":
        remedy = "Write  slug: reset-password , or remove the line: then it is the file's name"
        findings.add(marked.at(("slug",)), "KB115", "slug is empty", remedy)
    apply(_CHECKS, marked, findings)
    check_window(record, marked, findings)


def _line(text: str, loc: Loc, marked: Marked, findings: Findings) -> str:
    """Write text in NFC on one line; note what readers cannot see in it."""
    for one in hidden(text)[:SHOWN]:
        typed = text[one.at] in _JOINERS and _JOINING.search(text)  # beside a Latin word in Persian: seen by nobody, meant well
        place = _place_of(text[one.at], loc, marked, findings)
        edit = "" if findings.lines[place.line - 1].startswith(text[one.at], place.column - 1) else None
        findings.add(place, "KB108", f"{name_of(loc)} holds {one.what}", "Delete it", "warning" if typed else "error", edit)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _place_of(sign: str, loc: Loc, marked: Marked, findings: Findings) -> Span:
    """Return where a sign stands in a value; the value's place when it is written as an escape or on a later line."""
    span = marked.at(loc)
    column = findings.lines[span.line - 1].find(sign, span.column - 1)
    return span if column < 0 else Span(span.line, column + 1, 1)


def _words(items: list[Any], name: str, marked: Marked, findings: Findings) -> list[Any]:
    """Tidy a list of words; a word that stands twice is noted and goes."""
    kept: dict[str, int] = {}  # word -> its place as written
    for number, item in enumerate(items):
        loc = (name, number)
        text = None if item is None else marked.texts.get(loc, item)
        if not isinstance(text, str):
            kept[f"\0{number}"] = number  # pydantic says what is wrong with it
            continue
        word = items[number] = _line(text, loc, marked, findings)
        if word.casefold() in kept:
            findings.add(marked.at(loc), "KB119", f"{name} names {word!r} twice", "Remove one of the two", "warning")
        elif not word:
            findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is empty", "Remove it")
        elif len(word) > TAG_LENGTH and name == "tags":
            message = f"{name_of(loc)} has {len(word)} characters; the limit is {TAG_LENGTH}"
            findings.add(marked.at(loc), "KB104", message, "Say it in a word or two")
        kept.setdefault(word.casefold(), number)
    for number, written in enumerate(kept.values()):
        marked.values[name, number] = marked.values[name, written]
    return [items[number] for number in kept.values()]


def _web(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and (not re.fullmatch(r"https?://[^\s/\\]\S*", value.strip()) or hidden(value)):
        findings.add(marked.at(loc), "KB104", f"{name_of(loc)} is not a web address", "Write  https://example.org/page")
    return value.strip() if isinstance(value, str) else value


def _file(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if not isinstance(value, str):
        return value
    path = value.strip()
    if path.startswith(("/", "\\")) or SCHEME.match(path) or "\\" in path or hidden(path):
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
        findings.add(
            marked.at(loc),
            "KB104",
            f"{name_of(loc)} is not the name of an object in git",
            "Write what  git rev-parse HEAD:content/en/…  prints",
        )
    return text


def _title(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    return _line(value, loc, marked, findings) if isinstance(value, str) else value


_CHECKS: dict[str, Check] = {
    "id": check_id,
    "replaced_by": check_id,
    "related.*": check_id,
    "slug": check_slug,
    "aliases.*": check_alias,
    "publish_at": check_moment,
    "expire_at": check_moment,
    "review.every": check_period,
    "sources.*.title": _title,
    "sources.*.url": _web,
    "translation.source_blob": _object,
    "translation.source_commit": _object,
    "video.src": _film,
    "video.poster": _film,
    "video.transcript": _file,
    "video.duration": check_seconds,
    "video.captions.*.src": _file,
    "video.captions.*.locale": _tag,
}
