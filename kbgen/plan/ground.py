"""What every page is planned on: the site, its settings, and small lists that many pages share as slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from kbgen import feedback
from kbgen.config import Config
from kbgen.digests import digest
from kbgen.links import url_of_answer
from kbgen.locales import LocaleFacts, day_of
from kbgen.model import AGENTS_ONLY, Article, Body, Category, Job, Kind, Place, Site, Slice
from kbgen.urls import absolute

NEIGHBOURS = 12  # articles of a category that the side menu shows at once


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How an article is cared for, as far as its readers may know."""

    reviewed: str = ""  # ISO time in UTC at which it was last read again; "" when nobody knows
    notices: tuple[str, ...] = ()  # "outdated": behind its original; "overdue": its review is


@dataclass(frozen=True, slots=True)
class Ground:
    """The inputs of planning, and slices made once and shown on many pages."""

    site: Site
    config: Config
    job: Job
    locales: Mapping[str, LocaleFacts]
    dates: Mapping[str, Mapping[str, str]]  # locale -> ISO day -> text
    load: Callable[[Article], Body]  # the whole body, from the shelf
    files: Mapping[str, Any]  # path -> Asset: what an article's picture or file has become
    revisions: Mapping[str, Sequence[str]]  # path -> what its text was called, the newest first
    helpful: Mapping[str, float]  # id -> how sure it is that it helps, from the service's export
    answers: Mapping[tuple[str, str], Sequence[feedback.Answer]]  # by id and locale, from there too
    memo: Callable[[str, Iterable[str], Callable[[], Any]], Any]  # the shelf's: step, digests of what is read, how it is made
    upkeep: Mapping[str, Upkeep] = field(default_factory=dict)  # path -> what is worth saying
    credits: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)  # path -> who wrote, who reviewed it
    until: str = ""  # ISO time from which on `upkeep` may differ; "" for never
    hooked: bool = False  # a hook may have changed what front matter says
    made: dict[tuple[object, ...], Slice] = field(default_factory=dict)
    led: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The address of the portal, "" when none is configured."""
        return self.config.site.base_url if self.job.base_url is None else self.job.base_url

    def once(self, name: tuple[object, ...], make: Callable[[], Any]) -> Slice:
        """Return the slice of this name, made at its first use."""
        found = self.made.get(name)
        if found is None:
            found = self.made[name] = slice_of(make())
        return found

    def date(self, locale: str, moment: str) -> dict[str, str] | None:
        """Return {iso, text} of a moment as the readers of a locale write it; None when it is unknown."""
        if not moment:
            return None
        day = day_of(moment, self.config.site.time_zone)
        return {"iso": day, "text": self.dates[locale].get(day, day)}

    def changed(self, article: Article) -> str:
        """Return when an article last changed, "" when nobody knows."""
        return self.site.updated.get(article.path, "")

    def addresses(self, place: Place) -> tuple[str, ...]:
        """Return where the links of an article lead, as `place` shows it."""
        if not place.article.body.links:
            return ()
        name = (place.locale, place.article.head.id)
        found = self.led.get(name)
        if found is None:
            found = self.led[name] = tuple(
                url_of_answer(one, link) for one, link in zip(self.site.led[name], place.article.body.links, strict=True)
            )
        return found

    def card(self, place: Place) -> Slice:
        """The head of an article as lists show it."""
        return self.once(("card", place.locale, place.article.head.id), lambda: self._card(place))

    def cards(self, places: Iterable[Place], view: Callable[[list[dict[str, Any]]], Any], *more: str) -> Slice:
        """
        A slice around a list of cards, named by theirs; the view itself is only made for a page that is rendered.

        Args:
            view: Makes the value from the cards.
            more: Texts that name everything else in the view.
        """
        cards = [self.card(place) for place in places]
        return Slice(digest(*more, *(card.digest for card in cards)), lambda: view([card.value for card in cards]))

    def place(self, locale: str, key: str) -> Place:
        """Return the place of an article that the site shows."""
        return self.site.places[locale, key]

    def category(self, locale: str, folder: str) -> Category:
        """Return a category that the site shows."""
        return self.site.categories[locale, folder]

    def contact_url(self, locale: str) -> str:
        """Return the page on which a reader writes to a person; "" without a service to send to: an empty promise is worse than none."""
        return f"{locale}/contact/" if self.config.feedback.contact and self.config.feedback.url else ""

    @property
    def offering(self) -> bool:
        """Whether other sites may offer our articles: never those of a portal for agents, nor of one that shows drafts."""
        return bool(self.config.suggest.origins) and self.job.audience == "public" and not self.job.drafts

    def chrome(self, locale: str) -> dict[str, Slice]:
        """What stands around every page of a locale."""
        return {
            "site": self.once(("site", locale), lambda: self._site(locale)),
            "locale": self.once(("locale", locale), lambda: dict(self.locales[locale])),
        }

    def switcher(self, urls: Mapping[str, tuple[str, bool]], current: str) -> list[dict[str, Any]]:
        """
        List the languages of a page, grouped by region in the order of kbgen.toml.

        Args:
            urls: locale -> (URL, whether the very page exists there).
            current: The page's own locale.
        """
        regions: dict[str, tuple[str, list[dict[str, Any]]]] = {}  # by what the default locale calls them
        for tag in self.site.locales:
            url, exact = urls.get(tag, (f"{tag}/", False))
            link = {
                "tag": tag,
                "name": self.locales[tag]["name"],
                "dir": self.locales[tag]["dir"],
                "url": url,
                "current": tag == current,
                "exact": exact,
            }
            own = self.config.locales[tag].region
            regions.setdefault(self.said(own, self.config.site.default_locale), (self.said(own, current), []))[1].append(link)
        return [{"region": region, "links": links} for region, links in regions.values()]

    def said(self, texts: Mapping[str, str], locale: str) -> str:
        """Return a setting's text for a locale, else that of its fall-back, of the default locale, or any: a title is never empty."""
        wishes = (locale, self.config.locales[locale].fallback, self.config.site.default_locale)
        return next((text for tag in wishes if (text := local(texts, tag))), next(iter(texts.values()), ""))

    @property
    def settings(self) -> str:
        """Name what pages take from kbgen.toml beyond the slices that show it: regions, names of languages, zone, where to edit."""
        return self.once(("settings",), lambda: [repr(self.config.site), repr(self.config.locales), dict(self.locales)]).digest

    def page_head(self, url: str, template: str, locale: str, title: str, description: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - plain values
        """What <head> says: `more` overrides canonical, alternates, jsonld, noindex, lang, dir, markdown_url."""
        facts = self.locales[locale]
        return {
            "url": url,
            "template": template,
            "title": title,
            "description": description,
            "lang": locale,
            "dir": facts["dir"],
            "canonical": absolute(self.base, url),
            "noindex": False,
            "alternates": [],
            "jsonld": [],
            "markdown_url": "",
        } | more

    def alternates(self, urls: Mapping[str, str]) -> list[dict[str, str]]:
        """Return hreflang links for a page that exists in several locales, x-default last; none without a base_url."""
        if not self.base or len(urls) < 2:  # noqa: PLR2004 - a page alone has no alternate
            return []
        links = [{"lang": tag, "href": absolute(self.base, url)} for tag, url in urls.items()]
        main = self.config.site.default_locale
        if main not in urls:
            return links
        default = "" if urls[main] == f"{main}/" else urls[main]  # the choice of languages stands for all home pages
        return [*links, {"lang": "x-default", "href": absolute(self.base, default)}]

    def _card(self, place: Place) -> dict[str, Any]:
        head = place.article.head
        card = {
            "title": head.title,
            "description": head.description,
            "url": place.url,
            "kind": head.kind,
            "updated": self.date(place.locale, self.changed(place.article)),
            "category": self.category(place.locale, place.folder).title,
            "lang": "",
            "dir": "",
        }
        if place.fallback:
            facts = self.locales[place.article.locale]
            card |= {"lang": facts["tag"], "dir": facts["dir"]}
        return card

    def _site(self, locale: str) -> dict[str, Any]:
        site, settings, feedback = self.config.site, self.config.locales[locale], self.config.feedback
        return {
            "title": settings.title or site.title,
            "home": f"{locale}/",
            "logo": site.logo,
            "hosts": list(self.config.markdown.allowed_hosts),
            "base_url": self.base,
            "default_locale": site.default_locale,
            "footer": [{"title": self.said(link.title, locale), "url": link.url} for link in site.footer],
            "announcement": local(site.announcement, locale),
            "feed_url": f"{locale}/feed.xml",
            "opensearch_url": f"{locale}/opensearch.xml",
            "manifest_url": f"{locale}/site.webmanifest",
            "search_url": f"{locale}/search/",
            "keywords_url": f"{locale}/search/a-z/",
            "search_index": f"{locale}/search/index.json",
            "kinds": [kind for kind in get_args(Kind) if self.job.audience == "agents" or kind not in AGENTS_ONLY],
            "contact_url": self.contact_url(locale),
            "recent_url": f"{locale}/recent/" if self.site.updated else "",
            "tags_url": f"{locale}/tags/" if self.site.tags[locale] else "",
            "service": feedback.url.rstrip("/"),
            "colours": dict(self.config.theme.colours),
        }


def slice_of(value: Any) -> Slice:  # noqa: ANN401 - plain values
    """Name a plain value by its content."""
    return Slice(digest(repr(value)), value)


def local(texts: Any, locale: str) -> str:  # noqa: ANN401 - text or locale -> text
    """Return a setting's text for a locale: one text serves all, a table has one for each, "*" for the rest."""
    if isinstance(texts, str):
        return texts
    return str(texts.get(locale) or texts.get("*") or "") if texts else ""
