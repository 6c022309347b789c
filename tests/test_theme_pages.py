"""The pages of the default theme: sound HTML in every locale, within their budgets."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from theme_views import LOCALES, TEMPLATES, default_theme, page

from kbgen.render import render

VOID = frozenset("area base br col embed hr img input link meta source track wbr use circle rect path".split())
# An element that the parser closes by itself when one of these opens: a sign of wrong nesting.
NOT_IN_P = frozenset(
    "div ul ol dl p h1 h2 h3 h4 section article header footer nav form table figure details aside main pre blockquote".split()
)


def html_of(name: str, locale: str) -> str:
    """Render an example page."""
    return render(page(name, locale), default_theme()).decode()


def packed(data: bytes) -> int:
    """Bytes after gzip."""
    return len(gzip.compress(data, 9, mtime=0))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_pages_are_sound(name: str, locale: str) -> None:
    """One h1, no id twice, every reference by id leads somewhere, every control has a name, the language is stated."""
    tree = HTMLParser(html_of(name, locale))
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    pointed = [
        one
        for node in tree.css("*")
        for key in ("for", "aria-labelledby", "aria-describedby")
        if (value := node.attributes.get(key))
        for one in value.split()
    ]
    root = tree.css_first("html")

    assert len(tree.css("h1")) == 1
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    assert set(pointed) <= set(ids)
    assert root.attributes["lang"] == locale
    assert root.attributes["dir"] == ("rtl" if locale == "fa" else "ltr")
    assert tree.css_first("title").text().strip()
    assert tree.css("[style], [onclick]") == []
    assert all(node.attributes.get("type") for node in tree.css("button:not([name])"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_elements_are_nested_as_written(name: str) -> None:
    """Every element is closed in order, and no block stands in a paragraph or a link in a link."""
    open_elements: list[str] = []
    text = re.sub(r"<!--.*?-->|<script\b.*?</script>", "", html_of(name, "en"), flags=re.DOTALL)
    for closing, tag in re.findall(r"<(/?)([a-zA-Z][\w-]*)(?:\"[^\"]*\"|'[^']*'|[^'\">])*>", text):
        element = tag.lower()
        if closing:
            assert open_elements.pop() == element
            continue
        assert not (element in NOT_IN_P and "p" in open_elements), (element, open_elements)
        assert not (element == "a" and "a" in open_elements), open_elements
        assert not (element in {"div", "p", "ul", "form"} and open_elements[-1:] == ["ul"]), open_elements
        if element not in VOID:
            open_elements.append(element)

    assert open_elements == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_links_of_pages_are_relative(name: str, locale: str) -> None:
    """A portal works under any prefix: own addresses begin with the way up, except on the page for missing addresses."""
    one = page(name, locale)
    start = "/" if name == "not_found" else "../" * one.url.count("/") or "./"
    own = [
        value
        for node in HTMLParser(html_of(name, locale)).css("[href], [src], [action]")
        for key in ("href", "src", "action")
        if (value := node.attributes.get(key))
    ]

    assert [one for one in own if not one.startswith((start, "#", "http", "javascript:"))] == []


def test_the_budgets_hold() -> None:
    """First view of an article: HTML 7 kB, styles 9 kB, scripts 6 kB after gzip, in five requests at most."""
    assets = default_theme().assets
    html = html_of("article", "en")
    loaded = set(re.findall(r'(?:src|href)="(?:\.\./)+(assets/[\w.-]+)', html)) - {"assets/picture.svg"}

    assert packed(html.encode()) <= 7_000
    assert packed(html_of("article", "fa").encode()) <= 7_000
    assert packed(assets["kb.css"].data) <= 9_000
    assert packed(assets["kb.mjs"].data) <= 6_000
    assert 1 + len(loaded) <= 5
    assert re.findall(r'(?:src|srcset)="(?:https?:)?//', html) == []


def test_the_page_does_not_grow_with_the_list() -> None:
    """What surrounds an article shows a window: nothing in the templates asks for a whole list."""
    shown = page("article", "en").view["siblings"]

    assert len(html_of("article", "en")) < 30_000
    assert len(shown["articles"]) <= 12


def test_headings_without_a_table_of_contents() -> None:
    """An article of fewer than three chapters has no table of contents."""
    view: dict[str, Any] = page("article", "en").view["article"]
    short = render(page("article", "en", article=view | {"headings": view["headings"][:2]}), default_theme()).decode()

    assert "kb-toc" not in short


def test_a_site_without_service_asks_nothing() -> None:
    """Without a service there is no rating form, and the contact page says that messages cannot be sent."""
    article = render(page("article", "en", feedback={"action": "", "contact_url": ""}), default_theme()).decode()
    contact = render(page("contact", "en", contact={"action": "", "opening_hours": "", "response_time": ""}), default_theme()).decode()

    assert '<form class="kb-rating"' not in article
    assert '<form class="kb-contact"' not in contact
    assert str(default_theme().words("en")("contact.closed")) in contact


def test_empty_lists_say_so() -> None:
    """A portal without articles has pages that say it, instead of bare frames."""
    empty = {"categories": [], "featured": [], "helpful": [], "recent": [], "opening_hours": "", "response_time": ""}
    for name, view in (("home", {"home": empty}), ("tags", {"tags": []}), ("recent", {"days": []})):
        assert "kb-nothing" in render(page(name, "en", **view), default_theme()).decode(), name
