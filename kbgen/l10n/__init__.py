"""Translations: which are behind their original, section by section, and what a team has in which language.  Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kbgen.l10n.status import Cell, Row
from kbgen.model import Problem

RULES = {
    "KB601": "An article that a language of the portal does not have. Its readers see the fall-back language, with a note.  kbgen new "
    "TITLE --id ID --locale TAG  begins a translation.",
    "KB602": "A translation whose original has other sections than the text that it was made from.  kbgen l10n diff ID --locale TAG  shows "
    "what has changed, and  kbgen l10n done ID --locale TAG  says that the translation has it.",
    "KB603": "A translation that names, as the text it was made from, one that git does not have here. The clone may be shallow, or the "
    "text was on a branch that is gone. After a look at both,  kbgen l10n done ID --locale TAG  names the text of today.",
    "KB604": "A translation that does not say which text it was made from, so nobody is told when that changes.  kbgen l10n done ID "
    "--locale TAG  writes it into the front matter.",
}


def problems(found: Iterable[Row]) -> Iterator[Problem]:
    """Yield what translators have to do, as advice: an original may be mended before its translations are."""
    for row in found:
        for cell in row.cells:
            one = _problem(row, cell)
            if one:
                rule, path, message, remedy = one
                yield Problem(path, 0, 0, rule, message, remedy, "advice")


def _problem(row: Row, cell: Cell) -> tuple[str, str, str, str] | None:
    path = cell.version.path if cell.version else row.original.path
    words = f"{row.id} --locale {cell.locale}"
    if cell.state == "missing":
        return "KB601", path, f"{cell.locale} has no translation of this", f"Begin one with  kbgen new TITLE -c CATEGORY --id {words}"
    if cell.state == "behind":
        message = f"{cell.changed} of {len(cell.parts)} sections of {row.original.path} changed since this was translated"
        return "KB602", path, message, f"See them with  kbgen l10n diff {words}"
    if cell.state == "unknown":
        return "KB603", path, "git does not have the text that this was translated from", f"Look at both, then run  kbgen l10n done {words}"
    if cell.state == "unmarked":
        return "KB604", path, f"this does not say which text of {row.original.path} it was made from", f"Run  kbgen l10n done {words}"
    return None
