"""What was searched for, without who searched: queries that name nobody, and keystrokes collapsed into the query meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Next = Literal["none", "refine", "form", "case"]
FormOutcome = Literal["sent", "left", "answered"]

LONGEST_QUERY = 200  # characters of a folded query
_LOOKED_AT = 1_000  # characters of a query that are looked at
_ROUNDS = 12  # what is removed may join what stood around it; a few rounds end it

_ADDRESS = re.compile(r"[^\s@]*@[^\s@]*")  # on texts cut before, so that its square stays small
_DIGITS = re.compile(r"\d(?:[\s.\-/()+]{0,2}\d){5,}")  # six digits or more, also as telephones and cards are written
_ONE_LETTER = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "\u200c": " ", "\u0640": None})


@dataclass(frozen=True, slots=True)
class SearchEvent:
    """One search.  Nothing in it names a person, and the hour is all that is kept of the time."""

    hour: datetime  # UTC, a full hour
    locale: str
    query: str  # folded
    hits: int
    clicked: int | None = None  # rank of the hit that was opened, from 1
    next: Next = "none"


@dataclass(frozen=True, slots=True)
class FormEvent:
    """One view of the contact form: which articles were offered and opened, and how it ended."""

    hour: datetime
    locale: str
    offered: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    outcome: FormOutcome = "left"

    @property
    def deflected(self) -> bool:
        """An offered article was opened, and nothing was sent."""
        return self.outcome != "sent" and not set(self.offered).isdisjoint(self.opened)


def fold_query(text: str) -> str:
    """
    Write a query the one way it is counted: NFKC, small letters, single spaces, one form of the letters that Persian and Arabic share.

    Everything with an @ and every run of six digits or more is removed.  Folding twice changes nothing.
    """
    folded = text if len(text) <= _LOOKED_AT else " ".join(text[:_LOOKED_AT].split()[:-1])  # a word that was cut may be half an address
    for _ in range(_ROUNDS):
        before, folded = folded, _fold_once(folded)
        if folded == before:
            break
    return folded


def full_hour(moment: datetime) -> datetime:
    """Forget minutes and seconds of a moment."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def collapse(searches: Sequence[SearchEvent]) -> tuple[SearchEvent, ...]:
    """
    Keep what one reader meant to ask, of the searches of one page view in their order.

    A search without a click whose query only grows into the next one, or is typed again after a slip of the finger, was a keystroke.
    """
    kept: list[SearchEvent] = []
    for search in searches:
        if search.query:
            while kept and _is_keystroke(kept[-1], search):
                kept.pop()
            kept.append(search)
    return tuple(kept)


def with_refinements(searches: Iterable[SearchEvent]) -> tuple[SearchEvent, ...]:
    """Mark, in the collapsed searches of one page view, those that another search followed: the first answer was not enough."""
    rows = tuple(searches)
    last = len(rows) - 1
    return tuple(
        SearchEvent(row.hour, row.locale, row.query, row.hits, row.clicked, "refine") if number < last and row.next == "none" else row
        for number, row in enumerate(rows)
    )


def _fold_once(text: str) -> str:
    visible = "".join(char if char.isprintable() or char == "\u200c" else " " for char in text)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold()).translate(_ONE_LETTER)
    named = _DIGITS.sub(" ", _ADDRESS.sub(" ", folded))
    return " ".join(" ".join(named.split())[:LONGEST_QUERY].split())


def _is_keystroke(before: SearchEvent, after: SearchEvent) -> bool:
    return before.clicked is None and before.next == "none" and before.locale == after.locale and after.query.startswith(before.query)
