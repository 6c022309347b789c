"""An article's HTML in a browser: accessible without script, on a narrow screen, in both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from kbgen.markup import Settings, Text, render

SEEDS = sorted((Path(__file__).parent / "markup").glob("*.md"))
LOCALES = {"everything": ("en", "ltr"), "persian": ("fa", "rtl"), "chinese": ("zh-Hant", "ltr")}
FILM = "\n\n/// video | a.webm\n    captions: {en: a.vtt}\n\nA film.\n///\n\n| wide | table |\n|---|--:|\n| 1 | 2 |\n"


@pytest.mark.browser
@pytest.mark.parametrize("context_options", ["narrow"])
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_articles_are_accessible(page, seed):
    """Axe finds nothing wrong with what markup makes: tables and code can be scrolled by keyboard, and ids are unique."""
    locale, direction = LOCALES[seed.stem]
    text = seed.read_text(encoding="utf-8") + FILM
    html = render(Text(text, "a.md", 1, locale, "guide", {}, {}), Settings()).html
    html = re.sub(r'"kb-(?:image|film|poster|captions):[\d:]+"', '"data:,"', html)  # what the renderer would fill in
    style = "<style>.kb-table,pre{overflow:auto;max-width:120px}</style>"
    page.set_content(f"<!doctype html><html lang={locale} dir={direction}><title>t</title>{style}<main><h1>T</h1>{html}</main>")
    result = Axe().run(page)

    assert result.violations_count == 0, result.generate_report()
