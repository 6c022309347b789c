"""Films as pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kbgen.links import beside

if TYPE_CHECKING:
    from kbgen.model import Place, Video
    from kbgen.plan.ground import Ground

TYPES = {"webm": "video/webm", "mp4": "video/mp4", "ogv": "video/ogg", "mov": "video/quicktime"}


def player_view(ground: Ground, place: Place) -> dict[str, Any] | None:
    """The film of an article of kind video."""
    video = place.article.head.video
    if video is None:
        return None
    minutes, seconds = divmod(video.duration, 60)
    transcript = ground.files.get(beside(place.article.path, video.transcript)) if video.transcript else None
    return film_view(ground, place, video) | {
        "transcript": transcript.text if transcript else "",
        "duration": video.duration,
        "duration_text": f"{minutes}:{seconds:02d}" if video.duration else "",
    }


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
