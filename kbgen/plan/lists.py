"""The pages that list articles, and the pages that every locale has once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from kbgen.model import Category, Page, Place, Slice
from kbgen.plan import jsonld
from kbgen.plan.ground import Ground, local, slice_of
from kbgen.plan.twins import twins_of
from kbgen.urls import up

PAGE = 24  # articles on one page of a list
GROUP = 6  # articles of a sub-category that its parent shows
HOME = 6  # articles in each list of the home page
RECENT = 60
KINDS = ("guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply")


def list_pages(ground: Ground) -> Iterator[Page]:
    """Plan everything but articles."""
    for locale in ground.site.locales:
        yield _home(ground, locale)
        for (tag, folder), category in ground.site.categories.items():
            if tag == locale and folder and category.count:
                yield from _category(ground, category)
        yield from _tags(ground, locale)
        if ground.contact_url(locale):
            yield _contact(ground, locale)
        yield from _recent(ground, locale)
        yield simple_page(ground, locale, f"{locale}/404.html", "not_found.html", noindex=True)
    yield from _root(ground)


def _home(ground: Ground, locale: str) -> Page:
    site = ground.site
    home = f"{locale}/"
    own = [place for (tag, _), place in site.places.items() if tag == locale]
    top = [ground.category(locale, folder) for folder in ground.category(locale, "").children]
    featured = sorted(
        (place for place in own if place.article.head.featured), key=lambda place: (place.article.head.order, place.article.head.title)
    )[:HOME]
    helpful = sorted(
        (place for place in own if place.article.head.id in ground.helpful), key=lambda place: -ground.helpful[place.article.head.id]
    )[:HOME]
    settings = ground.config.feedback
    title = ground.chrome(locale)["site"].value["title"]
    home_view = {
        "categories": [_tile(one) for one in top if one.count],
        "featured": [ground.card(place).value for place in featured],
        "helpful": [ground.card(place).value for place in helpful],
        "recent": [ground.card(place).value for place in _newest(ground, own)[:HOME]],
        "opening_hours": local(settings.opening_hours, locale),
        "response_time": local(settings.response_time, locale),
    }
    graph = [jsonld.script(jsonld.website(ground.base, title, home, f"{locale}/search/"))] if ground.base else []
    homes = {tag: f"{tag}/" for tag in site.locales}
    return list_page(
        ground,
        locale,
        home,
        "home.html",
        title,
        local(ground.config.site.description, locale),
        homes,
        {"home": slice_of(home_view)},
        jsonld=graph,
    )


def _tile(category: Category) -> dict[str, Any]:
    return {
        "title": category.title,
        "description": category.description,
        "url": category.url,
        "icon": category.icon,
        "count": category.count,
    }


def _newest(ground: Ground, places: Sequence[Place]) -> list[Place]:
    known = [
        (ground.changed(place.article), place.article.head.id, place)
        for place in places
        if not place.fallback and ground.changed(place.article)
    ]
    return [place for _, _, place in sorted(known, key=lambda row: (row[0], row[1]), reverse=True)]


def _category(ground: Ground, category: Category) -> Iterator[Page]:
    locale = category.locale
    members = [ground.place(locale, key) for key in category.articles]
    groups = [
        (child, [ground.place(locale, key) for key in _first(ground, child)])
        for folder in category.children
        if (child := ground.category(locale, folder)).count
    ]
    crumbs = _category_crumbs(ground, category)
    pages = max(1, -(-len(members) // PAGE))
    dates = [ground.changed(place.article) for place in members]
    for number in range(1, pages + 1):
        shown = members[(number - 1) * PAGE : number * PAGE]
        above = groups if number == 1 else []
        url = category.url if number == 1 else f"{category.url}page-{number}/"
        facts = {
            "title": category.title,
            "description": category.description,
            "url": category.url,
            "icon": category.icon,
            "updated": ground.date(locale, max(dates, default="")),
            "page": number,
            "pages": pages,
            "prev_url": (category.url if number == 2 else f"{category.url}page-{number - 1}/") if number > 1 else "",  # noqa: PLR2004 - the second page
            "next_url": f"{category.url}page-{number + 1}/" if number < pages else "",
        }

        def view(
            cards: list[dict[str, Any]],
            facts: dict[str, Any] = facts,
            above: list[tuple[Category, list[Place]]] = above,
            count: int = len(shown),
        ) -> dict[str, Any]:
            rest = iter(cards[count:])
            return facts | {
                "articles": cards[:count],
                "faq": [{"question": card["title"], "url": card["url"]} for card in cards[:count] if card["kind"] == "faq"],
                "groups": [
                    {
                        "title": child.title,
                        "url": child.url,
                        "description": child.description,
                        "articles": [next(rest) for _ in found],
                        "total": child.count,
                    }
                    for child, found in above
                ],
            }

        named = [
            json.dumps(facts),
            *(f"{child.title}\0{child.url}\0{child.description}\0{child.count}\0{len(found)}" for child, found in above),
        ]
        everyone = [*shown, *(place for _, found in above for place in found)]
        graph = [jsonld.script(jsonld.breadcrumbs(ground.base, crumbs, url))]
        slices = {"category": ground.cards(everyone, view, *named), "breadcrumbs": slice_of(crumbs)}
        more = {"jsonld": graph} if number == 1 else {"jsonld": graph, "alternates": []}  # page two elsewhere lists other articles
        yield list_page(
            ground, locale, url, "category.html", category.title, category.description, twins_of(ground, category), slices, **more
        )


def _first(ground: Ground, category: Category) -> list[str]:
    """The articles of a category that its parent shows: its own, then those of its sub-categories."""
    found = list(category.articles[:GROUP])
    for folder in category.children:
        if len(found) < GROUP:
            found += _first(ground, ground.category(category.locale, folder))
    return found[:GROUP]


def _category_crumbs(ground: Ground, category: Category) -> list[dict[str, str]]:
    parts = category.folder.split("/")
    steps = [ground.category(category.locale, "/".join(parts[: depth + 1])) for depth in range(len(parts))]
    return [{"title": one.title, "url": one.url if one is not category else ""} for one in steps]


def _tags(ground: Ground, locale: str) -> Iterator[Page]:
    tags = ground.site.tags[locale]
    if not tags:
        return
    rows = [{"title": title, "url": f"{locale}/tags/{quote(slug)}/", "count": len(keys)} for slug, (title, keys) in tags.items()]
    yield list_page(
        ground,
        locale,
        f"{locale}/tags/",
        "tags.html",
        "",
        "",
        {},
        {"tags": slice_of(sorted(rows, key=lambda row: row["title"].casefold()))},
    )
    for slug, (title, keys) in tags.items():
        pages = max(1, -(-len(keys) // PAGE))
        top = f"{locale}/tags/{quote(slug)}/"
        for number in range(1, pages + 1):
            shown = [ground.place(locale, key) for key in keys[(number - 1) * PAGE : number * PAGE]]
            url = top if number == 1 else f"{top}page-{number}/"
            facts = {
                "title": title,
                "page": number,
                "pages": pages,
                "prev_url": (top if number == 2 else f"{top}page-{number - 1}/") if number > 1 else "",  # noqa: PLR2004 - the second page
                "next_url": f"{top}page-{number + 1}/" if number < pages else "",
            }
            view = ground.cards(shown, partial(_listed, facts), json.dumps(facts))
            slices = {"tag": view, "breadcrumbs": slice_of([{"title": title, "url": ""}])}
            yield list_page(ground, locale, url, "tag.html", title, "", {}, slices, noindex=len(keys) < 2)  # noqa: PLR2004 - a list of one says nothing new


def _listed(facts: dict[str, Any], cards: list[dict[str, Any]]) -> dict[str, Any]:
    return facts | {"articles": cards}


def _contact(ground: Ground, locale: str) -> Page:
    settings = ground.config.feedback
    service = settings.url.rstrip("/")
    contact = {
        "action": f"{service}/api/v1/cases" if service else "",
        "opening_hours": local(settings.opening_hours, locale),
        "response_time": local(settings.response_time, locale),
    }
    return simple_page(ground, locale, f"{locale}/contact/", "contact.html", {"contact": slice_of(contact)})


def _recent(ground: Ground, locale: str) -> Iterator[Page]:
    own = [place for (tag, _), place in ground.site.places.items() if tag == locale]
    newest = _newest(ground, own)[:RECENT]
    if not newest:
        return
    days: dict[str, list[dict[str, Any]]] = {}
    dates: dict[str, dict[str, str]] = {}
    for place in newest:
        date = ground.date(locale, ground.changed(place.article)) or {}
        dates[date["iso"]] = date
        days.setdefault(date["iso"], []).append(ground.card(place).value)
    view = [{"date": dates[day], "articles": cards} for day, cards in days.items()]
    yield simple_page(ground, locale, f"{locale}/recent/", "recent.html", {"days": slice_of(view)})


def _root(ground: Ground) -> Iterator[Page]:
    """The top of the portal: the choice of a language, or the way to the only one; and the 404 of addresses without a locale."""
    default = ground.config.site.default_locale
    languages = [{"tag": tag, "name": facts["name"], "dir": facts["dir"], "url": f"{tag}/"} for tag, facts in ground.locales.items()]
    slices = {"languages": slice_of(languages)}
    homes = {tag: f"{tag}/" for tag in ground.site.locales}
    yield list_page(ground, default, "", "languages.html", ground.config.site.title, "", homes, slices)
    yield simple_page(ground, default, "404.html", "not_found.html", noindex=True)


def simple_page(
    ground: Ground, locale: str, url: str, template: str, slices: Mapping[str, Slice] | None = None, *, noindex: bool = False
) -> Page:
    """A page that every locale has at the same place."""
    place = url.removeprefix(f"{locale}/")
    twins = {tag: f"{tag}/{place}" for tag in ground.site.locales} if url.startswith(f"{locale}/") else {}
    return list_page(ground, locale, url, template, "", "", twins, dict(slices or {}), noindex=noindex)


def list_page(  # noqa: PLR0913 - what stands around a page, said once for a dozen kinds
    ground: Ground,
    locale: str,
    url: str,
    template: str,
    title: str,
    description: str,
    twins: Mapping[str, str],
    slices: dict[str, Slice],
    **more: Any,  # noqa: ANN401 - the head of a page, said once for a dozen kinds
) -> Page:
    """
    Put what stands around every page to what this one shows.

    Args:
        title: "" where the template takes its title from the words of the locale.
        twins: locale -> URL of the same page in other locales.
    """
    head = ground.page_head(url, template, locale, title, description, **{"alternates": ground.alternates(twins), **more})
    switcher = ground.switcher({tag: (twin, True) for tag, twin in twins.items()}, locale)
    common = ground.chrome(locale) | {
        "page": slice_of(head | {"up": up(url)}),
        "switcher": slice_of(switcher),
        "feedback": ground.once(("contact", locale), lambda: {"action": "", "contact_url": ground.contact_url(locale)}),
    }
    return Page(url, template, locale, {"breadcrumbs": ground.once(("none list",), list), **common, **slices})
