"""
What became of each article: steps of a branch, folded one by one.  Pure.

An article is known by its id in its language, so a move changes nothing.  What a clone does not hold stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kbgen.review.glance import Glance
from kbgen.review.log import Commit, Step, Touch

MOST = 20  # texts of one article: a vote comes from a page that somebody still has open


@dataclass(slots=True)
class Life:
    """One article in one language.  Times are seconds since 1970; 0 is unknown."""

    whole: bool = True  # nothing of it is hidden, so that first times and people are right
    created: int = 0
    published: int = 0
    updated: int = 0  # when readers last got something else to read
    substance: str | None = None  # of its text now; "" while its file is deleted, None if that text is not here
    authors: list[str] = field(default_factory=list)  # "Name <mail>", in the order of their first change
    reviewers: list[str] = field(default_factory=list)
    revisions: list[str] = field(default_factory=list)  # git's names of its texts, the newest first


@dataclass(slots=True)
class Lives:
    """All articles of a branch up to one of its commits."""

    head: str = ""
    blind: bool = False  # some text, or the past, is not here
    lives: dict[str, Life] = field(default_factory=dict)  # by language and id
    paths: dict[str, str] = field(default_factory=dict)  # file -> whose it is
    names: dict[str, str] = field(default_factory=dict)  # "Name <mail>" as written -> as .mailmap has it

    def plain(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return asdict(self)

    @classmethod
    def restored(cls, record: Mapping[str, Any]) -> Lives:
        """Make it of what `plain` returned.  Raises: TypeError, KeyError, ValueError: It is something else."""
        lives = {key: Life(**life) for key, life in record["lives"].items()}
        return cls(record["head"], record["blind"], lives, dict(record["paths"]), dict(record["names"]))

    def add(self, step: Step, texts: Mapping[str, Glance], *, border: bool) -> None:
        """
        Go one step further.

        Args:
            texts: By git's name; those that are not here are missing.
            border: The clone ends at this commit, so what it seems to add is older.
        """
        self.blind = self.blind or border
        births = [one for one in step.commit.touches if one.after and is_article(one.path)]
        deaths = [one for one in step.commit.touches if not one.after]
        left = {one.path: key for one in deaths if (key := self.paths.pop(one.path, ""))}
        moved_unseen = any(self.lives[key].substance is None for key in left.values())
        keys = {one.path: self._key(one, texts) for one in births}
        for key in set(left.values()).difference(keys.values()):
            self.lives[key].substance = ""
        people = _people(step, texts)
        seconds = 0 if border else step.commit.seconds
        for one in births:
            key = keys[one.path]
            self._live(key, one.after, texts.get(one.after), seconds, moved_unseen=moved_unseen)
            self.paths[one.path] = key
            authors, reviewers = people.get(key, ((), ()))
            life = self.lives[key]
            life.authors = list(dict.fromkeys([*life.authors, *(authors or step.commit.authors)]))
            life.reviewers = list(dict.fromkeys([*life.reviewers, *step.commit.reviewers, *reviewers]))

    def _key(self, one: Touch, texts: Mapping[str, Glance]) -> str:
        """Name whose text a file holds; a file that had no name, or whose text was not here, is the same article when it gets one."""
        seen, before = texts.get(one.after), self.paths.get(one.path, "")
        if seen is None:
            return before or key_of(one.path, "")
        key = key_of(one.path, seen.id)
        if before == key_of(one.path, "") != key and before in self.lives:
            self.lives.setdefault(key, self.lives.pop(before))
        return key

    def _live(self, key: str, blob: str, seen: Glance | None, seconds: int, *, moved_unseen: bool) -> None:
        """Give an article another text."""
        self.blind = self.blind or seen is None
        life = self.lives.get(key)
        if life is None:
            life = self.lives[key] = Life(not self.blind, seconds, updated=0 if moved_unseen or seen is None else seconds)
        elif seen is None or life.substance is None:
            life.updated = 0
        elif seen.substance != life.substance:
            life.updated = seconds
        life.whole = life.whole and seen is not None
        life.substance = seen.substance if seen else None
        if seen and seen.status == "published" and not life.published:
            life.published = seconds
        if blob not in life.revisions:
            life.revisions = [blob, *life.revisions][:MOST]


def is_article(path: str) -> bool:
    """Tell whether a file can be an article: content/<locale>/….md, and no snippet."""
    parts = path.split("/")
    return len(parts) > 2 and path.endswith(".md") and not parts[1].startswith("_")  # noqa: PLR2004 - content, locale, name


def key_of(path: str, name: str) -> str:
    """Name an article by its language and id; by its file where it has no id."""
    return f"{path.split('/')[1]}\0{name or path}"


def _people(step: Step, texts: Mapping[str, Glance]) -> dict[str, tuple[list[str], list[str]]]:
    """Return who wrote and who reviewed an article on the branch that a merge took in."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    commits: list[Commit] = sorted(step.along, key=lambda one: (one.seconds, one.oid))
    for commit in commits:
        for one in commit.touches:
            if (seen := texts.get(one.after)) is not None and is_article(one.path):
                authors, reviewers = found.setdefault(key_of(one.path, seen.id), ([], []))
                authors += commit.authors
                reviewers += commit.reviewers
    return found
