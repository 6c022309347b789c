"""Categories in several languages: one and the same wherever their articles are, whatever their folders are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_inputs.tools import article, build
from selectolax.lexbor import LexborHTMLParser

SETTINGS = '[site]\nbase_url = "https://help.example"\n[locales.en]\n[locales.ca]\n[locales.fa]\n'
PLACES = {
    "en/account/in.md": "kb-in",
    "en/account/out.md": "kb-out",
    "en/account/sign/code.md": "kb-code",
    "en/orders/refund.md": "kb-refund",
    "ca/compte/entrar.md": "kb-in",
    "ca/compte/sortir.md": "kb-out",
    "ca/compte/acces/codi.md": "kb-code",
    "ca/comandes/devolucio.md": "kb-refund",
    "ca/nomes/aqui.md": "kb-only",
    "fa/\u062d\u0633\u0627\u0628/in.md": "kb-in",
    "fa/nomes/here.md": "kb-another",
}


@pytest.fixture
def portal(site_factory) -> Path:
    """Three locales whose folders have names of their own; Farsi borrows most of its articles."""
    texts = {f"content/{path}": article(id=key, title=f"About {path[:2]} {key}") for path, key in PLACES.items()}
    root = site_factory({"kbgen.toml": SETTINGS, **texts})
    built = build(root)
    assert built.written, built.text
    return root / "dist"


def pairs(portal: Path, url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a page says of its languages: in <head>, and in the menu of languages."""
    page = LexborHTMLParser((portal / url / "index.html").read_text(encoding="utf-8"))
    head = {
        one.attributes["hreflang"]: one.attributes["href"].removeprefix("https://help.example/")
        for one in page.css('link[hreflang][rel="alternate"]')
    }
    up = "../" * url.rstrip("/").count("/") + "../"
    menu = {one.attributes["hreflang"]: one.attributes["href"].removeprefix(up) for one in page.css(".kb-switcher a[hreflang]")}
    return head, menu


@pytest.mark.parametrize(
    "urls",
    [
        {"en": "en/account/", "ca": "ca/compte/", "fa": "fa/%D8%AD%D8%B3%D8%A7%D8%A8/"},
        {"en": "en/account/sign/", "ca": "ca/compte/acces/", "fa": "fa/%D8%AD%D8%B3%D8%A7%D8%A8/sign/"},
        {"en": "en/orders/", "ca": "ca/comandes/", "fa": "fa/orders/"},
    ],
)
def test_a_category_leads_to_itself_in_other_languages(portal: Path, urls: dict[str, str]) -> None:
    """Its hreflang links and its menu of languages name the category that holds the same articles; each of them says the same."""
    from urllib.parse import unquote

    for url in urls.values():
        head, menu = pairs(portal, unquote(url))

        assert head == {**urls, "x-default": urls["en"]}
        assert {tag: menu[tag] for tag in urls if tag in menu and urls[tag] != url} == {tag: to for tag, to in urls.items() if to != url}


def test_a_category_of_one_language_leads_to_the_front_pages(portal: Path) -> None:
    """Categories that the default language lacks are one if they have one name; where there is no such category, the menu leads home."""
    head, menu = pairs(portal, "ca/nomes")

    assert head == {"ca": "ca/nomes/", "fa": "fa/nomes/"}
    assert menu["en"] == "en/"
