"""Going back to an older release without losing an address: what only the newer one had leads on to what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from html import escape

from kbgen.release.manifest import Release
from kbgen.release.urls import above, folders_of, page_url, room_for
from kbgen.urls import path_of, up

_PAGE = """<!doctype html>
<html lang="{locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="robots" content="noindex">
<link rel="canonical" href="{target}">
<meta http-equiv="refresh" content="0; url={target}">
</head>
<body><p><a href="{target}" dir="auto">{title}</a></p></body>
</html>
"""


def ways(old: Release, newest: Release, live: AbstractSet[str]) -> dict[str, str]:
    """
    Lead every address that was ever published to something.

    Args:
        old: The release that is brought back.
        newest: The one that knows every address.
        live: The files of the old one.
    Returns: URL -> URL of a page among those files, for the addresses that they do not answer.
    """
    at = {(page.locale, page.id): page.url for page in old.pages}
    taken, folders, found = set(live), folders_of(live), dict[str, str]()
    for url, was in newest.urls.items():
        page = url if url.endswith("/index.md") else page_url(url)
        if path_of(url) in live or path_of(page) in taken or not room_for(path_of(page), live, folders):
            continue
        taken.add(path_of(page))
        target = at.get((url.split("/", 1)[0], was.id)) or above(page, live)
        found[page] = old.redirects.get(target, target)  # one step: what led on then leads to its end
    return found


def files(old: Release, led: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Make the pages that lead on: path in the portal, bytes."""
    titles = {page.url: page.title for page in old.pages}
    for url, target in led.items():
        way = up(url) + target
        if url.endswith(".md"):
            yield path_of(url), f"<{way}>\n".encode()
            continue
        words = {"locale": url.split("/", 1)[0], "title": titles.get(target, f"/{target}"), "target": way}
        yield path_of(url), _PAGE.format(**{name: escape(text) for name, text in words.items()}).encode()


def release(old: Release, newest: Release, led: Mapping[str, str]) -> Release:
    """
    Make the manifest of going back.

    It remembers what the newest one knew of addresses and approvals, and nothing is due: nobody but a person publishes again what
    somebody took back.
    """
    back_to = old.back_to or old.name
    memory = replace(old, since=newest.since or newest.commit, texts=newest.texts, urls=newest.urls)
    lowest = "enforce" if newest.approval == "enforce" else old.approval
    return replace(memory, approval=lowest, due="", back_to=back_to, redirects={**old.redirects, **led})
