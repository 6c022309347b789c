"""Tags as nh3 writes them, and the few classes that articles may have."""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache

from kbgen.markup.styles import CLASSES
from kbgen.markup.words import BOXES, box_title

TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^>]*)>")
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_BOX = re.compile(
    r'(<div class="admonition ([a-z]+)"[^>]*>\s*)<p class="admonition-title">(\w+)</p>|'
    r'(<details class="([a-z]+)"[^>]*>\s*<summary>)(\w+)(?=</summary>)'
)
_CLASS = re.compile(
    r"kb-[a-z0-9-]+|admonition(?:-title)?|highlight|filename|footnote(?:-ref|-backref)?|language-[\w+.#-]+|keys|key-[a-z0-9-]+|linenos|hll"
)


def tag_text(tag: str, values: dict[str, str]) -> str:
    """Write an opening tag; values are escaped already."""
    return f"<{tag}{''.join(f' {name}={chr(34)}{value}{chr(34)}' for name, value in values.items())}>"


@lru_cache(maxsize=1024)
def classes(value: str) -> str:
    """Return the classes of a list that articles may have."""
    return " ".join(name for name in value.split() if name in BOXES or name in CLASSES or name == "decorative" or _CLASS.fullmatch(name))


def titled_boxes(html: str, locale: str) -> str:
    """Put boxes' titles that come from Markdown, "Note", into the article's language."""

    def titled(match: re.Match[str]) -> str:
        kind, shown = match[2] or match[5], match[3] or match[6]
        if shown.lower() != kind or kind not in BOXES:
            return match[0]
        title = entities.escape(box_title(kind, locale))
        if match[4]:
            return match[4] + (title or shown)
        return f'{match[1]}<p class="admonition-title">{title}</p>' if title else match[1]

    return _BOX.sub(titled, html)
