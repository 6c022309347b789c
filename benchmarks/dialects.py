"""
The same article in the Markdown of three tools: kbgen, Hugo and Material for MkDocs.

Each tool gets its own natural form (a box is an admonition here and an alert there), so that the pages say the same.
Hugo gets plain relative addresses: it need not look its links up, which only makes the comparison harder for us.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable

from articles import Admonition, Article, Block, Code, Entry, Heading, Items, Link, Table

Address = Callable[[Entry, Link], str]


def kbgen(article: Article) -> str:
    """Return the file of *article* for kbgen."""
    entry = article.entry
    head = [
        f"id: {entry.id}",
        f"title: {_text(entry.title)}",
        f"description: {_text(article.description)}",
        f"kind: {entry.kind}",
        "status: published",
        f"tags: {_list(article.tags)}",
        f"keywords: {_list(article.keywords)}",
    ]
    return _file(head, _body(article, _kbgen_address, _admonition))


def mkdocs(article: Article) -> str:
    """Return the file of *article* for MkDocs; the description is its first paragraph, as that theme shows none."""
    entry = article.entry
    head = [f"title: {_text(entry.title)}", f"description: {_text(article.description)}", f"tags: {_list(article.tags)}"]
    return _file(head, [article.description, "", *_body(article, _file_address, _admonition)])


def hugo(article: Article) -> str:
    """Return the file of *article* for Hugo."""
    entry = article.entry
    head = [
        f"title: {_text(entry.title)}",
        f"description: {_text(article.description)}",
        f"weight: {entry.number + 1}",
        f"tags: {_list(article.tags)}",
        f"keywords: {_list(article.keywords)}",
    ]
    return _file(head, _body(article, _hugo_address, _alert))


def _text(value: str) -> str:
    return json.dumps(value)


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _file(head: list[str], body: list[str]) -> str:
    return "\n".join(["---", *head, "---", *body]) + "\n"


def _body(article: Article, address: Address, box: Callable[[Admonition], list[str]]) -> list[str]:
    lines: list[str] = []
    for block in article.blocks:
        if isinstance(block, Link):
            lines.append(f"{block.text} See [{block.target.title}]({address(article.entry, block)}).")
        elif isinstance(block, Admonition):
            lines += box(block)
        else:
            lines += _common(block)
        lines.append("")
    return lines


def _common(block: Block) -> list[str]:
    """Return the lines of a block that all three tools write alike."""
    match block:
        case str():
            return [block]
        case Heading():
            return [f"{'#' * block.level} {block.text}"]
        case Items():
            return [f"{f'{place}.' if block.numbered else '-'} {item}" for place, item in enumerate(block.items, 1)]
        case Table():
            head, *rows = [f"| {' | '.join(row)} |" for row in block.rows]
            return [head, "|" + " --- |" * len(block.rows[0]), *rows]
        case Code():
            return [f"```{block.language}", *block.lines, "```"]
        case _:
            raise TypeError(type(block).__name__)


def _admonition(block: Admonition) -> list[str]:
    return [f'!!! {block.kind} "{block.title}"', f"    {block.text}"]


def _alert(block: Admonition) -> list[str]:
    return [f"> [!{block.kind.upper()}] {block.title}", f"> {block.text}"]


def _anchor(link: Link) -> str:
    return f"#{link.target.anchor}" if link.to_anchor else ""


def _file_address(here: Entry, link: Link) -> str:
    return posixpath.relpath(f"{link.target.path}.md", here.category.path) + _anchor(link)


def _kbgen_address(here: Entry, link: Link) -> str:
    return f"kb:{link.target.id}{_anchor(link)}" if link.by_id else _file_address(here, link)


def _hugo_address(here: Entry, link: Link) -> str:
    return posixpath.relpath(link.target.path, here.path) + "/" + _anchor(link)
