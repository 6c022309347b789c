"""The pictures of the documentation: a desk and a phone, side by side on one small sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PAPER = (228, 232, 231)
GAP = 28  # pixels around and between the two
COLOURS = 128


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture of the documentation: the same page on a desk and on a phone, in two colour schemes."""

    page: str
    locale: str
    desk: str = "light"
    phone: str = "dark"


SHEETS: Mapping[str, Sheet] = {
    "portal-en": Sheet("home", "en"),
    "article-en": Sheet("article", "en", phone="light"),
    "article-fa": Sheet("article", "fa"),
    "category-zh-Hant": Sheet("category", "zh-Hant", desk="dark", phone="light"),
    "search-en": Sheet("search", "en", phone="light"),
    "contact-en": Sheet("contact", "en", desk="dark", phone="light"),
}


def draw(sheet: Sheet, shot: Callable[[str, str, str, str], bytes]) -> Image.Image:
    """
    Lay the two views of a sheet side by side.

    Args:
        sheet: What to show.
        shot: Called with page, locale, shape and scheme; returns the PNG of what the reader sees without scrolling.
    """
    views = [
        Image.open(BytesIO(shot(sheet.page, sheet.locale, shape, scheme))).convert("RGB")
        for shape, scheme in (("wide", sheet.desk), ("narrow", sheet.phone))
    ]
    paper = Image.new("RGB", (sum(one.width + GAP for one in views) + GAP, max(one.height for one in views) + 2 * GAP), PAPER)
    left = GAP
    for one in views:
        paper.paste(one, (left, GAP))
        left += one.width + GAP
    return paper


def save(name: str, paper: Image.Image, folder: Path = FOLDER) -> Path:
    """Write a sheet as a PNG of few colours, which text survives; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    paper.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path
