"""
Attested reviews: somebody read an article again and says what came of it.

A tag reviewed/<id>/<person>/<n>, or a commit, whose message holds

    Attested: kb-refund en blob=3f2a… result=ok
    Checked: facts, steps, links, words
    Reviewed-by: Bob B <bob@example.org>

It is bound to the text that was read.  It counts once that text is, or was, on this branch, so that what was read on a branch that came
to nothing counts for nothing.  No date stands in any article: there is none to move.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from kbgen.review import history

if TYPE_CHECKING:
    from kbgen.review import records
    from kbgen.review.reviewers import Reviewers

TAGS = "refs/tags/reviewed/"
Result = Literal["ok", "changed", "retire"]
RESULTS: tuple[Result, ...] = get_args(Result)
CHECKS = {
    "facts": "What it says is still true: prices, names, times, conditions",
    "steps": "I did what it says, step by step, and it worked",
    "links": "Its links lead where they should, and its pictures show what customers see today",
    "words": "Its title and keywords are words that customers use",
}

_ATTESTED = re.compile(
    rf"^Attested:[ \t]*(\S{{1,200}})[ \t]+(\S{{2,35}})[ \t]+blob=([0-9a-f]{{40,64}})[ \t]+result=({'|'.join(RESULTS)})[ \t]*$", re.MULTILINE
)
_BY = re.compile(r"^Reviewed-by:[ \t]*([^<\n]*)<([^>\n]+)>[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody read a text again."""

    article: str  # id
    locale: str
    blob: str
    result: Result
    name: str  # of the person
    at: str  # ISO time in UTC


def write(
    root: Path, text: tuple[str, str, str], result: Result, checked: Sequence[str], reviewers: Reviewers, *, sign: bool | None
) -> str:
    """
    Tag HEAD with a review of one of its texts, as the person whom git knows here.

    Args:
        text: Id, locale and blob.
        checked: Of CHECKS, what was looked at.
        reviewers: Who may; anybody where it names nobody.
        sign: None: if git has a key to sign with.
    Returns: The tag's name.
    Raises: records.RecordError: reviewers.toml does not know who asks.  git.GitError.
    """
    from kbgen.review import records  # noqa: PLC0415 - a build only needs what was written

    if reviewers.people:
        email, person, name = records.author(root, reviewers)
    else:
        email, name = records.me(root)
        person = re.sub(r"[^a-z0-9]+", "-", email.partition("@")[0].lower()).strip("-") or "somebody"
    article, locale, blob = text
    said = [f"Attested: {article} {locale} blob={blob} result={result}", *([f"Checked: {', '.join(checked)}"] if checked else [])]
    message = "\n".join(["Review", "", *said, f"Reviewed-by: {name} <{email}>", ""])
    return records.tagged(root, "HEAD", f"reviewed/{article}/{person}/", message, sign=sign)


def read(root: Path, reviewers: Reviewers) -> tuple[list[Attestation], list[str]]:
    """
    Read what was attested, in three processes.

    Returns: What counts, the oldest first; sentences on what was not believed.
    Raises: git.GitError.
    """
    if not history.head_of(root):
        return [], []
    from kbgen.review import git, records  # noqa: PLC0415 - not for a build without anything new

    commits = git.run(root, "log", "--format=%H", "--grep=^Attested: ", "--end-of-options", "HEAD").decode().split()
    said = list(_believed(records.read(root, commits, TAGS), reviewers))
    found = [one for one in said if isinstance(one, Attestation)]
    return sorted(found, key=lambda one: (one.at, one.article, one.locale, one.blob)), [one for one in said if isinstance(one, str)]


def mark(root: Path) -> str:
    """Name all that `read` looks at besides reviewers.toml, without starting git."""
    return "\n".join((history.head_of(root), history.shallow_mark(root), history.tags_mark(root, TAGS)))


def _believed(found: Iterable[records.Record], reviewers: Reviewers) -> Iterator[Attestation | str]:
    from kbgen.review.records import trust_of  # noqa: PLC0415

    for record in found:
        lines = _ATTESTED.findall(record.message)
        said = _BY.findall(record.message)
        if not lines:
            continue
        person = reviewers.by_email(record.email)
        if reviewers.people and not person:
            yield f"{record.name}: nobody in reviewers.toml has the address {record.email}"
        elif not said or any((reviewers.by_email(mail) or mail.lower()) != (person or record.email.lower()) for _, mail in said):
            yield f"{record.name}: Reviewed-by has to name who wrote it, and nobody else"
        elif reviewers.policy.min_trust == "signed" and not (person and trust_of(record, reviewers.people[person]) == "signed"):
            yield f"{record.name} is claimed, and the policy asks for signed"
        else:
            name = reviewers.people[person].name if person else said[0][0].strip()
            at = datetime.fromtimestamp(record.seconds, UTC).isoformat()
            yield from (Attestation(article, locale, blob, result, name, at) for article, locale, blob, result in lines)


def last(found: Iterable[Attestation], texts: Container[str], now: str) -> dict[tuple[str, str], Attestation]:
    """
    Return the last review of each article: (id, locale) -> attestation.

    Args:
        found: The oldest first.
        texts: Blobs that are or were on this branch.
        now: ISO time in UTC; what was attested later is not known yet.
    """
    return {(one.article, one.locale): one for one in found if one.at <= now and one.blob in texts}
