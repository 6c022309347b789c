"""
Site -> what is to be written: pages with their views, and files for programs.

A view is made of slices, each with the digest of its value.  A page's key is made of those digests alone, so a page that shows
nothing new is known as such without making its view.
"""

from __future__ import annotations

from collections.abc import Iterator

from kbgen.model import Output, Page
from kbgen.plan.articles import archived_pages, article_pages
from kbgen.plan.feeds import article_files, feed_files, redirect_files, redirect_pages
from kbgen.plan.ground import Ground
from kbgen.plan.keywords import finding_pages
from kbgen.plan.left import addresses, led_on, left_of
from kbgen.plan.lists import list_pages
from kbgen.plan.manifest import manifest_of

__all__ = [
    "Ground",
    "addresses",
    "article_files",
    "article_pages",
    "files",
    "led_on",
    "left_of",
    "manifest_of",
    "pages",
    "redirect_files",
]


def pages(ground: Ground) -> Iterator[Page]:
    """Plan all HTML."""
    yield from list_pages(ground)
    yield from finding_pages(ground)
    yield from article_pages(ground, ground.site.places.values())
    yield from archived_pages(ground)
    yield from redirect_pages(ground)


def files(ground: Ground) -> Iterator[Output]:
    """Plan all that is not HTML and does not come from a file of the writer's or the theme's."""
    yield from feed_files(ground)
    yield from article_files(ground, ground.site.places.values())
