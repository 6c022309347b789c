"""The page for the team: which article there is in which language, and which translation waits for somebody.  One file, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kbgen.l10n.status import Cell, Row, State, counts
from kbgen.locales import date_texts, direction, own_name
from kbgen.theme.words import Words, chain, merge

HERE = Path(__file__).parent
ORDER: tuple[State, ...] = ("original", "current", "behind", "unmarked", "unknown", "missing")
GOOD = frozenset({"original", "current"})


def page(found: Sequence[Row], locales: Sequence[str], names: Mapping[str, str], tongue: str, day: str, edit_url: str = "") -> str:
    """
    Write the page.

    Args:
        locales: The columns, in their order.
        names: Locale -> its name; "" for the name that CLDR has.
        tongue: The locale that the page is in; English where there are no words of it.
        day: ISO day on which this holds.
        edit_url: {path} stands for an article's file; "" for no links.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only this page needs it

    lang, words = words_of(tongue)
    sums = counts(found)
    languages = [_language(tag, names.get(tag) or own_name(tag), sums.get(tag, {})) for tag in locales]
    rows = [_row(row, languages, words, edit_url) for row in sorted(found, key=_urgency)]
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        (HERE / "coverage.html").read_text(encoding="utf-8")
    )
    return template.render(
        t=words,
        lang=lang,
        dir=direction(lang),
        day=date_texts(lang, [day])[day],
        languages=languages,
        rows=rows,
        waiting=[row for row in rows if row["waits"]],
        complete=[row for row in rows if not row["waits"]],
    )


def _urgency(row: Row) -> tuple[int, int, str]:
    """What readers see wrong comes before what they do not see."""
    return -sum(cell.state == "behind" for cell in row.cells), -row.work, row.original.path


def words_of(tongue: str) -> tuple[str, Words]:
    """Return the words of a locale, and the locale that they are in."""
    files = {tag: HERE / "words" / f"{tag}.toml" for tag in chain(tongue)}
    known = {tag: file.read_text(encoding="utf-8") for tag, file in files.items() if file.is_file()}
    texts, _ = merge((f"{tag}.toml", text) for tag, text in known.items())
    lang = list(known)[-1]
    return lang, Words(lang, texts)


def _language(tag: str, name: str, sums: Mapping[State, int]) -> dict[str, Any]:
    return {
        "tag": tag,
        "name": name,
        "dir": direction(tag),
        "counts": [(state, sums[state]) for state in ORDER if sums.get(state)],
        "good": sum(n for state, n in sums.items() if state in GOOD),
        "all": sum(sums.values()),
    }


def _row(row: Row, languages: Sequence[Mapping[str, Any]], words: Words, edit_url: str) -> dict[str, Any]:
    mine = {cell.locale: cell for cell in row.cells}
    original = row.original
    return {
        "title": original.title,
        "lang": original.locale,
        "dir": direction(original.locale),
        "path": original.path,
        "url": _address(edit_url, original.path),
        "cells": [_cell(mine[one["tag"]], one["name"], words, edit_url) for one in languages],
        "waits": any(mine[one["tag"]].state not in GOOD for one in languages),
    }


def _cell(cell: Cell, name: str, words: Words, edit_url: str) -> dict[str, Any]:
    behind = cell.state == "behind"
    return {
        "state": cell.state,
        "name": name,
        "text": words("behind", changed=words.number(cell.changed), of=words.number(len(cell.parts))) if behind else words(cell.state),
        "url": _address(edit_url, cell.version.path) if cell.version and cell.state != "original" else "",
        "draft": bool(cell.version and not cell.version.shown),
    }


def _address(edit_url: str, path: str) -> str:
    return edit_url.replace("{path}", quote(path)) if edit_url else ""
