"""The pictures of the documentation: a desk and a phone, side by side on one small sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PAPER = (228, 232, 231)
GAP = 28  # pixels around and between the views
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


def lay(views: Iterable[bytes]) -> Image.Image:
    """Lay PNGs side by side on one sheet."""
    images = [Image.open(BytesIO(one)).convert("RGB") for one in views]
    paper = Image.new("RGB", (sum(one.width + GAP for one in images) + GAP, max(one.height for one in images) + 2 * GAP), PAPER)
    left = GAP
    for one in images:
        paper.paste(one, (left, GAP))
        left += one.width + GAP
    return paper


def save(name: str, views: Iterable[bytes]) -> Path:
    """Write views as one PNG of few colours, which text survives; returns the file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    lay(views).quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path
