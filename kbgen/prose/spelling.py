"""
Spelling, by the hunspell dictionaries of the system, where the extra `spelling` is installed.

A dictionary is never taken from the knowledge base: whoever proposes a text would choose what reads it.  Words of the house stand in
content/<locale>/words.txt, one a line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kbgen.model import Problem
from kbgen.prose.visible import problem_at

FILE = "words.txt"
PLACES = ("/usr/share/hunspell", "/usr/share/myspell/dicts", "/usr/share/myspell")
MOST_DICTIONARIES = 5
MOST = 10  # words of one article; more say nothing new
SUGGESTED = 3  # words of one article that get a suggestion: each takes up to a tenth of a second

RULES = {
    "KB503": "A word that the dictionary of the language does not know. Advice, when a hunspell dictionary of the language and the extra "
    "`spelling` are installed. Correct it; or, if it is right, add it to content/<locale>/words.txt, one word a line.",
}

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u200c·](?=\w)|['’-](?=[^\W\d_]))*")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_STARTS = re.compile(r"(?:^|[.!?…:؟])[\s\"'“«*_>#()\d.-]*$")


@cache
def dictionaries_of(locale: str) -> tuple[Path, ...]:
    """
    Return the dictionaries of a locale, without their suffix: that of its region, or all of a language that names none.

    Looked for in the folders that the variable DICPATH names, as hunspell does, then in those of the system.
    """
    if find_spec("hunspell") is None:
        return ()
    tag = locale.replace("-", "_")
    folders = [Path(one) for one in (*os.environ.get("DICPATH", "").split(os.pathsep), *PLACES) if one]
    for names in ((tag,), (tag.split("_")[0], f"{tag.split('_')[0]}_??")):
        found = {file.name: file for folder in reversed(folders) for name in names for file in folder.glob(f"{name}.aff")}
        whole = [file.with_suffix("") for _, file in sorted(found.items()) if file.with_suffix(".dic").is_file()]
        if whole and (len(names) > 1 or "_" in tag):
            return tuple(whole[:MOST_DICTIONARIES])
    return ()


def mark_of(locale: str) -> str:
    """Name the dictionaries for what is remembered: their places, sizes and times; "" when words cannot be looked up."""
    files = [one.with_suffix(suffix) for one in dictionaries_of(locale) for suffix in (".aff", ".dic")]
    return "\n".join(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)


@cache
def _opened(found: Path) -> Any:
    from hunspell import Hunspell  # noqa: PLC0415 - an extra

    return Hunspell(found.name, hunspell_data_dir=str(found.parent))


def house_words(text: str) -> frozenset[str]:
    """Return the words of a words.txt, in small letters; # begins a comment."""
    return frozenset(word.casefold() for line in text.splitlines() if (word := line.partition("#")[0].strip()))


def misspelt(text: str, seen: str, locale: str, known: AbstractSet[str], path: str) -> Iterator[Problem]:
    """
    Yield the words that nobody knows, each once; nothing where there is no dictionary.

    Args:
        text: The file.
        seen: What readers see of it, at the same places.
        known: Words of the house, in small letters.
    """
    dictionaries = [_opened(one) for one in dictionaries_of(locale)]
    if not dictionaries:
        return

    def spell(word: str) -> bool:
        return any(one.spell(word) for one in dictionaries)

    wrong: dict[str, re.Match[str]] = {}
    for match in _WORD.finditer(seen):
        word = match[0].replace("’", "'")
        if word not in wrong and _asked(word, match, locale) and not _right(word, spell, known):
            wrong[word] = match
    for at, (word, match) in enumerate(list(wrong.items())[:MOST]):
        near = dictionaries[0].suggest(word)[:3] if at < SUGGESTED else ()
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"Correct it, or add it to content/{locale}/{FILE}"
        yield problem_at(text, match.span(), ("KB503", f"the dictionary does not know {word}", remedy), path)


def _asked(word: str, match: re.Match[str], locale: str) -> bool:
    """Leave out what is no common word of the language: names, abbreviations, words of another script."""
    if len(word) < 3 or any(sign.isdigit() for sign in word):  # noqa: PLR2004 - letters
        return False
    if bool(_ARABIC.search(word)) != (locale.split("-", maxsplit=1)[0] in {"fa", "ar", "ur", "ps", "ckb"}):
        return False
    if any(sign.isupper() for sign in word[1:]):
        return False
    before = match.string[max(0, match.start() - 40) : match.start()]
    return not word[0].isupper() or _STARTS.search(before.rpartition("\n")[2]) is not None


def _right(word: str, spell: Callable[[str], bool], known: AbstractSet[str]) -> bool:
    """Say whether a word, or each part of one that is put together, is known."""
    if word.casefold() in known or spell(word) or (word[0].isupper() and spell(word.lower())):
        return True
    parts = [part for part in re.split(r"['\u200c·-]", word) if part]
    return len(parts) > 1 and all(len(part) == 1 or part.casefold() in known or spell(part) or spell(part.lower()) for part in parts)
