"""Problems that are known only after an article's HTML has been made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kbgen.markup.addresses import refused_address
from kbgen.markup.sanitise import NEVER, refused
from kbgen.markup.source import Origin
from kbgen.model import Heading, Problem

_MOST = 20  # places of one name; more say nothing new
_TIGHT = re.compile(r"[ >]*(#{1,6}[^#\s]\S*)")
_DIRECTIVE = re.compile(r"^[ ]{0,3}/{3,}[ ]*video\b.*$", re.MULTILINE | re.IGNORECASE)


def refused_html(raw: str, origin: Origin, allow_tags: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for everything that the sanitiser is going to take out; `raw` is Markdown's HTML."""
    for what, tag, name in refused(raw, allow_tags):
        if what == "address":
            yield refused_address(origin, origin.locate_address(name), name)
        elif what == "attribute":
            offset = origin.locate(f" {name}=", f" {name}", f"<{tag}")
            message = f'the attribute "{name}" of <{tag}> is taken out'
            remedy = "Write  id  instead" if (tag, name) == ("a", "name") else "Delete it"
            yield origin.problem(offset, "KB801", message, remedy, width=len(name) + 1, severity="warning")
        else:
            offset = _tag_offset(origin, tag)
            remedy = "Use Markdown instead"
            if tag not in NEVER:
                allow = f'a site may allow "{tag}" under [markdown] allow_tags in kbgen.toml'
                remedy = f"To show it write  \\<{tag}>  or put it into code; {allow}"
            yield origin.problem(offset, "KB801", f"<{tag}> is taken out", remedy, width=len(tag) + 1, severity="warning")


def _tag_offset(origin: Origin, tag: str) -> int:
    offset = origin.locate(f"<{tag}")
    if offset < 0:
        match = re.search(f"<{re.escape(tag)}", origin.masked, re.IGNORECASE)
        offset = match.start() if match else -1
    return offset


def heading_levels(headings: Sequence[Heading], levels: Sequence[int], origin: Origin) -> Iterator[Problem]:
    """
    Yield problems of headings' levels.

    Args:
        headings: As shown.
        levels: As written, first-level headings included.
        origin: The source.
    """
    before = 1
    for place, (heading, level) in enumerate(zip(headings, levels, strict=True)):
        if level == 1:
            offset = _heading_offset(origin, place, level)
            remedy = _or_text(origin, offset, f"Write  ## {heading.text}")
            message = "a body has no first-level heading: that is the title"
            yield origin.problem(offset, "KB210", message, remedy, severity="warning", edit=_marks(origin, offset, 1, 2))
        elif heading.level > before + 1:
            offset = _heading_offset(origin, place, level)
            remedy = _or_text(origin, offset, f"Write  {'#' * (before + 1)} {heading.text}")
            message = f"heading of level {heading.level} right below one of level {before}"
            if before == 1:
                message = f"the first heading has level {heading.level}, not 2"
            edit = _marks(origin, offset, level, before + 1)
            yield origin.problem(offset, "KB211", message, remedy, width=level, severity="warning", edit=edit)
        before = heading.level


def _heading_offset(origin: Origin, place: int, level: int) -> int:
    """Return where a heading stands: the one with its number if its level agrees, else the first of its level; -1 if none."""
    written = origin.headings
    if place < len(written) and written[place][0] == level:
        return written[place][1]
    return next((offset for other, offset in written if other == level), origin.masked.find(f"<h{level}"))


def _marks(origin: Origin, offset: int, level: int, wanted: int) -> str | None:
    """Return the marks of a heading of another level; None unless those of its own, and a space, stand there."""
    return "#" * wanted if offset >= 0 and origin.text.startswith(f"{'#' * level} ", offset) else None


def _or_text(origin: Origin, offset: int, remedy: str) -> str:
    """Add to the remedy of a heading that no space follows, such as `#1 in sales`, how to make it text."""
    tight = _TIGHT.match(origin.text, offset) if offset >= 0 else None
    return f"{remedy} , or, if it is no heading,  \\{tight[1]}" if tight else remedy


def unread_directives(origin: Origin, read: int) -> Iterator[Problem]:
    """Yield a problem when there are more video directives in the source than Markdown understood."""
    if "///" not in origin.masked:
        return
    written = list(_DIRECTIVE.finditer(origin.masked))
    for match in written[: max(len(written) - read, 0)]:
        remedy = "Write  /// video | media/film.webm  after an empty line, options below it indented by four spaces, and  ///  at the end"
        yield origin.problem(match.start(), "KB308", "this video directive is not understood", remedy, width=len(match[0]))


def unknown_names(names: Iterable[str], known: Mapping[str, str], origin: Origin, locale: str) -> Iterator[Problem]:
    """Yield a problem for each place of a name that is not in content/_vars.toml."""
    for name in names:
        from difflib import get_close_matches

        close = get_close_matches(name, known, 1)
        remedy = f"Add it to content/_vars.toml for {locale}, or put it into code to show braces"
        if close:
            remedy = f"Did you mean {{{{ {close[0]} }}}}?"
        places = [match.start() for match in re.finditer(r"\{\{[ \t]*" + re.escape(name) + r"[ \t]*\}\}", origin.masked)]
        for offset in places[:_MOST] or [-1]:
            yield origin.problem(offset, "KB306", f"there is no variable {name}", remedy, width=len(name) + 4)
