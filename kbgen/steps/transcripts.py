"""Transcripts in Markdown: rendered and remembered like the body of an article, with what they show and where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kbgen.assets import Want
from kbgen.cache import Shelf
from kbgen.links import answer, beside
from kbgen.model import Article, Asset, Body, Place, Problem, Site
from kbgen.parse import Surroundings, locale_of, transcript_of


def read_transcripts(
    site: Site, found: Mapping[str, Asset], around: Mapping[str, Surroundings], shelf: Shelf
) -> tuple[dict[str, Asset], list[Want], list[Problem]]:
    """
    Render the transcripts of the films that articles of kind video show; plain text stays as it is.

    Args:
        found: The files that articles point at.
        around: What each locale lends its texts.

    Returns: path -> Asset with its body, the files that the transcripts point at, and what is wrong with their texts.
    """
    made: dict[str, Asset] = {}
    wants: list[Want] = []
    problems: list[Problem] = []
    for place in site.places.values():
        video = place.article.head.video
        asset = found.get(beside(place.article.path, video.transcript)) if video and video.transcript else None
        if asset is None or not asset.path.endswith(".md") or asset.path in made:
            continue
        lent = around.get(locale_of(asset.path)) or around[place.article.locale]
        body = transcript_of(asset.text, asset.path, lent, shelf)
        made[asset.path] = replace(asset, body=body)
        problems += body.problems
        for path, line in _targets(asset.path, body):
            if path in site.assets:
                wants.append(Want(site.assets[path], asset.path, line))
            else:
                problems.append(
                    Problem(asset.path, line, 0, "KB330", f"there is no file {path}", "Put the file there, or correct the path")
                )
        problems += _dead_ends(site, place, asset.path, body)
    return made, wants, problems


def _targets(path: str, body: Body) -> Iterator[tuple[str, int]]:
    """Name the files that a transcript points at, with the lines."""
    for image in body.images:
        yield beside(path, image.target), image.line
    for link in body.links:
        if link.kind == "asset":
            yield beside(path, link.target), link.line
    for film in body.films:
        files = (film.video.src, film.video.poster, *(one.src for one in film.video.captions))
        yield from ((beside(path, one), film.line) for one in files if one and not one.startswith("https://"))


def _dead_ends(site: Site, place: Place, path: str, body: Body) -> Iterator[Problem]:
    there: Article = replace(place.article, path=path)
    for link in body.links:
        if link.kind != "asset" and answer(site, there, place.locale, link).place is None:
            remedy = "Name an article that readers can open, or take the link out"
            yield Problem(path, link.line, 0, "KB320", f"this links to {link.target}, which is not shown", remedy)
