"""Translations as people and programs are told of them: a line for each, and what has changed in an original, word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from kbgen.l10n.sections import Change, Section, Staleness
from kbgen.l10n.status import Cell, Row, counts

MOST = 4_000_000  # comparisons of words in one section; a larger one is told as a whole
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+|\s+|.", re.DOTALL)
_TOLD = {"unmarked": "from which text is not said", "unknown": "its source is not in this clone", "missing": "missing"}

Kind = Literal["same", "gone", "new"]


def as_json(found: Iterable[Row]) -> str:
    """Return a list of {id, original, path, title, translations: [{locale, state, path, changed, sections}]}."""
    return json.dumps([_plain(row) for row in found], ensure_ascii=False, indent=2)


def as_text(found: Sequence[Row], locales: Sequence[str]) -> str:
    """Return a line for each translation that waits for somebody, and a sum for each language."""
    lines = []
    for row in found:
        waiting = [cell for cell in row.cells if cell.locale in locales and cell.state not in {"original", "current"}]
        lines += [f"{row.id}  {row.original.path}"] if waiting else []
        lines += [f"  {cell.locale:<8}{said(cell)}{f'  {cell.version.path}' if cell.version else ''}" for cell in waiting]
    sums = counts(found)
    lines += [""] if lines else []
    lines += [f"{tag}: {', '.join(f'{n} {state}' for state, n in sorted(sums.get(tag, {}).items())) or 'nothing'}" for tag in locales]
    return "\n".join(lines)


def said(cell: Cell) -> str:
    """Say how far a translation is: "2 of 9 sections changed"."""
    if cell.state == "behind":
        return f"{cell.changed} of {len(cell.parts)} sections changed"
    return _TOLD.get(cell.state, cell.state)


def _plain(row: Row) -> dict[str, object]:
    translations = [
        {
            "locale": cell.locale,
            "state": cell.state,
            "path": cell.version.path if cell.version else "",
            "draft": bool(cell.version and not cell.version.shown),
            "changed": cell.changed,
            "sections": [{"state": part.state, "heading": part.heading, "line": part.line} for part in cell.parts],
        }
        for cell in row.cells
        if cell.state != "original"
    ]
    return {
        "id": row.id,
        "original": row.original.locale,
        "path": row.original.path,
        "title": row.original.title,
        "translations": translations,
    }


def as_diff(found: Staleness, path: str, theirs: Sequence[Section], place: str, old: Sequence[Section]) -> str:
    """
    Return what has changed in an original since it was translated, with the place in the translation where that stands.

    Args:
        path: Of the original.
        theirs: The sections of the translation; they are matched by their order where there are as many as in the old original.
        place: The path of the translation.
        old: The original as it was translated.
    """
    twins = {one.line: other for one, other in zip(old, theirs, strict=False)} if len(old) == len(theirs) else {}
    lines = [f"{found.changed} of {found.of} sections changed"]
    for row in found.rows:
        if row.state != "same":
            twin = twins.get(row.old.line) if row.old else None
            lines += ["", *_section(row, path), *([f"{place}:{twin.line}" + (f": {twin.heading}" if twin.heading else "")] if twin else [])]
            lines += [f"    {line}" for line in _body(row).split("\n")]
    return "\n".join(lines)


def _section(row: Change, path: str) -> Iterator[str]:
    one = row.new or row.old
    if one is not None:
        name = row.heading or ("title and description" if one.level == 0 else "the beginning")
        yield f"{row.state}: {name}"
        yield f"{path}:{one.line}" if row.new else f"{path}, as it was"


def _body(row: Change) -> str:
    """Write both texts as one, [-gone-]{+new+}, without the lines in which nothing changed."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    lines, touched = [""], [False]
    for kind, text in apart(_written(row.old), _written(row.new)):
        for at, part in enumerate(marks[kind].format(text).split("\n")):
            if at:
                lines.append("")
                touched.append(False)
            lines[-1] += part
            touched[-1] = touched[-1] or kind != "same"
    shown = [at for at, hit in enumerate(touched) if hit] or [0]  # what only moved is known by its heading
    gaps = [at - before > 1 for before, at in pairwise([shown[0], *shown])]
    return "\n".join(("…\n" if gap else "") + lines[at] for at, gap in zip(shown, gaps, strict=True))


def _written(one: Section | None) -> str:
    if one is None:
        return ""
    return "\n".join(part for part in (f"{'#' * one.level} {one.heading}" if one.heading else "", one.written) if part)


def apart(old: str, new: str) -> list[tuple[Kind, str]]:
    """Tell two texts apart by words, and by characters where a script writes no spaces."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    if len(before) * len(after) > MOST or not (before and after):
        return [one for one in (("gone", old), ("new", new)) if one[1]]
    found: list[tuple[Kind, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(before[a:b])))
        else:
            found += [("gone", "".join(before[a:b]))] if b > a else []
            found += [("new", "".join(after[c:d]))] if d > c else []
    return found
