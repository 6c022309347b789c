"""What a person would say of an edit: "the price of Express is 9.90 now", "step 3 is new", "the link leads elsewhere"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kbgen.compare.blocks import Block
from kbgen.compare.edits import Change, Edited, Gone, Kept, Nested, New
from kbgen.compare.tokens import Token

LONGEST = 80  # letters of a quotation
PHRASES = 3  # of one text that are quoted
_FILMS = {"video": "film", "img": "picture"}


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about an edit: `kind` names the words in the theme's words files, `report.note.<kind>`; `values` fill its gaps."""

    kind: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def gaps(self) -> dict[str, str]:
        """The values by name."""
        return dict(self.values)


def note(kind: str, **values: str) -> Note:
    """Make a note; long values are cut."""
    return Note(kind, tuple((name, short(value)) for name, value in values.items()))


def short(text: str) -> str:
    """Cut a quotation."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"


def notes(change: Change, moved: frozenset[object] = frozenset()) -> list[Note]:
    """
    Describe an edit, what stands inside it too.

    Args:
        moved: Keys of blocks that are gone in one place and new in another.
    """
    return list(dict.fromkeys(_notes(change, moved)))


def _notes(change: Change, moved: frozenset[object]) -> Iterator[Note]:
    if isinstance(change, Gone | New):
        yield from _whole(change, moved)
    elif isinstance(change, Edited):
        yield from _shape(change.before, change.after)
        yield from _wording(change)
        yield from _leaf(change)
    elif isinstance(change, Nested):
        yield from _shape(change.before, change.after)
        if change.after.tag == "table":
            yield from _table(change)
        elif change.after.tag in {"ol", "ul"}:
            yield from _list(change, moved)
        else:
            for part in change.parts:
                yield from _notes(part, moved)


def _whole(change: Gone | New, moved: frozenset[object]) -> Iterator[Note]:
    block = change.after if isinstance(change, New) else change.before
    if block.key in moved:
        if isinstance(change, New):
            yield note("moved", text=block.text)
        return
    end = "new" if isinstance(change, New) else "gone"
    things = [token for leaf in block.walk() for token in leaf.tokens if token.tag in _FILMS]
    if things and not block.text:
        for token in things:
            yield note(f"{_FILMS[token.tag]}_{end}", name=_name(token))
    elif block.tag == "table":
        yield note(f"table_{end}")
    elif block.family == "heading":
        yield note(f"heading_{end}", text=block.text)
    elif block.text:
        yield note(f"text_{end}", text=block.text)


def _shape(before: Block, after: Block) -> Iterator[Note]:
    if before.tag == after.tag:
        if before.told != after.told and after.tag != "figure":
            yield note("box" if after.tag in {"div", "aside", "details"} else "shape", text=after.text)
    elif after.family == "heading":
        yield note("level", text=after.text, old=before.tag[1:], new=after.tag[1:])
    elif after.family == "list":
        yield note("numbered" if after.tag == "ol" else "unnumbered")


def _wording(change: Edited, step: str = "") -> Iterator[Note]:
    """
    Quote the words that changed; a text with many edits is said to be reworded.

    Args:
        step: The number of the step that it is in, "" for none.
    """
    found = list(_phrases(change))
    where = {"number": step} if step else {}
    kind = "step_" if step else "words_"
    if len(found) > PHRASES:
        yield note(f"{kind}reworded", **where, text=change.after.text)
        return
    for old, new in found:
        if old and new:
            yield note(f"{kind}replaced", **where, old=old, new=new)
        elif new:
            yield note(f"{kind}added", **where, new=new)
        else:
            yield note(f"{kind}taken", **where, old=old)


def _phrases(change: Edited) -> Iterator[tuple[str, str]]:
    """Yield what was taken out and what was put in its place, in order."""
    for same, some in groupby(change.runs, key=lambda run: run.kind in {"same", "marked"}):
        if not same:
            group = list(some)
            old, new = ("".join(token.text for run in group for token in getattr(run, side)).strip() for side in ("before", "after"))
            if old or new:
                yield old, new


def _leaf(change: Edited) -> Iterator[Note]:
    """Tell what words alone do not: links, pictures, emphasis."""
    yield from _links(change.before.tokens, change.after.tokens)
    yield from _things(change)
    for run in change.runs:
        if run.kind == "marked":
            yield from _emphasis(run.before, run.after)


def _links(before: Sequence[Token], after: Sequence[Token]) -> Iterator[Note]:
    old, new = links(before), links(after)
    left = [one for one in old if one not in new]
    for text, href in new:
        if (text, href) in old:
            continue
        same = next((one for one in left if one[0] == text), None) or next((one for one in left if one[1] == href), None)
        if same is None and len(old) == len(new):
            same = next((one for one in left if old.index(one) == new.index((text, href))), None)
        if same is None:
            yield note("link_new", text=text, new=href)
            continue
        left.remove(same)
        if same[1] != href:
            yield note("link_to", text=text, old=same[1], new=href)
    for text, href in left:
        yield note("link_gone", text=text, old=href)


def links(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """List the links of a text: what can be read, and where it leads."""
    found = []
    for mark, some in groupby(tokens, key=lambda token: next((one for one in token.marks if one.tag == "a"), None)):
        if mark is not None:
            group = list(some)
            text = "".join(token.text for token in group).strip() or next((_name(token) for token in group if token.tag), "")
            found.append((text, dict(mark.attributes).get("href", "")))
    return found


def _things(change: Edited) -> Iterator[Note]:
    for run in change.runs:
        if run.kind == "marked":
            for old, new in zip(run.before, run.after, strict=True):
                yield from _thing(old, new)
        elif run.kind in {"gone", "new"}:
            for token in (*run.before, *run.after):
                if token.tag in _FILMS:
                    yield note(f"{_FILMS[token.tag]}_{run.kind}", name=_name(token))


def _thing(old: Token, new: Token) -> Iterator[Note]:
    if new.tag not in _FILMS or old.key == new.key:
        return
    kind = _FILMS[new.tag]
    if old.get("src") != new.get("src"):
        yield note(f"{kind}_swapped", old=_name(old), new=_name(new))
    elif old.get("data-blob") != new.get("data-blob"):
        yield note(f"{kind}_redrawn", name=_name(new))
    if old.get("alt") != new.get("alt"):
        yield note("picture_alt", name=_name(new), old=old.get("alt"), new=new.get("alt"))


def _emphasis(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Note]:
    def plain(token: Token) -> list[str]:
        return [tag for tag, _ in token.around if tag != "a"]

    some = [two for one, two in zip(old, new, strict=True) if plain(one) != plain(two)]
    if any(token.word for token in some):
        yield note("emphasis", text="".join(token.text for token in some))


def _table(change: Nested) -> Iterator[Note]:
    rows = [part for group in change.parts for part in _rows(group)]
    heads = [child.text for child in next((block for block in change.after.walk() if block.tag == "tr"), Block("")).children]
    yield from _columns(rows)
    for at, row in enumerate(rows):
        if isinstance(row, Gone | New):
            block = row.after if isinstance(row, New) else row.before
            yield note("row_new" if isinstance(row, New) else "row_gone", row=_row_name(block))
        elif isinstance(row, Nested):
            yield from _cells(row, heads, at == 0)


def _rows(part: Change) -> Iterator[Change]:
    if isinstance(part, Nested) and part.after.tag != "tr":
        yield from part.parts
    elif isinstance(part, Gone | New):
        block = part.after if isinstance(part, New) else part.before
        yield from (part,) if block.tag == "tr" else (type(part)(row) for row in block.children)
    else:
        yield part


def _columns(rows: Sequence[Change]) -> Iterator[Note]:
    first = next((row for row in rows if isinstance(row, Nested)), None)
    for cell in first.parts if first else ():
        if isinstance(cell, New):
            yield note("column_new", column=cell.after.text)
        elif isinstance(cell, Gone):
            yield note("column_gone", column=cell.before.text)


def _cells(row: Nested, heads: Sequence[str], first: bool) -> Iterator[Note]:  # noqa: FBT001 - the row of heads
    place = 0
    for cell in row.parts:
        if isinstance(cell, Gone):
            continue
        if isinstance(cell, Edited | Nested):
            if cell.before.text != cell.after.text:
                column = heads[place] if place < len(heads) else ""
                values = {"old": cell.before.text or "–", "new": cell.after.text or "–"}
                yield note("head", **values) if first else note("cell", row=_row_name(row.after), column=column, **values)
            for leaf in _edited(cell):
                yield from _leaf(leaf)
        place += 1


def _edited(change: Change) -> Iterator[Edited]:
    if isinstance(change, Edited):
        yield change
    elif isinstance(change, Nested):
        for part in change.parts:
            yield from _edited(part)


def _row_name(row: Block) -> str:
    return row.children[0].text if row.children else row.text


def _list(change: Nested, moved: frozenset[object]) -> Iterator[Note]:
    """Number the items of a list as readers count them."""
    numbered = change.after.tag == "ol"
    old = new = 0
    for part in change.parts:
        old += not isinstance(part, New)
        new += not isinstance(part, Gone)
        block = part.before if isinstance(part, Gone) else part.after
        if isinstance(part, Kept):
            continue
        if block.key in moved:
            if isinstance(part, New):
                yield note("step_moved", number=str(new), text=block.text) if numbered else note("moved", text=block.text)
            continue
        if isinstance(part, New):
            yield note("step_new", number=str(new), text=block.text) if numbered else note("item_new", text=block.text)
        elif isinstance(part, Gone):
            yield note("step_gone", number=str(old), text=block.text) if numbered else note("item_gone", text=block.text)
        else:
            yield from _item(part, str(new) if numbered else "", moved)


def _item(part: Change, step: str, moved: frozenset[object]) -> Iterator[Note]:
    """Tell what became of an item: its own words with its number, then what stands inside."""
    if isinstance(part, Edited):
        yield from _wording(part, step)
        yield from _leaf(part)
    elif isinstance(part, Nested):
        for inner in part.parts:
            own = isinstance(inner, Edited) and inner.after.family == "text"
            yield from _item(inner, step, moved) if own else _notes(inner, moved)


def _name(token: Token) -> str:
    return token.get("src").rpartition("/")[2] or token.get("alt")
