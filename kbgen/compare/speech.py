"""Notes in the language of the reviewer: as HTML for pages, as plain text for Markdown and JSON."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from kbgen.compare.notes import Note
from kbgen.compare.sides import Sides
from kbgen.model import Site
from kbgen.theme.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

_TARGETS = {"link_to": ("old", "new"), "link_new": ("new",), "link_gone": ("old",)}


class Speech:
    """
    The words of one locale.

    A value of the other direction stays in one piece: it is isolated by `<bdi>` in HTML, and by invisible signs in plain text.
    """

    def __init__(self, words: Words) -> None:
        from markupsafe import Markup, escape

        self.words = words
        self.locale = words.locale
        self.safe = Markup
        self._escape = escape

    def isolated(self, text: str) -> Markup:
        """Return a value ready for a gap of a sentence on a page."""
        return self.safe(f"<bdi>{self._escape(text)}</bdi>")

    def html(self, note: Note, sides: Sides, locale: str) -> Markup:
        """Say a note about a text of a locale on a page."""
        values = {name: self.isolated(value) for name, value in self._told(note, sides, locale).items()}
        return self.words(f"report.note.{note.kind}", n=None, **values)

    def plain(self, note: Note, sides: Sides, locale: str) -> str:
        """Say a note in plain text."""
        return self.say(f"report.note.{note.kind}", n=None, **self._told(note, sides, locale))

    def say(self, key: str, n: int | None = None, **values: str) -> str:
        """Say anything in plain text."""
        return html.unescape(str(self.words(key, n, **{name: f"\u2068{value}\u2069" for name, value in values.items()})))

    def _told(self, note: Note, sides: Sides, locale: str) -> dict[str, str]:
        """Return a note's values: links to articles by their titles, numbers of steps in the digits of the reviewer's language."""
        found = dict(note.values)
        for name in _TARGETS.get(note.kind, ()):
            site = (sides.before if name == "old" else sides.after).site
            found[name] = _target(found[name], site, locale)
        if "number" in found:
            found["number"] = self.words.number(int(found["number"]))
        return found


def _target(target: str, site: Site, locale: str) -> str:
    """Say where a link leads as a person would: by the article's title."""
    if not target.startswith("kb:"):
        return target.removeprefix("content/")
    key, _, anchor = target.removeprefix("kb:").partition("#")
    place = site.places.get((locale, key)) or next((one for (_, name), one in site.places.items() if name == key), None)
    if place is None:
        return f"{key}#{anchor}" if anchor else key
    title = place.article.head.title
    heading = next((one.text for one in place.article.body.headings if one.id == anchor), anchor)
    return f"{title} › {heading}" if heading else title
