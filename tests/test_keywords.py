"""The index of words: in each language's own order, every article under what customers look for, and only what changed made again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from kbgen.digests import digest
from kbgen.model import Job
from kbgen.pipeline import build
from kbgen.plan import keywords
from kbgen.plan.alphabet import folded, heading, sort_key

NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)
CONFIG = '[site]\ntitle = "T"\n[locales.en]\n[locales.ca]\n[locales.fa]\n[locales.zh-Hant]\n'
ORDERS = {
    "en": ["2G", "account", "Éclair", "email", "zebra"],
    "ca": ["àlies", "anul·lar", "canvi", "çatal", "col·lecció", "collita", "hora"],
    "ro": ["adresă", "ăla", "bani", "inel", "înapoi", "jaluzele", "salt", "șapte", "tabel", "țară"],
    "fa": ["آب", "اتصال", "پرداخت", "ترمز", "چراغ", "ژاکت", "کابل", "گارانتی", "می\u200cخواهم", "یخچال", "hub"],
    "zh": ["一般", "人員", "付款", "密碼", "手機", "訂單", "設定", "退貨", "Wi-Fi", "24"],
}
HEADINGS = [
    ("password", "en", "P"),
    ("émail", "en", "E"),
    ("țară", "ro", "Ț"),
    ("ţară", "ro", "Ț"),
    ("à", "ca", "A"),
    ("آب", "fa", "آ"),
    ("كابل", "fa", "ک"),
    ("يخ", "fa", "ی"),
    ("أثر", "fa", "ا"),
    ("۲۴ ساعت", "fa", "0–9"),
    ("hub", "fa", "H"),
    ("密碼", "zh", "宀"),
    ("設定", "zh", "言"),
    ("Лампа", "en", "Л"),
    ("λάμπα", "el", "Λ"),
    ("«quoted»", "en", "Q"),
]


@pytest.mark.parametrize("language", ORDERS)
def test_words_stand_in_the_order_of_their_language(language: str) -> None:
    """Marks, Romanian and Persian letters, and characters by radical sort as dictionaries have them; digits stand last."""
    words = ORDERS[language]
    keys = {word: folded(word, language) for word in words}

    assert sorted(words, key=lambda word: (heading(keys[word], language)[0], sort_key(keys[word], language))) == (
        words[1:] + words[:1] if language == "en" else words
    )


@pytest.mark.parametrize(("word", "language", "letter"), HEADINGS)
def test_a_word_has_its_heading(word: str, language: str, letter: str) -> None:
    """Letters from elsewhere, other ways of writing one, quotes before a word: each leads to the heading that a reader would open."""
    assert heading(folded(word, language), language)[1] == letter


@pytest.mark.parametrize("text", ["", "…", "?!", "\u200c", "\u202e"])
def test_what_holds_no_letter_is_no_word(text: str) -> None:
    """Punctuation alone has no heading, so it is left out."""
    assert folded(text, "en") == ""


def article(title: str, *, tags: str = "", words: str = "") -> str:
    """Write an article."""
    return f'---\nid: kb-{digest(title)[:8]}\ntitle: "{title}"\ndescription: About it\nstatus: published\ntags: [{tags}]\nkeywords: [{words}]\n---\nText\n'


def rows(page: Path) -> dict[str, list[str]]:
    """Read a page of the index: word -> titles."""
    tree = LexborHTMLParser(page.read_bytes())
    return {row.css_first("span").text().strip(): [link.text().strip() for link in row.css("a")] for row in tree.css(".kb-words li")}


def built(root: Path) -> Path:
    """Build a site and return its portal."""
    report = build(Job(root=root, output=root / "dist", as_of=NOW))
    assert report.written, report.problems
    return root / "dist"


def test_an_article_stands_under_its_words(site_factory: Callable[..., Path]) -> None:
    """Words of titles, tags and keywords lead to it; light words of the language do not; two spellings are one word."""
    files = {
        "kbgen.toml": CONFIG,
        "content/en/account/reset.md": article("How to reset your Password", tags="Sign in", words="passcode"),
        "content/en/account/change.md": article("Change the password of my TV", words="pass word"),
        "content/ca/compte/hora.md": article("Canvia l'hora d'entrega"),
        "content/zh-Hant/帳號/reset.md": article("如何重設密碼", words="密碼"),
        "content/zh-Hant/帳號/change.md": article("變更密碼的方法"),
    }
    portal = built(site_factory(files))
    english = portal / "en/search/a-z"
    letters = sorted(folder.name for folder in english.iterdir() if folder.is_dir())

    assert letters == ["c", "p", "r", "s", "t"]
    assert rows(english / "p/index.html") == {
        "pass word": ["Change the password of my TV"],
        "passcode": ["How to reset your Password"],
        "password": ["Change the password of my TV", "How to reset your Password"],
    }
    assert list(rows(english / "t/index.html")) == ["TV"]
    assert list(rows(portal / "ca/search/a-z/h/index.html")) == ["hora"]
    assert rows(portal / "zh-Hant/search/a-z/宀/index.html") == {"密碼": ["如何重設密碼", "變更密碼的方法"]}
    assert list(rows(portal / "zh-Hant/search/a-z/女/index.html")) == ["如何重設密碼"]


def test_long_headings_have_several_pages(site_factory: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A heading of many words is paged, in order and without gaps; a word of many articles shows some and says how many more."""
    monkeypatch.setattr(keywords, "PAGE", 3)
    monkeypatch.setattr(keywords, "MOST", 2)
    files = {f"content/en/a/n{number}.md": article(f"{word} lamp") for number, word in enumerate(("laser", "late", "lawn", "left", "lid"))}
    portal = built(site_factory({"kbgen.toml": CONFIG, **files}))
    pages = [portal / "en/search/a-z/l" / name for name in ("index.html", "page-2/index.html")]
    found = [rows(page) for page in pages]

    assert [list(page) for page in found] == [["lamp", "laser", "late"], ["lawn", "left", "lid"]]
    assert found[0]["lamp"] == ["laser lamp", "late lamp", "3 more articles"]
    assert not (portal / "en/search/a-z/l/page-3").exists()
    assert 'rel="next" href="../../../../en/search/a-z/l/page-2/"' in pages[0].read_text()


def test_only_the_headings_of_what_changed_are_made_again(site_factory: Callable[..., Path]) -> None:
    """Another text of an article leaves the index alone; another keyword reaches its own heading and those of the article's words."""
    files = {
        "kbgen.toml": CONFIG,
        "content/en/a/lamp.md": article("Lamp", words="bulb"),
        "content/en/a/hub.md": article("Hub", words="box"),
    }
    root = site_factory(files)
    portal = built(root)

    def changed(path: str, text: str) -> set[str]:
        before = {file: file.stat().st_mtime_ns for file in portal.rglob("a-z/*/index.html")}
        (root / path).write_text(text)
        built(root)
        return {file.parent.name for file in portal.rglob("a-z/*/index.html") if before.get(file) != file.stat().st_mtime_ns}

    assert changed("content/en/a/hub.md", files["content/en/a/hub.md"] + "\nMore.\n") == set()
    assert changed("content/en/a/hub.md", article("Hub", words="base")) == {"b"}
    assert changed("content/en/a/hub.md", article("Hub", words="core")) == {"b", "c", "h", "l"}  # a new heading stands on every page


def test_the_index_is_for_people(site_factory: Callable[..., Path]) -> None:
    """Its pages stay out of search engines and the sitemap; what a title holds is text; agents' articles are not in it."""
    files = {
        "kbgen.toml": '[site]\ntitle = "T"\nbase_url = "https://help.example"\n[suggest]\norigins = ["https://shop.example/"]\n',
        "content/en/a/one.md": article("<b>Bold</b> & </script>"),
        "content/en/a/two.md": article("Secret").replace("status:", "audience: agents\nstatus:"),
    }
    portal = built(site_factory(files))
    pages = {file: file.read_text() for file in portal.rglob("a-z/**/*.html")}
    facts = json.loads((portal / "en/suggest.json").read_text())

    assert all('name="robots" content="noindex"' in text for text in pages.values())
    assert "a-z" not in (portal / "sitemap-en.xml").read_text()
    assert not any(re.search("secret", text, re.IGNORECASE) for text in pages.values())
    assert rows(portal / "en/search/a-z/b/index.html") == {"Bold": ["<b>Bold</b> & </script>"]}
    assert facts["index"] == "en/search/index.json"
    assert "frame-ancestors 'self' https://shop.example\n" in (portal / "_headers").read_text()
