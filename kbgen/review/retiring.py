"""Articles that leave the portal: their files stay, and their addresses lead on or say that they have gone."""

from __future__ import annotations

import re
from pathlib import Path

from kbgen.review import texts
from kbgen.review.moving import MoveError, ids, in_form, read, readable


def retire(root: Path, key: str, heir: str, locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Take an article from the portal, in all its languages or in one; its addresses go on to another, or say that it has gone.

    Args:
        heir: The id of the article that replaces it, "" for none.
        locale: "" for all.
    Returns: Its files, and those that link to it.
    Raises: MoveError.
    """
    known: dict[str, list[str]] = {}
    for path, name in ids(root):
        known.setdefault(name, []).append(path)
    files = [path for path in known.get(key, []) if not locale or path.split("/")[1] == locale]
    if not files:
        raise MoveError(f"No article has the id {key}" + (f" in {locale}" if locale else "") + ". Take it from the article's first lines")
    _check_heir(root, key, heir, known)
    for article in [read(root, path) for path in files]:
        text = texts.with_field(article.text, "status", "archived")
        text = texts.with_field(text, "replaced_by", heir) if heir else text
        (root / article.path).write_bytes(in_form(text, crlf=article.crlf))
    link = re.compile(rf"\bkb:{re.escape(key)}(?![\w-])")
    return tuple(files), tuple(path for path, text in readable(root) if path not in files and link.search(text))


def _check_heir(root: Path, key: str, heir: str, known: dict[str, list[str]]) -> None:
    """Refuse an heir that nobody can read: one that is missing, gone itself, or leads back."""
    if not heir:
        return
    if heir == key:
        raise MoveError("An article cannot replace itself. Name another id")
    if heir not in known:
        raise MoveError(f"No article has the id {heir}. Take it from the first lines of the article that replaces this one")
    heads = [read(root, path).head for path in known[heir]]
    if all(one.status == "archived" for one in heads):
        onward = next((one.replaced_by for one in heads if one.replaced_by), "")
        remedy = f"Name  {onward} , which replaces it" if onward and onward != key else "Name an article that customers can read"
        raise MoveError(f"{heir} is archived itself. {remedy}")
