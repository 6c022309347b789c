"""
Markdown -> Body.

`render` is the door: one article's text in, its sanitised HTML, visible text, links and problems out.  It depends on nothing but its
arguments, so its result can be remembered for ever.  Nothing heavy is loaded before it is called.

    source.py    what stands where in a text: code, lines, mistakes in lists      hidden.py   characters that cannot be seen
    snippets.py  `{{ snippet NAME }}` -> the snippet's Markdown                  inline.py   `{{ name }}` -> its value
    engine.py    the order of the steps; which extensions a text needs           fast.py     Python-Markdown in less time
    video.py     `/// video` -> Film     players.py  its player                  tabs.py     tabs that need no script
    sanitise.py  the allow-list                                                  tags.py     tags and classes after it
    walk.py      sanitised HTML -> Body  addresses.py  links, images, films      slugs.py    anchors of headings
    findings.py  problems known at the end                                       rules.py    what each problem means
    words.py     the few words that markup itself adds                           styles.py   colours of code
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kbgen.markup.rules import RULES
from kbgen.model import Body

__all__ = ["RULES", "Settings", "Text", "extension_fault", "names_used", "pygments_css", "render"]

_USED = re.compile(r"\{\{[ \t]*(snippet[ \t]+)?([\w./-]+)[ \t]*\}\}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a site allows in its articles: the table [markdown] of kbgen.toml."""

    extensions: tuple[str, ...] = ()  # of Python-Markdown, added to ours
    raw_html: Literal["sanitise", "escape"] = "sanitise"
    allowed_hosts: tuple[str, ...] = ()  # whose images and films may be shown
    allow_tags: tuple[str, ...] = ()  # HTML elements besides ours


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be rendered."""

    body: str
    path: str
    line: int  # in the file, where the body starts
    locale: str
    kind: str
    variables: Mapping[str, str]  # already those of the locale
    snippets: Mapping[str, str]


def render(text: Text, settings: Settings) -> Body:
    """
    Make the HTML of an article and everything that is known from it.

    Args:
        text: The article's Markdown and what it may borrow.
        settings: What the site allows.

    Returns: The body; its problems have lines of the file, counted from `text.line`.
    Raises: RecursionError: The text is nested too deeply.  Whatever the caller's timer raises passes through.
    """
    from kbgen.markup.engine import body_of

    return body_of(text, settings)


def names_used(body: str) -> tuple[frozenset[str], frozenset[str]]:
    """
    Return the variables and the snippets that a body may use.

    Names inside code are among them: too many names cost a little, too few would show old text.
    """
    if "{{" not in body:
        return frozenset(), frozenset()
    found = _USED.findall(body)
    return frozenset(name for snippet, name in found if not snippet), frozenset(name for snippet, name in found if snippet)


def extension_fault(name: str) -> str:
    """
    Say why an extension of Python-Markdown cannot be used.

    Returns: "" for one that can; else a phrase that goes on from its name.  The answer depends on what is installed: never remember it.
    """
    from kbgen.markup.engine import fault_of

    return fault_of(name)


def pygments_css() -> str:
    """Return the rules for highlighted code; colours are custom properties, --kb-code-keyword and so on, that a theme sets."""
    from kbgen.markup.styles import css

    return css()
