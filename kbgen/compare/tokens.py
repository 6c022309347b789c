"""What a line is made of: words, letters where a script writes none, spaces, signs, pictures; and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Attributes = tuple[tuple[str, str], ...]

# Scripts without spaces: Han, kana, Thai, Lao, Khmer, Burmese.  There a letter is a token, with the signs that sit on it.
_ALONE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_ON = "\u0300-\u036f\u064b-\u065f\u0670\u200c\u200d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a\ufe00-\ufe0f"
_PIECE = re.compile(
    rf"\s+|\d+(?:[.,٫٬:/]\d+)*|[{_ALONE}][{_ON}]*|[^\W\d{_ALONE}][^\W{_ALONE}]*(?:[{_ON}]+[^\W{_ALONE}]+)*[{_ON}]*(?:['’\-][^\W\d{_ALONE}]+)*|.[{_ON}]*",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_TOLD = {  # attributes of what stands in a line that change what a reader sees
    "a": {"href", "title"},
    "abbr": {"title"},
    "bdo": {"dir"},
    "img": {"src", "alt", "title", "data-blob"},
    "video": {"src", "poster", "data-blob"},
}
_NEVER = frozenset({"span", "bdi"})  # colours of code and the like


@dataclass(frozen=True)
class Mark:
    """An element around words."""

    tag: str
    attributes: Attributes = ()

    @cached_property
    def key(self) -> tuple[str, Attributes]:
        """What counts of it."""
        return self.tag, _counting(self.tag, self.attributes)


@dataclass(frozen=True)
class Token:
    """The smallest part that changes as a whole: a word, a letter of Chinese, a space, a sign, or a thing such as a picture."""

    text: str
    marks: tuple[Mark, ...] = ()  # the outermost first
    tag: str = ""  # of a thing, which has no text
    attributes: Attributes = ()

    @property
    def name(self) -> str:
        """What is read, without what stands around it."""
        return self.text or f"\0{self.tag}"

    @property
    def word(self) -> bool:
        """Whether it is more than a space or a sign."""
        return bool(self.tag and self.tag != "br") or any(letter.isalnum() for letter in self.text)

    @cached_property
    def around(self) -> tuple[tuple[str, Attributes], ...]:
        """The elements that count: links, emphasis, code."""
        return tuple(mark.key for mark in self.marks if mark.tag not in _NEVER)

    @cached_property
    def key(self) -> tuple[object, ...]:
        """All that counts."""
        return self.text, self.around, self.tag, _counting(self.tag, self.attributes)

    def get(self, name: str) -> str:
        """Return an attribute of a thing."""
        return dict(self.attributes).get(name, "")


def pieces(text: str, *, kept: bool = False) -> Iterator[str]:
    """
    Cut a text.

    Args:
        kept: Its spaces and line ends are shown as they are, as in code.
    """
    for piece in _PIECE.findall(text if kept else _SPACE.sub(" ", text)):
        if kept and "\n" in piece:
            yield from re.findall(r"\n|[^\n]+", piece)
        else:
            yield piece


def trimmed(tokens: tuple[Token, ...], *, kept: bool = False) -> tuple[Token, ...]:
    """Take off the spaces at both ends, and all but one where several meet; in code only line ends at the end."""
    if kept:
        end = len(tokens)
        while end and tokens[end - 1].text == "\n":
            end -= 1
        return tokens[:end]
    found: list[Token] = []
    for token in tokens:
        blank = token.text == " "
        if not blank or (found and found[-1].text != " " and found[-1].tag != "br"):
            found.append(token)
    while found and found[-1].text == " ":
        found.pop()
    return tuple(found)


def quiet(attributes: Attributes) -> Attributes:
    """Return the attributes of a film that are worth telling."""
    return tuple((name, value) for name, value in attributes if name in _TOLD["video"])


def _counting(tag: str, attributes: Attributes) -> Attributes:
    known = _TOLD.get(tag, ())
    return tuple(sorted((name, value) for name, value in attributes if name in known))
