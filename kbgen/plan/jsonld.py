"""Structured data by kind.  It says only what a reader of the page can see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kbgen.urls import absolute

if TYPE_CHECKING:
    from kbgen.model import Body, Place
    from kbgen.plan.ground import Ground

SCHEMA = "https://schema.org"


def script(graph: dict[str, Any]) -> str:
    """Return JSON that may stand in a script element: no "<" in it can end the element or begin a comment."""
    return json.dumps({"@context": SCHEMA} | graph, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def breadcrumbs(base: str, crumbs: list[dict[str, str]], url: str) -> dict[str, Any]:
    """The way from the top to a page, as its breadcrumbs show it."""
    items = [
        {
            "@type": "ListItem",
            "position": number,
            "name": crumb["title"],
            "item": absolute(base, crumb["url"] or url) or crumb["url"] or url,
        }
        for number, crumb in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def website(base: str, title: str, home: str, search: str) -> dict[str, Any]:
    """The portal itself with its search."""
    target = f"{absolute(base, search)}?q={{search_term_string}}"
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": target},
        "query-input": "required name=search_term_string",
    }
    return {"@type": "WebSite", "name": title, "url": absolute(base, home), "potentialAction": action}


def of_article(ground: Ground, place: Place, body: Body) -> list[dict[str, Any]]:
    """What an article is, by its kind."""
    head = place.article.head
    common: dict[str, Any] = {"name": head.title, "description": head.description, "inLanguage": place.article.locale}
    changed = ground.changed(place.article)
    if changed:
        common["dateModified"] = changed
    address = absolute(ground.base, place.url)
    if address:
        common["url"] = address
    if head.kind == "faq" and body.questions:
        questions = [
            {"@type": "Question", "name": one.question, "acceptedAnswer": {"@type": "Answer", "text": one.answer}}
            for one in body.questions
            if one.answer
        ]
        return [common | {"@type": "FAQPage", "mainEntity": questions}]
    if head.kind == "video" and head.video is not None:
        return [_video(ground, place, common)]
    if head.kind == "guide" and len(body.steps) > 1:
        steps = [{"@type": "HowToStep", "position": number, "text": text} for number, text in enumerate(body.steps, 1)]
        return [common | {"@type": "HowTo", "step": steps}]
    headline = {key: value for key, value in common.items() if key != "name"} | {"headline": head.title}
    return [headline | {"@type": "TechArticle"}]


def _video(ground: Ground, place: Place, common: dict[str, Any]) -> dict[str, Any]:
    from kbgen.plan.media import player_view  # noqa: PLC0415 - only pages with a film

    view = player_view(ground, place) or {}
    graph = common | {"@type": "VideoObject"}
    if view.get("poster"):
        graph["thumbnailUrl"] = absolute(ground.base, view["poster"]) or view["poster"]
    if view.get("src"):
        graph["contentUrl"] = absolute(ground.base, view["src"]) or view["src"]
    elif view.get("embed"):
        graph["embedUrl"] = view["embed"]
    seconds = place.article.head.video.duration if place.article.head.video else 0
    if seconds:
        graph["duration"] = f"PT{seconds // 60}M{seconds % 60}S"
    if "dateModified" in graph:
        graph["uploadDate"] = graph.pop("dateModified")
    return graph
