"""
Files that articles show or offer: measured, pictures copied in smaller sizes.

The size of a picture is read from its header alone; its pixels are decoded only after the header has promised a bearable number of
them.  What a file is, its bytes say, not its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kbgen.cache import Shelf
from kbgen.digests import blob
from kbgen.links import asset_url
from kbgen.model import Asset, Fact, Problem
from kbgen.read import data_of
from kbgen.workers import TooSlowError, cpu_limit

WIDTHS = (480, 960, 1600)  # pixels: phone, column, column on a dense screen
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384
MAX_BYTES = 20 << 20  # of a picture
MAX_FILE = 200 << 20  # of a film or a download
MAX_SVG = 1 << 20
CPU_SECONDS = 30.0
RASTER = {"png", "jpg", "jpeg", "gif", "webp", "avif"}
FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}

RULES = {
    "KB310": "A picture whose bytes are not what its name says, or that no program can read. Save it again from a picture editor as "
    "PNG, JPEG, WebP or SVG.",
    "KB311": "A picture that is too large: more than 40 million pixels, 16,384 pixels on a side, or 20 MiB. Readers would wait for it. "
    "Scale it down.",
    "KB312": "An SVG that holds a script, an event handler, a foreign object or an address outside the file. Such a file could act in "
    "a reader's browser. Export it again as plain SVG.",
    "KB313": "A file of more than 200 MiB. Put it on a file host and link to it.",
}

_SVG_DANGER = re.compile(
    rb"<\s*(?:[\w.-]+:)?(?:script|foreignobject|iframe|embed|object|handler|animate[a-z]*|set)\b|[\s/\"']on[a-z]+\s*=|"
    rb"(?:href|src)\s*=\s*(?:[\"']\s*)?(?!#|data:image/|[\"'\s])|@import|url\(\s*[\"']?\s*(?!#|[\"']?#)|<!ENTITY",
    re.IGNORECASE,
)
_SVG_ROOT = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE)
_SVG_SIZE = re.compile(rb"\b(width|height)\s*=\s*[\"']\s*([0-9.]+)(?:px)?\s*[\"']", re.IGNORECASE)
_SVG_BOX = re.compile(rb"viewBox\s*=\s*[\"']\s*[-0-9.]+[\s,]+[-0-9.]+[\s,]+([0-9.]+)[\s,]+([0-9.]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Want:
    """A file that an article points at, and where it does so."""

    fact: Fact
    article: str  # path of the first article that names it
    line: int


def gather(root: Path, wants: Iterable[Want], digests: Mapping[str, str], shelf: Shelf) -> tuple[dict[str, Asset], list[Problem]]:
    """
    Measure files and make the smaller copies of pictures.

    Args:
        root: The folder that holds content/.
        wants: Each file once.
        digests: path -> digest, for files that have not changed since they were last read.
        shelf: Remembers measures; holds the copies under the digests in their URLs.

    Returns: path -> Asset, and what is wrong with the files.
    """
    found: dict[str, Asset] = {}
    problems: list[Problem] = []
    for want in wants:
        name = digests.get(want.fact.path, "")
        data: bytes | None = None
        try:
            if not name:
                data = data_of(root, want.fact) if want.fact.size <= MAX_FILE else b""
                name = blob(data)
            record = shelf.memo(
                "asset",
                (name, _suffix(want.fact.path), str(want.fact.size)),
                partial(_measured, root, want, data, shelf),
            )
        except OSError as error:
            problems.append(
                Problem(
                    want.article,
                    want.line,
                    0,
                    "KB141",
                    f"{want.fact.path} cannot be read: {error.strerror}",
                    "Check its permissions, then build again",
                )
            )
            continue
        if record["problem"]:
            rule, message, remedy, *severity = record["problem"]
            problems.append(Problem(want.article, want.line, 0, rule, f"{want.fact.path}: {message}", remedy, *severity))
        for url, _ in record["variants"]:
            shelf.used.add(copy_key(url))
        variants = tuple((url, width) for url, width in record["variants"])
        path = want.fact.path
        found[path] = Asset(path, asset_url(path), name, want.fact.size, record["width"], record["height"], variants, record["text"])
    return found, problems


def copy_key(url: str) -> bytes:
    """Name the smaller copy of a picture on the shelf: its URL holds the digest of the picture."""
    return bytes.fromhex(url.rpartition("/")[2].partition("-")[0])


def _suffix(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _measured(root: Path, want: Want, data: bytes | None, shelf: Shelf) -> dict[str, Any]:
    record: dict[str, Any] = {"width": 0, "height": 0, "variants": [], "text": "", "problem": None}
    suffix = _suffix(want.fact.path)
    picture = suffix in RASTER or suffix == "svg"
    limit, rule = (MAX_BYTES, "KB311") if picture else (MAX_FILE, "KB313")
    if want.fact.size > limit:
        return record | {"problem": [rule, f"this file has {want.fact.size >> 20} MiB; the limit is {limit >> 20} MiB", "Make it smaller"]}
    if suffix in {"md", "txt", "vtt"}:
        data = data if data is not None else data_of(root, want.fact)
        return record | {"text": data.decode("utf-8-sig", "replace") if suffix != "vtt" else ""}
    if not picture:
        return record
    data = data if data is not None else data_of(root, want.fact)
    return record | (_svg(data) if suffix == "svg" else _raster(data, suffix, shelf))


def _svg(data: bytes) -> dict[str, Any]:
    root = _SVG_ROOT.search(data[:65536])
    if root is None or len(data) > MAX_SVG:
        return {"problem": ["KB310", "this is not an SVG, or has more than 1 MiB", "Save it again as plain SVG"]}
    if _SVG_DANGER.search(data):
        return {"problem": ["KB312", "this SVG holds a script, an event or an outside address", "Export it again as plain SVG"]}
    sizes = {name.lower(): float(value) for name, value in _SVG_SIZE.findall(root.group())}
    box = _SVG_BOX.search(root.group())
    width = sizes.get(b"width") or (float(box.group(1)) if box else 0)
    height = sizes.get(b"height") or (float(box.group(2)) if box else 0)
    return {"width": round(width), "height": round(height)}


def _raster(data: bytes, suffix: str, shelf: Shelf) -> dict[str, Any]:
    try:
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - an extra, and 60 ms
    except ImportError:
        return {}
    from io import BytesIO  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None  # our own limit speaks first, in words
    try:
        with cpu_limit(CPU_SECONDS), Image.open(BytesIO(data), formats=tuple(dict.fromkeys(FORMATS.values()))) as image:
            width, height = image.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                return {
                    "problem": [
                        "KB311",
                        f"this picture has {width} × {height} pixels",
                        "Scale it down to at most 4,000 pixels on its longer side",
                    ]
                }
            problem = None
            if image.format != FORMATS[suffix]:  # browsers go by the bytes, so readers see it all the same
                message = f"this is a {image.format} picture with the name of a {suffix.upper()}"
                problem = ["KB310", message, f"Name it .{(image.format or '').lower()}", "warning"]
            animated = getattr(image, "is_animated", False)
            variants = [] if animated else _copies(image, data, shelf)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TooSlowError):
        return {"problem": ["KB310", "this picture is damaged, or is none", "Save it again as PNG, JPEG or WebP"]}
    return {"width": width, "height": height, "variants": variants, "problem": problem}


def _copies(image: Any, data: bytes, shelf: Shelf) -> list[list[object]]:  # noqa: ANN401 - PIL.Image.Image
    """Make a WebP of each width that is smaller than the picture, and one of its own width; keep those that save bytes."""
    from io import BytesIO  # noqa: PLC0415

    full = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    result: list[list[object]] = []
    for width in [one for one in WIDTHS if one < full.width] + ([full.width] if full.width <= WIDTHS[-1] else []):
        size = (width, max(1, round(full.height * width / full.width)))
        file = BytesIO()
        (full if size == full.size else full.resize(size)).save(file, "WEBP", quality=82, method=4)
        copy = file.getvalue()
        if len(copy) < len(data):
            key = shelf.key("copy", (blob(data), str(width)))
            shelf.put(key, copy)
            result.append([f"assets/images/{key.hex()}-{width}.webp", width])
    return result
