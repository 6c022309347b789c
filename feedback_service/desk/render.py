"""A view to HTML.  Autoescape is on, undefined names are errors, templates see the view, the frame and the words, and no store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from feedback_service.desk import charts
from feedback_service.desk.views import Frame
from feedback_service.desk.words import Words, words_of
from feedback_service.http.pages import tokens

HERE = Path(__file__).parent
PREFIX = "/desk"
TYPES = {".css": "text/css; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def assets() -> Mapping[str, bytes]:
    """Read styles, scripts and the picture of the tab: name -> bytes."""
    found = {file.name: file.read_bytes() for file in sorted((HERE / "assets").iterdir()) if file.suffix in TYPES}
    return found | {"desk.css": tokens() + found["desk.css"]}


@cache
def digest() -> str:
    """Fingerprint all assets: it stands in their address, so that browsers may keep them for ever."""
    return hashlib.sha256(b"".join(assets().values())).hexdigest()[:12]


def page(name: str, frame: Frame, view: object) -> str:
    """Render pages/<name>.html (or a part, "parts/rows") for one agent."""
    words = words_of(frame.locale)
    template = _environment().get_template(f"{name}.html" if "/" in name else f"pages/{name}.html")
    return template.render(frame=frame, view=view, t=words.text, words=words, **_helpers(frame, words))


def _helpers(frame: Frame, words: Words) -> dict[str, Any]:
    def when(at: datetime) -> Markup:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            at.isoformat(timespec="seconds"), words.moment(at, frame.zone), words.near(at, frame.now, frame.zone)
        )

    def exact(at: datetime) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), words.moment(at, frame.zone))

    def field(at: datetime | None) -> str:
        return at.astimezone(ZoneInfo(frame.zone)).strftime("%Y-%m-%dT%H:%M") if at else ""

    def word(group: str, value: str) -> str:
        """Say a value of ours in the reader's language; one that a newer program wrote is shown as it is."""
        return words.text(f"{group}.{value}") if words.has(f"{group}.{value}") else value

    return {"when": when, "exact": exact, "field": field, "word": word}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"asset": lambda name: f"{PREFIX}/-/{digest()}/{name}", "charts": charts}
    return environment
