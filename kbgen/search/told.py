"""How a query was answered, as values and as text: for `kbgen search --explain` and for whoever asks why search missed something."""

from __future__ import annotations

import json
from typing import Any

from kbgen.search.blocks import STEPS
from kbgen.search.meant import EXACT
from kbgen.search.query import KEPT, Answer, Asked, Index
from kbgen.search.records import Record

WIDTH = 12  # forms shown of a word
UNIT = EXACT * STEPS * 1000  # of a score: factors and values are whole numbers of steps, idf of thousandths


def told(index: Index, text: str, answer: Answer, article: str = "") -> dict[str, Any]:
    """
    Tell how a query was answered.

    Args:
        article: The URL of one whose place is asked for, "" for none.

    Returns: query, forms (as the rule book cuts it), dropped (words that say too little beside the others), corrected, total; words and
        phrases: each with its idf, in how many articles it stands, and the forms that it may stand for with factor and shard; hits: each
        with url, title, score, share (what it holds of the query) and what every word gave to it, and where; article: the same of the one
        that was asked for, with its place, or with what keeps it out.
    """
    forms = index.analyser.forms(text)
    words = {one.word for one in answer.words}
    return {
        "query": text,
        "locale": index.locale,
        "articles": index.count,
        "forms": forms,
        "dropped": [form for form in dict.fromkeys(forms) if form in index.light and form not in words],
        "corrected": answer.corrected,
        "total": answer.total,
        "words": [_word(index, one) for one in answer.words],
        "phrases": [_word(index, one) for one in answer.phrases if one.best],
        "hits": [_hit(index, answer, hit.number, hit.record) | {"sections": _sections(hit.sections)} for hit in answer.hits],
        "article": _article(index, answer, article.removeprefix("/")) if article else None,
    }


def _word(index: Index, one: Asked) -> dict[str, Any]:
    forms = [
        {"form": form, "factor": factor / EXACT, "shard": index.place(form)}
        for form, factor in sorted(one.factors.items(), key=lambda item: (-item[1], item[0]))
    ]
    return {"word": one.word, "idf": one.idf / 1000, "articles": one.df, "meant": one.meant, "forms": forms}


def _sections(sections: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"id": anchor, "title": heading} for anchor, heading in sections]


def _hit(index: Index, answer: Answer, number: int, record: Record) -> dict[str, Any]:
    asked = [*answer.words, *answer.phrases]
    return {
        "url": record.url,
        "title": record.title,
        "description": record.description,
        "score": round(answer.scores.get(number, 0.0) / UNIT, 2),
        "share": round(answer.held.get(number, 0) / max(answer.asked, 1), 2),
        "words": {one.word: _given(index, one, number, record) for one in asked if number in one.best},
    }


def _given(index: Index, one: Asked, number: int, record: Record) -> dict[str, Any]:
    return {"weight": one.best[number] / EXACT / STEPS, "idf": one.idf / 1000, "in": _fields(index, one, record)}


def _fields(index: Index, one: Asked, record: Record) -> list[str]:
    """Return the fields of a record that hold a word; the rest of the article is not in it."""
    analyser = index.analyser
    texts = {"title": [record.title], "headings": [text for _, text in record.headings], "description": [record.description]}
    meant = {form for forms in one.factors for form in forms.replace("+", " ").split()}
    found = [name for name, some in {**texts, "tags": record.tags}.items() if any(meant & set(analyser.forms(text)) for text in some)]
    return found or ["keywords or text"]


def _article(index: Index, answer: Answer, url: str) -> dict[str, Any]:
    """Tell the place of an article, or why it has none."""
    number, record = next(((one, found) for one in index.facets if (found := index.record(one)).url == url), (-1, None))
    if record is None:
        return {
            "url": url,
            "title": "",
            "place": 0,
            "why": "the index does not have it: it is hidden, in another language or not built yet",
        }
    lacks = [one.word for one in answer.words if number not in one.best]
    place = list(answer.scores).index(number) + 1 if number in answer.scores else 0
    share = answer.held.get(number, 0) / max(answer.asked, 1)
    if place:
        why = f"it lacks  {' '.join(lacks)}" if lacks else "it holds all words, and the others weigh more" if place > 1 else ""
    elif share:
        most = max(answer.held.values()) / max(answer.asked, 1)
        least = most * KEPT[0] / KEPT[1]
        why = f"it lacks  {' '.join(lacks)};  it holds {share:.0%} of the query, and {least:.0%} is the least beside the best one"
    else:
        why = "it holds no word of the query, or is filtered out"
    return _hit(index, answer, number, record) | {"lacks": lacks, "place": place, "why": why}


def as_json(answer: dict[str, Any]) -> str:
    """Write what `told` returned for programs."""
    return json.dumps(answer, ensure_ascii=False, indent=1)


def as_text(answer: dict[str, Any], *, explained: bool) -> str:
    """Write what `told` returned for people; without *explained* only the results."""
    total = answer["total"]
    lines = [f"{total} of {answer['articles']} articles match" + (f"; meant: {answer['corrected']}" if answer["corrected"] else "")]
    if explained:
        lines.append(f"forms: {' '.join(answer['forms'])}")
        lines += [f"dropped, because they say little beside the others: {' '.join(answer['dropped'])}"] if answer["dropped"] else []
        for word in (*answer["words"], *answer["phrases"]):
            lines.append(f"{word['word']}: idf {word['idf']:.2f}, in {word['articles']} articles")
            lines += [f"    {one['form']} x {one['factor']:g} (shard {one['shard']})" for one in word["forms"][:WIDTH]]
    for place, hit in enumerate(answer["hits"], 1):
        lines += _lines(f"{place}.", hit, explained=explained)
    if answer["article"]:
        one = answer["article"]
        where = f"stands in place {one['place']} of {total}" if one["place"] else "is not found"
        lines.append(f"{one['title'] or one['url']} {where}" + (f": {one['why']}" if one["why"] else ""))
        lines += _lines("  ", one, explained=True) if "words" in one else []
    return "\n".join(lines)


def _lines(mark: str, hit: dict[str, Any], *, explained: bool) -> list[str]:
    lines = [f"{mark} {hit['title']}  {readable(hit['url'])}"]
    lines += [f"    # {section['title']}" for section in hit.get("sections", ())]
    if explained:
        lines += [
            f"    {word}: weight {one['weight']:.2f} x idf {one['idf']:.2f}, in {' '.join(one['in'])}" for word, one in hit["words"].items()
        ]
        lines.append(f"    score {hit['score']:g}: the sum of these, made less by what is missing (holds {hit['share']:.0%} of the query)")
    return lines


def readable(url: str) -> str:
    """Return an address as people read it: letters of all scripts instead of their codes."""
    from urllib.parse import unquote  # noqa: PLC0415 - only for people

    return unquote(url)
