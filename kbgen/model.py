"""
The nouns of the house.  Values only: nothing here reads, writes or knows the time.

Constraints stand beside the fields as `annotated_types`, which pydantic reads where front matter is checked
(`head.py`, `config.py`) and which costs nothing where a remembered value is only restored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

Kind = Literal["guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply"]
AGENTS_ONLY = frozenset[Kind]({"exercise", "reply"})
Status = Literal["draft", "in_review", "published", "archived"]
Audience = Literal["public", "agents"]
Risk = Literal["low", "normal", "high"]
Severity = Literal["error", "warning", "advice"]  # advice is told by a check that asks for it, and is never fatal


@dataclass(frozen=True, slots=True)
class Owed:
    """What a build owes to what came before it: approvals, and addresses that customers know.  Settled before it begins."""

    digest: str  # names all of it
    problems: tuple[Problem, ...] = field(default=(), compare=False)  # what waits for an approval
    only: frozenset[str] | None = field(default=None, compare=False)  # the files of content/ that count; None: all
    instead: Mapping[str, str] = field(default_factory=dict, compare=False)  # path -> the file to read in its place
    former: Mapping[str, tuple[str, str, bool]] = field(default_factory=dict, compare=False)  # published URL -> see release.manifest.Former


@dataclass(frozen=True, slots=True)
class Job:
    """One wish to build: the only environment in the house."""

    root: Path
    output: Path
    as_of: datetime  # with zone; the only clock
    audience: Audience = "public"
    drafts: bool = False
    strict: bool = False
    clean: bool = False
    jobs: int = 1  # processes
    base_url: str | None = None  # instead of the configured one
    service: str = ""  # address of a feedback service instead of the configured one
    trusted: str = ""  # a revision whose kbgen.toml, themes and hooks are used instead of those on disk
    advice: bool = False  # say too what could be written better
    owed: Owed | None = None  # None: nothing, as for a writer who looks at a text


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
    edit: str | None = field(default=None, compare=False)  # what a program may write in place of those characters


@dataclass(frozen=True, slots=True)
class Fact:
    """What the file system says of a file: enough to know that nobody has touched it."""

    path: str  # relative to the root
    size: int
    mtime: int  # nanoseconds
    inode: int
    at: str = ""  # where its bytes lie, if that is elsewhere: an older text stands in until somebody approves the new one


@dataclass(frozen=True, slots=True)
class Reading:
    """All that lies under content/, sorted by path."""

    articles: tuple[Fact, ...] = ()
    categories: tuple[Fact, ...] = ()  # _category.toml
    snippets: tuple[Fact, ...] = ()
    variables: tuple[Fact, ...] = ()  # _vars.toml
    assets: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


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
    markdown: str = ""  # with variables and snippets in place and without comments, for the Markdown twin
    words: int = 0  # words, or characters / 2 in scripts without spaces: reading time
    problems: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language.  What only its own page shows stays on the shelf, under `heavy` and `terms`."""

    path: str
    locale: str
    folder: str  # the category's folders below the locale, "account/sign-in"; "" at the top
    slug: str
    head: Head
    revision: str  # of the file, as git names it
    body: Body  # without html, text and steps; of its questions those that nothing answers
    heavy: str  # names the whole Body on the shelf
    terms: str  # names the counted terms on the shelf
    signature: tuple[str, ...]  # the forms that say most about it, best first
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A folder of articles in one locale."""

    locale: str
    folder: str
    title: str
    description: str
    icon: str
    queue: str
    owner: str
    url: str
    order: int
    children: tuple[str, ...]  # folders
    articles: tuple[str, ...]  # ids, those of sub-categories not included
    count: int  # articles, those of sub-categories included
    featured: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """An article where a reader meets it: in its own locale, or as the fall-back of another."""

    article: Article
    locale: str
    folder: str
    url: str  # relative to the top of the portal, percent-encoded, "en/account/reset-password/"

    @property
    def fallback(self) -> bool:
        """Whether the reader's locale has no text of its own."""
        return self.locale != self.article.locale


@dataclass(frozen=True, slots=True)
class Related:
    """Why a neighbour is offered: chosen by the writer, or what it shares."""

    id: str
    reason: Literal["chosen", "category", "tag", "text"]
    via: str = ""  # the shared tag


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a link leads: a place, a file, or nowhere with the reason."""

    place: Place | None = None
    asset: str = ""  # path of a file
    why: str = ""  # "missing", or why the article is not shown: "draft", "agents", "archived" …


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is shown, as values.  Templates never see it."""

    locales: tuple[str, ...]
    places: Mapping[tuple[str, str], Place]  # by locale and id
    categories: Mapping[tuple[str, str], Category]  # by locale and folder
    tags: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]]  # locale -> slug -> title, ids
    archived: Mapping[tuple[str, str], Place]
    hidden: Mapping[tuple[str, str], str]  # by locale and id: why an article is not shown
    related: Mapping[tuple[str, str], tuple[Related, ...]]
    led: Mapping[tuple[str, str], tuple[Answer, ...]]  # where the links of a shown article lead, in their order
    redirects: Mapping[str, str]  # old URL -> URL
    by_path: Mapping[str, Article]  # every article that could be read, hidden ones included
    assets: Mapping[str, Any]  # path -> facts of a file that an article may point at
    updated: Mapping[str, str]  # path -> ISO time of the last commit; missing when unknown


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a view with the name of its value: a page is rendered again when one of these changes."""

    digest: str
    value: Any  # plain values, or a function that returns them when they are costly to make


@dataclass(frozen=True, slots=True)
class Page:
    """One page to be: its template and only what it shows."""

    url: str
    template: str
    locale: str
    slices: Mapping[str, Slice]

    @property
    def view(self) -> dict[str, Any]:
        """The values by name, the costly ones made now."""
        return {name: part.value() if callable(part.value) else part.value for name, part in self.slices.items()}


@dataclass(frozen=True, slots=True)
class Output:
    """One file of the portal."""

    path: str  # relative to the output folder, decoded
    key: str  # names everything that its bytes depend on
    make: Callable[[], bytes]  # called only when the file on disk was made under another key
    parts: Callable[[], Mapping[str, str]] = dict  # name -> digest of what the key is made of, for `kbgen why`


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of content/ that is published because an article shows or offers it."""

    path: str  # relative to the root
    url: str
    digest: str
    size: int  # bytes
    width: int = 0  # CSS pixels; 0 when it is no picture or has no size
    height: int = 0
    variants: tuple[tuple[str, int], ...] = ()  # URL and width of smaller WebP copies
    text: str = ""  # of a transcript
    body: Body | None = None  # of a transcript in Markdown


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did, for people and for programs."""

    problems: tuple[Problem, ...]
    notices: tuple[str, ...] = ()
    articles: int = 0
    outputs: int = 0
    made: int = 0
    removed: int = 0
    unchanged: bool = False
    written: bool = False  # the output is this build's

    @property
    def failed(self) -> bool:
        """Whether an error keeps the output from being published."""
        return not self.written


def report_of(
    problems: list[Problem], articles: int = 0, outputs: int = 0, made: int = 0, removed: int = 0, *, written: bool = False
) -> Report:
    """Return a report with each problem once, in the order of the files."""
    return Report(tuple(sorted(set(problems))), (), articles, outputs, made, removed, written=written)
