"""
The articles of the corpus, before any tool's dialect: what a page says, not how a tool wants it written.

An article of number N says the same whatever the size of the corpus; only its category and its links differ.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from prose import Prose

_KINDS = ("guide",) * 12 + ("troubleshooting",) * 4 + ("faq",) * 3 + ("manual",)
_FIRST_HEADING = {"faq": "Where do I start?"}
_CATEGORY_SIZES = (25, 40)


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the second level, in its parent."""

    parent: str  # slug of the first level
    slug: str
    title: str
    parent_title: str

    @property
    def path(self) -> str:
        """Folder below the locale, forward slashes."""
        return f"{self.parent}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What other articles need to know of an article to link to it."""

    number: int
    id: str
    kind: str
    title: str
    slug: str
    category: Category

    @property
    def path(self) -> str:
        """Path below the locale without its ending, forward slashes."""
        return f"{self.category.path}/{self.slug}"

    @property
    def anchor(self) -> str:
        """Anchor of the first heading, the same in all three tools."""
        return slugify(first_heading(self.kind))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; *level* 2 or 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A paragraph that ends in a link to another article."""

    text: str
    target: Entry
    by_id: bool
    to_anchor: bool


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered or not."""

    items: tuple[str, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its head."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block of code."""

    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Admonition:
    """A box beside the text; *kind* note, tip or warning."""

    kind: str
    title: str
    text: str


Block = str | Heading | Link | Items | Table | Code | Admonition


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its text."""

    entry: Entry
    description: str
    tags: tuple[str, ...]
    keywords: tuple[str, ...]
    blocks: tuple[Block, ...]


def slugify(text: str) -> str:
    """Return *text* in a–z, 0–9 and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def first_heading(kind: str) -> str:
    """Return the text of the first heading of every article of *kind*."""
    return _FIRST_HEADING.get(kind, "Before you start")


def entries(size: int) -> list[Entry]:
    """Return the heads of *size* articles in categories of 25 to 40."""
    found: list[Entry] = []
    taken: set[str] = set()  # titles that differ have slugs that differ, and the check for equal titles finds none
    for category, count in _categories(size):
        for number in range(len(found), len(found) + count):
            title = Prose(f"title {number}").title()
            slug = slugify(title)
            if slug in taken:
                title = f"{title}, part {number}"
                slug = slugify(title)
            taken.add(slug)
            found.append(Entry(number, f"kb-b{number:06d}", _KINDS[number % len(_KINDS)], title, slug, category))
    return found


def _categories(size: int) -> Iterator[tuple[Category, int]]:
    """Yield categories with the number of their articles; about as many on the first level as below each."""
    chance = random.Random(f"categories {size}")
    counts: list[int] = []
    while sum(counts) < size:
        counts.append(min(chance.randint(*_CATEGORY_SIZES), size - sum(counts)))
    tops = max(2, round(len(counts) ** 0.5))
    names = [f"{name.capitalize()}" for name in Prose(f"categories {size}").words(len(counts) + tops)]
    for place, count in enumerate(counts):
        parent, title = names[place * tops // len(counts)], names[tops + place]
        yield Category(slugify(parent), slugify(title), title, parent), count


def write(entry: Entry, others: list[Entry]) -> Article:
    """Return the article of *entry*, with links into *others*; the body is about 3 kB."""
    prose = Prose(f"text {entry.number}")
    chance = prose.chance
    blocks: list[Block] = [prose.paragraph(2), Heading(2, first_heading(entry.kind)), prose.paragraph(3)]
    blocks += _extras(entry, prose)
    blocks += [Items(tuple(prose.step() for _ in range(chance.randint(4, 7))), numbered=True)]
    for section in range(chance.randint(3, 4)):
        blocks += [Heading(2, f"{_section_title(entry, prose)}"), prose.paragraph(chance.randint(3, 4))]
        if section % 2:
            blocks += [Heading(3, prose.heading()), Items(tuple(prose.sentence() for _ in range(3)), numbered=False)]
        if section < 3:
            target = others[(entry.number + chance.randrange(1, len(others))) % len(others)]
            blocks.append(Link(prose.sentence(), target, by_id=chance.random() < 0.5, to_anchor=chance.random() < 0.2))
    tags = tuple(sorted({_tag(chance, len(others)) for _ in range(3)}))
    return Article(entry, prose.sentence().replace("*", "").replace("`", ""), tags, tuple(prose.words(3)), tuple(blocks))


def _section_title(entry: Entry, prose: Prose) -> str:
    return prose.question() if entry.kind == "faq" else prose.heading()


def _tag(chance: random.Random, size: int) -> str:
    """Return a tag; there are more of them in a larger site, 30 at 1,000 articles and 95 at 10,000, and some are used far more."""
    count = max(8, round(size**0.5 * 0.95))
    return f"{Prose(f'tag {int(count * chance.random() ** 2)}').fill('{n}')}"


def _extras(entry: Entry, prose: Prose) -> Iterator[Block]:
    """Yield a table in 1 article of 4, code in 1 of 3, a box in 1 of 3."""
    chance = prose.chance
    if entry.number % 4 == 1:
        head = ("Plan", "Period", "What you get")
        rows = [(prose.fill("{A} {n}"), prose.fill("{num} days"), prose.fill("{ns}, {ns}")) for _ in range(4)]
        yield Table((head, *rows))
    if entry.number % 3 == 1:
        yield _code(entry.number // 3, prose)
    if entry.number % 3 == 2:
        kind = ("note", "tip", "warning")[entry.number // 3 % 3]
        yield Admonition(kind, prose.fill("{V} the {n} {adv}"), prose.paragraph(chance.randint(1, 2)))


_CODE = {
    "bash": """# {V} the {a} {n}
export KB_{NUM}="{code}"
for name in {n} {n} {n}; do
  curl --silent --header "Accept: text/{n}" "https://api.example.org/{n}/$name" > "$name.txt"
done
grep -c '{a}' *.txt || echo "no {n}\"""",
    "json": """{
  "{n}": "{code}",
  "{n}_{num}": [{num}, {num}, {num}],
  "{a}": true,
  "{ns}": {"name": "{Name}", "limit": {num}}
}""",
    "python": """def {v}_{n}({n}s: list[str], limit: int = {num}) -> int:
    \"\"\"{V} every {a} {n}.\"\"\"
    found = [name for name in {n}s if name.startswith("{n}")]
    if len(found) > limit:
        raise ValueError(f"too many: {len(found)}")
    return len(found)  # {a}""",
    "yaml": """{n}:
  name: "{Name}"
  {a}: true
  {ns}:
    - {code}
    - {code}
  limit: {num}  # {a} {ns} only""",
}


def _code(turn: int, prose: Prose) -> Code:
    language = tuple(_CODE)[turn % len(_CODE)]
    text = re.sub(r"\{(n|ns|v|V|a|adv|num|code|Name)\}", lambda match: prose.fill(match[0]), _CODE[language].replace("{NUM}", "9"))
    return Code(language, tuple(text.splitlines()))
