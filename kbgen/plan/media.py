"""Films and pictures as pages show them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kbgen.links import address_of, beside

if TYPE_CHECKING:
    from kbgen.model import Place, Video
    from kbgen.plan.ground import Ground

TYPES = {"webm": "video/webm", "mp4": "video/mp4", "ogv": "video/ogg", "mov": "video/quicktime"}
OWN = "kb-transcript-"  # no article has ids that begin like the theme's
_TAG = re.compile(r"<[a-z][^>]*>")  # in sanitised HTML no value holds a bare ">"
_NAMES = re.compile(r' (id|href|for|headers|aria-(?:labelledby|describedby|controls|details))="([^"]*)"')


def player_view(ground: Ground, place: Place) -> dict[str, Any] | None:
    """The film of an article of kind video."""
    video = place.article.head.video
    if video is None:
        return None
    minutes, seconds = divmod(video.duration, 60)
    return film_view(ground, place, video) | {
        "transcript": transcript_view(ground, place),
        "duration": video.duration,
        "duration_text": f"{minutes}:{seconds:02d}" if video.duration else "",
    }


def transcript_view(ground: Ground, place: Place) -> dict[str, Any] | None:
    """
    The transcript of an article's film.

    Returns: {text} of a plain one; {html, links, images, films} of one in Markdown, whose ids are apart from those of the article;
        None when there is none.
    """
    video = place.article.head.video
    asset = ground.files.get(beside(place.article.path, video.transcript)) if video and video.transcript else None
    if asset is None or not asset.text.strip():
        return None
    if asset.body is None:
        return {"text": asset.text, "html": ""}
    there = replace(place, article=replace(place.article, path=asset.path))
    return {
        "text": "",
        "html": _apart(asset.body.html),
        "links": [address_of(ground.site, there, link) for link in asset.body.links],
        "images": [picture_view(ground, asset.path, image.target) for image in asset.body.images],
        "films": [film_view(ground, there, film.video) for film in asset.body.films],
    }


def _apart(html: str) -> str:
    """Rename the ids of a text, and what names them, so that it can stand beside another one on a page."""
    if ' id="' not in html:
        return html

    def renamed(found: re.Match[str]) -> str:
        if found[1] == "href":
            return f' href="#{OWN}{found[2][1:]}"' if found[2].startswith("#") else found[0]
        return f' {found[1]}="{" ".join(OWN + one for one in found[2].split())}"'

    return _TAG.sub(lambda tag: _NAMES.sub(renamed, tag[0]), html)


def picture_view(ground: Ground, path: str, target: str) -> dict[str, Any]:
    """A picture that the text at `path` shows, with its size; without an address when the file is missing."""
    asset = ground.files.get(beside(path, target))
    if asset is None:
        return {"src": "", "width": 0, "height": 0, "srcset": []}
    return {"src": asset.url, "width": asset.width, "height": asset.height, "srcset": [list(pair) for pair in asset.variants]}


def film_view(ground: Ground, place: Place, video: Video) -> dict[str, Any]:
    """
    The addresses of a film.

    Returns: A local film has `src`, one of another host has `embed`, which loads only when the reader asks for it.
    """
    remote = video.src.startswith("https://")
    return {
        "src": "" if remote else _url(ground, place, video.src),
        "embed": video.src if remote else "",
        "type": TYPES.get(video.src.rpartition(".")[2].lower(), ""),
        "poster": _url(ground, place, video.poster) if video.poster else "",
        "captions": [
            {
                "lang": one.locale,
                "label": ground.locales[one.locale]["name"] if one.locale in ground.locales else one.locale,
                "src": _url(ground, place, one.src),
            }
            for one in video.captions
        ],
    }


def _url(ground: Ground, place: Place, target: str) -> str:
    asset = ground.files.get(beside(place.article.path, target))
    return asset.url if asset else ""
