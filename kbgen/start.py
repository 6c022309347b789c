"""First files: a knowledge base that builds at once, and articles with ids of their own."""

from __future__ import annotations

import json
import re
import secrets
import tomllib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that people mistake for another
ID_LENGTH = 8

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
BODIES = {
    "guide": "1. First step.\n2. Second step.\n3. Third step.\n\n## If it did not work\n\nWhat to try, and what happens next.\n",
    "faq": "## First question?\n\nIts answer.\n\n## Second question?\n\nIts answer.\n",
    "manual": "## First chapter\n\nText.\n\n## Second chapter\n\nText.\n\n## Third chapter\n\nText.\n",
    "video": "What the film shows, in a few sentences.\n",
    "troubleshooting": "## Symptom\n\nWhat the customer sees.\n\n## Cause\n\nWhy it happens.\n\n## Solution\n\n1. First.\n2. Second.\n",
    "exercise": "## The case\n\nWhat the customer writes.\n\n## The article you should find\n\n## The reply you should send\n",
    "reply": "Hello [name],\n\nthank you for writing to us.\n",
}


class StartError(Exception):
    """A file cannot be made.  The message says why and what to type instead."""


def init(folder: Path, title: str, locales: Sequence[str]) -> list[Path]:
    """
    Start a knowledge base.

    Args:
        folder: Made when missing; what it holds stays.
        locales: The first one is the default.

    Returns: The files that were written.
    Raises: StartError: A locale's tag is unknown.
    """
    from kbgen.locales import exists  # noqa: PLC0415

    for tag in locales:
        if not exists(tag):
            raise StartError(f"{tag} is no language tag. Write one such as  en  ca  pt-BR  zh-Hant")
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


def new(root: Path, title: str, category: str, kind: str, locale: str | None, key: str | None) -> Path:
    """
    Start an article as a draft.

    Returns: Its path relative to root.
    Raises: StartError: The category, the title or the locale cannot be used, or the file exists.
    """
    config = _config(root)
    tag = locale or str(config.get("site", {}).get("default_locale") or "en")
    known = list(config.get("locales", {})) or [tag]
    if tag not in known:
        raise StartError(f"kbgen.toml has no locale {tag}. It has: {', '.join(known)}")
    parts = [part for part in category.replace("\\", "/").split("/") if part]
    if not parts or any(part.startswith((".", "_")) or part in {"images", "media", "files"} for part in parts):
        raise StartError(f"{category} cannot be a category. Write folders such as  account/sign-in")
    slug = slug_of(title)
    path = root / "content" / tag / Path(*parts) / f"{slug}.md"
    if path.exists():
        raise StartError(f"{path.relative_to(root)} exists already. Choose another title, or edit that article")
    head = [
        f"id: {key or new_id()}",
        f"title: {json.dumps(title, ensure_ascii=False)}",
        "description: One sentence that answers the question",
        f"kind: {kind}",
        "status: draft",
        "keywords: []",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["---", *head, "---", BODIES[kind]]), encoding="utf-8")
    return path.relative_to(root)


def new_id() -> str:
    """Return an id that nobody has used: 32^8 are possible."""
    return "kb-" + "".join(secrets.choice(LETTERS) for _ in range(ID_LENGTH))


def slug_of(title: str) -> str:
    """Return a file name for a title: letters and digits of any script, joined by hyphens; accents of Latin letters are left off."""
    parts = []
    for letter in unicodedata.normalize("NFC", title).lower():
        base = unicodedata.normalize("NFD", letter)[0]
        parts.append(base if base.isascii() else letter)
    return re.sub(r"[^\w\u200c]+", "-", "".join(parts))[:60].strip("-_\u200c") or "article"


def _config(root: Path) -> dict[str, dict[str, object]]:
    try:
        return tomllib.loads((root / "kbgen.toml").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StartError(f"kbgen.toml cannot be read: {error}. Run  kbgen check  to see the place") from error
