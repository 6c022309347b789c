"""
Which postings of a frequent form are kept: those of the greatest values, and the best few of whatever a filter can choose.

Without the few, a word that stands in thousands of articles would find none in a category where it weighs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

EACH = 8  # postings that each choice of a filter gets, where so many of its articles hold the form; fewer where there are many choices

Posting = tuple[int, str]  # number of an article, letter of a value


@dataclass(slots=True)
class Choices:
    """What the filters of a locale can choose, numbered: the categories at the top, with all below them; kinds; tags."""

    name: str  # changes when any of them does
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    of: dict[int, Sequence[int]] = field(default_factory=dict)  # article -> its choices
    sizes: list[int] = field(default_factory=list)  # articles of each choice

    def add(self, article: int, category: str, kind: str, tags: Iterable[str]) -> None:
        """Note what chooses an article; *category* is a URL."""
        top = "/".join(category.split("/")[:2])
        its = [("category", top), ("kind", kind), *(("tag", tag) for tag in dict.fromkeys(tags))]
        self.of[article] = [self.numbers.setdefault(one, len(self.numbers)) for one in its]
        self.sizes += [0] * (len(self.numbers) - len(self.sizes))
        for choice in self.of[article]:
            self.sizes[choice] += 1


def kept(postings: Iterable[Posting], cut: int, choices: Choices) -> list[Posting]:
    """
    Choose the postings of a form that more than *cut* articles hold.

    Args:
        postings: In the order of the articles.
        cut: How many of the greatest values stay; of equal ones the first.

    Returns: At least *cut* of them, in the order of the articles.
    """
    ranked = sorted(postings, key=lambda posting: posting[1], reverse=True)
    held = [0] * len(choices.sizes)
    for number, _ in ranked[:cut]:
        for choice in choices.of[number]:
            held[choice] += 1
    return sorted([*ranked[:cut], *_lacking(ranked[cut:], held, cut, choices)])


def _lacking(others: Sequence[Posting], held: list[int], cut: int, choices: Choices) -> Iterator[Posting]:
    """Yield the best of the choices that have too few; those are counted as *held* then."""
    least = max(1, min(EACH, cut // len(held)))
    wanted = {choice for choice, size in enumerate(choices.sizes) if held[choice] < min(least, size)}
    for posting in others:
        if not wanted:
            return
        its = choices.of[posting[0]]
        if not wanted.isdisjoint(its):
            yield posting
            for choice in its:
                held[choice] += 1
            wanted.difference_update(choice for choice in its if held[choice] >= least)
