"""What is typed, made into what files can hold: titles, file names, ids; and the settings that stand already."""

from __future__ import annotations

import re
import secrets
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that people mistake for another
ID_SIGNS = 8
SLUG_LENGTH, SLUG_BYTES = 60, 200  # characters, bytes of UTF-8: a folder of this name has to fit every file system
TITLE_LENGTH = 120
HEAD_LENGTH = 20_000  # characters in which the id of an article is looked for


class StartError(Exception):
    """A file cannot be made.  The message says why and what to type instead."""


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


def one_line(title: str) -> str:
    """
    Return a title on one line.

    Raises: StartError: It is empty, too long, or cannot be written into a file.
    """
    plain = " ".join(title.split())
    if not plain or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in plain):
        raise StartError("This title cannot be used: it is empty or holds signs that are no text. Write a few words")
    if len(plain) > TITLE_LENGTH:
        raise StartError(f"The title has {len(plain)} characters; the limit is {TITLE_LENGTH}. Write a shorter one")
    return plain


def ids_below(content: Path) -> Iterator[tuple[Path, str, str]]:
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


def locales_of(root: Path) -> tuple[str, list[str]]:
    """
    Return the default locale and all that kbgen.toml names.

    Raises: StartError: kbgen.toml is no TOML.
    """
    config = settings(root)
    site, tables = config.get("site"), config.get("locales")
    default = str((site.get("default_locale") if isinstance(site, dict) else "") or "en")
    return default, list(tables) if isinstance(tables, dict) and tables else [default]


def settings(root: Path) -> dict[str, object]:
    """
    Return kbgen.toml as it is written; without one, nothing.

    Raises: StartError: It is no TOML.
    """
    try:
        return tomllib.loads((root / "kbgen.toml").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise StartError(f"kbgen.toml cannot be read: {error}. Run  kbgen check  to see the place") from error
