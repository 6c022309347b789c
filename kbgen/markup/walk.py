"""
Sanitised HTML -> the parts of a Body, in one pass over its tags.

nh3 writes HTML in one form only: lower-case names, values in double quotes, every `<`, `>`, `&` and `"` in a value escaped.  So a
pattern finds tags exactly.  What is written back consists of tags as they were, and of values that are made or escaped here.

The file is longer than others because each element's rule is one small method of one pass over shared state.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from kbgen.markup.addresses import Addresses
from kbgen.markup.players import player
from kbgen.markup.slugs import Anchors
from kbgen.markup.source import Origin
from kbgen.markup.tags import ATTRIBUTE, TAG, classes, tag_text, titled_boxes
from kbgen.markup.words import words
from kbgen.model import Heading, Question

_HIGHLIGHTED = re.compile(r'(?:[^<]|</?code>|</span>|<span(?: class="(?:[a-z][a-z0-9]{0,2}|linenos)")?>)*</pre>')
_NUMBERS = re.compile(r'<span class="linenos">[^<]*</span>')
_BLOCKS = frozenset(
    """
    aside blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary
    table tbody tfoot thead tr ul
    """.split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ALIGN = {"left": "kb-start", "center": "kb-center", "right": "kb-end"}


@dataclass(slots=True)
class Found:
    """What the walk collects."""

    html: str = ""
    lines: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)  # as written, h1 included
    questions: list[Question] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


class Walk:
    """
    One article's pass.

    Args:
        html: From the sanitiser.
        addresses: Gives links and images their placeholders.
        origin: The source, for lines.
        locale: Of the article.
        faq: Whether second-level headings are questions.
    """

    def __init__(self, html: str, addresses: Addresses, origin: Origin, locale: str, *, faq: bool) -> None:
        self.html = titled_boxes(html, locale) if "admonition" in html or "<details" in html else html
        self.addresses = addresses
        self.origin = origin
        self.locale = locale
        self.faq = faq
        self.found = Found()
        self.anchors = Anchors(re.findall(r' id="([^"]*)"', html) if ' id="' in html else [])
        self.out: list[str] = []
        self.copied = 0  # everything before is in `out`
        self.read = 0  # everything before is in the text
        self.piece: list[str] = []  # of the block that is being read
        self.silent = ""  # the element whose text is not the article's
        self.heading: tuple[int, dict[str, str], int] | None = None  # its place in `out`, its attributes, lines before it
        self.in_head = False  # of a table
        self.lists: list[str] = []
        self.steps = "before"  # the first numbered list: before, in, after
        self.step = 0  # lines before the current item
        self.asked: list[tuple[str, str, int]] = []  # anchor, question, lines before the answer

    def run(self) -> Found:
        """Walk, and return what was found."""
        html, handlers = self.html, _HANDLERS
        position = 0
        while (match := TAG.search(html, position)) is not None:
            position = match.end()
            if self.read < match.start() and not self.silent:
                self.piece.append(html[self.read : match.start()])
            self.read = position
            closing, tag, rest = match.groups()
            if tag in _BLOCKS:
                self.flush()
            handler = handlers.get(tag)
            if handler is not None:
                position = self.read = max(position, handler(self, match) or 0)
            elif rest:
                self.plain(match)
            if self.silent == tag and closing:
                self.silent = ""
        if self.read < len(html):
            self.piece.append(html[self.read :])
        self.flush()
        self.finish()
        self.out.append(html[self.copied :])
        self.found.html = "".join(self.out).strip()
        return self.found

    # Writing -----------------------------------------------------------------------------------------------------

    def put(self, match: re.Match[str], text: str) -> None:
        """Write text instead of a tag."""
        self.out += (self.html[self.copied : match.start()], text)
        self.copied = match.end()

    def attributes(self, match: re.Match[str]) -> dict[str, str]:
        """Return a tag's attributes, still escaped, with ids and classes that may stay."""
        values = dict(ATTRIBUTE.findall(match[3]))
        if "id" in values:
            values["id"] = self.anchors.explicit(values["id"])
            if not values["id"]:
                del values["id"]
        if "class" in values:
            values["class"] = classes(values["class"])
            if not values["class"]:
                del values["class"]
        for name in ("title", "alt"):
            if "{{" in values.get(name, ""):
                values[name] = entities.escape(self.addresses.variables.plain(entities.unescape(values[name])))
        return values

    def plain(self, match: re.Match[str]) -> None:
        """Write a tag that has nothing but ordinary attributes."""
        self.put(match, tag_text(match[2], self.attributes(match)))

    # Reading -----------------------------------------------------------------------------------------------------

    def flush(self) -> str:
        """End a block of visible text; returns it."""
        if not self.piece:
            return ""
        text = " ".join("".join(self.piece).split())
        self.piece.clear()
        if "&" in text:
            text = " ".join(entities.unescape(text).split())
        if text:
            self.found.lines.append(text)
        return text

    def finish(self) -> None:
        """Cut the text at its questions."""
        lines = self.found.lines
        ends = [start - 1 for _, _, start in self.asked[1:]] + [len(lines)]
        for (anchor, question, start), end in zip(self.asked, ends, strict=False):
            self.found.questions.append(Question(anchor, question, "\n".join(lines[start:end])))
        self.found.ids = self.anchors.taken

    # Tags --------------------------------------------------------------------------------------------------------

    def on_link(self, match: re.Match[str]) -> None:
        """Give a link its placeholder."""
        if match[1]:
            return
        values = self.attributes(match)
        if values.get("class") == "footnote-backref":
            self.silent = "a"
            values.pop("title", None)
            if back := words(self.locale).get("back", ""):
                values["aria-label"] = entities.escape(back)
        if "href" in values:
            self.addresses.link(values)
        self.put(match, tag_text("a", values))

    def on_image(self, match: re.Match[str]) -> int:
        """Give an image its placeholder; alone in a paragraph and with a title it becomes a figure."""
        values = self.attributes(match)
        if not self.addresses.image(values):
            self.put(match, values.get("alt", ""))
            return 0
        end = match.end()
        alone = self.html.endswith("<p>", 0, match.start()) and self.html.startswith("</p>", end)
        title = values.get("title", "")
        if not (alone and title):
            self.put(match, tag_text("img", values))
            return 0
        del values["title"]
        self.out.append(self.html[self.copied : match.start() - len("<p>")])
        self.out.append(f"<figure>{tag_text('img', values)}<figcaption>{title}</figcaption></figure>")
        self.copied = end + len("</p>")
        self.piece.append(title)
        self.flush()
        return self.copied

    def on_heading(self, match: re.Match[str]) -> None:
        """Give a heading its anchor; first-level ones go down a level."""
        level = max(int(match[2][1]), 2)
        if not match[1]:
            self.found.levels.append(int(match[2][1]))
            self.put(match, "")
            self.heading = (len(self.out) - 1, self.attributes(match), len(self.found.lines))
            return
        if self.heading is None:
            return
        place, values, before = self.heading
        self.heading = None
        text = " ".join(self.found.lines[before:])
        anchor = values.get("id") or self.anchors.made(text)
        self.out[place] = tag_text(f"h{level}", {"id": anchor, **values})
        self.put(match, f"</h{level}>")
        self.found.headings.append(Heading(level, entities.unescape(anchor), text))
        if self.faq and level == 2 and text:  # noqa: PLR2004 - a second-level heading asks
            self.asked.append((entities.unescape(anchor), text, len(self.found.lines)))

    def on_list(self, match: re.Match[str]) -> None:
        """Follow lists, to find the first numbered one."""
        if match[1]:
            self.lists[-1:] = []
            if self.steps == "in" and not self.lists:
                self.steps = "after"
            return
        self.lists.append(match[2])
        if self.steps == "before" and self.lists == ["ol"]:
            self.steps = "in"
        if match[3]:
            self.plain(match)

    def on_item(self, match: re.Match[str]) -> None:
        """Collect the items of the first numbered list."""
        if match[3]:
            self.plain(match)
        if self.steps != "in" or len(self.lists) != 1:
            return
        if not match[1]:
            self.step = len(self.found.lines)
        elif len(self.found.lines) > self.step:
            self.found.steps.append(" ".join(self.found.lines[self.step :]))

    def on_div(self, match: re.Match[str]) -> None:
        """Say of tabs that a script may improve them; know where footnotes begin."""
        if not match[3]:
            return
        values = self.attributes(match)
        if values.get("class") == "kb-tabs":
            values["data-module"] = "kb-tabs"
        elif values.get("class") == "footnote" and self.steps == "before":
            self.steps = "after"
        self.put(match, tag_text("div", values))

    def on_span(self, match: re.Match[str]) -> None:
        """Leave the signs of a task list out of the text."""
        if match[3]:
            if 'class="kb-check"' in match[3]:
                self.silent = "span"
            self.plain(match)

    def on_break(self, _match: re.Match[str]) -> None:
        """Keep words apart."""
        self.piece.append(" ")

    def on_table(self, match: re.Match[str]) -> None:
        """
        Put a table into a box that scrolls and can be reached by keyboard.

        Its name is that of the heading above, so that no word of another language is needed; `group` and not `region`, because two
        tables under one heading would be two landmarks of one name.
        """
        if match[1]:
            self.put(match, "</table></div>")
            return
        above = self.found.headings[-1].id if self.found.headings else ""
        label = f' role="group" aria-labelledby="{entities.escape(above)}"' if above else ""
        self.put(match, f'<div class="kb-table" tabindex="0"{label}>{tag_text("table", self.attributes(match))}')

    def on_cell(self, match: re.Match[str]) -> int:
        """Say which column a head is for; alignment becomes a class, because it follows the direction of the script."""
        self.piece.append(" ")
        if match[1]:
            return 0
        tag, end = match[2], match.end()
        values = self.attributes(match) if match[3] else {}
        aligned = _ALIGN.get(values.pop("align", ""), "")
        if aligned:
            values["class"] = f"{values['class']} {aligned}" if "class" in values else aligned
        if tag == "th" and self.html.startswith("</th>", end):
            self.out += (self.html[self.copied : match.start()], tag_text("td", values), "</td>")
            self.copied = end + len("</th>")
            return self.copied
        if tag == "th" and self.in_head:
            values = {"scope": "col", **values}
        if values or match[3]:
            self.put(match, tag_text(tag, values))
        return 0

    def on_head(self, match: re.Match[str]) -> None:
        """Follow heads of tables."""
        self.in_head = not match[1]
        if match[3]:
            self.plain(match)

    def on_note(self, match: re.Match[str]) -> None:
        """Leave numbers of footnotes out of the text."""
        if not match[1] and ' id="fnref' in match[3]:
            self.silent = "sup"
        if match[3]:
            self.plain(match)

    def on_code(self, match: re.Match[str]) -> int:
        """Take highlighted code as it is: nothing stands in it but spans with Pygments' short classes."""
        if match[1]:
            return 0
        self.put(match, tag_text("pre", {"tabindex": "0", **(self.attributes(match) if match[3] else {})}))
        inside = _HIGHLIGHTED.match(self.html, match.end())
        if inside is None:
            return 0
        code = self.html[match.end() : inside.end() - len("</pre>")]
        if "linenos" in code:
            code = _NUMBERS.sub("", code)
        rows = entities.unescape(TAG.sub("", code)).split("\n")
        self.found.lines += [line for line in (" ".join(row.split()) for row in rows) if line]
        return inside.end()

    def on_figure(self, match: re.Match[str]) -> None:
        """Put a film's player where the directive left its number."""
        if match[1] or not match[3]:
            return
        values = self.attributes(match)
        film = self.addresses.film(values.get("class", ""))
        if film is not None:
            self.put(match, player(film, self.addresses, self.locale))
            return
        values["class"] = " ".join(name for name in values.get("class", "").split() if not name.startswith("kb-film-"))
        self.put(match, tag_text("figure", {name: value for name, value in values.items() if value}))


_HANDLERS: dict[str, Callable[[Walk, re.Match[str]], int | None]] = {
    "a": Walk.on_link,
    "img": Walk.on_image,
    "table": Walk.on_table,
    "td": Walk.on_cell,
    "th": Walk.on_cell,
    "thead": Walk.on_head,
    "sup": Walk.on_note,
    "pre": Walk.on_code,
    "figure": Walk.on_figure,
    "ol": Walk.on_list,
    "ul": Walk.on_list,
    "li": Walk.on_item,
    "div": Walk.on_div,
    "span": Walk.on_span,
    "br": Walk.on_break,
    **dict.fromkeys(_HEADINGS, Walk.on_heading),
}
