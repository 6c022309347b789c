"""
The forms of all blocks in groups by their first letters: what each group weighs, and its rows, merged only where no memory has them.

A group's mark changes when its rows would.  The rows of frequent forms hang on what filters can choose too (`kbgen.search.kept`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kbgen.cache import Shelf
from kbgen.digests import digest
from kbgen.search.analyze import utf16
from kbgen.search.blocks import Cells
from kbgen.search.kept import Choices
from kbgen.search.shards import Row, merged

_CUT = b"cut"  # the weight of a group with a form that not all postings are kept of stands in a row of its own


class Groups:
    """The groups of a locale."""

    def __init__(self, cells: Sequence[Cells], cut: int, choices: Choices, shelf: Shelf) -> None:
        """
        Name the groups, without a look at their forms.

        Args:
            cells: All blocks, in their order.
            cut, choices: See `kbgen.search.kept`.
        """
        self._cells, self._cut, self._choices, self._shelf = cells, cut, choices, shelf
        self._near: dict[str, list[Row]] = {}
        self.letters = sorted({letters for one in cells for letters in one.header}, key=utf16)
        self.marks = {
            letters: digest(str(cut), *(f"{number}{one.header[letters][0]}" for number, one in enumerate(cells) if letters in one.header))
            for letters in self.letters
        }
        self.used: list[str] = []  # names of rows

    def weighed(self) -> Iterator[tuple[str, int]]:
        """Yield the letters of each group, in order, and how many its rows take in a shard; its mark holds from then on."""
        keys = {letters: self._key(letters) for letters in self.letters}
        self._shelf.fetch([key for key in keys.values() if key not in self._shelf.fresh])
        for letters in self.letters:
            row = self._shelf.get(keys[letters])
            if row is None:
                row = _CUT if any(one.df > self._cut for one in self.rows(letters)) else self._weight(letters)
                self._shelf.put(keys[letters], row)
            if row == _CUT:
                self.marks[letters] = digest(self.marks[letters], self._choices.name)
                key = self._key(letters)
                row = self._shelf.get(key) or self._weight(letters)
                self._shelf.put(key, row)
            yield letters, int(row)

    def rows(self, letters: str) -> list[Row]:
        """Return the rows of a group; they stay near until `drop`."""
        if letters not in self._near:
            self._near[letters] = merged(letters, self._cells, self._cut, self._choices)
        return self._near[letters]

    def drop(self, letters: str) -> None:
        """Forget the rows of a group."""
        self._near.pop(letters, None)

    def _key(self, letters: str) -> bytes:
        key = self._shelf.key("weight", [letters, self.marks[letters]])
        self.used.append(key.hex())
        return key

    def _weight(self, letters: str) -> bytes:
        return b"%d" % sum(row.size for row in self.rows(letters))
