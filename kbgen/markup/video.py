"""
`/// video | media/film.webm` -> Film.

    /// video | media/film.webm
        poster: media/film.jpg
        captions: {ca: media/film.ca.vtt, en: media/film.en.vtt}
        transcript: media/film.txt
        duration: 75

    What the film shows.
    ///

In the tree stands an empty figure with a number; `walk.py` puts the player there after sanitising, so writers cannot type one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block, type_any

from kbgen.model import Captions, Video

if TYPE_CHECKING:
    from markdown import Markdown

LONGEST = 86_400  # seconds


class Films:
    """The films of one article in order, each with what is wrong about its options."""

    def __init__(self) -> None:
        self.found: list[tuple[Video, tuple[str, ...]]] = []


class VideoBlock(Block):  # type: ignore[misc] # published without types
    """The directive."""

    NAME = "video"
    ARGUMENT = True
    OPTIONS = dict.fromkeys(("poster", "captions", "transcript", "duration"), (None, type_any))

    def _validate(self, parent: Element, arg: Any, **options: Any) -> bool:  # noqa: ANN401 - as the library has it
        """Take unknown options out: they are a problem to report, not a reason to show the directive as text."""
        known = {**self.OPTIONS, "attrs": None}
        self.wrong = [f"there is no option {name}" for name in options if name not in known]
        return bool(super()._validate(parent, arg, **{name: value for name, value in options.items() if name in known}))

    def on_create(self, parent: Element) -> Element:
        """Make the figure."""
        films: Films = self.config["films"]
        films.found.append(self._film())
        return SubElement(parent, "figure", {"class": f"kb-film-{len(films.found) - 1}"})

    def on_end(self, block: Element) -> None:
        """Make what stands in the directive the figure's caption."""
        children = list(block)
        if not children:
            return
        for child in children:
            block.remove(child)
        SubElement(block, "figcaption").extend(children)

    def on_markdown(self) -> str:
        """Read the content as blocks."""
        return "block"

    def _film(self) -> tuple[Video, tuple[str, ...]]:
        wrong = list(self.wrong)
        texts = {}
        for name in ("poster", "transcript"):
            value = self.options[name]
            texts[name] = value if isinstance(value, str) else ""
            if value is not None and not isinstance(value, str):
                wrong.append(f"{name} is not a path")
        duration = seconds(self.options["duration"])
        if duration is None:
            wrong.append("duration is not a number of seconds")
        captions = self.options["captions"]
        pairs = captions.items() if isinstance(captions, dict) else ()
        if captions is not None and not (isinstance(captions, dict) and all(isinstance(one, str) for pair in pairs for one in pair)):
            wrong.append("captions are not written as {ca: film.ca.vtt, en: film.en.vtt}")
            pairs = ()
        tracks = tuple(Captions(locale, src) for locale, src in pairs)
        return Video(str(self.argument).strip(), texts["poster"], tracks, texts["transcript"], duration or 0), tuple(wrong)


def seconds(value: object) -> int | None:
    """Return a duration, 75 or "1:15", in seconds; 0 when there is none, None when it is not one."""
    if value is None:
        return 0
    if isinstance(value, str):
        parts = value.strip().split(":")
        if not all(part.isdecimal() and len(part) <= 5 for part in parts) or len(parts) > 3:  # noqa: PLR2004 - hours, minutes, seconds
            return None
        value = sum(int(part) * 60**place for place, part in enumerate(reversed(parts)))
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST else None


class VideoExtension(BlocksExtension):  # type: ignore[misc] # published without types
    """Adds the directive to Markdown."""

    def __init__(self, films: Films) -> None:
        super().__init__()
        self.films = films

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: ANN401, ARG002, N802 - the library's name
        """Register."""
        block_mgr.register(VideoBlock, {"films": self.films})
