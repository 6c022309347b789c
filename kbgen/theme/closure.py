"""What a template may use, read from its text: the reason why Jinja need not be imported to know that nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kbgen.model import Problem

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b\s*(.*?)\s*[-+]?%\}|\bonce\(\s*(.*?)\s*\)", re.DOTALL)
_NAME = re.compile(r"""(?:"([^"{}]+)"|'([^'{}]+)')(?:\s+(?:ignore\s+missing|with(?:out)?\s+context|as\s+\w+|import\s+[\w\s,]+))*""")
_MARKUP = re.compile(r"""\{%.*?%\}|<!--.*?-->|<script\b[^>]*>.*?</script>""", re.DOTALL)
_ELEMENT = re.compile(r"""<[a-zA-Z][^\s/>]*((?:\{\{.*?\}\}|"(?:\{\{.*?\}\}|[^"])*"|'(?:\{\{.*?\}\}|[^'])*'|[^"'>])*)>""", re.DOTALL)
_QUOTED = re.compile(r"""=\s*(?:"(?:\{\{.*?\}\}|[^"])*"|'(?:\{\{.*?\}\}|[^'])*')""", re.DOTALL)


@lru_cache(maxsize=256)
def uses(text: str) -> tuple[tuple[str, int], ...]:
    """
    List the templates that a template names.

    Returns: (name, line); the name is "" where it is an expression instead of a text.
    """
    found = []
    blank = _COMMENT.sub(lambda one: "\n" * one[0].count("\n"), text)
    for tag in _TAG.finditer(blank):
        name = _NAME.fullmatch(tag[1] or tag[2] or "")
        found.append(((name[1] or name[2]) if name else "", blank.count("\n", 0, tag.start()) + 1))
    return tuple(found)


def closure_of(name: str, texts: Mapping[str, str]) -> set[str]:
    """Return a template with all that it names, and so on; names that do not exist are left out."""
    found: set[str] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        if one in texts and one not in found:
            found.add(one)
            todo += [used for used, _ in uses(texts[one])]
    return found


def lint(texts: Mapping[str, str], places: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with templates before any is rendered."""
    for name, text in texts.items():
        if not name.endswith(".html"):
            continue
        for used, line in uses(text):
            if not used:
                yield Problem(
                    places[name],
                    line,
                    0,
                    "KB913",
                    "The template names another by an expression",
                    'Write the name out:  {% include "parts/card/card.html" %}',
                )
            elif used not in texts:
                yield Problem(
                    places[name],
                    line,
                    0,
                    "KB914",
                    f"The theme has no file {used}",
                    "Names start at the theme's folder:  parts/card/card.html",
                )
        for line in unquoted(text):
            yield Problem(places[name], line, 0, "KB907", "An attribute's value is not in quotes", 'Write  title="{{ title }}"')


def unquoted(text: str) -> Iterator[int]:
    """Yield the lines of elements that have an attribute whose value is not in quotes."""
    blank = text
    for rule in (_COMMENT, _MARKUP):
        blank = rule.sub(lambda one: "\n" * one[0].count("\n"), blank)
    for element in _ELEMENT.finditer(blank):
        if "=" in _QUOTED.sub("", element[1]):
            yield blank.count("\n", 0, element.start()) + 1
