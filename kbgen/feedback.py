"""
The service's export, `feedback.json`, schema 1: votes, searches in vain, approved questions with their answers.

Reads one, and says what writers may make of it.  Values in, values out; who reads the file decides what a bad one means.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import sqrt
from typing import Any

SCHEMA = 1
FEWEST = 10  # votes; of fewer no share is told
_Z = 1.959964  # of a normal distribution, for 95 %


class ExportError(ValueError):
    """A file that is no export, or one of another schema."""


@dataclass(frozen=True, slots=True)
class Votes:
    """What readers said of an article, or of one of its revisions."""

    yes: int
    no: int

    @property
    def count(self) -> int:
        """How many said anything."""
        return self.yes + self.no

    @property
    def sure(self) -> float:
        """
        The share of "yes" that is sure at 95 %, 0 to 1: few votes promise little.

        Source: E. B. Wilson, "Probable Inference", Journal of the American Statistical Association 22, 1927.
        """
        if not self.count:
            return 0.0
        share, square = self.yes / self.count, _Z * _Z / self.count
        return (share + square / 2 - _Z * sqrt((share * (1 - share) + square / 4) / self.count)) / (1 + square)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reader's question below an article, with its answer; a moderator approved both."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A query that found nothing, and how often."""

    locale: str
    query: str
    times: int


@dataclass(frozen=True, slots=True)
class Export:
    """What the service told."""

    made_at: datetime
    votes: Mapping[str, Votes]  # by article
    revisions: Mapping[tuple[str, str], Votes]  # by article and revision
    misses: tuple[Miss, ...]
    answers: Mapping[tuple[str, str], tuple[Answer, ...]]  # by article and locale

    @property
    def helpful(self) -> dict[str, float]:
        """Articles that enough readers voted on, and most of them with "yes": id -> how sure that is."""
        return {key: votes.sure for key, votes in self.votes.items() if votes.count >= FEWEST and votes.yes > votes.no}


@dataclass(frozen=True, slots=True)
class Unhelpful:
    """A text that helps fewer than half of its readers, as it stands today."""

    id: str
    locale: str
    url: str
    title: str
    owner: str
    yes: int
    no: int


def read(data: bytes) -> Export:
    """
    Read an export.  `misses`, `answers` and a rating's `revisions` may be missing: a file of votes alone is written by hand.

    Raises: ExportError: It is none, or of another schema.
    """
    try:
        plain = json.loads(data)
        _same_schema(plain["schema"])
        made = datetime.fromisoformat(plain["made_at"])
        answers: dict[tuple[str, str], tuple[Answer, ...]] = {}
        for row in plain.get("answers", ()):
            name = _text(row["article"]), _text(row["locale"])
            answers[name] = (*answers.get(name, ()), Answer(_text(row["question"]), _text(row["answer"])))
        return Export(
            made if made.tzinfo else made.replace(tzinfo=UTC),
            {_text(row["article"]): _votes(row) for row in plain["ratings"]},
            {(row["article"], _text(one["revision"])): _votes(one) for row in plain["ratings"] for one in row.get("revisions", ())},
            tuple(Miss(_text(row["locale"]), _text(row["query"]), int(row["times"])) for row in plain.get("misses", ())),
            answers,
        )
    except ExportError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ExportError(str(error)) from error


def unhelpful(export: Export, articles: Iterable[Mapping[str, Any]]) -> list[Unhelpful]:
    """
    List the texts that enough readers voted on and most of them with "no", the worst first.

    Args:
        articles: Those of the manifest: votes on an older text are over when it has been rewritten.
    """
    found = list(_unhelpful(export, articles))
    return sorted(found, key=lambda one: (Votes(one.yes, one.no).sure, one.url))


def as_text(rows: Sequence[Unhelpful], misses: Iterable[tuple[Miss, int]]) -> str:
    """Write the list for people; a number beside each miss says what its query finds today."""
    lines = [f"Articles that most readers found unhelpful, {FEWEST} votes or more: {len(rows) or 'none'}"]
    lines += [f"  {one.yes} of {one.yes + one.no}  {one.url}  {one.title}{f'  ({one.owner})' if one.owner else ''}" for one in rows]
    told = [f"  {miss.times} times  {miss.locale}  {miss.query}{f'  (finds {found} today)' if found else ''}" for miss, found in misses]
    return "\n".join([*lines, f"Searches that found nothing: {len(told) or 'none'}", *told])


def as_json(rows: Iterable[Unhelpful], misses: Iterable[tuple[Miss, int]]) -> str:
    """Write the list for programs."""
    plain = {"unhelpful": [asdict(one) for one in rows], "misses": [asdict(miss) | {"found_today": found} for miss, found in misses]}
    return json.dumps(plain, ensure_ascii=False, indent=2)


def _unhelpful(export: Export, articles: Iterable[Mapping[str, Any]]) -> Iterator[Unhelpful]:
    for one in articles:
        votes = export.revisions.get((one["id"], one["revision"]))
        if votes and votes.count >= FEWEST and votes.yes < votes.no:
            yield Unhelpful(one["id"], one["locale"], one["url"], one["title"], one["owner"], votes.yes, votes.no)


def _same_schema(schema: object) -> None:
    if schema != SCHEMA:
        raise ExportError(f"schema {schema}, not {SCHEMA}")


def _votes(row: Mapping[str, Any]) -> Votes:
    votes = Votes(int(row["yes"]), int(row["no"]))
    if min(votes.yes, votes.no) < 0:
        raise ExportError("a negative number of votes")
    return votes


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ExportError(f"{value!r:.40} where text is due")
    return value
