"""The articles that customers will read differently, whatever the reason: their own text, a picture, a text that they borrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal

from kbgen.compare.blocks import Block
from kbgen.compare.bodies import blocks, pictures
from kbgen.compare.edits import Change, Edited, Gone, Kept, Nested, New, Run, compare, runs
from kbgen.compare.lines import lines_of
from kbgen.compare.notes import Note, notes
from kbgen.compare.sides import Side, Sides
from kbgen.compare.tokens import Token, pieces
from kbgen.l10n.sections import Staleness, sections
from kbgen.l10n.sections import compare as compared
from kbgen.model import Article, Head, Problem
from kbgen.urls import url_of
from kbgen.workers import TooSlowError, cpu_limit

CPU_SECONDS = 5.0  # for one article: a text made to be slow is shown as replaced
EMPTY = Block("", children=(Block(""),))
QUIET = frozenset({"id"})  # of front matter: it names the article

Kind = Literal["new", "gone", "edited", "moved", "unseen"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the front matter that says something else."""

    name: str
    before: str
    after: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """One article in one language, before and after."""

    id: str
    locale: str
    before: Article | None
    after: Article | None
    kind: Kind  # "unseen": the file differs, and nothing that a reader sees
    own: bool  # its own file was changed; else a picture or a text that it borrows
    change: Change
    head: tuple[Field, ...]
    notes: tuple[Note, ...]
    moved: frozenset[object]  # keys of blocks that only stand elsewhere
    lines: Mapping[int, int]  # id() of a block -> line of its file
    sections: Staleness | None  # what a translator has to look at

    @property
    def article(self) -> Article:
        """As it is, or was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def path(self) -> str:
        """Where it lies, or lay."""
        return self.article.path

    @property
    def urls(self) -> tuple[str, str]:
        """Its address before and after, "" for none."""
        return (url_of(self.before) if self.before else "", url_of(self.after) if self.after else "")


def subjects(sides: Sides) -> list[Subject]:
    """Compare every article of both sides that may read differently; in the order of their paths."""
    before, after = sides.before, sides.after
    keys = sorted({*before.articles, *after.articles})
    found = [_subject(sides, key) for key in keys if _differs(before, after, key)]
    return sorted(found, key=lambda one: (one.path, one.id))


def unreadable(sides: Sides, changed: Mapping[str, str]) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """
    Yield articles of a proposal that are none, with what is wrong.

    Args:
        changed: Path -> blob after, of the files of the proposal.
    """
    known = sides.after.site.by_path
    for path, blob in sorted(changed.items()):
        if blob and path.endswith(".md") and path.count("/") > 1 and path not in known:
            wrong = tuple(one for one in sides.after.problems if one.path == path)
            if wrong:
                yield path, wrong


def _differs(before: Side, after: Side, key: tuple[str, str]) -> bool:
    old, new = before.articles.get(key), after.articles.get(key)
    if old is None or new is None:
        return True
    if (old.path, old.revision, old.heavy) != (new.path, new.revision, new.heavy):
        return True
    return bool(new.body.images or new.body.films) and pictures(before, old) != pictures(after, new)


def _subject(sides: Sides, key: tuple[str, str]) -> Subject:
    old, new = sides.before.articles.get(key), sides.after.articles.get(key)
    was = blocks(sides.before, old) if old else EMPTY
    now = blocks(sides.after, new) if new else EMPTY
    try:
        with cpu_limit(CPU_SECONDS):
            change = compare(was, now)
    except (TooSlowError, RecursionError):
        change = Nested(was, now, (*map(Gone, was.children), *map(New, now.children)))
    moved = _moved(change)
    head = tuple(_fields(old.head, new.head)) if old and new else ()
    said = () if old is None or new is None else tuple(notes(change, moved))
    own = old is None or new is None or old.revision != new.revision or old.path != new.path
    lines = {**_lines(sides, old, was), **_lines(sides, new, now)}
    return Subject(
        key[1], key[0], old, new, _kind(old, new, change, head), own, change, head, said, moved, lines, _sections(sides, old, new)
    )


def _kind(old: Article | None, new: Article | None, change: Change, head: tuple[Field, ...]) -> Kind:
    if old is None or new is None:
        return "new" if old is None else "gone"
    if not isinstance(change, Kept) or head:
        return "edited"
    return "moved" if old.path != new.path else "unseen"


def _moved(change: Change) -> frozenset[object]:
    """Name blocks that are gone in one place and new in another: they were moved."""
    gone, new = set[object](), set[object]()
    todo = [change]
    while todo:
        one = todo.pop()
        if isinstance(one, Gone) and len(one.before.text) > 1:
            gone.add(one.before.key)
        elif isinstance(one, New):
            new.add(one.after.key)
        elif isinstance(one, Nested):
            todo += one.parts
    return frozenset(gone & new)


def _lines(sides: Sides, article: Article | None, top: Block) -> dict[int, int]:
    if article is None:
        return {}
    return lines_of(top, sides.data.get(article.revision, b"").decode("utf-8", "replace"))


def _sections(sides: Sides, old: Article | None, new: Article | None) -> Staleness | None:
    if old is None or new is None or old.revision == new.revision:
        return None
    data = sides.data
    found = compared(sections(data.get(old.revision, b""), old.path), sections(data.get(new.revision, b""), new.path))
    return found if found.changed else None


def _fields(old: Head, new: Head) -> Iterator[Field]:
    for one in fields(Head):
        before, after = _text(getattr(old, one.name)), _text(getattr(new, one.name))
        if before != after and one.name not in QUIET:
            yield Field(one.name, before, after, runs(_tokens(before), _tokens(after)))


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(piece) for piece in pieces(text))


def _text(value: object) -> str:
    """Write a value of the front matter on one line."""
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "__dataclass_fields__"):
        parts = {name: _text(getattr(value, name)) for name in value.__dataclass_fields__}
        return ", ".join(f"{name}: {text}" for name, text in parts.items() if text and text != "0")
    return "" if value is None else str(value)


def edits(change: Change) -> Iterator[Change]:
    """Yield every edit of a leaf, and every block that is gone or new."""
    if isinstance(change, Nested):
        for part in change.parts:
            yield from edits(part)
    elif isinstance(change, Edited | Gone | New):
        yield change
