"""
Finding without script: the search page, and an index of words from A to Z like the one at the back of a book.

An article stands under each word of its title, each keyword and each tag, so who looks for "password" finds "Reset your password"
under P.  Titles in scripts without spaces are not cut into words: they stand under their first character, and under each keyword or
tag of the portal that they hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, partial
from typing import Any
from urllib.parse import quote

from kbgen.digests import digest
from kbgen.model import Head, Page, Place, Slice
from kbgen.plan.alphabet import DIGITS, folded, heading, sort_key
from kbgen.plan.ground import Ground, slice_of
from kbgen.plan.lists import KINDS, list_page, simple_page
from kbgen.search.analyze import rules

PAGE = 120  # words on one page
MOST = 12  # articles shown at a word; a word of more is found by its rarer neighbours
SHORT = 3  # letters: shorter words of a title say nothing, unless they are names such as TV or 2G
LONGEST = 8  # characters of a keyword that is looked for inside titles without spaces

_WORD = re.compile(r"[^\W_]+(?:[\u200c·'’-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_APOSTROPHE = re.compile("['’]")

Entry = tuple[str, str, Place]  # the word as sorted, as written, and an article
Deal = Callable[[], dict[str, list[Entry]]]  # heading -> its words, unsorted; the headings in their order
Outline = list[tuple[str, int, str]]  # heading, number of its words, digest of all that its pages show


def finding_pages(ground: Ground) -> Iterator[Page]:
    """Plan the search page of each locale and its index of words."""
    for locale in ground.site.locales:
        places = [place for (tag, _), place in ground.site.places.items() if tag == locale]
        deal = cache(partial(_dealt, locale, places))
        outline: Outline = ground.memo("words", (locale, *map(_named, places)), partial(_outline, deal))
        letters = slice_of([{"letter": letter, "url": _address(locale, letter)} for letter, _, _ in outline])
        yield _search(ground, locale, places, letters)
        top = {"keywords": slice_of({"letter": "", "page": 1, "pages": 1, "prev_url": "", "next_url": ""}), "letters": letters}
        yield simple_page(ground, locale, f"{locale}/search/a-z/", "keywords.html", top, noindex=True)
        if ground.offering:
            let_in = {"offering": slice_of({"origins": list(ground.config.suggest.origins)})}
            yield list_page(ground, locale, f"{locale}/suggest.json", "suggest.html", "", "", {}, let_in, noindex=True)
        for letter, count, name in outline:
            for number in range(1, -(-count // PAGE) + 1):
                facts = _facts(locale, letter, number, -(-count // PAGE))
                view = Slice(digest(name, *map(str, facts.values())), partial(_view, ground, locale, deal, facts))
                slices = {"keywords": view, "letters": letters}
                yield list_page(ground, locale, _address(locale, letter, number), "keywords.html", "", "", {}, slices, noindex=True)


def _search(ground: Ground, locale: str, places: Iterable[Place], letters: Slice) -> Page:
    top = [ground.category(locale, folder) for folder in ground.category(locale, "").children]
    kinds = sorted({place.article.head.kind for place in places}, key=KINDS.index)
    filters = {"categories": [{"title": one.title, "url": one.url} for one in top if one.count], "kinds": kinds}
    return simple_page(ground, locale, f"{locale}/search/", "search.html", {"filters": slice_of(filters), "letters": letters})


def _address(locale: str, letter: str, number: int = 1) -> str:
    name = "0-9" if letter == DIGITS else quote(letter.lower())
    return f"{locale}/search/a-z/{name}/" if number == 1 else f"{locale}/search/a-z/{name}/page-{number}/"


def _named(place: Place) -> str:
    """Name all that the index makes of an article."""
    return "\0".join((_shown(place), *place.article.head.tags, "", *place.article.head.keywords))


def _shown(place: Place) -> str:
    """Name what the index shows of an article."""
    return f"{place.url}\0{place.article.locale}\0{place.article.head.title}"


def _dealt(locale: str, places: Iterable[Place]) -> dict[str, list[Entry]]:
    """Deal the words of all articles under headings; within one they stay unsorted until a page needs them."""
    language = locale.split("-", maxsplit=1)[0]
    known = frozenset(
        word for place in places for word in (*place.article.head.keywords, *place.article.head.tags) if _UNSPACED.fullmatch(word)
    )
    dealt: dict[tuple[tuple[int, int], str], list[Entry]] = {}
    for place in places:
        light = _light(place.article.locale)  # a lent article has the words of its own language
        for key, word in {folded(word, language): word for word in _words(place.article.head, light, known)}.items():
            if key:
                dealt.setdefault(heading(key, language), []).append((key, word, place))
    return {letter: entries for (_, letter), entries in sorted(dealt.items(), key=lambda row: row[0])}


def _outline(deal: Deal) -> Outline:
    """Name each heading by all its words and articles: which word stands on which of its pages, only sorting tells."""
    return [
        (letter, len({key for key, _, _ in entries}), digest(*(f"{word}\0{_shown(place)}" for _, word, place in entries)))
        for letter, entries in deal().items()
    ]


@cache
def _light(locale: str) -> frozenset[str]:
    return frozenset(rules(locale)["light"])


def _words(head: Head, light: frozenset[str], known: frozenset[str]) -> Iterator[str]:
    """Give the words that an article stands under; of two that are sorted alike, the last is shown."""
    yield from _title_words(head.title, light)
    for run in _UNSPACED.findall(head.title):
        yield from (run[start:end] for start in range(len(run)) for end in range(start + 2, start + LONGEST + 1) if run[start:end] in known)
    if _UNSPACED.search(head.title):
        yield head.title
    yield from head.tags
    yield from head.keywords


@lru_cache(maxsize=65536)
def _title_words(title: str, light: frozenset[str]) -> tuple[str, ...]:
    found = []
    for spaced in _WORD.findall(_UNSPACED.sub(" ", title)):
        word = max(_APOSTROPHE.split(spaced), key=len)  # l'app, customer's
        plain = folded(word, "")
        if plain not in light and (len(word) >= SHORT or word.isupper() or any(letter.isdigit() for letter in word)):
            found.append(word)
    return tuple(found)


def _facts(locale: str, letter: str, number: int, pages: int) -> dict[str, Any]:
    return {
        "letter": letter,
        "page": number,
        "pages": pages,
        "prev_url": _address(locale, letter, number - 1) if number > 1 else "",
        "next_url": _address(locale, letter, number + 1) if number < pages else "",
    }


def _view(ground: Ground, locale: str, deal: Deal, facts: dict[str, Any]) -> dict[str, Any]:
    """Sort a heading's words and cut out one page."""
    language = locale.split("-", maxsplit=1)[0]
    words: dict[str, tuple[str, dict[str, Place]]] = {}
    for key, word, place in deal()[facts["letter"]]:
        shown, found = words.setdefault(key, (word, {}))
        found[place.url] = place
        words[key] = (max(shown, word), found)  # lower case before capitals
    order = sorted(words, key=lambda key: (sort_key(key, language), key))
    rows = [words[key] for key in order[(facts["page"] - 1) * PAGE : facts["page"] * PAGE]]
    return facts | {"words": [_row(ground, word, list(found.values())) for word, found in rows]}


def _row(ground: Ground, word: str, places: list[Place]) -> dict[str, Any]:
    cards = sorted((ground.card(place).value for place in places), key=lambda card: (card["title"], card["url"]))
    return {
        "word": word,
        "articles": [{name: card[name] for name in ("title", "url", "lang", "dir")} for card in cards[:MOST]],
        "more": max(0, len(cards) - MOST),
    }
