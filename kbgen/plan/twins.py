"""Which categories of two locales are the same: folders carry names of their own in each language, so their articles decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kbgen.model import Category
from kbgen.plan.ground import Ground

Groups = dict[tuple[str, str], dict[str, str]]  # locale and folder -> locale -> URL; one group for all of its members


def twins_of(ground: Ground, category: Category) -> dict[str, str]:
    """
    Return the URLs of a category in all locales that have it, its own among them.

    Two categories are one when most articles of each stand in the other, in the default locale's tree; of those that this tree does
    not have, when they have the same name.
    """
    groups: Groups = ground.once(("twins",), lambda: _groups(ground)).value
    urls = groups[category.locale, category.folder]
    return {tag: urls[tag] for tag in ground.site.locales if tag in urls}


def _groups(ground: Ground) -> Groups:
    """Group each category with its twin in the default locale: the one that holds most of its articles, if that holds as well."""
    main = ground.config.site.default_locale
    there: dict[tuple[str, str], Counter[str]] = {}
    back: dict[tuple[str, str], Counter[str]] = {}
    for (tag, key), place in ground.site.places.items():
        other = ground.site.places.get((main, key))
        for own, twin in zip(_steps(place.folder), _steps(other.folder), strict=False) if other else ():
            there.setdefault((tag, own), Counter())[twin] += 1
            back.setdefault((tag, twin), Counter())[own] += 1
    named: dict[str, dict[str, str]] = {}
    groups: Groups = {}
    for (tag, folder), one in ground.site.categories.items():
        if folder and one.count:
            twin = _most(there.get((tag, folder)))
            name = twin if _most(back.get((tag, twin))) == folder else f"{folder} of no twin"
            groups[tag, folder] = named.setdefault(name, {})
            groups[tag, folder][tag] = one.url
    return groups


def _steps(folder: str) -> Iterator[str]:
    parts = folder.split("/") if folder else []
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def _most(votes: Counter[str] | None) -> str:
    return min(votes, key=lambda name: (-votes[name], name)) if votes else ""
