"""KB33x: pictures, films and downloads that articles point at."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from difflib import get_close_matches

from kbgen.links import beside
from kbgen.model import Article, Problem, Reading, Site

RULES = {
    "KB330": "An article shows or offers a file that does not exist. Paths are relative to the article's own folder; capital letters "
    "count.",
    "KB331": "A film without captions. Deaf readers, and all who watch without sound, need them: add a WebVTT file under `video: "
    "captions:`.",
}


def check(site: Site, reading: Reading) -> Iterator[Problem]:
    """Yield missing files, each where it is named."""
    known = [fact.path for fact in reading.assets]
    for place in site.places.values():
        if not place.fallback:
            yield from _article(site, place.article, known)


def _article(site: Site, article: Article, known: list[str]) -> Iterator[Problem]:
    targets = [(image.target, image.line) for image in article.body.images]
    targets += [(link.target, link.line) for link in article.body.links if link.kind == "asset"]
    films = [(film.video, film.line) for film in article.body.films] + ([(article.head.video, 1)] if article.head.video else [])
    for video, line in films:
        local = [video.poster, video.transcript, *(caption.src for caption in video.captions)]
        targets += [(one, line) for one in ([] if video.src.startswith("https://") else [video.src]) + local if one]
        if not video.captions and not video.src.startswith("https://"):
            yield Problem(
                article.path,
                line,
                0,
                "KB331",
                "this film has no captions",
                "Add  captions: [{locale: en, src: media/film.en.vtt}]",
                "warning",
            )
    for target, line in targets:
        path = beside(article.path, target)
        if path not in site.assets:
            near = get_close_matches(path, known, 1, 0.8)
            remedy = (
                f"Did you mean  {posixpath.relpath(near[0], posixpath.dirname(article.path))}?"
                if near
                else "Put the file there, or correct the path"
            )
            yield Problem(article.path, line, 0, "KB330", f"there is no file {path}", remedy)
