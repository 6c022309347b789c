"""The report as a folder of pages that open from disk: an overview, a page for each article, its source, and its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from kbgen.compare.edits import Gone, New
from kbgen.compare.notes import Note, notes
from kbgen.compare.paint import Brush, Piece, body, line
from kbgen.compare.report import Report, Told
from kbgen.compare.sides import PICTURES, Side, Sides
from kbgen.compare.speech import Speech
from kbgen.compare.tokens import Token
from kbgen.digests import blob
from kbgen.locales import direction, own_name
from kbgen.model import Problem
from kbgen.read import bytes_of
from kbgen.theme import Theme
from kbgen.urls import absolute

SHORT = 10  # digits of a commit
MOST_ROWS = 20_000  # lines of a file that are compared; of a longer one every line is shown as it is


@dataclass(slots=True)
class Book:
    """What pages ask for while they are made, and what they leave: pictures."""

    root: Path
    sides: Sides
    forge: str  # an address with {commit}, {path} and {line}; "" when no forge is known
    commit: str  # the tip of the proposal
    pictures: dict[str, bytes] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)  # id -> where the article is published now, in the first language that has it

    def picture(self, token: Token) -> str:
        """Copy a picture into the report; one that did not change is taken from the work tree, if it still is the same there."""
        path, name = token.get("src"), token.get("data-blob")
        if not name or not path.lower().endswith(PICTURES):
            return ""
        file = f"pictures/{name[:20]}.{path.rpartition('.')[2].lower()}"
        if file not in self.pictures:
            data = self.sides.data.get(name) or self._here(path, name)
            if not data:
                return ""
            self.pictures[file] = data
        return f"../{file}"

    def _here(self, path: str, name: str) -> bytes:
        try:
            data = bytes_of(self.root / path)
        except OSError:
            return b""
        return data if blob(data) == name else b""

    def line(self, path: str, number: int) -> str:
        """Say where the forge shows a line of a file, "" when there is no forge."""
        return self.forge.replace("{commit}", self.commit).replace("{path}", quote(path)).replace("{line}", str(number))

    def address(self, target: str) -> str:
        """Say where people can follow a link: on the web, or on the portal as it is published."""
        if target.startswith(("https://", "http://", "mailto:", "tel:")):
            return target
        base = self.sides.after.config.site.base_url
        key, _, anchor = target.removeprefix("kb:").partition("#")
        if not base or not target.startswith("kb:"):
            return ""
        if not self.urls:
            places = self.sides.before.site.places
            self.urls.update({key: one.url for (_, key), one in reversed(list(places.items())) if not one.fallback})
        return absolute(base, self.urls[key]) + (f"#{anchor}" if anchor else "") if key in self.urls else ""


def write(folder: Path, report: Report, book: Book, theme: Theme, speech: Speech) -> None:
    """
    Write the pages, the stylesheet and the pictures.

    Args:
        folder: Empty.
    """
    frame = _frame(report, book.sides.after, speech)
    cards = [_card(number, told, speech, book.sides) for number, told in enumerate(report.articles, 1)]
    overview = frame | {"up": "", "articles": cards, **_around(report, speech)}
    _save(folder / "index.html", _render(theme, "overview", overview))
    for number, (told, card) in enumerate(zip(report.articles, cards, strict=True)):
        near = {"previous": cards[number - 1] if number else None, "next": cards[number + 1] if number + 1 < len(cards) else None}
        view = frame | {"up": "../", "one": card | _article(told, card, book, speech), **near}
        _save(folder / card["page"], _render(theme, "article", view))
        _save(folder / "source" / card["file"], _render(theme, "source", frame | {"up": "../"} | _source(told, card, book.sides)))
    _save(folder / "report.css", theme.assets["kb.css"].data + theme.texts["report/report.css"].encode())
    for name, data in book.pictures.items():
        _save(folder / name, data)


def _save(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def _render(theme: Theme, name: str, view: Mapping[str, Any]) -> bytes:
    return theme.environment.get_template(f"report/{name}.html").render(view).encode("utf-8", "replace")


def _frame(report: Report, side: Side, speech: Speech) -> dict[str, Any]:
    words = speech.words
    title = side.config.locales[speech.locale].title if speech.locale in side.config.locales else ""
    return {
        "page": {"lang": speech.locale, "dir": direction(speech.locale)},
        "site_title": title or side.config.site.title,
        "range": {"base": report.base[:SHORT], "head": report.head[:SHORT], "date": speech.isolated(report.moment[:16].replace("T", " "))},
        "t": words,
        "w": words.plain,
        "number": words.number,
    }


def _card(number: int, told: Told, speech: Speech, sides: Sides) -> dict[str, Any]:
    one = told.subject
    file = f"{number:03}.html"
    return {
        "file": file,
        "page": f"articles/{file}",
        "title": one.article.head.title,
        "lang": one.locale,
        "dir": direction(one.locale),
        "language": own_name(one.locale),
        "kind": one.kind,
        "own": one.own,
        "path": one.path,
        "words_new": told.counts.words_new,
        "words_gone": told.counts.words_gone,
        "notes": [speech.html(each, sides, one.locale) for each in one.notes],
        "approval": _approval(told),
        "votes": {"yes": told.votes.yes, "no": told.votes.no} if told.votes else None,
        "behind": [{"language": own_name(locale), "too": too} for locale, too in told.behind],
        "sections": {"changed": one.sections.changed, "of": one.sections.of} if one.sections else None,
        "ease": {
            "measure": told.ease.measure,
            "more": told.ease.better > 0,
            "before": f"{told.ease.before:.0f}",
            "after": f"{told.ease.after:.0f}",
        }
        if told.ease
        else None,
        "problems": [_line_of(problem) for problem in told.problems],
    }


def _approval(told: Told) -> dict[str, Any] | None:
    verdict = told.verdict
    if verdict is None:
        return None
    people = ", ".join(sorted({given.person for asked in verdict.asked for given in asked.given}))
    return {"approved": verdict.approved, "people": people, "asked": bool(verdict.asked), "why": "; ".join(verdict.why)}


def _around(report: Report, speech: Speech) -> dict[str, Any]:
    """Everything of the overview but articles."""
    lost = [one for one in report.addresses if one.change == "lost"]
    rest = [one for one in report.worse if one not in report.broken]
    harm = {
        "unreadable": ("kd-unreadable", len(report.unreadable)),
        "lost": ("kd-addresses", len(lost)),
        "broken": ("kd-broken", len(report.broken)),
        "search": ("kd-search", sum(one.lost for one in report.ranks)),
        "worse": ("kd-worse", sum(one.severity == "error" for one in rest)),
    }
    return {
        "harm": [{"kind": kind, "anchor": anchor, "n": n} for kind, (anchor, n) in harm.items() if n],
        "unreadable": [{"path": path, "problems": [_line_of(one) for one in some]} for path, some in report.unreadable],
        "addresses": [
            {
                "url": one.url,
                "change": one.change,
                "kind": one.after.kind,
                "name": speech.isolated(one.after.name),
                "elsewhere": speech.isolated(one.elsewhere) if one.elsewhere else "",
            }
            for one in report.addresses
        ],
        "same_addresses": report.same_addresses,
        "broken": [_finding(one) for one in report.broken],
        "worse": [_finding(one) for one in rest],
        "ranks": [
            {
                "query": one.query,
                "lang": one.locale,
                "dir": direction(one.locale),
                "article": one.article,
                "before": one.before,
                "after": one.after,
                "lost": one.lost,
            }
            for one in report.ranks
        ],
        "queries": report.queries,
        "days": [
            {"at": one.at, "shown": f"{one.at[:16].replace('T', ' ')} UTC", "kind": one.kind, "title": speech.isolated(one.title)}
            for one in report.days
        ],
        "others": [{"path": one.change.path, "approved": one.approved} for one in report.others],
        "files": report.files,
    }


def _finding(one: Problem) -> dict[str, str]:
    return {"place": f"{one.path}:{one.line}" if one.line else one.path, "text": f"{one.rule}: {sentence(one)}"}


def sentence(one: Problem) -> str:
    """Say what is wrong and how to mend it."""
    return f"{one.message}. {one.remedy}" + ("" if one.remedy.endswith((".", "?", "!")) else ".")


def _line_of(one: Problem) -> str:
    return f"{one.rule}{f', line {one.line}' if one.line else ''}: {sentence(one)}"


def _article(told: Told, card: Mapping[str, Any], book: Book, speech: Speech) -> dict[str, Any]:
    one = told.subject
    brush = Brush(
        book.picture, book.address, {name: str(speech.words(f"report.sign.{name}")) for name in ("before", "after", "picture", "film")}
    )
    source = f"../source/{card['file']}"
    return {
        "source": source,
        "url": unquote(one.urls[1] or one.urls[0]),
        "fields": [{"name": each.name, "html": speech.safe(line(each.runs, brush))} for each in one.head],
        "pieces": []
        if one.kind in {"unseen", "moved"} and not one.head
        else [_piece(each, told, source, book, speech) for each in body(one.change, brush)],
    }


def _piece(piece: Piece, told: Told, source: str, book: Book, speech: Speech) -> dict[str, Any]:
    change = piece.change
    if change is None:
        return {"changed": False, "folded": piece.folded, "html": speech.safe(piece.html)}
    one = told.subject
    gone = isinstance(change, Gone)
    block = change.before if isinstance(change, Gone) else change.after
    number = one.lines.get(id(block), 1)
    article = one.before if gone else one.after
    found: Sequence[Note] = [] if isinstance(change, Gone | New) else notes(change, one.moved)
    return {
        "changed": True,
        "html": speech.safe(piece.html),
        "line": number,
        "source": f"{source}#L{number}" if not gone or one.after is None else source,
        "forge": book.line(article.path, number) if article and not gone else "",
        "notes": [speech.html(each, book.sides, one.locale) for each in found],
    }


def _source(told: Told, card: Mapping[str, Any], sides: Sides) -> dict[str, Any]:
    one = told.subject
    old, new = (_rows(sides, side.revision) if side else [] for side in (one.before, one.after))
    return {
        "path": one.path,
        "lang": one.locale,
        "back": {"file": f"../{card['page']}", "title": card["title"]},
        "rows": list(_marked(old, new)) if one.after else [{"n": at, "text": text, "kind": "gone"} for at, text in enumerate(old, 1)],
    }


def _rows(sides: Sides, revision: str) -> list[str]:
    return sides.data.get(revision, b"").decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n").split("\n")


def _marked(old: list[str], new: list[str]) -> Iterator[dict[str, Any]]:
    """Number the lines of the file as it will be; lines that are gone stand between them without a number."""
    if len(old) > MOST_ROWS or len(new) > MOST_ROWS or not old:
        yield from ({"n": at, "text": text, "kind": "new" if not old else ""} for at, text in enumerate(new, 1))
        return
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if kind != "equal":
            yield from ({"n": 0, "text": text, "kind": "gone"} for text in old[first:last])
        mark = "" if kind == "equal" else "new"
        yield from ({"n": at, "text": text, "kind": mark} for at, text in enumerate(new[start:end], start + 1))
