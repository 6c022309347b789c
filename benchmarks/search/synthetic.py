"""
Made-up articles in English for sizes that public documentation does not have: the words of benchmarks/prose.py, drawn by rank as in
real text, about 3 kB of text an article.  The same number gives the same article on every machine.
"""

from __future__ import annotations

import sys

from sources import HERE, Article

sys.path.append(str(HERE.parent))

import articles as made  # of the other benchmarks

FOLDER = 50  # articles of a category


def corpus(size: int) -> list[Article]:
    """Return so many articles."""
    heads = made.entries(size)
    return [_plain(made.write(head, heads)) for head in heads]


def _plain(article: made.Article) -> Article:
    blocks: list[tuple[int, str]] = []
    for block in article.blocks:
        match block:
            case made.Heading():
                blocks.append((block.level, block.text))
            case made.Items():
                blocks += [(0, item) for item in block.items]
            case made.Table():
                blocks += [(0, " ".join(row)) for row in block.rows]
            case made.Link() | made.Admonition():
                blocks.append((0, block.text))
            case made.Code():
                continue
            case _:
                blocks.append((0, block))
    entry = article.entry
    return Article(
        entry.slug, f"c{entry.number // FOLDER:04}", entry.title, article.description, tuple((level, _bare(text)) for level, text in blocks)
    )


def _bare(text: str) -> str:
    return text.replace("*", "").replace("`", "")
