"""
The whole standard index of a locale, for bots and other clients: built by lunr from our forms, loadable by lunr.js 2.3.9.

The references are the articles' URLs.  Queries have to be cut into forms by the rule book first; the pipeline is empty.  Its terms stand
in UTF-16 order, for lunr.js compares UTF-16 units, refuses any other order, and lunr itself sorts by code points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kbgen.search.analyze import FIELDS, unpack, utf16


def whole(articles: Iterable[tuple[str, bytes]], boosts: Mapping[str, float]) -> bytes:
    """
    Build the index.

    Args:
        articles: URL and packed terms of each, in a fixed order.
        boosts: Field -> how much a word in it weighs; a field of 0 is left out.

    Returns: JSON as lunr's schema has it.
    """
    from lunr.builder import Builder  # only on demand

    builder = Builder()
    builder.ref("url")
    fields = [name for name in FIELDS if boosts.get(name, 0.0) > 0]
    for name in fields:
        builder.field(name, boost=boosts[name])
    for url, packed in articles:
        counted = unpack(packed)
        builder.add({"url": url} | {name: _repeated(counted.get(name, {})) for name in fields})
    found: dict[str, Any] = builder.build().serialize()
    found["invertedIndex"].sort(key=lambda row: utf16(row[0]))
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _repeated(counts: Mapping[str, int]) -> list[str]:
    return [form for form, times in counts.items() for _ in range(times)]
