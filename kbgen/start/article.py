"""A new article: its outline, in the folder of its category, with an id of its own or that of the article which it translates."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

from kbgen.outline import BODIES, DESCRIPTION
from kbgen.start.words import StartError, ids_below, locales_of, new_id, one_line, slug_of


def new(root: Path, title: str, category: str, kind: str | None, locale: str | None, key: str | None) -> tuple[Path, bool]:
    """
    Start an article as a draft.

    Args:
        kind: None takes that of the article which this one translates, or else a guide.
        key: The id of the article that this one translates; None makes a new one.

    Returns: Its path relative to root, and whether its category is a new one.
    Raises: StartError: The category, the title, the id or the locale cannot be used, or the file exists.
    """
    title = one_line(title)
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


def _locale(root: Path, wish: str | None) -> str:
    """Return the locale asked for, or the site's own."""
    default, known = locales_of(root)
    tag = wish or default
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
    for path, found, kind in ids_below(root / "content"):
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
