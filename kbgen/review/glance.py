"""What history needs of a text of long ago, without checking it: whose it is, whether it was published, what readers saw of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kbgen.digests import digest

# Fields of front matter, and fields that others use, whose change is no news for readers: plans, dates, addresses, who looks after it.
QUIET = frozenset(
    """
    aliases authors created date expire_at featured last_reviewed lastmod modified order owner publish_at review reviewed slug translation
    updated
    """.split()
)
_FRONT = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^([\w-]+)[ \t]*:.*\n(?:(?:[ \t-].*)?\n)*", re.MULTILINE)
_ID = re.compile(r"""^id[ \t]*:[ \t]*["']?([^\s"'#]+)""", re.MULTILINE)
_STATUS = re.compile(r"""^status[ \t]*:[ \t]*["']?(\w+)""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Glance:
    """One text of one article."""

    id: str  # "" where it says none
    status: str
    substance: str  # names what readers see; white space and quiet fields do not count


def glance(data: bytes) -> Glance:
    """Look at an article's bytes.  Whatever they hold, there is an answer; it is quick, because a history has thousands of texts."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    found = _FRONT.match(text)
    if found is None:
        return Glance("", "", digest(*text.split()))
    front = found[1]
    key, status = _ID.search(front), _STATUS.search(front)
    loud = _FIELD.sub(lambda field: "" if field[1] in QUIET else field[0], front)
    substance = digest(" ".join(loud.split()), " ".join(text[found.end() :].split()))
    return Glance(key[1] if key else "", status[1] if status else "draft", substance)
