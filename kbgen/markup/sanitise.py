"""
The allow-list that every article's HTML passes (security.md T2, T3): nothing that runs, loads from elsewhere or looks like a form.

`style`, `svg`, `math`, raw-text elements and forms are never allowed, whatever a site adds.  What `walk.py` writes afterwards
(addresses of placeholders, players, wrappers of tables) is made of escaped values only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nh3

SCHEMES = frozenset({"http", "https", "mailto", "tel", "kb"})
TAGS = frozenset(
    """
    a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup
    table tbody td tfoot th thead time tr u ul var wbr
    """.split()
)
NEVER = frozenset(
    """
    applet base body button canvas embed fieldset form frame frameset head html iframe input keygen link listing marquee math
    meta noembed noframes noscript object option param plaintext portal script select slot style svg template textarea title xmp
    """.split()
)
ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"class", "dir", "id", "lang", "title"}),
    "a": frozenset({"href"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "details": frozenset({"open"}),
    "img": frozenset({"alt", "height", "src", "width"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"reversed", "start", "type"}),
    "td": frozenset({"align", "colspan", "headers", "rowspan"}),
    "th": frozenset({"align", "colspan", "headers", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
}
_GONE_WITH_TEXT = frozenset({"script", "style"})

_TAG = re.compile(r"<([a-zA-Z][^\s/>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@lru_cache(maxsize=8)
def cleaner(allow_tags: tuple[str, ...]) -> nh3.Cleaner:
    """Return the sanitiser of a site; its `clean` takes and returns HTML."""
    import nh3

    return nh3.Cleaner(
        tags=set(allowed_tags(allow_tags)),
        clean_content_tags=set(_GONE_WITH_TEXT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        link_rel=None,
        strip_comments=True,
        url_schemes=set(SCHEMES),
    )


@lru_cache(maxsize=8)
def allowed_tags(allow_tags: tuple[str, ...]) -> frozenset[str]:
    """Return the elements that stay: ours and the site's, but never one that can run code."""
    return TAGS | {tag.lower() for tag in allow_tags} - NEVER


def scheme(address: str) -> str:
    """Return the scheme that a browser would see in an address, in lower case, or ""."""
    match = _SCHEME.match(_INVISIBLE.sub("", address))
    return match[1].lower() if match else ""


def refused(raw: str, allow_tags: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """
    Name what the sanitiser is going to take out.

    Args:
        raw: HTML of Markdown, in which code is escaped, so that a "<" is always a tag's.
        allow_tags: The site's own.

    Yields: ("tag", name, ""), ("attribute", tag, name) or ("address", tag, address as a browser would see it).
    """
    tags = allowed_tags(allow_tags)
    everywhere = ATTRIBUTES["*"]
    for match in _TAG.finditer(raw):
        tag = match[1].lower()
        if tag not in tags:
            yield "tag", tag, ""
            continue
        if not match[2]:
            continue
        own = ATTRIBUTES.get(tag, frozenset())
        for name, value in _ATTRIBUTE.findall(match[2]):
            lower = name.lower()
            if lower not in everywhere and lower not in own:
                yield "attribute", tag, lower
            elif lower in {"href", "src"}:
                address = html.unescape(value.strip("\"'"))
                found = scheme(address)
                if found and found not in SCHEMES:
                    yield "address", tag, address
