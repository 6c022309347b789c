"""Every part of the default theme renders from its own examples, and uses no class that nothing styles or scripts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser
from theme_views import DEFAULT, LOCALES, default_theme, page

from kbgen.model import Page, Slice
from kbgen.render import render

# Loaded when a reader searches: rooms of their own, not parts of every page.
LONGER = {"search.mjs": 220, "query.mjs": 380, "meant.mjs": 220}
# Classes without a rule of their own: hooks for a site's stylesheet, or marks that other rules combine with.
BARE = {"kb-block", "kb-hero-search", "kb-is-guide", "kb-page", "kb-tags-all", "kb-category", "kb-article", "kb-has-toc"}


def examples() -> Iterator[Any]:
    """Each example: part's template, view."""
    for path in sorted(DEFAULT.glob("parts/*/examples.toml")):
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["example"]:
            part = path.parent.name
            template = f"parts/{part}/{one.get('template', part)}.html"
            yield pytest.param(template, one.get("view", {}), id=f"{part}: {one['name']}")


def part_page(template: str, view: dict[str, Any], locale: str) -> Page:
    """A page that is one part: the values around every page, with the example's laid over them."""
    around = {key: page("article", locale).view[key] for key in ("page", "site", "locale", "switcher", "feedback")}
    merged = {key: {**around.get(key, {}), **value} if key == "site" else value for key, value in view.items()}
    slices = {key: Slice(f"{template} {key} {value}", value) for key, value in (around | merged).items()}
    return Page("en/account/reset-password/", template, locale, slices)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("template", "view"), list(examples()))
def test_parts_render_from_their_examples(template: str, view: dict[str, Any], locale: str) -> None:
    """A part needs what its example gives and what every page has, nothing more; it shows no raw value."""
    html = render(part_page(template, view, locale), default_theme()).decode()

    assert "None" not in html
    assert "{" not in re.sub(r'data-[\w-]+="[^"]*"|<script.*?</script>', "", html, flags=re.DOTALL)


def test_every_part_with_a_template_has_examples() -> None:
    """A part without examples is a part that nobody has looked at."""
    folders = {path.parent.name for path in DEFAULT.glob("parts/*/*.html")}

    assert folders - {path.parent.name for path in DEFAULT.glob("parts/*/examples.toml")} == {"cards"}


def test_every_part_says_what_it_needs() -> None:
    """A template opens with a comment, a script with what it enhances."""
    for path in DEFAULT.rglob("*.html"):
        assert path.read_text(encoding="utf-8").startswith("{#-"), path
    for path in DEFAULT.glob("parts/*/*.mjs"):
        assert path.read_text(encoding="utf-8").startswith("/**"), path


def test_parts_keep_to_their_size() -> None:
    """A template has at most 60 lines, a script at most 150 (DESIGN, section 6)."""
    for path in DEFAULT.glob("parts/*/*"):
        limit = 60 if path.suffix == ".html" else LONGER.get(path.name, 150) if path.suffix == ".mjs" else 10_000

        assert len(path.read_text(encoding="utf-8").splitlines()) <= limit, path


def test_every_class_can_be_found() -> None:
    """A class in a page is styled, scripted, or listed here as a hook."""
    css = "".join(asset.data.decode() for name, asset in default_theme().assets.items() if name.endswith(".css"))
    scripts = "".join(text for name, text in default_theme().texts.items() if name.endswith(".mjs"))
    used: set[str] = set()
    for name in ("home", "category", "article", "search", "contact", "tags", "keywords"):
        tree = LexborHTMLParser(render(page(name, "en"), default_theme()).decode())
        for node in tree.css("[class]"):
            used |= {one for one in (node.attributes["class"] or "").split() if one.startswith("kb-")}

    assert {one for one in used if f".{one}" not in css and one not in scripts} <= BARE
