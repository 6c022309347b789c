"""The pages of articles: one for each place, and the page that an archived article leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from kbgen.digests import digest
from kbgen.links import beside
from kbgen.locales import name_for
from kbgen.model import Article, Body, Page, Place, Related, Slice
from kbgen.plan import jsonld
from kbgen.plan.ground import NEIGHBOURS, Ground, Upkeep, slice_of
from kbgen.plan.media import film_view, picture_view, player_view, transcript_view
from kbgen.release.urls import heir as heir_of
from kbgen.urls import absolute, tag_slug

WORDS_A_MINUTE = 200
NAMED = 8  # people; more say nothing to a reader
GLIMPSE = 110  # characters of a related article's description
DISPLAY_REVISION = 12  # hexadecimal digits: enough to find the text again


def article_pages(ground: Ground, places: Iterable[Place]) -> Iterator[Page]:
    """Plan articles where readers meet them."""
    for place in places:
        yield _article_page(ground, place)


def archived_pages(ground: Ground) -> Iterator[Page]:
    """Plan what archived articles leave behind."""
    for place in ground.site.archived.values():
        yield _archived_page(ground, place)


def places_of(ground: Ground, key: str) -> dict[str, Place]:
    """Return the locales that show an article, each with its place."""
    places = ground.site.places
    return {tag: place for tag in ground.site.locales if (place := places.get((tag, key)))}


def _article_page(ground: Ground, place: Place) -> Page:
    article, locale = place.article, place.locale
    everywhere = places_of(ground, article.head.id)
    facts = digest(
        place.url,
        article.path,
        article.revision,
        article.heavy,
        repr(article.head) if ground.hooked else "",
        ground.changed(article),
        ground.once(("around", locale, place.folder), lambda: [ground.base, ground.settings, _crumbs(ground, place)[:-1]]).digest,
        "\x1f".join([f"{tag}={one.url}{'~' if one.fallback else ''}" for tag, one in everywhere.items()]),
        _lent(ground, place),
        _notice(ground, place),
        repr(ground.upkeep.get(article.path, "")),
        repr(_credits(ground, article)),
        repr(ground.answers.get((article.head.id, locale), "")),
    )
    siblings, before, after = _neighbours(ground, place)
    related = ground.site.related.get((locale, article.head.id), ())
    cards = [(ground.card(found), row) for row in related if (found := ground.site.places.get((locale, row.id)))]
    slices = {
        **ground.chrome(locale),
        "page": Slice(facts, lambda: _head(ground, place, everywhere)),
        "article": Slice(facts, lambda: _article(ground, place)),
        "breadcrumbs": Slice(facts, lambda: _crumbs(ground, place)),
        "switcher": Slice(facts, lambda: ground.switcher({tag: (one.url, not one.fallback) for tag, one in everywhere.items()}, locale)),
        "siblings": siblings,
        "related": Slice(
            digest(*[f"{card.digest}{row.reason}{row.via}" for card, row in cards]),
            lambda: [_beside(card.value, row) for card, row in cards],
        ),
        "previous": before,
        "next": after,
        "feedback": ground.once(("feedback", locale), lambda: _feedback(ground, locale)),
    }
    return Page(place.url, "article.html", locale, slices)


def _beside(card: dict[str, Any], row: Related) -> dict[str, Any]:
    """Return a related article as its card shows it: three lines of description, because more is cut off on every screen."""
    text = card["description"]
    if len(text) > GLIMPSE:
        kept, space, _ = text[:GLIMPSE].rpartition(" ")
        text = f"{(kept if space else text[:GLIMPSE]).rstrip(' ,;:،؛')}…"
    return card | {"description": text, "reason": row.reason, "via": row.via}


def _lent(ground: Ground, place: Place) -> str:
    """Name what the links and pictures of a body have become."""
    body = place.article.body
    if not (body.links or body.images or body.films or place.article.head.video):
        return ""
    parts = list(ground.addresses(place))
    paths = [beside(place.article.path, image.target) for image in body.images]
    paths += [beside(place.article.path, link.target) for link in body.links if link.kind == "asset"]
    for film in (*(film.video for film in body.films), *((place.article.head.video,) if place.article.head.video else ())):
        paths += [
            beside(place.article.path, one) for one in (film.src, film.poster, film.transcript, *(caption.src for caption in film.captions))
        ]
    transcript = slice_of(transcript_view(ground, place)).digest if place.article.head.video else ""
    return "\x1f".join([*parts, transcript, *(ground.files[path].digest if path in ground.files else "" for path in paths)])


def _trail(ground: Ground, place: Place) -> list[Any]:
    parts = place.folder.split("/") if place.folder else []
    return [ground.category(place.locale, "/".join(parts[: depth + 1])) for depth in range(len(parts))]


def _crumbs(ground: Ground, place: Place) -> list[dict[str, str]]:
    steps = [{"title": one.title, "url": one.url} for one in _trail(ground, place)]
    return [*steps, {"title": place.article.head.title, "url": ""}]


def _neighbours(ground: Ground, place: Place) -> tuple[Slice, Slice, Slice]:
    """The side menu's window on the category, and the articles before and after."""
    locale, folder = place.locale, place.folder
    category = ground.category(locale, folder)
    order = ground.once(("order", locale, folder), lambda: {key: number for number, key in enumerate(category.articles)}).value
    number = order[place.article.head.id]
    window = number // NEIGHBOURS * NEIGHBOURS

    def menu() -> dict[str, Any]:
        shown = [ground.place(locale, key) for key in category.articles[window : window + NEIGHBOURS]]
        return {
            "title": category.title,
            "url": category.url,
            "articles": [{"title": one.article.head.title, "url": one.url} for one in shown],
            "more": len(category.articles) - len(shown),
        }

    def step(distance: int) -> Slice:
        other = number + distance
        if not 0 <= other < len(category.articles):
            return ground.once(("none",), lambda: None)
        key = category.articles[other]
        return ground.once(("step", locale, key), lambda: _link_to(ground.place(locale, key)))

    return ground.once(("siblings", locale, folder, window), menu), step(-1), step(1)


def _link_to(place: Place) -> dict[str, str]:
    return {"title": place.article.head.title, "url": place.url}


def _feedback(ground: Ground, locale: str) -> dict[str, Any]:
    settings = ground.config.feedback
    service = settings.url.rstrip("/")
    return {"action": f"{service}/api/v1/ratings" if service else "", "contact_url": ground.contact_url(locale)}


def _notice(ground: Ground, place: Place) -> str:
    head = place.article.head
    if place.fallback:
        return "fallback"
    if head.status in {"draft", "in_review"}:
        return head.status
    return "scheduled" if head.publish_at and head.publish_at > ground.job.as_of.isoformat() else ""


def _head(ground: Ground, place: Place, everywhere: dict[str, Place]) -> dict[str, Any]:
    article, head = place.article, place.article.head
    facts = ground.locales[article.locale]
    own = {tag: one.url for tag, one in everywhere.items() if not one.fallback}
    body = ground.load(article)
    canonical = own.get(article.locale, place.url)
    graph = [jsonld.breadcrumbs(ground.base, _crumbs(ground, place), place.url), *jsonld.of_article(ground, place, body)]
    return ground.page_head(
        place.url,
        "article.html",
        place.locale,
        head.title,
        head.description,
        canonical=absolute(ground.base, canonical),
        noindex=_notice(ground, place) not in {"", "fallback"},
        alternates=[] if place.fallback else ground.alternates(own),
        jsonld=[jsonld.script(one) for one in graph],
        markdown_url="" if place.fallback else f"{place.url}index.md",
        text_lang=facts["tag"],
        text_dir=facts["dir"],
    )


def _article(ground: Ground, place: Place) -> dict[str, Any]:
    article, head = place.article, place.article.head
    body = ground.load(article)
    facts = ground.locales[article.locale]
    notice, upkeep = _notice(ground, place), ground.upkeep.get(article.path, Upkeep())
    values = (
        {"language": name_for(article.locale, place.locale)}
        if notice == "fallback"
        else {"date": (ground.date(place.locale, head.publish_at) or {}).get("text", "")}
    )
    wrote, read = _credits(ground, article)
    return {
        "id": head.id,
        "title": head.title,
        "description": head.description,
        "kind": head.kind,
        "html": body.html,
        "headings": [{"level": one.level, "id": one.id, "text": one.text} for one in body.headings],
        "minutes": max(1, round(body.words / WORDS_A_MINUTE)),
        "updated": ground.date(place.locale, ground.changed(article)),
        "reviewed": ground.date(place.locale, upkeep.reviewed),
        "authors": wrote[:NAMED],
        "reviewers": read[:NAMED],
        "sources": [{"title": one.title, "url": one.url} for one in head.sources],
        "tags": _tags(ground, place),
        "video": player_view(ground, place) if head.video else None,
        "notices": [*([{"kind": notice, "values": values}] if notice else []), *({"kind": kind, "values": {}} for kind in upkeep.notices)],
        "attachments": _attachments(ground, place, body),
        "answers": [{"question": one.question, "answer": one.answer} for one in ground.answers.get((head.id, place.locale), ())],
        "edit_url": ground.config.site.edit_url.replace("{path}", article.path) if ground.config.site.edit_url else "",
        "revision": article.revision[:DISPLAY_REVISION],
        "links": ground.addresses(place),
        "images": [picture_view(ground, article.path, image.target) for image in body.images],
        "films": [film_view(ground, place, film.video) for film in body.films],
        "lang": facts["tag"],
        "dir": facts["dir"],
    }


def _credits(ground: Ground, article: Article) -> tuple[list[str], list[str]]:
    """Return whom an article's page names: its authors, those of the front matter before those of git, and its reviewers."""
    if not ground.config.review.credits:
        return [], []
    wrote, read = ground.credits.get(article.path, ((), ()))
    return list(article.head.authors or wrote), list(read)


def _tags(ground: Ground, place: Place) -> list[dict[str, str]]:
    known = ground.site.tags[place.locale]
    slugs = [(tag, tag_slug(tag)) for tag in place.article.head.tags]
    return [
        {"title": tag, "url": f"{place.locale}/tags/{quote(slug)}/" if slug in known and not place.fallback else ""} for tag, slug in slugs
    ]


def _attachments(ground: Ground, place: Place, body: Body) -> list[dict[str, Any]]:
    """The files that a body links to, each once, with its type and size: readers want to know before they download."""
    found: dict[str, dict[str, Any]] = {}
    for link in body.links:
        asset = ground.files.get(beside(place.article.path, link.target)) if link.kind == "asset" else None
        if asset is not None:
            name = link.target.rpartition("/")[2]
            found[asset.url] = {"title": name, "url": asset.url, "type": name.rpartition(".")[2].upper(), "bytes": asset.size}
    return list(found.values())


def _archived_page(ground: Ground, place: Place) -> Page:
    head, locale = place.article.head, place.locale
    heir = heir_of(ground.site, locale, head.id)
    page = left_page(ground, place.url, locale, head.title, head.description, _link_to(heir) if heir else None)
    if heir and not ground.job.drafts:
        slices = {**page.slices, "target": ground.once(("heir", locale, head.id), lambda: heir.url)}
        return Page(place.url, "redirect.html", locale, slices)
    return page


def left_page(ground: Ground, url: str, locale: str, title: str, description: str = "", heir: dict[str, str] | None = None) -> Page:
    """Plan the page of an article that is no longer kept: it says so, and offers the search and what replaced it."""
    view = {"title": title, "replaced_by": heir}
    slices = ground.chrome(locale) | {
        "page": slice_of(ground.page_head(url, "archived.html", locale, title, description, noindex=True)),
        "archived": slice_of(view),
        "breadcrumbs": slice_of([{"title": title, "url": ""}]),
        "switcher": ground.once(("switcher", locale), lambda: ground.switcher({}, locale)),
        "feedback": ground.once(("feedback", locale), lambda: _feedback(ground, locale)),
    }
    return Page(url, "archived.html", locale, slices)
