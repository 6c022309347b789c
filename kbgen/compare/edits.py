"""
What became of each block: a tree of edits that turns before into after (`patched` does it, and a test holds it to that).

Text, structure and attributes are told apart: a run of words that only changed its link or its emphasis is marked, not replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from kbgen.compare.blocks import Block
from kbgen.compare.pairs import Pair, columns, pairs
from kbgen.compare.tokens import Token

MOST = 1_000_000  # comparisons of tokens in one paragraph; a longer stretch is replaced as a whole
LITTLE = 0.25  # share of words that stay: below it, a paragraph was written anew

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring tokens with one fate.  `marked`: the words stay, what stands around them or a thing's attributes differ."""

    kind: Literal["same", "marked", "gone", "new"]
    before: Tokens = ()
    after: Tokens = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A block that reads as before."""

    before: Block
    after: Block


@dataclass(frozen=True, slots=True)
class Gone:
    """A block that is no longer there."""

    before: Block


@dataclass(frozen=True, slots=True)
class New:
    """A block that was not there."""

    after: Block


@dataclass(frozen=True, slots=True)
class Edited:
    """A block with other text."""

    before: Block
    after: Block
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A block with other blocks inside."""

    before: Block
    after: Block
    parts: tuple[Change, ...]


Change = Kept | Gone | New | Edited | Nested


def compare(before: Block, after: Block, lined: Sequence[Pair] | None = None) -> Change:
    """
    Compare two blocks that are one for a reader.

    Args:
        lined: The pairs of columns, where these are parts of a table.
    """
    if before.key == after.key:
        return Kept(before, after)
    if before.leaf and after.leaf:
        return Edited(before, after, runs(before.tokens, after.tokens))
    before, after = _opened(before), _opened(after)
    if before.tag == after.tag == "table":
        lined = columns(before, after)
    paired = lined if lined is not None and before.tag == after.tag == "tr" else pairs(before.children, after.children)
    return Nested(before, after, tuple(_change(before, after, pair, lined) for pair in paired))


def patched(before: Block, change: Change) -> Block:
    """Turn before into after by the edits alone: what stayed is taken from before."""
    if isinstance(change, New):
        return change.after
    if isinstance(change, Kept):
        return before
    if isinstance(change, Edited):
        return replace(change.after, tokens=tuple(_patched(before.tokens, change.runs)), children=())
    if isinstance(change, Gone):
        raise TypeError("a block that is gone becomes no other")
    found, at, old = [], 0, _opened(before).children
    for part in change.parts:
        if isinstance(part, New):
            found.append(part.after)
            continue
        if not isinstance(part, Gone):
            found.append(patched(old[at], part))
        at += 1
    return replace(change.after, tokens=(), children=tuple(found))


def runs(before: Tokens, after: Tokens) -> tuple[Run, ...]:
    """Compare the texts of two blocks, word by word."""
    ours, theirs = _names(before, after)
    start = _shared(ours, theirs)
    end = _shared(ours[start:][::-1], theirs[start:][::-1])
    ours, theirs = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    if len(ours) * len(theirs) > MOST:
        steps = [("replace", 0, len(ours), 0, len(theirs))]
    else:
        steps = list(SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes())
    steps = [(kind, a + start, b + start, c + start, d + start) for kind, a, b, c, d in steps]
    steps = [("equal", 0, start, 0, start), *steps, ("equal", len(before) - end, len(before), len(after) - end, len(after))]
    calm = _calm([(kind == "equal", before[a:b], after[c:d]) for kind, a, b, c, d in steps if b > a or d > c])
    kept = sum(token.word for same, old, _ in calm if same for token in old)
    words = max(sum(token.word for token in before), sum(token.word for token in after))
    if before and after and kept < LITTLE * words:
        calm = [(False, before, after)]
    return tuple(run for same, old, new in calm for run in (_told(old, new) if same else _replaced(old, new)))


def _change(before: Block, after: Block, pair: Pair, lined: Sequence[Pair] | None) -> Change:
    old, new = pair
    if old is None:
        assert new is not None
        return New(after.children[new])
    return Gone(before.children[old]) if new is None else compare(before.children[old], after.children[new], lined)


def _opened(block: Block) -> Block:
    """Put a block's own text into a block inside, so that it compares with one that holds more."""
    if block.children or not block.tokens:
        return block
    return replace(block, tokens=(), children=(Block("", tokens=block.tokens),))


def _patched(tokens: Tokens, found: Sequence[Run]) -> Iterator[Token]:
    at = 0
    for run in found:
        yield from tokens[at : at + len(run.before)] if run.kind == "same" else run.after
        at += len(run.before)


def _names(before: Tokens, after: Tokens) -> tuple[list[object], list[object]]:
    """
    Name tokens so that those which can be one have one name.

    A picture that stands on both sides is itself; of the others, any can have become any.
    """
    shared = {token.key for token in before if token.tag} & {token.key for token in after if token.tag}

    def name(token: Token) -> object:
        return token.key if token.tag and token.key in shared else token.name

    return [name(token) for token in before], [name(token) for token in after]


def _shared(ours: Sequence[object], theirs: Sequence[object]) -> int:
    """Count the tokens that both begin with."""
    return next((at for at, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), min(len(ours), len(theirs)))


_Step = tuple[bool, Tokens, Tokens]


def _calm(steps: list[_Step]) -> list[_Step]:
    """Let a word or two that stayed by chance between two larger changes go with them: people replace phrases, not letters."""
    found: list[_Step] = []
    for at, (alike, old, new) in enumerate(steps):
        same = alike
        inside = same and found and at + 1 < len(steps) and not found[-1][0] and not steps[at + 1][0]
        if inside and _chance(old, min(_size(found[-1]), _size(steps[at + 1]))):
            same = False
        if found and not same and not found[-1][0]:
            found[-1] = (False, found[-1][1] + old, found[-1][2] + new)
        else:
            found.append((same, old, new))
    return found


def _chance(stayed: Tokens, around: int) -> bool:
    """Say whether what stayed is too little to be a landmark; signs such as a full stop are one."""
    words = _words(stayed)
    blank = all(token.text.isspace() for token in stayed)
    return blank or (0 < words * 2 <= around and not any(token.tag for token in stayed))


def _size(step: _Step) -> int:
    return max(_words(step[1]), _words(step[2]))


def _words(tokens: Tokens) -> int:
    return sum(token.word for token in tokens)


def _told(old: Tokens, new: Tokens) -> Iterator[Run]:
    """Cut what reads alike where links, emphasis or a thing's attributes begin to differ."""
    couples = list(zip(old, new, strict=True))
    for same, some in groupby(couples, key=lambda couple: couple[0].key == couple[1].key):
        group = list(some)
        yield Run("same" if same else "marked", tuple(one for one, _ in group), tuple(one for _, one in group))


def _replaced(old: Tokens, new: Tokens) -> Iterator[Run]:
    if old:
        yield Run("gone", before=old)
    if new:
        yield Run("new", after=new)
