"""
Source -> Article.  The one expensive stage, so each of its results is remembered.

Three rows stand on the shelf for an article: `article` (what a list, a check or a neighbour needs), `body` (what only its own page
shows) and `terms` (what search counts).  The rendered body is found by its Markdown alone: a changed title, a move or a new owner
renders nothing again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from kbgen import head as front_matter
from kbgen.cache import Shelf
from kbgen.digests import digest
from kbgen.markup import Settings, Text, names_used
from kbgen.model import Article, Body, Captions, Film, Head, Heading, Link, Picture, Problem, Question, Source, Video
from kbgen.workers import TooSlowError, cpu_limit

CPU_SECONDS = 5.0  # an article of 16 kB of "![" would run for minutes
SIGNATURE = 12  # forms kept to find related articles by

RULES = {
    "KB220": "A body that takes more than five seconds of CPU time to render. Runs of unclosed brackets ( [[[[ or ![![![ ), very wide "
    "tables and deeply nested emphasis make Markdown try millions of readings. Close or escape them: \\[ .",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a body of one locale may take from outside itself."""

    variables: Mapping[str, str]
    snippets: Mapping[str, str]
    settings: Settings
    digest: str  # of all three


def surroundings(variables: Mapping[str, str], snippets: Mapping[str, str], settings: Settings) -> Surroundings:
    """Bind the reused texts of a locale to the name of their values."""
    name = digest(json.dumps([sorted(variables.items()), sorted(snippets.items())], ensure_ascii=False), repr(settings))
    return Surroundings(variables, snippets, settings, name)


def locale_of(path: str) -> str:
    """Return the locale whose folder an article lies in."""
    return path.split("/", 2)[1]


def recall(key: bytes, source_digest: str, path: str, shelf: Shelf) -> tuple[Article | None, tuple[Problem, ...]] | None:
    """
    Return what `parse` made of this very text before; None when it never did.

    Args:
        key: What `article_key` made of the digest and the path.
    """
    row = shelf.get(key)
    if row is None:
        return None
    try:
        record = json.loads(row)
        for name in (record["heavy"], record["terms"]) if record["head"] else ():
            shelf.used.add(bytes.fromhex(name))
        return _restore(record, source_digest, path)
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def given_up(result: tuple[Article | None, tuple[Problem, ...]] | None) -> bool:
    """Say whether an article was too slow to render: the next build tries it again."""
    return result is not None and any(problem.rule == "KB220" for problem in result[1])


def parse(source: Source, around: Surroundings, shelf: Shelf) -> None:
    """
    Make the rows of an article and leave them on the shelf, where `recall` finds them.

    Args:
        source: The article's file.
        around: What its locale lends it.
        shelf: Gets the rows `article`, `body` and `terms`.
    """
    record = _record(source, around, shelf)
    shelf.put(
        article_key(source.digest, source.path, around, shelf), json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    )


def body_of(article: Article, shelf: Shelf) -> Body:
    """
    Return the whole body of an article.

    Raises: LookupError: The shelf has lost it; the build has to begin again.
    """
    row = shelf.get(bytes.fromhex(article.heavy))
    if row is None:
        raise LookupError(article.path)
    return _body_restored(json.loads(row))


def article_key(source_digest: str, path: str, around: Surroundings, shelf: Shelf) -> bytes:
    """Name the row of an article on the shelf."""
    return shelf.key("article", (source_digest, path, around.digest))


def _record(source: Source, around: Surroundings, shelf: Shelf) -> dict[str, Any]:
    parts, problems = front_matter.split(source.data, source.path)
    record: dict[str, Any] = {"head": None, "problems": [astuple(problem) for problem in problems]}
    if parts is None:
        return record
    checked = shelf.memo("head", (parts.front, source.path), lambda: _head_record(parts.front, source.path))
    record["problems"] += checked["problems"]
    kind = (checked["head"] or {}).get("kind", "guide")
    heavy, body = _body(parts.body, source.path, kind, around, shelf)
    record["problems"] += [_moved(problem, source.path, parts.body_line) for problem in body.problems]
    if checked["head"] is None:
        return record
    head = front_matter.from_plain(checked["head"])
    terms, signature = _terms(head, body, locale_of(source.path), heavy, shelf)
    light = {
        "headings": [[one.level, one.id, one.text] for one in body.headings],
        "links": [[one.kind, one.target, one.anchor, _below(one.line, parts.body_line)] for one in body.links],
        "images": [[one.target, _below(one.line, parts.body_line)] for one in body.images],
        "films": [[astuple(one.video), _below(one.line, parts.body_line)] for one in body.films],
        "steps": len(body.steps),
        "unanswered": [[one.id, one.question] for one in body.questions if not one.answer],
        "words": body.words,
    }
    return record | {"head": checked["head"], "body": light, "heavy": heavy, "terms": terms, "signature": signature}


def _head_record(front: str, path: str) -> dict[str, Any]:
    head, problems = front_matter.read(front, path)
    return {"head": None if head is None else front_matter.to_plain(head), "problems": [astuple(problem) for problem in problems]}


def transcript_of(text: str, path: str, around: Surroundings, shelf: Shelf) -> Body:
    """Render a film's transcript, remembered like the body of an article; its problems name the transcript's own lines."""
    _, body = _body(text, path, "guide", around, shelf)
    return replace(body, problems=tuple(replace(problem, path=path) for problem in body.problems))


def _body(markdown: str, path: str, kind: str, around: Surroundings, shelf: Shelf) -> tuple[str, Body]:
    """Return the shelf's name of a body and the body; its problems count lines from the first line of the body."""
    locale = locale_of(path)
    names, snippets = names_used(markdown)
    texts = {name: around.snippets[name] for name in snippets if name in around.snippets}
    for borrowed in tuple(texts.values()):  # a snippet may use variables and other snippets: then all are named
        inner_names, inner_snippets = names_used(borrowed)
        names |= inner_names
        if inner_snippets:
            texts = dict(around.snippets)
    values = {name: around.variables[name] for name in names if name in around.variables}
    lent = json.dumps([sorted(values.items()), sorted(texts.items()), sorted(snippets)], ensure_ascii=False)
    key = shelf.key("body", (markdown, locale, kind, lent, repr(around.settings)))
    row = shelf.get(key)
    if row is not None:
        return key.hex(), _body_restored(json.loads(row))
    from kbgen.markup import render  # noqa: PLC0415 - Python-Markdown is loaded only when a body has changed
    from kbgen.markup.privacy import private_matters  # noqa: PLC0415
    from kbgen.markup.twin import twin  # noqa: PLC0415

    text = Text(markdown, path, 1, locale, kind, around.variables, around.snippets)
    try:
        with cpu_limit(CPU_SECONDS):
            body = render(text, around.settings)
            body = replace(body, markdown=twin(text), problems=(*body.problems, *private_matters(markdown, path)))
    except (TooSlowError, RecursionError, MemoryError):
        return key.hex(), Body("", "", problems=(_too_complex(markdown, path),))  # not kept: another machine, or a calmer hour, may do it
    shelf.put(key, json.dumps(_body_record(body), ensure_ascii=False, separators=(",", ":")).encode())
    return key.hex(), body


def _too_complex(markdown: str, path: str) -> Problem:
    """Name the line that most likely is the cause: the one with the most brackets, bars and stars."""
    lines = markdown.split("\n")
    worst = max(range(len(lines)), key=lambda number: sum(lines[number].count(mark) for mark in "[!<*_|`("))
    return Problem(
        path,
        worst + 1,
        0,
        "KB220",
        "this text is too complex to render in 5 seconds",
        "Close or escape brackets, stars and bars on this line, or split it",
        source=lines[worst][:200],
    )


def _terms(head: Head, body: Body, locale: str, heavy: str, shelf: Shelf) -> tuple[str, list[str]]:
    fields = {
        "title": head.title,
        "description": head.description,
        "headings": [heading.text for heading in body.headings],
        "keywords": head.keywords,
        "tags": head.tags,
    }
    lines = json.dumps(fields, ensure_ascii=False)
    key = shelf.key("terms", (lines, heavy, locale))
    from kbgen.search import analyze  # noqa: PLC0415 - only a changed text is counted

    if shelf.get(key) is None:
        shelf.put(key, analyze.pack(analyze.terms({**fields, "body": body.text}, locale)))
    signature: dict[str, float] = {}
    forms = analyze.analyser(locale)
    for name, weight in (("title", 3.0), ("keywords", 3.0), ("tags", 2.0), ("headings", 1.0), ("description", 1.0)):
        value = fields[name]
        for form in forms(value if isinstance(value, str) else " ".join(value)):
            signature[form] = signature.get(form, 0.0) + weight
    best = sorted(signature, key=lambda form: (-signature[form], form))[: SIGNATURE * 2]
    return key.hex(), best


def _moved(problem: Problem, path: str, body_line: int) -> tuple[object, ...]:
    return astuple(replace(problem, path=path, line=_below(problem.line, body_line)))


def _below(line: int, body_line: int) -> int:
    """Return the line of the file for a line of the body; 0, for a place that is not known, stays."""
    return line + body_line - 1 if line else 0


def _restore(record: dict[str, Any], source_digest: str, path: str) -> tuple[Article | None, tuple[Problem, ...]]:
    problems = tuple(Problem(*row) for row in record["problems"])
    if record["head"] is None:
        return None, problems
    head = front_matter.from_plain(record["head"])
    light = record["body"]
    _, locale, rest = path.split("/", 2)
    folder, _, name = rest.rpartition("/")
    body = Body(
        "",
        "",
        headings=tuple(Heading(*row) for row in light["headings"]),
        links=tuple(Link(*row) for row in light["links"]),
        images=tuple(Picture(*row) for row in light["images"]),
        films=tuple(Film(_video(row[0]), row[1]) for row in light["films"]),
        questions=tuple(Question(anchor, question, "") for anchor, question in light["unanswered"]),
        steps=("",) * light["steps"],
        words=light["words"],
    )
    article = Article(
        path,
        locale,
        folder,
        head.slug or name.removesuffix(".md"),
        head,
        source_digest,
        body,
        record["heavy"],
        record["terms"],
        tuple(record["signature"]),
    )
    return article, problems


def _body_record(body: Body) -> dict[str, Any]:
    return {
        "html": body.html,
        "text": body.text,
        "headings": [astuple(one) for one in body.headings],
        "links": [astuple(one) for one in body.links],
        "images": [astuple(one) for one in body.images],
        "films": [astuple(one) for one in body.films],
        "questions": [astuple(one) for one in body.questions],
        "steps": body.steps,
        "markdown": body.markdown,
        "words": body.words,
        "problems": [astuple(one) for one in body.problems],
    }


def _body_restored(record: dict[str, Any]) -> Body:
    return Body(
        html=record["html"],
        text=record["text"],
        headings=tuple(Heading(*row) for row in record["headings"]),
        links=tuple(Link(*row) for row in record["links"]),
        images=tuple(Picture(*row) for row in record["images"]),
        films=tuple(Film(_video(row[0]), row[1]) for row in record["films"]),
        questions=tuple(Question(*row) for row in record["questions"]),
        steps=tuple(record["steps"]),
        markdown=record["markdown"],
        words=record["words"],
        problems=tuple(Problem(*row) for row in record["problems"]),
    )


def _video(row: list[Any]) -> Video:
    src, poster, captions, transcript, duration = row
    return Video(src, poster, tuple(Captions(*one) for one in captions), transcript, duration)
