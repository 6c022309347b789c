"""A new knowledge base: its settings, and in each of its languages a category and an article."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from kbgen.start.words import StartError, ids_below, locales_of, new_id, one_line

TEXTS = Path(__file__).with_name("texts")  # <locale>/<category>/: a category and an article, in as many languages as the theme has words
TEXTS_ID = "kb-starter"  # stands in them for an id of the new knowledge base's own
TITLES = {"en": "Help", "ca": "Ajuda", "ro": "Ajutor", "fa": "راهنما", "zh-Hant": "說明中心"}
CONFIG = """# The settings of this help centre.  Every key has a working default; `kbgen schema` explains them to editors.

[site]
title = {title}
default_locale = {default}
# base_url = "https://help.example.org"

{locales}
"""
IGNORED = "dist/\n.dist.spare/\n.kbgen/\nhandoff/\n"


def init(folder: Path, title: str | None = None, locales: Sequence[str] = ()) -> tuple[list[Path], list[Path]]:
    """
    Start a knowledge base, or the languages that were added to the settings of one.

    Args:
        folder: Made when missing; what it holds stays.
        title: The portal's; None takes the word for help of each language.
        locales: The first one is the default; none means those of the settings, or English.

    Returns: The files that were written, and those of them that wait as drafts for a translator: kbgen has no text in their language.
    Raises: StartError: A locale's tag is unknown or not in the settings, or the title cannot be used.
    """
    locales = _locales(folder, locales)
    title = None if title is None else one_line(title)
    texts = {folder / "kbgen.toml": _settings(title, locales), folder / ".gitignore": IGNORED}
    drafts = []
    for path, text, ready in _articles(folder / "content", locales):
        texts[path] = text
        drafts += [] if ready else [path]
    made = [path for path in texts if not path.exists()]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    return made, [path for path in drafts if path in made]


def _locales(folder: Path, wishes: Sequence[str]) -> list[str]:
    """Return the locales to start, the default one first; those that the settings would refuse, or lack, are refused."""
    from kbgen.config.checks import locale_fault

    for tag in wishes:
        if remedy := locale_fault(tag):
            raise StartError(f"{tag} is not a known language. {remedy}")
    if not (folder / "kbgen.toml").exists():
        return list(dict.fromkeys(wishes or ["en"]))
    default, known = locales_of(folder)
    for tag in wishes:
        if tag not in known:
            raise StartError(f"{folder / 'kbgen.toml'} exists and has no locale {tag}. Write  [locales.{tag}]  into it, then try again")
    return list(dict.fromkeys([default, *(wishes or known)]))


def _settings(title: str | None, locales: Sequence[str]) -> str:
    """Write kbgen.toml; a language gets a title of its own where no title was asked for."""
    default = locales[0]
    own = title or TITLES.get(_nearest(default, TITLES), TITLES["en"])
    tables = []
    for tag in locales:
        word = TITLES.get(_nearest(tag, TITLES), own) if title is None else own
        lines = [f"[locales.{tag}]"]
        lines += [f"title = {_quoted(word)}"] if word != own else []
        lines += [f"fallback = {_quoted(default)}"] if tag != default else []
        tables.append("\n".join(lines))
    return CONFIG.format(title=_quoted(own), default=_quoted(default), locales="\n\n".join(tables))


def _articles(content: Path, locales: Sequence[str]) -> Iterator[tuple[Path, str, bool]]:
    """
    Yield path and text of the first category and the first article of each locale that has no article yet, one id for all of them.

    A text in another language waits as a draft, so that no customer meets it; the default locale needs an article to be a portal.

    Returns: The last value says whether the text is in the language of its locale, or has to do for it.
    """
    default = locales[0]
    first = _nearest(default, _languages()) or "en"
    key = _first_id(content, default, first)
    for tag in locales if key else ():
        if any((content / tag).glob("**/*.md")):
            continue
        language = _nearest(tag, _languages())
        for source in sorted((TEXTS / (language or first)).glob("*/*")):
            text = source.read_text(encoding="utf-8").replace(TEXTS_ID, key)
            ready = bool(language) or tag == default or source.suffix != ".md"
            text = text if ready else text.replace("\nstatus: published\n", "\nstatus: draft\n")
            yield content / tag / source.parent.name / source.name, text, ready


def _first_id(content: Path, default: str, language: str) -> str:
    """Return the id of the first article, a new one where there is no article at all; empty if others stand there: they start nothing."""
    if not any(content.glob("*/**/*.md")):
        return new_id()
    mine = {content / default / path.relative_to(TEXTS / language) for path in (TEXTS / language).glob("*/*.md")}
    return next((key for path, key, _ in ids_below(content) if path in mine), "")


def _languages() -> frozenset[str]:
    return frozenset(path.name for path in TEXTS.iterdir())


def _nearest(tag: str, known: Collection[str]) -> str:
    """Return the tag, or its beginning, that is known: "ro-MD" gives "ro"; empty without one."""
    while tag and tag not in known:
        tag = tag.rpartition("-")[0]
    return tag


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
