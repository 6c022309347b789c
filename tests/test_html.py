"""Every HTML file of the sample portal is valid, and every address in it leads somewhere."""

from __future__ import annotations

import json
import posixpath
import shutil
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from browser.sample import LOCALES, ROOT, built, html_files, text_of, url_of
from selectolax.lexbor import LexborHTMLParser

BASE = "https://help.lumbra.example/"
HTML = "http://www.w3.org/1999/xhtml"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": HTML}
ATOM = {"a": "http://www.w3.org/2005/Atom"}

# Rules of the validator that are switched off or loosened in .htmlvalidate.json, and why.
REASONS = {
    "aria-label-misuse": "a list may have a name: an article's tags do",
    "doctype-style": "lower case is as good to browsers, and shorter",
    "heading-level": "the menu of a section has a heading and stands before the title, as in the picture",
    "prefer-native-element": "suggestions under a search field are a listbox of links, which no select can be",
    "require-sri": "styles and scripts come from the portal itself, under names that carry their digest",
    "valid-id": "HTML takes any text without spaces: footnotes have a colon, headings the letters of their language",
}


@cache
def parsed(file: Path) -> LexborHTMLParser:
    """Parse a page once."""
    return LexborHTMLParser(text_of(file))


@cache
def ids_of(file: Path) -> frozenset[str]:
    """Return every anchor of a page."""
    return frozenset(node.attributes["id"] for node in parsed(file).css("[id]"))


def target_of(page: str, address: str) -> tuple[str, str] | None:
    """Return file (relative to the top) and anchor that an *address* on a *page* leads to; None outside the portal."""
    parts = urlsplit(address)
    if (parts.scheme or parts.netloc) and not address.startswith(BASE):
        return None
    path = unquote(parts.path)
    if parts.netloc or path.startswith("/"):
        path = path.removeprefix("/")
    elif path:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(unquote(page)) or ".", path)) + (
            "/" if path.endswith(("/", "..", ".")) else ""
        )
    else:
        path = unquote(page)
    path = path.removeprefix("./")
    return ("index.html" if path in {"", "/", "."} else path + "index.html" if path.endswith("/") else path), unquote(parts.fragment)


def addresses_of(file: Path) -> list[str]:
    """List everything that a page links to, loads or posts to within the portal."""
    found = []
    for node in parsed(file).css("[href], [src], [poster], [srcset], form[action], [data-script], [data-index], [data-query]"):
        values = node.attributes
        found += [
            values[name] for name in ("href", "src", "poster", "action", "data-script", "data-index", "data-query") if values.get(name)
        ]
        found += [one.split()[0] for one in (values.get("srcset") or "").split(",") if one.strip()]
    for node in parsed(file).css('meta[http-equiv="refresh"]'):
        found.append(node.attributes["content"].split("url=", 1)[1])
    return found


@pytest.mark.slow
@pytest.mark.timeout(400)  # the validator reads a thousand pages
def test_every_page_is_valid_html(tmp_path):
    """The validator finds no error in any file of the sample."""
    program = ROOT / "node_modules" / ".bin" / "html-validate"
    if not program.exists() or not shutil.which("node"):
        pytest.fail("html-validate is missing. Run ./dev test, which installs it.", pytrace=False)
    config = Path(__file__).with_name(".htmlvalidate.json")
    command = [str(program), "--config", str(config), "--formatter", "json", *map(str, html_files())]
    report = tmp_path / "report.json"  # a pipe would cut a long report: the program does not wait for its reader
    with report.open("wb") as file:
        subprocess.run(command, stdout=file, check=False)
    answer = json.loads(report.read_bytes())
    wrong = [
        f"{url_of(Path(one['filePath']))}:{said['line']}:{said['column']} {said['ruleId']}: {said['message']}"
        for one in answer
        for said in one["messages"]
    ]

    assert not wrong, f"{len(wrong)} findings\n" + "\n".join(wrong[:40])


def test_every_loosened_rule_has_its_reason():
    """The validator's settings are explained here, where comments may stand."""
    config = json.loads(Path(__file__).with_name(".htmlvalidate.json").read_text())

    assert set(config["rules"]) == set(REASONS)


def test_every_address_leads_somewhere():
    """Links, pictures, films, scripts, forms and redirects of every page lead to a file of the portal, anchors included."""
    top, wrong = built(), set()
    for file in html_files():
        page = url_of(file)
        for address in addresses_of(file):
            target = target_of(page, address)
            if target is None:
                continue
            path, anchor = target
            if not (top / path).is_file():
                wrong.add(f"{unquote(page)}: {unquote(address)} -> {path} is missing")
            elif anchor and path.endswith(".html") and anchor not in ids_of(top / path):
                wrong.add(f"{unquote(page)}: {unquote(address)}: no such anchor")

    assert not wrong, "\n".join(sorted(wrong)[:40])


def test_pages_stand_on_their_own_feet():
    """But for the pages for missing addresses, no address begins with a slash: the portal works below any folder."""
    wrong = [
        f"{url_of(file)}: {address}"
        for file in html_files()
        if file.name != "404.html"
        for address in addresses_of(file)
        if address.startswith("/")
    ]

    assert not wrong, "\n".join(wrong[:20])


def test_every_id_is_once_on_its_page():
    """Anchors, labels and descriptions of a page name one thing each."""
    wrong = []
    for file in html_files():
        ids = [node.attributes["id"] for node in parsed(file).css("[id]")]
        wrong += [f"{url_of(file)}: {one}" for one in set(ids) if ids.count(one) > 1]

    assert not wrong, "\n".join(wrong[:20])


def test_languages_point_at_each_other():
    """Each hreflang is answered, includes the page itself and x-default, and agrees with the canonical address."""
    alternates, canonical = {}, {}
    for file in html_files():
        page = parsed(file)
        links = {node.attributes["hreflang"]: node.attributes["href"] for node in page.css('link[rel="alternate"][hreflang]')}
        own = page.css_first('link[rel="canonical"]')
        if own is not None and not page.css_matches('meta[http-equiv="refresh"]'):
            canonical[url_of(file)] = own.attributes["href"]
            alternates[own.attributes["href"]] = links
    wrong = [
        f"{page} -> {other} ({tag})"
        for page, links in alternates.items()
        for tag, other in links.items()
        if tag != "x-default" and page not in alternates.get(other, {}).values()
    ]
    fallbacks = [url for url, address in canonical.items() if address != BASE + url]

    assert len(canonical) > 100
    assert not wrong, "\n".join(wrong[:20])
    assert all("kb-notice-fallback" in text_of(built() / unquote(url) / "index.html") for url in fallbacks)
    assert all("x-default" in links for page, links in alternates.items() if len(links) > 1)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_sitemap_lists_pages_that_are_there(locale):
    """Every address of a sitemap is a page that may be indexed, with its languages; every such article is listed."""
    tree = ET.parse(built() / f"sitemap-{locale}.xml")
    listed = [node.text for node in tree.iterfind(".//s:loc", SITEMAP)]
    named = {node.attrib["href"] for node in tree.iterfind(".//x:link", SITEMAP)}
    missing = [url for url in {*listed, *named} if not (built() / target_of("", url)[0]).is_file()]
    hidden = [url for url in listed if 'name="robots" content="noindex"' in text_of(built() / target_of("", url)[0])]
    own = {
        BASE + url_of(file)
        for file in html_files()
        if url_of(file).startswith(f"{locale}/")
        and '<body class="kb-article' in text_of(file)
        and "kb-notice-fallback" not in text_of(file)
    }

    assert listed
    assert not missing
    assert not hidden
    assert own <= set(listed)


def test_the_index_of_sitemaps_and_robots_agree():
    """robots.txt names the index, the index names one file for each locale."""
    index = [node.text for node in ET.parse(built() / "sitemap.xml").iterfind(".//s:loc", SITEMAP)]

    assert set(index) == {f"{BASE}sitemap-{locale}.xml" for locale in LOCALES}
    assert f"Sitemap: {BASE}sitemap.xml" in (built() / "robots.txt").read_text()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_feed_is_xml_and_leads_to_articles(locale):
    """An Atom feed has an id, a title and a moment, and every entry leads to a page."""
    feed = ET.parse(built() / locale / "feed.xml").getroot()
    links = [node.attrib["href"] for node in feed.iterfind("a:entry/a:link", ATOM)]

    assert all(feed.find(f"a:{name}", ATOM) is not None for name in ("id", "title", "updated"))
    assert links
    assert all((built() / target_of("", url)[0]).is_file() for url in links)


def test_no_page_loads_from_another_host():
    """Pictures, styles, scripts and films come from the portal; other hosts are only linked to."""
    loads = ("img", "script", "source", "video", "track", "iframe", 'link[rel="stylesheet"]', 'link[rel="icon"]', 'link[rel="manifest"]')
    wrong = [
        f"{url_of(file)}: {address}"
        for file in html_files()
        for node in parsed(file).css(", ".join(loads))
        for address in (node.attributes.get(name) or "" for name in ("src", "href", "srcset", "poster"))
        if "//" in address
    ]

    assert not wrong
