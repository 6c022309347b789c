"""
[Article] -> Site: what is shown, where, and beside what.

Everything here is computed anew in each build, so no stale graph can exist; only the choice of related articles, which compares
texts, is remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kbgen.config import CategoryFile, Config
from kbgen.links import answer
from kbgen.model import AGENTS_ONLY, Article, Category, Job, Place, Related, Site
from kbgen.related import related_of
from kbgen.release.urls import heir
from kbgen.urls import article_url, folder_url, tag_slug


def assemble(
    articles: Sequence[Article],
    categories: Mapping[str, CategoryFile],
    config: Config,
    job: Job,
    world: Mapping[str, Any],
) -> Site:
    """
    Put the articles in their places.

    Args:
        articles: All that could be parsed, sorted by path.
        categories: The _category.toml of a folder, by "locale/folder".
        config: The site's settings.
        job: Says which audience, which moment, drafts or not.
        world: `assets` (path -> facts), `updated` (path -> ISO time), `memo` (remembers a step).

    Returns: The site; articles that are not shown stand in `hidden` with the reason.
    """
    now = job.as_of.isoformat()
    shown: dict[str, dict[str, Article]] = {tag: {} for tag in config.locales}
    archived: dict[str, dict[str, Article]] = {tag: {} for tag in config.locales}
    hidden: dict[tuple[str, str], str] = {}
    for article in articles:
        if article.locale not in shown:
            continue
        state = state_of(article, job, now)
        home = {"shown": shown, "archived": archived}.get(state)
        if home is None:
            hidden.setdefault((article.locale, article.head.id), state)
        else:
            home[article.locale].setdefault(article.head.id, article)
    places = _places(shown, config)
    tree = _categories(places, categories, config)
    digests = {locale: _related(found.values(), world["memo"]) for locale, found in shown.items()}
    gone = {
        (locale, key): Place(article, locale, article.folder, article_url(locale, article.folder, article.slug))
        for locale, found in archived.items()
        for key, article in found.items()
    }
    site = Site(
        locales=tuple(config.locales),
        places=places,
        categories=tree,
        tags={locale: _tags(places, locale) for locale in config.locales},
        archived=gone,
        hidden=hidden,
        related={key: digests[place.article.locale].get(place.article.head.id, ()) for key, place in places.items()},
        redirects={},
        by_path={article.path: article for article in articles},
        assets=world["assets"],
        updated=world["updated"],
        led={},
    )
    led = {
        key: tuple(answer(site, place.article, place.locale, link) for link in place.article.body.links)
        for key, place in places.items()
        if place.article.body.links
    }
    return replace(site, led=led, redirects=_redirects(site))


def state_of(article: Article, job: Job, now: str) -> str:
    """
    Say whether an article is shown.

    Args:
        now: job.as_of as ISO text in UTC: it compares as text with the times in front matter.

    Returns: "shown", "archived", or the reason why it is absent: "agents", "draft", "in_review", "scheduled".
    """
    head = article.head
    if job.audience != "agents" and (head.audience == "agents" or head.kind in AGENTS_ONLY):
        return "agents"
    if head.status == "archived" or (head.status == "published" and head.expire_at and head.expire_at <= now):
        return "archived"  # a draft whose time is over was never public, and leaves no page behind
    if job.drafts:
        return "shown"
    if head.status != "published":
        return head.status
    return "scheduled" if head.publish_at > now else "shown"


def fallbacks(config: Config, locale: str) -> list[str]:
    """Return the locales whose text stands in for a missing one, nearest first."""
    chain: list[str] = []
    step = config.locales[locale].fallback or config.site.default_locale
    while step in config.locales and step != locale and step not in chain:
        chain.append(step)
        step = config.locales[step].fallback or config.site.default_locale
    return chain


def _places(shown: Mapping[str, Mapping[str, Article]], config: Config) -> dict[tuple[str, str], Place]:
    places: dict[tuple[str, str], Place] = {}
    for locale in config.locales:
        own = shown[locale]
        for key, article in own.items():
            places[locale, key] = Place(article, locale, article.folder, article_url(locale, article.folder, article.slug))
        taken = {place.url for place in places.values() if place.locale == locale}
        for lender in fallbacks(config, locale):
            folders = _same_folders(own, shown[lender])
            for key, article in shown[lender].items():
                if (locale, key) in places:
                    continue
                folder = _matched(article.folder, folders)
                url = article_url(locale, folder, article.slug)
                if url not in taken:
                    places[locale, key] = Place(article, locale, folder, url)
    return places


def _same_folders(own: Mapping[str, Article], lent: Mapping[str, Article]) -> dict[str, str]:
    """
    Match the folders of two locales by the articles that both have.

    Returns: A lender's folder -> the folder in which most of its translations lie; sub-folders follow their parents.
    """
    votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, article in lent.items():
        if key in own:
            theirs, ours = article.folder, own[key].folder
            while theirs and ours:
                votes[theirs][ours] += 1
                theirs, ours = theirs.rpartition("/")[0], ours.rpartition("/")[0]
    return {folder: min(found, key=lambda name: (-found[name], name)) for folder, found in votes.items()}


def _matched(folder: str, folders: Mapping[str, str]) -> str:
    """Return where a lender's folder stands among the borrower's: beside its translated parent when it has no translation itself."""
    rest = ""
    step = folder
    while step and step not in folders:
        step, _, name = step.rpartition("/")
        rest = f"/{name}{rest}"
    return (folders.get(step, "") + rest).strip("/")


def _categories(
    places: Mapping[tuple[str, str], Place], files: Mapping[str, CategoryFile], config: Config
) -> dict[tuple[str, str], Category]:
    members: dict[tuple[str, str], list[Place]] = defaultdict(list)
    lenders: dict[tuple[str, str], str] = {}
    for place in places.values():
        members[place.locale, place.folder].append(place)
        if place.fallback:
            lenders.setdefault((place.locale, place.folder), f"{place.article.locale}/{place.article.folder}")
    folders = {(locale, step) for locale, folder in members for step in _steps(folder)}
    children: dict[tuple[str, str], list[str]] = defaultdict(list)
    for locale, folder in folders:
        if folder:
            children[locale, folder.rpartition("/")[0]].append(folder)
    tree: dict[tuple[str, str], Category] = {}
    for locale, folder in sorted(folders, key=lambda key: (key[0], -len(_steps(key[1])), key[1])):  # leaves first: counts add up
        about = _about(locale, folder, files, lenders)
        found = sorted(members.get((locale, folder), ()), key=_order)
        below = sorted(
            children.get((locale, folder), ()), key=lambda child: (tree[locale, child].order, tree[locale, child].title.casefold())
        )
        tree[locale, folder] = Category(
            locale=locale,
            folder=folder,
            title=about.title or _title(folder),
            description=about.description,
            icon=about.icon,
            queue=about.queue,
            owner=about.owner,
            url=folder_url(locale, folder),
            order=about.order,
            children=tuple(below),
            articles=tuple(place.article.head.id for place in found),
            count=len(found) + sum(tree[locale, child].count for child in below),
            featured=about.featured,
        )
    for locale in config.locales:
        tree.setdefault((locale, ""), _empty(locale))
    return tree


def _steps(folder: str) -> list[str]:
    """Return a folder with all above it, the top first."""
    parts = folder.split("/") if folder else []
    return ["", *("/".join(parts[: depth + 1]) for depth in range(len(parts)))]


def _about(
    locale: str,
    folder: str,
    files: Mapping[str, CategoryFile],
    lenders: Mapping[tuple[str, str], str],
) -> CategoryFile:
    """Return a folder's own file, or that of the folder whose articles stand in for it."""
    own = files.get(f"{locale}/{folder}")
    if own is not None:
        return own
    lender = lenders.get((locale, folder))
    if lender is None:  # a folder that only holds folders: the lender of a child knows the lender of its parent
        for (child_locale, child), source in lenders.items():
            if child_locale == locale and child.startswith(f"{folder}/") and folder:
                depth = child.count("/") - folder.count("/")
                lender = "/".join(source.split("/")[:-depth])
                break
    return files.get(lender or "", CategoryFile())


def _order(place: Place) -> tuple[int, str, str]:
    return place.article.head.order, place.article.head.title.casefold(), place.article.head.id


def _title(folder: str) -> str:
    name = folder.rpartition("/")[2].replace("-", " ").replace("_", " ")
    return name[:1].upper() + name[1:]


def _empty(locale: str) -> Category:
    return Category(locale, "", "", "", "", "", "", folder_url(locale, ""), 0, (), (), 0)


def _tags(places: Mapping[tuple[str, str], Place], locale: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the tags of a locale's own articles; two spellings of one slug are one tag, called as the first article calls it."""
    found: dict[str, tuple[str, list[Place]]] = {}
    for (where, _), place in sorted(places.items()):
        if where == locale and not place.fallback:
            for tag in place.article.head.tags:
                found.setdefault(tag_slug(tag), (tag, []))[1].append(place)
    return {
        slug: (title, tuple(place.article.head.id for place in sorted(members, key=_order)))
        for slug, (title, members) in sorted(found.items())
    }


def _redirects(site: Site) -> dict[str, str]:
    """Return old URL -> URL for the articles' own aliases, which begin with a slash in front matter; past archived ones to their heirs."""
    found: dict[str, str] = {}
    for place in (*site.places.values(), *site.archived.values()):
        if not place.fallback and place.article.head.aliases:
            target = heir(site, place.locale, place.article.head.id) or place
            found |= {alias.lstrip("/"): target.url for alias in place.article.head.aliases}
    return found


def _related(articles: Iterable[Article], memo: Any) -> dict[str, tuple[Related, ...]]:  # noqa: ANN401 - Shelf.memo
    found = sorted(articles, key=lambda article: article.head.id)
    inputs = [
        f"{one.head.id}\0{one.folder}\0{'|'.join(one.head.tags)}\0{'|'.join(one.head.related)}\0{' '.join(one.signature)}" for one in found
    ]
    record = memo("related", inputs, lambda: related_of(found))
    return {key: tuple(Related(*row) for row in rows) for key, rows in record.items()}
