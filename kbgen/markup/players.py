"""What a reader sees of a film: the browser's own player, or a link that the theme's script turns into a player after a click."""

from __future__ import annotations

from html import escape

from kbgen.markup.addresses import Addresses
from kbgen.markup.sanitise import scheme
from kbgen.markup.words import words


def player(number: int, addresses: Addresses, locale: str) -> str:
    """
    Write the opening of a film's figure.

    Args:
        number: Its place in `addresses.films`.
        addresses: Take the link to the transcript.
        locale: Of the article; captions in it are shown at once.

    Returns: HTML up to the caption; the figure is closed by what follows.
    """
    film = addresses.films[number]
    video = film.video
    if scheme(video.src):
        address = escape(video.src)
        shown = escape(video.src.split("://", 1)[1].split("/", 1)[0])
        opening = f'<figure class="kb-video" data-module="kb-video" data-embed="{address}">'
        return f'{opening}<p><a class="kb-external" rel="noopener" href="{address}">{shown}</a></p>'
    poster = f' poster="kb-poster:{number}"' if video.poster else ""
    tracks = ""
    for place, one in enumerate(video.captions):
        shown = " default" if one.locale == locale else ""
        tracks += f'<track kind="captions" src="kb-captions:{number}:{place}" srclang="{escape(one.locale)}"{shown}>'
    html = f'<figure class="kb-video"><video controls preload="none" src="kb-film:{number}"{poster}>{tracks}</video>'
    word = words(locale).get("transcript", "")
    if video.transcript and word:
        html += f'<p class="kb-transcript"><a href="{addresses.asset(video.transcript, film.line)}">{escape(word)}</a></p>'
    return html
