"""Structured data says what the page says: questions, steps, the way here, dates and addresses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser.sample import KINDS, built, html_files, text_of, url_of
from selectolax.lexbor import LexborHTMLParser
from test_html import BASE, target_of

TYPES = {"BreadcrumbList", "FAQPage", "HowTo", "TechArticle", "VideoObject", "WebSite"}
BY_KIND = {
    "guide": {"HowTo", "TechArticle"},
    "faq": {"FAQPage"},
    "manual": {"TechArticle"},
    "video": {"VideoObject"},
    "troubleshooting": {"TechArticle"},
}


@cache
def page_of(file: Path) -> LexborHTMLParser:
    """Parse a page once, without what is not read aloud."""
    page = LexborHTMLParser(text_of(file))
    for node in page.css("template, svg, .kb-anchor, .kb-hush"):
        node.decompose()
    return page


@cache
def graphs_of(file: Path) -> tuple[dict[str, Any], ...]:
    """Return the structured data of a page."""
    return tuple(json.loads(node.text()) for node in LexborHTMLParser(text_of(file)).css('script[type="application/ld+json"]'))


def with_type(name: str) -> list[tuple[Path, dict[str, Any]]]:
    """List pages and graphs of one type."""
    return [(file, graph) for file in html_files() for graph in graphs_of(file) if graph["@type"] == name]


def plain(text: str) -> str:
    """Text without its white space, which blocks of HTML and lines of JSON write differently."""
    return re.sub(r"\s+", "", text)


def test_every_block_says_what_it_is():
    """Each block is JSON with the context of schema.org and a type that we know; nothing in it is empty or a placeholder."""
    wrong = []
    for file in html_files():
        for graph in graphs_of(file):
            fine = graph.get("@context") == "https://schema.org" and graph.get("@type") in TYPES
            if not fine or not all(graph.values()) or "kb-link:" in json.dumps(graph) or "kb-image:" in json.dumps(graph):
                wrong.append(f"{url_of(file)}: {graph.get('@type')}")

    assert {graph["@type"] for file in html_files() for graph in graphs_of(file)} == TYPES
    assert not wrong


@pytest.mark.parametrize("kind", KINDS)
def test_every_article_says_its_kind(kind):
    """An article has one block of the type that its kind has, with the title and description that stand on the page, in its language."""
    wrong = []
    for file in html_files():
        if f'<body class="kb-article kb-is-{kind}"' not in text_of(file):
            continue
        page = page_of(file)
        own = [one for one in graphs_of(file) if one["@type"] != "BreadcrumbList"]
        text = page.css_first(".kb-prose[data-module]")
        language = text.attributes.get("lang") or page.css_first("html").attributes["lang"]
        said = [(one["@type"] in BY_KIND[kind], one.get("headline") or one["name"], one["description"], one["inLanguage"]) for one in own]
        title, lede = (page.css_first(one).text().strip() for one in ("h1", ".kb-lede"))
        if said != [(True, title, lede, language)]:
            wrong.append(f"{url_of(file)}: {said} is not {title!r}, {lede!r}, {language}")

    assert not wrong, "\n".join(wrong[:10])


def test_answers_are_those_on_the_page():
    """Every question is a heading of the page, in order, and every answer the visible text below it."""
    found = with_type("FAQPage")
    wrong = []
    for file, graph in found:
        body = page_of(file).css_first(".kb-prose[data-module]")
        headings = [plain(node.text()) for node in body.css("h2")]
        text = plain(body.text())
        questions = [plain(one["name"]) for one in graph["mainEntity"]]
        if [one for one in headings if one in questions] != questions:
            wrong.append(f"{url_of(file)}: questions {questions} are not {headings}")
        answers = [(one, one["acceptedAnswer"]["text"]) for one in graph["mainEntity"]]
        wrong += [f"{url_of(file)}: {answer[:200]!r}" for one, answer in answers if plain(one["name"] + answer) not in text]

    assert len(found) > 3
    assert not wrong, "\n".join(wrong[:10])


def test_steps_are_those_on_the_page():
    """The steps of a guide are the items of a numbered list of the page: the same number, order and words."""
    found = with_type("HowTo")
    wrong = []
    for file, graph in found:
        lists = [
            [plain(item.text()) for item in node.iter() if item.tag == "li"] for node in page_of(file).css(".kb-prose[data-module] ol")
        ]
        steps = [plain(one["text"]) for one in graph["step"]]
        if steps not in lists:
            wrong.append(f"{url_of(file)}: {steps} is none of {lists}")
        if [one["position"] for one in graph["step"]] != list(range(1, len(steps) + 1)):
            wrong.append(f"{url_of(file)}: positions")

    assert len(found) > 10
    assert not wrong, "\n".join(wrong[:10])


def test_the_way_here_is_the_one_on_the_page():
    """Breadcrumbs have the names and addresses of those that a reader sees; the last is the page itself."""
    found = with_type("BreadcrumbList")
    wrong = []
    for file, graph in found:
        shown = page_of(file).css(".kb-crumbs li")
        names = [node.text().strip() for node in shown]
        told = [one["name"] for one in graph["itemListElement"]]
        links = [node.css_first("a").attributes["href"] for node in shown if node.css_first("a") is not None]
        seen = [target_of(url_of(file), link)[0] for link in links]
        said = [target_of("", one["item"])[0] for one in graph["itemListElement"]]
        if told not in (names, names[1:]):
            wrong.append(f"{url_of(file)}: {told} is not {names}")
        if said[:-1] not in (seen, seen[1:]) or not (built() / said[-1]).is_file():
            wrong.append(f"{url_of(file)}: {said} is not {seen}")

    assert len(found) > 50
    assert not wrong, "\n".join(wrong[:10])


def test_films_have_what_search_engines_ask_for():
    """A film's picture and file are there; its length and day are written as ISO 8601 has them."""
    found = with_type("VideoObject")

    assert found
    for _, graph in found:
        assert re.fullmatch(r"PT\d+M\d+S", graph["duration"])
        assert re.match(r"\d{4}-\d\d-\d\d", graph["uploadDate"])
        assert all((built() / target_of("", graph[name])[0]).is_file() for name in ("thumbnailUrl", "contentUrl"))


def test_the_portal_tells_where_to_search():
    """Every home page names the portal and an address for searching that exists."""
    found = with_type("WebSite")

    assert len(found) == 5
    for file, graph in found:
        template = graph["potentialAction"]["target"]["urlTemplate"]
        assert template.endswith("?q={search_term_string}")
        assert (built() / target_of("", urlsplit(template)._replace(query="").geturl())[0]).is_file()
        assert graph["url"] == BASE + url_of(file)
