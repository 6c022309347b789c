"""Ratings of articles: which votes count, and the way of a rating through the writers' hands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from feedback_service.domain.refused import RefusedError
from feedback_service.intake import Reason

State = Literal["new", "triaged", "planned", "in_progress", "done", "declined", "spam"]
STATES: tuple[State, ...] = get_args(State)
# Work goes forward, may skip steps, and is taken up again where it was given up.
MOVES: Mapping[State, tuple[State, ...]] = MappingProxyType(
    {
        "new": ("triaged", "planned", "in_progress", "done", "declined", "spam"),
        "triaged": ("planned", "in_progress", "done", "declined", "spam"),
        "planned": ("triaged", "in_progress", "done", "declined"),
        "in_progress": ("planned", "done", "declined"),
        "done": ("triaged",),
        "declined": ("triaged",),
        "spam": ("triaged",),
    }
)


@dataclass(frozen=True, slots=True)
class Rating:
    """One reader's word on one revision of one article.  `seq` is the order in which they came in."""

    seq: int
    article: str
    revision: str  # the git commit that the page was built from
    locale: str
    helpful: bool
    voter: str
    at: datetime
    reason: Reason | None = None
    comment: str = ""
    email: str = ""
    query: str = ""
    state: State = "new"
    case: str | None = None


def live(ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    """
    Keep the votes that count: one for each article, revision and voter, the last one; spam counts nowhere.

    A vote that is spam does not bring an older one back: the voter had replaced it.
    """
    last: dict[tuple[str, str, str], Rating] = {}
    for rating in ratings:
        key = rating.article, rating.revision, rating.voter
        if key not in last or last[key].seq < rating.seq:
            last[key] = rating
    return tuple(rating for rating in sorted(last.values(), key=lambda each: each.seq) if rating.state != "spam")


def check_move(state: State, to: State) -> None:
    """Refuse a step that work on a rating does not take, naming those that it does."""
    if to not in MOVES[state]:
        message = f"A rating that is {state} cannot become {to}; it may become {' or '.join(MOVES[state])}."
        raise RefusedError("move_not_allowed", message, allowed=MOVES[state])
