"""
Entries of a locale -> the files of its index.  An edit weighs one block of articles again and merges the forms that it changed.

Rows on the shelf: `lengths` and `block` of each block, `weight` of each group of forms, `run` of each run of shards (their borders and
what may stand in the head), `stems`, `records` of each block, `file` of each file.  All of them are named in the row `search` of the
locale, which alone answers a build that changed nothing that search shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from kbgen.cache import Shelf
from kbgen.digests import digest
from kbgen.search import blocks, manifest, records, shards
from kbgen.search.analyze import FIELDS, analyser, rules
from kbgen.search.characters import groups_of, han
from kbgen.search.groups import Groups
from kbgen.search.kept import Choices
from kbgen.search.numbers import name_of
from kbgen.search.stems import Stems
from kbgen.workers import each

NO_SYNONYMS: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as search sees it."""

    id: str
    folder: str  # entries of one folder stand together
    terms: str  # names its counted terms on the shelf
    name: str  # of all that its record shows
    category: str  # URL
    kind: str
    tags: Sequence[str]
    record: Callable[[], records.Record]


def index(
    locale: str,
    entries: Sequence[Entry],
    boosts: Mapping[str, float],
    shelf: Shelf,
    jobs: int = 1,
    synonyms: Mapping[str, Sequence[str]] = NO_SYNONYMS,
) -> list[tuple[str, bytes]]:
    """
    Make the files of a locale's index, or find that they are made.

    Args:
        entries: Each id once; in any order.
        boosts: Field -> how much a word in it weighs.
        shelf: Holds the counted terms, and gets the files.
        jobs: Processes to use.
        synonyms: Form, or forms with "+" between them -> forms and pairs that it stands for.

    Returns: Path and key of the row on the shelf for each file; the same bytes for the same entries, whatever the shelf remembers.
    """
    weighed = [f"{name}={boost}" for name, boost in sorted(boosts.items())] + [json.dumps(dict(synonyms), sort_keys=True)]
    told = sorted(f"{entry.folder}\0{entry.id}\0{entry.terms}\0{entry.name}" for entry in entries)
    key = shelf.key("search", [locale, *weighed, *told])
    row = shelf.get(key)
    if row is None:
        making = _Making(locale, boosts, synonyms, shelf, jobs)
        making.make(sorted(entries, key=lambda entry: (entry.folder, entry.id)))
        row = shards.as_json([making.files, making.used])
        shelf.put(key, row)
    shelf.put(_last(shelf, locale), key)
    files, used = json.loads(row)
    shelf.used.update(map(bytes.fromhex, used))
    return [(path, bytes.fromhex(name)) for path, name in files]


def _last(shelf: Shelf, locale: str) -> bytes:
    return shelf.key("searched", [locale])


def last_made(shelf: Shelf, locale: str) -> Callable[[str], bytes]:
    """
    Return what reads the files of the index that was made last, by a build that failed too, or by a check or a preview.

    Raises: LookupError: There is none.
    """
    files = dict(json.loads(row_of(shelf, row_of(shelf, _last(shelf, locale))))[0])
    return lambda path: row_of(shelf, bytes.fromhex(files[path]))


@dataclass(slots=True)
class _Making:
    """One locale's index while it is planned."""

    locale: str
    boosts: Mapping[str, float]
    synonyms: Mapping[str, Sequence[str]]
    shelf: Shelf
    jobs: int
    used: list[str] = field(default_factory=list)  # names of rows, for the builds that only look them up
    files: list[tuple[str, str]] = field(default_factory=list)  # path, name of the row
    names: dict[str, str] = field(default_factory=dict)  # digest of a file -> its name on the portal
    taken: set[str] = field(default_factory=set)  # those names

    def make(self, entries: Sequence[Entry]) -> None:
        """Make all files; *entries* in the order of the portal."""
        known = {entry.id: entry for entry in entries}
        dealt = [{slot: known[one] for one, slot in block.items()} for block in blocks.dealt(list(known))]
        count = sum(map(len, dealt))
        names = [[entry.terms for entry in block.values()] for block in dealt]
        averages = blocks.averages_of([sum(column) for column in zip(*self._lengths(names), strict=True)], count)
        cells = [blocks.Cells(row) for row in self._blocks(dealt, names, averages)]
        facets, choices = _facets(dealt)
        separators, found, tops, letters = self._shards(cells, count, choices)
        others = groups_of(letters, self.locale)
        named = []
        for name in found:
            named.append(self._named(name))
            self.files.append((f"{manifest.FOLDER}/{self.locale}/{named[-1]}.json", self._file_key(name).hex()))
        deep = len(named) > manifest.FLAT
        if deep:
            found_pages = manifest.pages(separators, named)
            separators, named = [first for first, _ in found_pages], [self._add(page) for _, page in found_pages]
        parts = manifest.Parts(
            count,
            separators,
            named,
            deep,
            [self._records(block) for block in dealt],
            self._add(manifest.head(tops)),
            self._add(facets),
            dict(self.synonyms),
            self._add(shards.as_json(others)) if others else "",
        )
        content = manifest.manifest(self.locale, rules(self.locale), parts)
        self.files.append((f"{self.locale}/search/index.json", self._keep(content)[1]))

    def _lengths(self, names: list[list[str]]) -> list[list[int]]:
        """Return the sums of lengths of each block, those of other blocks from memory."""
        keys = [self.shelf.key("lengths", name) for name in names]
        self.used += [key.hex() for key in keys]
        self.shelf.fetch([key for key in keys if key not in self.shelf.fresh])
        found = []
        for key, name in zip(keys, names, strict=True):
            row = self.shelf.get(key)
            if row is None:
                row = json.dumps(blocks.totals([row_of(self.shelf, bytes.fromhex(one)) for one in name])).encode()
                self.shelf.put(key, row)
            found.append(json.loads(row))
        return found or [[0] * len(FIELDS)]

    def _blocks(self, dealt: list[dict[int, Entry]], names: list[list[str]], averages: list[float]) -> list[bytes]:
        weighed = [f"{name}={boost}" for name, boost in sorted(self.boosts.items())] + [str(average) for average in averages]
        keys = [
            self.shelf.key("block", [*weighed, *(f"{slot}{name}" for slot, name in zip(block, terms, strict=True))])
            for block, terms in zip(dealt, names, strict=True)
        ]
        self.used += [key.hex() for key in keys]
        self.shelf.fetch([key for key in keys if key not in self.shelf.fresh])
        rows = {key: self.shelf.get(key) for key in keys}
        missing = [number for number, key in enumerate(keys) if rows[key] is None]
        if len(missing) > 1:
            self.shelf.save()  # children read the counted terms from the disk

        def make(number: int) -> tuple[bytes, bytes]:
            packed = [row_of(self.shelf, bytes.fromhex(name)) for name in names[number]]
            return keys[number], blocks.block(packed, list(dealt[number]), averages, self.boosts)

        for key, row in each(make, missing, self.jobs, few=2):
            self.shelf.put(key, row)
            rows[key] = row
        return [rows[key] or b"" for key in keys]

    def _shards(
        self, cells: list[blocks.Cells], count: int, choices: Choices
    ) -> tuple[list[str], list[str], list[tuple[int, str]], set[str]]:
        """Cut the forms into shards; returns separators, digests of the files, what may stand in the head, and the Han characters."""
        size = manifest.size_of(count)
        groups = Groups(cells, manifest.cut_of(count), choices, self.shelf)
        stems = Stems(self.locale, self.shelf)
        separators, names, tops = [], [], []
        han_seen: set[str] = set()
        before = ""
        for run in shards.borders(groups.weighed(), size):
            key = self.shelf.key("run", [self.locale, str(size), *(f"{letters}{groups.marks[letters]}" for letters in run)])
            row = self.shelf.get(key)
            if row is None:
                row = self._run([one for letters in run for one in groups.rows(letters)], size, stems)
                self.shelf.put(key, row)
            for letters in run:
                groups.drop(letters)
                self.used.append(stems.key(letters).hex())
            self.used.append(key.hex())
            made, best, seen = json.loads(row)
            han_seen.update(seen)
            tops += [(df, form) for df, form in best]
            for first, last, name in made:
                separators.append(shards.separator(before, first))
                names.append(name)
                before = last
        stems.save()
        self.used += groups.used
        if not names:  # a locale without articles: one shard without forms
            return [""], [self._keep(shards.shard([], stems.stem))[0]], [], han_seen
        return separators, names, tops, han_seen

    def _run(self, rows: list[shards.Row], size: int, stems: Stems) -> bytes:
        """Make the shards of a run of groups: one, or several of a group that is too large."""
        made = []
        whole = sum(row.size for row in rows) <= 2 * size
        for some in [rows] if whole else shards.parted(rows, size):
            name, _ = self._keep(shards.shard(some, stems.stem))
            made.append([some[0].form, some[-1].form, name])
        best = sorted((-row.df, row.form) for row in rows if manifest.is_head(row.form, row.df))[: manifest.TOP]
        return shards.as_json([made, [[-df, form] for df, form in best], han(row.form for row in rows)])

    def _records(self, block: dict[int, Entry]) -> str:
        """Plan the chunks of a block; returns the name that they share."""
        key = self.shelf.key("records", [self.locale, *(f"{slot}{entry.name}" for slot, entry in block.items())])
        row = self.shelf.get(key)
        if row is None:
            made = records.chunks({slot: entry.record() for slot, entry in block.items()}, analyser(self.locale))
            row = shards.as_json([[number, self._keep(data)[0]] for number, data in made.items()])
            self.shelf.put(key, row)
        self.used.append(key.hex())
        some = json.loads(row)
        shared = self._named(digest(*(f"{number}{name}" for number, name in some)))
        for number, name in some:
            self.files.append((f"{manifest.FOLDER}/{self.locale}/{shared}{records.DIGITS[number]}.json", self._file_key(name).hex()))
        return shared

    def _add(self, data: bytes) -> str:
        """Plan a file under the name of its content; returns the name."""
        name, key = self._keep(data)
        self.files.append((f"{manifest.FOLDER}/{self.locale}/{self._named(name)}.json", key))
        return self._named(name)

    def _named(self, name: str) -> str:
        """Shorten the digest of a file to the name that it has on the portal; two files never share one."""
        if name not in self.names:
            self.names[name] = name_of(name, self.taken)
            self.taken.add(self.names[name])
        return self.names[name]

    def _keep(self, data: bytes) -> tuple[str, str]:
        """Keep a file's bytes; returns their digest and the name of the row."""
        name = digest(data)
        key = self._file_key(name)
        self.shelf.put(key, data)
        self.used.append(key.hex())
        return name, key.hex()

    def _file_key(self, name: str) -> bytes:
        key = self.shelf.key("file", [name])
        self.used.append(key.hex())
        return key


def _facets(dealt: Sequence[Mapping[int, Entry]]) -> tuple[bytes, Choices]:
    """Return the file of the facets, and what filters can choose."""
    facets = records.facets({slot: (one.category, one.kind, one.tags) for slot, one in block.items()} for block in dealt)
    choices = Choices(digest(facets))
    for number, block in enumerate(dealt):
        for slot, one in block.items():
            choices.add(number * blocks.SLOTS + slot, one.category, one.kind, one.tags)
    return facets, choices


def row_of(shelf: Shelf, key: bytes) -> bytes:
    """
    Take a row that must be there.

    Raises: LookupError: The shelf has lost it; the build has to begin again.
    """
    row: Any = shelf.get(key)
    if row is None:
        raise LookupError("a row of the search index")
    return bytes(row)
