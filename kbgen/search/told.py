"""How a query was answered, as values and as text: for `kbgen search --explain` and for whoever asks why search missed something."""

from __future__ import annotations

import json
from typing import Any

from kbgen.search.query import EXACT, Answer, Asked, Index

WIDTH = 12  # forms shown of a word


def told(index: Index, text: str, answer: Answer) -> dict[str, Any]:
    """
    Tell how a query was answered.

    Returns: query, forms (as the rule book cuts it), corrected, total; words: each with its idf, in how many articles it stands, and the
        forms that it may stand for with factor and shard; hits: each with url, title, score, and what every word gave to it.
    """
    return {
        "query": text,
        "locale": index.locale,
        "articles": index.count,
        "forms": index.analyser.forms(text),
        "corrected": answer.corrected,
        "total": answer.total,
        "words": [_word(index, one) for one in answer.words],
        "hits": [
            {
                "url": hit.record.url,
                "title": hit.record.title,
                "description": hit.record.description,
                "score": round(hit.score),
                "sections": [{"id": anchor, "title": heading} for anchor, heading in hit.sections],
                "words": {one.word: _given(one, hit.number) for one in answer.words if hit.number in one.best},
            }
            for hit in answer.hits
        ],
    }


def _word(index: Index, one: Asked) -> dict[str, Any]:
    forms = [
        {"form": form, "factor": factor / EXACT, "shard": index.place(form)}
        for form, factor in sorted(one.factors.items(), key=lambda item: (-item[1], item[0]))
    ]
    return {"word": one.word, "idf": one.idf / 1000, "articles": one.df, "meant": one.meant, "forms": forms}


def _given(one: Asked, number: int) -> dict[str, float]:
    return {"weight": one.best[number] / EXACT / 20, "idf": one.idf / 1000}


def as_json(answer: dict[str, Any]) -> str:
    """Write what `told` returned for programs."""
    return json.dumps(answer, ensure_ascii=False, indent=1)


def as_text(answer: dict[str, Any], *, explained: bool) -> str:
    """Write what `told` returned for people; without *explained* only the results."""
    lines = [
        f"{answer['total']} of {answer['articles']} articles match" + (f"; meant: {answer['corrected']}" if answer["corrected"] else "")
    ]
    if explained:
        lines.append(f"forms: {' '.join(answer['forms'])}")
        for word in answer["words"]:
            lines.append(f"{word['word']}: idf {word['idf']:.2f}, in {word['articles']} articles")
            lines += [f"    {one['form']} x {one['factor']:g} (shard {one['shard']})" for one in word["forms"][:WIDTH]]
    for place, hit in enumerate(answer["hits"], 1):
        lines.append(f"{place}. {hit['title']}  {hit['url']}" + (f"  score {hit['score']}" if explained else ""))
        lines += [f"    # {section['title']}" for section in hit["sections"]]
        if explained:
            lines += [f"    {word}: weight {one['weight']:.2f} x idf {one['idf']:.2f}" for word, one in hit["words"].items()]
    return "\n".join(lines)
