"""The service's own pages for readers: words in their language, templates that escape everything, a style sheet and a script."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_service.days import MONTHS, persian

if TYPE_CHECKING:
    from datetime import datetime

    from jinja2 import Environment

HERE = Path(__file__).parent
LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
ASSETS = {"service.css": "text/css; charset=utf-8", "case.mjs": "text/javascript; charset=utf-8"}

Words = Mapping[str, Any]


@cache
def words_of(locale: str) -> Words:
    """Read the words of a language; English where there are none."""
    name = locale if locale in LOCALES else "en"
    return {**tomllib.loads((HERE / "words" / f"{name}.toml").read_text(encoding="utf-8")), "locale": name}


def preferred(header: str, default: str) -> str:
    """Choose the language of a page by what a browser asks for (Accept-Language), in its order."""
    wished = [part.strip().lower().partition(";q=") for part in header[:500].split(",")]
    for tag, _, weight in sorted(wished, key=lambda each: each[2] or "1", reverse=True):
        if weight not in {"0", "0.0"} and (found := _language(tag)):
            return found
    return default


def page(name: str, locale: str, **view: Any) -> str:
    """Write a page."""
    return _templates().get_template(name).render(words=words_of(locale), **view)


@cache
def asset(name: str) -> bytes:
    """Read a style sheet or script of ours."""
    body = (HERE / "pages" / name).read_bytes()
    return tokens() + body if name.endswith(".css") else body


def tokens() -> bytes:
    """Read the colours and fonts that every style sheet of the service begins with."""
    return (HERE / "pages" / "tokens.css").read_bytes()


def shown(moment: datetime, locale: str) -> str:
    """Write a moment as people of a language do, in their calendar and in UTC."""
    from babel.dates import format_date

    if locale == "fa":
        year, month, day = persian(moment.date())
        text = f"{day} {MONTHS[month - 1]} {year}"
    else:
        text = format_date(moment, "medium", locale=words_of(locale)["locale"].replace("-", "_"))
    return numerals(f"{text} {moment:%H:%M} UTC", locale)


def numerals(text: object, locale: str) -> str:
    """Write a text's digits as a language does."""
    return str(text).translate(str.maketrans("0123456789", words_of(locale)["digits"]))


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.filters |= {"moment": shown, "numerals": numerals}
    return templates


def _language(tag: str) -> str:
    """Find the words for a tag; Chinese in any form is read in the one that we have."""
    if tag.split("-", maxsplit=1)[0] == "zh":
        return "zh-Hant"
    return next((locale for locale in LOCALES if locale == tag.split("-", maxsplit=1)[0]), "")
