"""Where things stand on the portal.  URLs are relative to its top, percent-encoded, folders with a slash at the end."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote

from kbgen.model import Article

SYSTEM_PAGES = ("search", "contact", "tags", "recent", "archive")  # names that a category at the top of a locale cannot have
_NOT_IN_SLUGS = re.compile(r"[^\w\u200c-]+")


@lru_cache(maxsize=65536)
def folder_url(locale: str, folder: str) -> str:
    """Return the URL of a category."""
    return quote(unicodedata.normalize("NFC", f"{locale}/{folder}/" if folder else f"{locale}/"))


def article_url(locale: str, folder: str, slug: str) -> str:
    """Return the URL of an article as `locale` shows it."""
    plain = slug.isascii() and slug.replace("-", "").isalnum()  # nearly all: nothing to normalise, nothing to quote
    return f"{folder_url(locale, folder)}{slug if plain else quote(unicodedata.normalize('NFC', slug))}/"


def url_of(article: Article) -> str:
    """Return the URL of an article in its own locale."""
    return article_url(article.locale, article.folder, article.slug)


@lru_cache(maxsize=65536)
def path_of(url: str) -> str:
    """Return the file that answers a URL, relative to the output folder, decoded."""
    path = unquote(url)
    return f"{path}index.html" if path.endswith("/") or not path else path


def up(url: str) -> str:
    """Return the way from a page to the top of the portal: "../../" for "en/account/", "./" for the top itself."""
    return "../" * url.count("/") or "./"


def tag_slug(tag: str) -> str:
    """Return a tag's name in URLs: letters and digits of every script, joined by hyphens."""
    return _NOT_IN_SLUGS.sub("-", unicodedata.normalize("NFC", tag).casefold()).strip("-") or "tag"


def absolute(base: str, url: str) -> str:
    """Return a full address, or "" on a site without a configured base_url."""
    return f"{base.rstrip('/')}/{url}" if base else ""
