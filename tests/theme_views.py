"""Example views of every page, as the plan makes them: for the theme's tests and for screenshots without a build."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from kbgen import locales, theme
from kbgen.digests import digest
from kbgen.model import Page, Slice
from kbgen.urls import up

HERE = Path(__file__).parent
DEFAULT = HERE.parent / "themes" / "default"
LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
NAMES = {"en": "English", "ca": "Català", "ro": "Română", "fa": "فارسی", "zh-Hant": "繁體中文"}
TEMPLATES = tuple("home category article tag tags search keywords contact recent archived not_found languages redirect".split())
SERVICE = "http://127.0.0.1:8001"


@cache
def default_theme() -> theme.Theme:
    """Load the default theme once; it has no problems, or the tests that use it mean nothing."""
    found, problems = theme.load([DEFAULT], LOCALES)
    assert not problems, problems
    return found


@cache
def texts(locale: str) -> dict[str, Any]:
    """The example texts of a locale; English stands in where there are none."""
    path = HERE / "theme_texts" / f"{locale}.toml"
    return tomllib.loads((path if path.exists() else HERE / "theme_texts" / "en.toml").read_text(encoding="utf-8"))


def pages(locale: str) -> Iterator[Page]:
    """One page of every template."""
    for name in TEMPLATES:
        yield page(name, locale)


def page(name: str, locale: str, /, **changes: Any) -> Page:
    """Make a page; `changes` replace values of its view."""
    url = {"home": f"{locale}/", "languages": "", "not_found": f"{locale}/404.html", "article": f"{locale}/account/reset-password/"}.get(
        name, f"{locale}/{name}/"
    )
    view = _around(name, url, locale) | _OWN.get(name, lambda _: {})(locale) | changes
    return Page(url, f"{name}.html", locale, {key: Slice(digest(json.dumps(value)), value) for key, value in view.items()})


def _around(name: str, url: str, locale: str) -> dict[str, Any]:
    text = texts(locale)
    own = name not in {"tags", "search", "keywords", "contact", "recent", "not_found", "tag"}
    title = text["article"]["title"] if name == "article" else text["site"] if name == "home" else text["categories"][0][0]
    links = [
        {"tag": tag, "name": NAMES[tag], "dir": locales.direction(tag), "url": f"{tag}/", "current": tag == locale, "exact": True}
        for tag in LOCALES
    ]
    return {
        "page": {
            "url": url,
            "template": f"{name}.html",
            "title": title if own else "",
            "description": text["article"]["description"] if own else "",
            "lang": locale,
            "dir": locales.direction(locale),
            "canonical": f"https://help.lumbra.example/{url}",
            "noindex": name in {"search", "keywords", "not_found"},
            "alternates": [{"lang": tag, "href": f"https://help.lumbra.example/{tag}/"} for tag in LOCALES],
            "jsonld": ['{"@context":"https://schema.org","@type":"BreadcrumbList"}'],
            "markdown_url": f"{url}index.md" if name == "article" else "",
        },
        "site": {
            "title": text["site"],
            "home": f"{locale}/",
            "logo": "",
            "base_url": "https://help.lumbra.example",
            "default_locale": "en",
            "footer": [{"title": text["privacy"], "url": "https://lumbra.example/privacy"}],
            "announcement": text["announcement"] if name == "home" else "",
            "feed_url": f"{locale}/feed.xml",
            "opensearch_url": f"{locale}/opensearch.xml",
            "manifest_url": f"{locale}/site.webmanifest",
            "search_url": f"{locale}/search/",
            "keywords_url": f"{locale}/search/a-z/",
            "search_index": f"{locale}/search/index.json",
            "kinds": ["guide", "faq", "manual", "video", "troubleshooting"],
            "contact_url": f"{locale}/contact/",
            "recent_url": f"{locale}/recent/",
            "tags_url": f"{locale}/tags/",
            "service": SERVICE,
            "colours": {},
        },
        "locale": {"tag": locale, "name": NAMES[locale], "dir": locales.direction(locale)},
        "switcher": [{"region": text["regions"][0], "links": links[:3]}, {"region": text["regions"][1], "links": links[3:]}],
        "breadcrumbs": [{"title": text["categories"][0][0], "url": f"{locale}/account/"}, {"title": title, "url": ""}],
        "feedback": {"action": f"{SERVICE}/api/v1/ratings", "contact_url": f"{locale}/contact/"},
    }


def _date(locale: str, day: str) -> dict[str, str]:
    return {"iso": day, "text": locales.date_texts(locale, [day])[day]}


def cards(locale: str) -> list[dict[str, Any]]:
    """Articles as lists show them; the last one is lent from English."""
    text = texts(locale)
    kinds = ("guide", "guide", "troubleshooting", "faq", "video", "manual")
    found = [
        {
            "title": title,
            "description": about,
            "url": f"{locale}/account/article-{number}/",
            "kind": kinds[number % 6],
            "updated": _date(locale, "2026-03-12"),
            "category": text["categories"][number % 6][0],
            "lang": "",
            "dir": "",
        }
        for number, (title, about) in enumerate(text["articles"])
    ]
    if locale != "en":
        found[-1] |= {"title": "Use the Hub without the internet", "description": "Scenes and schedules go on.", "lang": "en", "dir": "ltr"}
    return found


def _home(locale: str) -> dict[str, Any]:
    text, rows = texts(locale), cards(locale)
    tiles = [
        {"title": title, "description": about, "url": f"{locale}/{icon}/", "icon": icon, "count": count}
        for title, about, icon, count in text["categories"]
    ]
    return {
        "home": {
            "categories": tiles,
            "featured": rows[:4],
            "helpful": rows[2:6],
            "recent": rows[:5],
            "opening_hours": text["hours"],
            "response_time": text["response"],
        },
        "breadcrumbs": [],
    }


def _category(locale: str) -> dict[str, Any]:
    text, rows = texts(locale), cards(locale)
    title, about, icon, _ = text["categories"][0]
    groups = [
        {
            "title": text["categories"][place][0],
            "url": f"{locale}/account/{place}/",
            "description": text["categories"][place][1],
            "articles": rows[:4],
            "total": 9,
        }
        for place in (3, 4)
    ]
    view = {
        "title": title,
        "description": about,
        "url": f"{locale}/account/",
        "icon": icon,
        "groups": groups,
        "articles": rows,
        "faq": [],
        "updated": _date(locale, "2026-03-12"),
        "page": 1,
        "pages": 3,
        "prev_url": "",
        "next_url": f"{locale}/account/page-2/",
    }
    return {"category": view, "breadcrumbs": [{"title": title, "url": ""}]}


def _article(locale: str) -> dict[str, Any]:
    text, rows = texts(locale), cards(locale)
    own = text["article"]
    related = [
        row | {"reason": reason, "via": text["tags"][0]} for row, reason in zip(rows, ("chosen", "category", "tag", "text"), strict=False)
    ]
    view = {
        "id": "kb-resetpw",
        "title": own["title"],
        "description": own["description"],
        "kind": "guide",
        "html": own["html"],
        "headings": [{"level": level, "id": key, "text": words} for level, key, words in own["headings"]],
        "minutes": 3,
        "updated": _date(locale, "2026-03-12"),
        "reviewed": _date(locale, "2026-09-02"),
        "authors": ["Ana Puig"],
        "reviewers": [],
        "sources": [{"title": "NIST SP 800-63B", "url": "https://pages.nist.example/800-63-4/sp800-63b.html"}],
        "tags": [{"title": tag, "url": f"{locale}/tags/{number}/"} for number, tag in enumerate(text["tags"])],
        "video": None,
        "notices": [],
        "attachments": [{"title": "checklist.pdf", "url": "en/account/files/checklist.pdf", "type": "PDF", "bytes": 182_400}],
        "answers": [{"question": text["article"]["title"], "answer": text["article"]["description"]}],
        "edit_url": "https://git.lumbra.example/help/edit/main/content/en/account/reset-password.md",
        "revision": "3f9a1c20b7de",
        "links": [f"{locale}/account/article-1/", "", f"{locale}/account/files/checklist.pdf"],
        "images": [{"src": "assets/picture.svg", "width": 640, "height": 300, "srcset": []}],
        "films": [],
        "lang": locale if locale in {"en", "fa", "zh-Hant"} else "en",
        "dir": locales.direction(locale),
    }
    menu = [{"title": row["title"], "url": row["url"]} for row in rows]
    menu[1] = {"title": own["title"], "url": f"{locale}/account/reset-password/"}
    return {
        "article": view,
        "siblings": {"title": text["categories"][0][0], "url": f"{locale}/account/", "articles": menu, "more": 7},
        "related": related,
        "previous": {"title": rows[0]["title"], "url": rows[0]["url"]},
        "next": {"title": rows[2]["title"], "url": rows[2]["url"]},
    }


def _tag(locale: str) -> dict[str, Any]:
    return {
        "tag": {
            "title": texts(locale)["tags"][0],
            "articles": cards(locale),
            "page": 2,
            "pages": 2,
            "prev_url": f"{locale}/tags/0/",
            "next_url": "",
        }
    }


def _tags(locale: str) -> dict[str, Any]:
    return {
        "tags": [
            {"title": tag, "url": f"{locale}/tags/{number}/", "count": number * 7 + 1} for number, tag in enumerate(texts(locale)["tags"])
        ]
    }


def _search(locale: str) -> dict[str, Any]:
    rows = texts(locale)["categories"]
    return {
        "filters": {
            "categories": [{"title": row[0], "value": row[0], "url": f"{locale}/{row[2]}/"} for row in rows],
            "kinds": ["guide", "faq", "video"],
        },
        "letters": _letters(locale),
    }


def _letters(locale: str) -> list[dict[str, str]]:
    return [{"letter": letter, "url": f"{locale}/search/a-z/{letter}/"} for letter in ("AÀB", "آاب", "一人心")[LOCALES.index(locale) % 3]]


def _keywords(locale: str) -> dict[str, Any]:
    rows = cards(locale)
    words = [{"word": tag, "articles": rows[:2], "more": more} for tag, more in zip(texts(locale)["tags"], (0, 7), strict=False)]
    letter = _letters(locale)[0]["letter"]
    view = {"letter": letter, "page": 1, "pages": 2, "prev_url": "", "next_url": f"{locale}/search/a-z/{letter}/page-2/", "words": words}
    return {"keywords": view, "letters": _letters(locale)}


def _contact(locale: str) -> dict[str, Any]:
    text = texts(locale)
    return {"contact": {"action": f"{SERVICE}/api/v1/cases", "opening_hours": text["hours"], "response_time": text["response"]}}


def _recent(locale: str) -> dict[str, Any]:
    rows = cards(locale)
    return {
        "days": [{"date": _date(locale, "2026-03-12"), "articles": rows[:3]}, {"date": _date(locale, "2026-03-09"), "articles": rows[3:]}]
    }


def _archived(locale: str) -> dict[str, Any]:
    row = cards(locale)[0]
    return {
        "archived": {"title": row["title"], "replaced_by": {"title": cards(locale)[1]["title"], "url": cards(locale)[1]["url"]}},
        "breadcrumbs": [{"title": row["title"], "url": ""}],
    }


def _languages(_: str) -> dict[str, Any]:
    return {"languages": [{"tag": tag, "name": NAMES[tag], "dir": locales.direction(tag), "url": f"{tag}/"} for tag in LOCALES]}


_OWN = {
    "home": _home,
    "category": _category,
    "article": _article,
    "tag": _tag,
    "tags": _tags,
    "search": _search,
    "keywords": _keywords,
    "contact": _contact,
    "recent": _recent,
    "archived": _archived,
    "languages": _languages,
    "redirect": lambda locale: {"target": cards(locale)[0]["url"]},
}


def way(one: Page) -> str:
    """The way from a page to the top, for tests that compare links."""
    return up(one.url)
