"""
The nouns of the house.  Values only: nothing here reads, writes or knows the time.

Constraints stand beside the fields as `annotated_types`, which pydantic reads where front matter is checked
(`head.py`, `config.py`) and which costs nothing where a remembered value is only restored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

Kind = Literal["guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply"]
Status = Literal["draft", "in_review", "published", "archived"]
Audience = Literal["public", "agents"]
Risk = Literal["low", "normal", "high"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something a writer can mend.  Never raised: collected, sorted, shown."""

    path: str  # relative to the root of the site, forward slashes on every system
    line: int  # from 1; 0 means the whole file
    column: int  # from 1, in characters; 0 means the whole line
    rule: str  # "KB104", stable for ever; explained by `kbgen explain`
    message: str  # what is wrong, no full stop
    remedy: str  # what to type instead
    severity: Severity = "error"
    source: str = ""  # the line itself, for the caret; cut at 200 characters
    width: int = 1  # characters the caret underlines


@dataclass(frozen=True, slots=True)
class Source:
    """One article's file as it lies on disk."""

    path: str  # relative to the root, "content/en/account/reset-password.md"
    data: bytes
    digest: str  # of data


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a fact comes from; shown at the end of an article."""

    title: Annotated[str, MinLen(1), MaxLen(200)]
    url: Annotated[str, MinLen(1), MaxLen(2000)]


@dataclass(frozen=True, slots=True)
class Review:
    """How often an article must be read again; `every` in months, 0 means the site's default."""

    every: Annotated[int, Ge(0), Le(120)] = 0
    risk: Risk = "normal"


@dataclass(frozen=True, slots=True)
class Translation:
    """The text that a translation was made from."""

    source_blob: str = ""
    source_commit: str = ""


@dataclass(frozen=True, slots=True)
class Captions:
    """A WebVTT file and the language it is in."""

    locale: Annotated[str, MinLen(2), MaxLen(35)]
    src: Annotated[str, MinLen(1), MaxLen(500)]


@dataclass(frozen=True, slots=True)
class Video:
    """A film: a local file, relative to the article, or a page of an allowed host."""

    src: Annotated[str, MinLen(1), MaxLen(2000)]
    poster: Annotated[str, MaxLen(500)] = ""
    captions: tuple[Captions, ...] = ()
    transcript: Annotated[str, MaxLen(500)] = ""  # a Markdown or text file beside the article
    duration: Annotated[int, Ge(0), Le(86_400)] = 0  # seconds


@dataclass(frozen=True, slots=True)
class Head:
    """The front matter of an article, checked."""

    id: Annotated[str, MinLen(1), MaxLen(80)]
    title: Annotated[str, MinLen(1), MaxLen(120)]
    description: Annotated[str, MinLen(1), MaxLen(300)]
    kind: Kind = "guide"
    status: Status = "draft"
    tags: Annotated[tuple[str, ...], MaxLen(30)] = ()
    keywords: Annotated[tuple[str, ...], MaxLen(60)] = ()
    audience: Audience = "public"
    owner: Annotated[str, MaxLen(120)] = ""
    authors: tuple[str, ...] = ()
    review: Review = Review()
    publish_at: str = ""  # ISO 8601 in UTC, "2026-03-12T08:00:00+00:00"; empty when not set
    expire_at: str = ""
    aliases: tuple[str, ...] = ()
    slug: str = ""  # checked, NFC; empty means the file's name
    replaced_by: str = ""
    sources: tuple[Reference, ...] = ()
    related: tuple[str, ...] = ()
    translation: Translation = Translation()
    video: Video | None = None
    order: int = 0
    featured: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a body; `id` is its anchor, unique in the article."""

    level: int  # 2 to 6
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """
    A link of a body whose address is only known once the whole site is.

    In the HTML it stands as href="kb-link:N", N being its place in `Body.links`.
    """

    kind: Literal["article", "file", "asset"]  # kb:id; relative .md; any other relative file
    target: str  # the id, or the path as written, decoded
    anchor: str  # without "#"; "" when there is none
    line: int


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a body.  In the HTML it stands as src="kb-image:N", N being its place in `Body.images`."""

    target: str  # relative to the article's folder, as written, decoded
    line: int


@dataclass(frozen=True, slots=True)
class Film:
    """A video directive of a body; in the HTML `kb-film:N` stands for its address, `kb-poster:N`, `kb-captions:N:M` for the rest."""

    video: Video
    line: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an article of kind faq, with the visible text and the HTML of its answer."""

    id: str  # anchor of the heading
    question: str
    answer: str  # visible text, one paragraph a line


@dataclass(frozen=True, slots=True)
class Body:
    """The Markdown of an article, rendered and sanitised."""

    html: str
    text: str  # the visible text, one block a line: for search, reading time and JSON-LD
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Picture, ...] = ()
    films: tuple[Film, ...] = ()
    questions: tuple[Question, ...] = ()  # second-level headings with what follows (kind faq)
    steps: tuple[str, ...] = ()  # visible text of the items of the first ordered list (HowTo)
    words: int = 0  # words, or characters / 2 in scripts without spaces: reading time
    problems: tuple[Problem, ...] = field(default=())
