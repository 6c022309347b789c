"""The files that programs read: sitemap, feed, robots, redirects, llms.txt, Markdown twins, OpenSearch, web manifest."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote, unquote

from kbgen.digests import digest
from kbgen.links import address_of
from kbgen.markup.twin import with_links
from kbgen.model import Link, Output, Page, Place
from kbgen.plan.articles import places_of
from kbgen.plan.ground import Ground, local, slice_of
from kbgen.release.urls import page_url
from kbgen.urls import absolute, path_of, up

escape = html.escape  # the one of xml.sax loads an HTTP client
FEED = 30  # entries
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def feed_files(ground: Ground) -> Iterator[Output]:
    """Plan the files of every locale and of the whole portal."""
    for locale in ground.site.locales:
        places = [place for (tag, _), place in ground.site.places.items() if tag == locale and not place.fallback]
        title = ground.chrome(locale)["site"].value["title"]
        yield _text(f"{locale}/feed.xml", _feed(ground, locale, title, places))
        yield _text(f"{locale}/opensearch.xml", _opensearch(ground, locale, title))
        yield _text(f"{locale}/site.webmanifest", _manifest(ground, locale, title))
        if ground.base:
            yield _text(f"sitemap-{locale}.xml", _sitemap(ground, locale, places))
    if ground.base:
        yield _text("sitemap.xml", _sitemap_index(ground))
    yield _text("robots.txt", _robots(ground))
    yield _text("llms.txt", _llms(ground))


def article_files(ground: Ground, places: Iterable[Place]) -> Iterator[Output]:
    """Plan the Markdown twins of articles, each in its own locale only."""
    for place in places:
        if not place.fallback:
            head = repr(place.article.head) if ground.hooked else ""
            key = digest("twin", place.url, place.article.revision, place.article.heavy, head, *ground.addresses(place))
            yield Output(f"{path_of(place.url).removesuffix('index.html')}index.md", key, _twin_of(ground, place))


def redirect_pages(ground: Ground) -> Iterator[Page]:
    """Plan a page at each old address, for hosts that know no redirects."""
    taken = {place.url for place in ground.site.places.values()}
    for old, new in ground.site.redirects.items():
        url = quote(unquote(old))
        if url in taken or f"{url}/" in taken:
            continue
        yield redirect_page(ground, url, new)


def redirect_page(ground: Ground, url: str, new: str) -> Page:
    """Plan a page that leads on."""
    locale = new.split("/", 1)[0] or ground.config.site.default_locale
    head = ground.page_head(url, "redirect.html", locale, "", "", noindex=True, canonical=absolute(ground.base, new))
    slices = ground.chrome(locale) | {
        "page": slice_of(head),
        "target": slice_of(new),
    }
    return Page(page_url(url), "redirect.html", locale, slices)


def quoteattr(text: str) -> str:
    """Return an attribute's value in quotes."""
    return f'"{escape(text)}"'


def _text(path: str, text: str) -> Output:
    return Output(path, digest("text", path, text), text.encode)


def _feed(ground: Ground, locale: str, title: str, places: list[Place]) -> str:
    known = sorted(
        (place for place in places if ground.changed(place.article)),
        key=lambda place: (ground.changed(place.article), place.url),
        reverse=True,
    )
    here = absolute(ground.base, f"{locale}/feed.xml") or f"{locale}/feed.xml"
    newest = ground.changed(known[0].article) if known else "1970-01-01T00:00:00+00:00"
    home = absolute(ground.base, f"{locale}/") or "./"
    lines = [
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(locale)}>',
        f"<title>{escape(title)}</title>",
        f"<id>{escape(home if ground.base else f'urn:kbgen:{locale}')}</id>",
        f"<updated>{newest}</updated>",
        f"<author><name>{escape(title)}</name></author>",
        f'<link rel="self" href={quoteattr(here)}/>',
        f"<link href={quoteattr(home)}/>",
    ]
    for place in known[:FEED]:
        head = place.article.head
        link = absolute(ground.base, place.url) or place.url.removeprefix(f"{locale}/")
        lines += [
            "<entry>",
            f"<title>{escape(head.title)}</title>",
            f"<id>{escape(link if ground.base else f'urn:kbgen:{locale}:{head.id}')}</id>",
            f"<updated>{ground.changed(place.article)}</updated>",
            f"<link href={quoteattr(link)}/>",
            f"<summary>{escape(head.description)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _opensearch(ground: Ground, locale: str, title: str) -> str:
    target = absolute(ground.base, f"{locale}/search/") or "./search/"
    return (
        f'{XML}<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n<ShortName>{escape(title[:16])}</ShortName>\n'
        f"<Description>{escape(title)}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n<Language>{locale}</Language>\n"
        f'<Url type="text/html" template={quoteattr(target + "?q={searchTerms}")}/>\n</OpenSearchDescription>\n'
    )


def _manifest(ground: Ground, locale: str, title: str) -> str:
    facts = ground.locales[locale]
    icons = [{"src": f"../{ground.config.site.logo}", "sizes": "any"}] if ground.config.site.logo else []
    about = {
        "name": title,
        "short_name": title[:12],
        "start_url": "./",
        "scope": "./",
        "display": "browser",
        "lang": locale,
        "dir": facts["dir"],
        "icons": icons,
    }
    return json.dumps(about, ensure_ascii=False, indent=1) + "\n"


def _sitemap(ground: Ground, locale: str, places: list[Place]) -> str:
    lines = [f'{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">']
    several = len(ground.site.locales) > 1
    categories = [one for (tag, folder), one in ground.site.categories.items() if tag == locale and folder and one.count]
    lines += [f"<url><loc>{escape(absolute(ground.base, url))}</loc></url>" for url in (f"{locale}/", *(one.url for one in categories))]
    for place in places:
        links = ""
        if several:
            own = {tag: one.url for tag, one in places_of(ground, place.article.head.id).items() if not one.fallback}
            for other in ground.alternates(own):
                links += f'<xhtml:link rel="alternate" hreflang="{other["lang"]}" href={quoteattr(other["href"])}/>'
        changed = ground.changed(place.article)
        when = f"<lastmod>{changed}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(absolute(ground.base, place.url))}</loc>{when}{links}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def _sitemap_index(ground: Ground) -> str:
    rows = [f"<sitemap><loc>{escape(absolute(ground.base, f'sitemap-{locale}.xml'))}</loc></sitemap>" for locale in ground.site.locales]
    return "\n".join([f'{XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', *rows, "</sitemapindex>", ""])


def _robots(ground: Ground) -> str:
    if ground.job.drafts or ground.job.audience == "agents":
        return "User-agent: *\nDisallow: /\n"
    sitemap = f"\nSitemap: {absolute(ground.base, 'sitemap.xml')}\n" if ground.base else ""
    return f"User-agent: *\nAllow: /\n{sitemap}"


def _llms(ground: Ground) -> str:
    """An index for language models, in the form of llmstxt.org: a title, a summary, lists of links to the Markdown twins."""
    lines = [f"# {ground.config.site.title}", ""]
    about = local(ground.config.site.description, ground.config.site.default_locale)
    lines += [f"> {about}", ""] if about else []
    for locale in ground.site.locales:
        for (tag, folder), category in sorted(ground.site.categories.items()):
            own = [place for key in category.articles if not (place := ground.place(tag, key)).fallback] if tag == locale else []
            if own:
                lines += [f"## {category.title or ground.config.site.title} ({locale}{'/' if folder else ''}{folder})", ""]
                lines += [
                    f"- [{_bracketed(one.article.head.title)}]({absolute(ground.base, one.url) or one.url}index.md): "
                    f"{one.article.head.description}"
                    for one in own
                ]
                lines.append("")
    return "\n".join(lines)


def _bracketed(title: str) -> str:
    return title.replace("[", "\\[").replace("]", "\\]")


def redirect_files(pairs: Mapping[str, str]) -> Iterator[Output]:
    """
    Plan the redirects for hosts that know them: Netlify's and Cloudflare's `_redirects`, and a map for nginx.

    Args:
        pairs: Old URL -> URL.
    """
    yield _text("_redirects", "".join(f"/{old} /{new} 301\n" for old, new in pairs.items()))
    yield _text("redirects.nginx.map", "".join(f"/{old} /{new};\n" for old, new in pairs.items()))


def _twin_of(ground: Ground, place: Place) -> Callable[[], bytes]:
    def address(written: str) -> str:
        target, _, anchor = unquote(written).partition("#")
        if target.startswith("kb:"):
            link = Link("article", target.removeprefix("kb:"), anchor, 0)
        elif ":" in target or target.startswith("/") or not target:
            return ""
        else:
            link = Link("file" if target.endswith(".md") else "asset", target, anchor, 0)
        found = address_of(ground.site, place, link)
        return up(place.url) + found if found else ""

    def make() -> bytes:
        head, body = place.article.head, ground.load(place.article)
        return f"# {head.title}\n\n> {head.description}\n\n{with_links(body.markdown, address).strip()}\n".encode()

    return make
