"""First files: a knowledge base that builds at once, and articles with ids of their own."""

from __future__ import annotations

import json
import re
import secrets
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from kbgen.outline import BODIES, DESCRIPTION

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that people mistake for another
ID_SIGNS = 8
SLUG_LENGTH, SLUG_BYTES = 60, 200  # characters, bytes of UTF-8: a folder of this name has to fit every file system
TITLE_LENGTH = 120
HEAD_LENGTH = 20_000  # characters in which the id of an article is looked for

CONFIG = """# The settings of this help centre.  Every key has a working default; `kbgen schema` explains them to editors.

[site]
title = {title}
default_locale = {default}
# base_url = "https://help.example.org"

{locales}
"""
IGNORED = "dist/\n.dist.spare/\n.kbgen/\nhandoff/\n"
CATEGORY = 'title = "First steps"\ndescription = "What everybody needs on the first day"\nicon = "account"\norder = 1\n'
FIRST = """---
id: {key}
title: Sign in for the first time
description: Open the link in our welcome message, choose a password, and you are in. It takes about two minutes.
kind: guide
status: published
keywords: [log in, login, first time, welcome mail]
---
1. Open the message with the subject **Welcome** and choose **Set a password**.
2. Type a new password of 12 characters or more, twice.
3. Choose **Save**. You are signed in.

## If it did not work

The link in the message works for 24 hours. Ask for a new one on the sign-in page: **Forgot password?**
"""


class StartError(Exception):
    """A file cannot be made.  The message says why and what to type instead."""


def init(folder: Path, title: str, locales: Sequence[str]) -> list[Path]:
    """
    Start a knowledge base.

    Args:
        folder: Made when missing; what it holds stays.
        locales: The first one is the default.

    Returns: The files that were written.
    Raises: StartError: A locale's tag is unknown, or the title cannot be used.
    """
    from kbgen.locales import exists

    locales = tuple(dict.fromkeys(locales))
    for tag in locales:
        if not exists(tag):
            raise StartError(f"{tag} is no language tag. Write one such as  en  ca  pt-BR  zh-Hant")
    title = _one_line(title)
    tables = "\n\n".join(f"[locales.{tag}]" + (f'\nfallback = "{locales[0]}"' if tag != locales[0] else "") for tag in locales)
    config = CONFIG.format(title=json.dumps(title, ensure_ascii=False), default=json.dumps(locales[0]), locales=tables)
    first = folder / "content" / locales[0] / "first-steps"
    texts = {
        folder / "kbgen.toml": config,
        first / "_category.toml": CATEGORY,
        first / "sign-in.md": FIRST.format(key=new_id()),
        folder / ".gitignore": IGNORED,
    }
    made = []
    for path, text in texts.items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            made.append(path)
    return made


def new(root: Path, title: str, category: str, kind: str | None, locale: str | None, key: str | None) -> tuple[Path, bool]:
    """
    Start an article as a draft.

    Args:
        kind: None takes that of the article which this one translates, or else a guide.
        key: The id of the article that this one translates; None makes a new one.

    Returns: Its path relative to root, and whether its category is a new one.
    Raises: StartError: The category, the title, the id or the locale cannot be used, or the file exists.
    """
    title = _one_line(title)
    tag = _locale(root, locale)
    folder = root / "content" / tag / Path(*_folders(category, root / "content" / tag))
    path = folder / f"{slug_of(title)}.md"
    if path.exists():
        raise StartError(f"{path.relative_to(root)} exists already. Choose another title, or edit that article")
    kind = kind or "guide" if key is None else _kind_of_original(root, tag, key, kind)
    head = [
        f"id: {key or new_id()}",
        f"title: {json.dumps(title, ensure_ascii=False)}",
        f"description: {DESCRIPTION}",
        f"kind: {kind}",
        "status: draft",
        "keywords: []",
    ]
    known = folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["---", *head, "---", BODIES[kind]]), encoding="utf-8")
    return path.relative_to(root), not known


def new_id() -> str:
    """Return an id that nobody has used: 32^8 are possible."""
    return "kb-" + "".join(secrets.choice(LETTERS) for _ in range(ID_SIGNS))


def slug_of(title: str) -> str:
    """Return a file name for a title: letters and digits of any script, joined by hyphens; accents of Latin letters are left off."""
    from kbgen.head.names import slug_fault

    signs: list[str] = []
    for sign in unicodedata.normalize("NFC", title.lower()):
        base = unicodedata.normalize("NFD", sign)[0]
        if base.isascii():
            signs.append(base if base.isalnum() else "-")
        elif unicodedata.category(sign)[0] != "M":
            signs.append(sign if sign.isalnum() or sign == "\u200c" else "-")
        elif signs and not signs[-1].isascii():  # a vowel of Thai or Hindi belongs to its letter; a lone accent of a Latin one goes
            signs.append(sign)
    slug = re.sub("-?\u200c?-[\u200c-]*", "-", "".join(signs)).strip("-\u200c")
    while len(slug) > SLUG_LENGTH or len(slug.encode()) > SLUG_BYTES:
        slug = slug[: min(SLUG_LENGTH, len(slug) - 1)].rstrip("-\u200c")
    slug = slug.replace("\u200c", "") if slug_fault(slug)[0] else slug
    return slug if slug and not slug_fault(slug)[0] else f"article-{slug}".rstrip("-") if slug.isascii() else "article"


def _one_line(title: str) -> str:
    """Return a title on one line; one that cannot be written into a file is refused."""
    plain = " ".join(title.split())
    if not plain or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in plain):
        raise StartError("This title cannot be used: it is empty or holds signs that are no text. Write a few words")
    if len(plain) > TITLE_LENGTH:
        raise StartError(f"The title has {len(plain)} characters; the limit is {TITLE_LENGTH}. Write a shorter one")
    return plain


def _locale(root: Path, wish: str | None) -> str:
    """Return the locale asked for, or the site's own."""
    config = _config(root)
    site, tables = config.get("site"), config.get("locales")
    tag = wish or str((site.get("default_locale") if isinstance(site, dict) else "") or "en")
    known = list(tables) if isinstance(tables, dict) and tables else [tag]
    if tag not in known:
        raise StartError(f"kbgen.toml has no locale {tag}. It has: {', '.join(known)}")
    return tag


def _kind_of_original(root: Path, tag: str, key: str, wish: str | None) -> str:
    """
    Return the kind of a translation: the one asked for, or that of the article with its id.

    Raises: StartError: No article has this id, or one of the same locale has.
    """
    from difflib import get_close_matches

    kinds: dict[str, str] = {}
    for path, found, kind in _ids(root / "content"):
        if found == key and path.relative_to(root / "content").parts[0] == tag:
            where = path.relative_to(root).as_posix()
            raise StartError(f"{where} has the id {key} already. Name another language with  --locale , or leave  --id  out")
        kinds.setdefault(found, kind)
    if key not in kinds:
        near = get_close_matches(key.lower().removeprefix("kb:"), kinds, 1, 0.8)
        remedy = f"Did you mean  {near[0]}?" if near else "Take it from the article that this one translates, or leave  --id  out"
        raise StartError(f"No article has the id {key}. {remedy}")
    kind = wish or kinds[key]
    return kind if kind in BODIES else "guide"


def _ids(content: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield path, id and kind of every article by a glance at its front matter: parsing it would take seconds in a large knowledge base."""
    for path in sorted(content.glob("*/**/*.md")):
        if not path.is_file():
            continue
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            head = file.read(HEAD_LENGTH).partition("\n---")[0]
        key = re.search(r"""^id:[ \t]*["']?([^\s"'#]+)""", head, re.MULTILINE)
        kind = re.search(r"""^kind:[ \t]*["']?([a-z]+)""", head, re.MULTILINE)
        if key:
            yield path, key[1], kind[1] if kind else "guide"


def _folders(category: str, home: Path) -> list[str]:
    """
    Return the folders of a category; what would leave content/, or is kept for pictures and films, is refused.

    Args:
        home: The locale's folder; a category that stands there is taken as it is written.
    """
    from kbgen.head.names import slug_fault
    from kbgen.read import ASSET_FOLDERS
    from kbgen.urls import SYSTEM_PAGES

    parts = [part for part in unicodedata.normalize("NFC", category).replace("\\", "/").split("/") if part]
    for part in parts:
        if part.startswith(("_", ".")) or part in ASSET_FOLDERS:
            raise StartError(f"{category} cannot be a category. Write folders such as  account/sign-in")
        fault = slug_fault(part)[0] or ("has capital letters" if part != part.lower() and not home.joinpath(*parts).is_dir() else "")
        if fault:
            remedy = "/".join(slug_of(one) for one in parts)
            raise StartError(f"{category} cannot be a category: {part} {fault}. Write  {remedy}")
    if not parts or parts[0] in SYSTEM_PAGES:
        what = f"{parts[0]} is a page of the portal itself" if parts else "The category is empty"
        raise StartError(f"{what}. Write folders such as  account/sign-in")
    return parts


def _config(root: Path) -> dict[str, object]:
    try:
        return tomllib.loads((root / "kbgen.toml").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StartError(f"kbgen.toml cannot be read: {error}. Run  kbgen check  to see the place") from error
