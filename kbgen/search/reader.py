"""The files of an index, read one by one as a query needs them: what a browser has, for the Python twin of query.mjs."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from kbgen.search.analyze import ALL, Analyser, utf16
from kbgen.search.blocks import SLOTS
from kbgen.search.manifest import VERSION, opened_rules
from kbgen.search.numbers import NAME, front_decoded, read
from kbgen.search.records import DIGITS, SPAN, Record

_NO_INDEX = "this is no search index of this version"
LAST = "\uffff"  # comes after every form
FEW = 3  # shards that a short beginning may look through
Directory = tuple[list[bytes], list[str]]  # separators as `utf16` has them, names


class Shard:
    """A shard, opened."""

    def __init__(self, data: bytes, cut: int) -> None:
        """
        Open a file.

        Raises: ValueError: It is no shard, or not a whole one.
        """
        forms, postings, kin = json.loads(data)
        self.forms = front_decoded(forms)
        self.keys = [utf16(form) for form in self.forms]
        self._numbers = read(postings)
        self._kin = read(kin)
        self._cut = cut
        self._starts: list[int] = []
        at = 0
        for _ in self.forms:
            self._starts.append(at)
            df = self._numbers[at]
            at += 1 + 2 * df if df <= cut else 2 + 2 * (cut + self._numbers[at + 1])
        self._starts.append(at)

    def row(self, form: str) -> int:
        """Return the place of a form; -1 when it is not here."""
        row = bisect_left(self.keys, utf16(form))
        return row if row < len(self.forms) and self.forms[row] == form else -1

    def rows(self, start: str) -> range:
        """Return the places of the forms that begin so."""
        first = bisect_left(self.keys, utf16(start))
        last = first
        while last < len(self.forms) and self.forms[last].startswith(start):
            last += 1
        return range(first, last)

    def df(self, row: int) -> int:
        """Return in how many articles a form stands."""
        return self._numbers[self._starts[row]]

    def postings(self, row: int) -> Iterator[tuple[int, int]]:
        """Yield article and value, for the best articles of a form."""
        number = 0
        for place in range(self._starts[row] + 1 + (self.df(row) > self._cut), self._starts[row + 1], 2):
            number += self._numbers[place]
            yield number, self._numbers[place + 1]

    @cached_property
    def families(self) -> list[int]:
        """For each form, the place of the first one of its stem."""
        found: list[int] = []
        for place, back in enumerate(self._kin):
            found.append(found[place - back] if back else place)
        return found

    def kin(self, row: int) -> list[int]:
        """Return the places of the other forms of the same stem."""
        return [other for other, family in enumerate(self.families) if family == self.families[row] and other != row]


class Files:
    """The files of a locale."""

    def __init__(self, fetch: Callable[[str], bytes], path: str) -> None:
        """
        Read the manifest.

        Args:
            fetch: Returns the bytes of a file by its path from the top of the portal.
            path: Of the manifest, "ro/search/index.json".

        Raises: ValueError: It is no manifest of this version. OSError, LookupError: As *fetch* raises them.
        """
        content = json.loads(fetch(path))
        if not isinstance(content, dict) or content.get("version") != VERSION:
            raise ValueError(_NO_INDEX)
        try:
            self._fetch, self._base = fetch, normpath(join(dirname(path), content["base"]))
            self.locale: str = content["locale"]
            self.analyser = Analyser(opened_rules(content["rules"]))
            self.light = frozenset(content["rules"]["light"])
            self.endings = frozenset(["", *content["rules"]["endings"]])
            self.count: int = content["count"]
            self._cut: int = content["cut"]
            self._directory = _directory(content["shards"], content["names"])
            self._deep: bool = content["deep"]
            self._records = _directory("", content["records"])[1]
            self._head, self._facets = content["head"], content["facets"]
            self.synonyms: Mapping[str, list[str]] = content["synonyms"]
            self._characters: str = content["characters"]
        except (KeyError, TypeError, IndexError) as error:
            raise ValueError(_NO_INDEX) from error
        self._shards: dict[str, Shard] = {}
        self._pages: dict[str, Directory] = {}
        self._chunks: dict[str, dict[int, Record]] = {}

    @property
    def large(self) -> bool:
        """Whether there are more shards than a short beginning may look through."""
        return self._deep or len(self._directory[1]) > FEW

    def places(self, first: str, last: str) -> list[str]:
        """Return the names of the shards from the one that holds *first*, if any does, to that of *last*; at most some."""
        directory = self._directory
        if self._deep:
            pages = [self._page(name) for name in _between(directory, first, last)[:2]]
            directory = ([key for keys, _ in pages for key in keys], [name for _, names in pages for name in names])
        return _between(directory, first, last)

    def place(self, form: str) -> str:
        """Return the name of the shard that a form stands in, if it stands anywhere."""
        return self.places(form, form)[0]

    def home(self, form: str) -> Shard:
        """Return the shard that a form stands in, if it stands anywhere."""
        return self.shard(self.place(form))

    def shard(self, name: str) -> Shard:
        """Return a shard, opened."""
        if name not in self._shards:
            self._shards[name] = Shard(self._file(name), self._cut)
        return self._shards[name]

    def stands(self, forms: str) -> bool:
        """Say whether an article holds a form, or all of some with ALL between them."""
        return any(True for _ in self.postings(forms))

    def postings(self, forms: str) -> Iterable[tuple[int, int]]:
        """Return the articles that hold all of some forms, and the least of their values there."""
        held: dict[int, int] | None = None
        for form in forms.split(ALL):
            shard = self.home(form)
            row = shard.row(form)
            its = shard.postings(row) if row >= 0 else ()
            held = dict(its) if held is None else {number: min(value, held[number]) for number, value in its if number in held}
        return (held or {}).items()

    def all_shards(self) -> list[str]:
        """Return the names of all shards, in the order of their forms."""
        if not self._deep:
            return self._directory[1]
        return [name for page in self._directory[1] for name in self._page(page)[1]]

    def _page(self, name: str) -> Directory:
        if name not in self._pages:
            self._pages[name] = _directory(*json.loads(self._file(name)))
        return self._pages[name]

    @cached_property
    def head(self) -> dict[str, int]:
        """The most frequent words and their classes, sorted."""
        forms, classes = json.loads(self._file(self._head))
        return dict(zip(front_decoded(forms), read(classes), strict=True))

    @cached_property
    def facets(self) -> dict[int, tuple[str, str, tuple[str, ...]]]:
        """What filters choose by: article -> URL of its category, its kind, its tags."""
        categories, kinds, tags, text = json.loads(self._file(self._facets))
        found = {}
        numbers = iter(read(text))
        for block, size in enumerate(numbers):
            for _ in range(size):
                article = block * SLOTS + next(numbers)
                category, kind = categories[next(numbers)], kinds[next(numbers)]
                found[article] = category, kind, tuple(tags[next(numbers)] for _ in range(next(numbers)))
        return found

    @cached_property
    def characters(self) -> dict[str, str]:
        """Characters that no article has -> those that articles write in their place."""
        if not self._characters:
            return {}
        return {group[0]: group[1:] for group in json.loads(self._file(self._characters))}

    def text(self, url: str) -> str:
        """Return the Markdown of an article's page; "" when it has none here."""
        try:
            return self._fetch(f"{unquote(url)}index.md").decode("utf-8", "replace")
        except (OSError, LookupError):
            return ""

    def record(self, article: int) -> Record:
        """Return what a result shows of an article."""
        block, slot = divmod(article, SLOTS)
        number = slot // SPAN
        name = f"{self._records[block]}{DIGITS[number]}"
        if name not in self._chunks:
            self._chunks[name] = {row[0]: self._record(row[1:]) for row in json.loads(self._file(name))}
        return self._chunks[name][slot]

    def _record(self, row: list[Any]) -> Record:
        url, title, description, category, kind, tags, headings, *lang = row
        pairs = (("-".join(self.analyser.forms(one)), one) if isinstance(one, str) else (one[1], one[0]) for one in headings)
        return Record(url, title, description, category, kind, tuple(tags), tuple(pairs), *lang)

    def _file(self, name: str) -> bytes:
        return self._fetch(f"{self._base}/{name}.json")


def _directory(separators: str, names: str) -> Directory:
    return [utf16(form) for form in front_decoded(separators)], [names[at : at + NAME] for at in range(0, len(names), NAME)]


def _between(directory: Directory, first: str, last: str) -> list[str]:
    keys, names = directory
    return names[max(0, bisect_right(keys, utf16(first)) - 1) : max(1, bisect_right(keys, utf16(last)))]


def folder(place: Path) -> Callable[[str], bytes]:
    """Return a *fetch* for a portal on disk."""
    return lambda path: (place / path).read_bytes()
