"""check, of each text for itself: the words that a team has agreed on, and, where advice is asked for, spelling and plainness."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any

from kbgen.cache import Shelf
from kbgen.markup import privacy
from kbgen.model import Article, Fact, Job, Problem, Reading, Site
from kbgen.parse import CPU_SECONDS, body_of
from kbgen.prose import plainness, spelling, terms
from kbgen.prose.visible import visible
from kbgen.read import CONTENT, data_of, same_data_of
from kbgen.workers import TooSlowError, cpu_limit, each

RULES = {**plainness.RULES, **spelling.RULES, **terms.RULES}


@dataclass(frozen=True, slots=True)
class _Language:
    """What is agreed in one locale."""

    locale: str
    agreed: str  # terms.toml
    house: str  # words.txt
    dictionary: str  # its name; "" when nobody asks for advice, or there is none
    advice: bool

    def key(self, article: Article, shelf: Shelf) -> bytes:
        """Name what is said of a text."""
        lent = (self.agreed, self.house, self.dictionary, str(self.advice))
        return shelf.key("language", (article.revision, article.path, article.heavy, *lent))


def problems(job: Job, site: Site, reading: Reading, shelf: Shelf) -> list[Problem]:
    """
    Say what is wrong with the language of the articles that are shown.

    Args:
        reading: Where the texts lie: one that waits for approval is not the one that is shown.

    Returns: Problems, those of terms.toml too; advice only if the job asks for it.
    """
    found: list[Problem] = []
    facts = {fact.path: fact for fact in reading.articles}
    shown = [place.article for place in site.places.values() if not place.fallback]
    asked = [(article, facts[article.path]) for article in shown if article.path in facts]
    for locale in site.locales:
        language = _language(job, site, locale, found)
        own = [one for one in asked if one[0].locale == locale]
        if language.advice or language.agreed:
            found += _told(job, language, own, shelf)
    return found


def _language(job: Job, site: Site, locale: str, found: list[Problem]) -> _Language:
    agreed, house = (_text(job, site, f"{CONTENT}/{locale}/{name}", found) for name in (terms.FILE, spelling.FILE))
    if agreed:
        found += terms.read_terms(agreed, f"{CONTENT}/{locale}/{terms.FILE}")[1]
    return _Language(locale, agreed, house, spelling.mark_of(locale) if job.advice else "", job.advice)


def _told(job: Job, language: _Language, articles: list[tuple[Article, Fact]], shelf: Shelf) -> Iterator[Problem]:
    keys = {article.path: language.key(article, shelf) for article, _ in articles}
    shelf.fetch(list(keys.values()))
    rows = {path: shelf.get(key) for path, key in keys.items()}
    todo = [one for one in articles if rows[one[0].path] is None]
    for made in each(partial(_made, job, language, shelf), todo, job.jobs):
        shelf.adopt(made)
    for path, key in keys.items():
        yield from (Problem(*row) for row in json.loads(rows[path] or shelf.get(key) or b"[]"))


def _made(job: Job, language: _Language, shelf: Shelf, one: tuple[Article, Fact]) -> dict[bytes, bytes]:
    """Look at one text, in a worker; leave what is said of it on the shelf."""
    article, fact = one
    text = same_data_of(job.root, fact, article.revision).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    try:
        with cpu_limit(CPU_SECONDS):
            rows = [astuple(one) for one in _of_text(text, language, article, shelf)]
    except TooSlowError:
        rows = []  # a text that is made to be slow gets no advice
    shelf.put(language.key(article, shelf), json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())
    return shelf.handover()


def _of_text(text: str, language: _Language, article: Article, shelf: Shelf) -> Iterator[Problem]:
    seen, path, locale = visible(text), article.path, language.locale
    yield from terms.misnamed(text, seen, terms.read_terms(language.agreed, "")[0], path)
    if language.advice:
        yield from privacy.phones(text, seen, path)
        yield from plainness.hard_to_read(text, seen, body_of(article, shelf).text, locale, path)
        if language.dictionary:
            yield from spelling.misspelt(text, seen, locale, spelling.house_words(language.house), path)


def _text(job: Job, site: Site, path: str, found: list[Problem]) -> str:
    """Return the text of a file; "" when there is none."""
    fact: Any = site.assets.get(path)
    try:
        return data_of(job.root, fact).decode("utf-8-sig") if fact else ""
    except (OSError, UnicodeDecodeError) as error:
        found.append(Problem(path, 0, 0, "KB141", f"this cannot be read: {error}", "Save it as UTF-8 text"))
        return ""
