"""Rows W26 and W27 of bad input: pictures by name, by bytes and by size."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from bad_inputs.tools import accepted, article, refused, told
from PIL import Image, ImageFile
from selectolax.lexbor import LexborHTMLParser

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"
FIRST = 8  # the file's line on which a body begins
PLAIN_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """Make a PNG whose header promises a size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", data or zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


NAMES = [
    "two words.svg",
    "a#b.svg",
    "a%2eb.svg",
    "تصویر.svg",
    "😀.svg",
    "a+b.svg",
    "a&b.svg",
    "a'b.svg",
    "100%.svg",
    "a?b.svg",
    "(x).svg",
    "caf\u00e9.svg",
]


@pytest.mark.parametrize("name", NAMES)
def test_w26_names_of_pictures(site_factory: Make, name: str) -> None:
    """W26: a picture with any name is found, and its address leads to the file."""
    root = site_factory({FILE: article(f"![A lamp](<images/{quote(name)}>)\n"), f"content/en/account/images/{name}": PLAIN_SVG})
    built = accepted(root)
    images = [one.attributes["src"] or "" for one in LexborHTMLParser(built.page(PAGE)).css("main img")]

    assert len(images) == 1
    assert "?" not in images[0]
    assert "#" not in images[0]
    assert (root / "dist" / PAGE / unquote(images[0])).resolve().read_text() == PLAIN_SVG


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("images/lmp.svg", ["images/lamp.svg"]),
        ("images/Lamp.svg", ["images/lamp.svg"]),
        ("../../../../../../etc/passwd", []),
        ("%2e%2e/%2e%2e/%2e%2e/kbgen.toml", []),
        ("images", []),
        ("images/lamp.svg/x", []),
    ],
)
def test_w26_pictures_that_are_missing(site_factory: Make, target: str, words: list[str]) -> None:
    """W26: a missing picture is refused with its line and the nearest file; nothing outside content/ is shown."""
    root = site_factory({FILE: article(f"One.\n\n![A lamp]({target})\n"), "content/en/account/images/lamp.svg": PLAIN_SVG})

    told(refused(root), FILE, "KB330", FIRST + 2, words=words)


def jpeg_head(width: int, height: int) -> bytes:
    """Make the beginning of a JPEG that promises a size."""
    return b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00" + b"\xff\xd9"


def small(form: str) -> bytes:
    """Make a true little picture."""
    file = BytesIO()
    Image.new("RGB", (8, 6), "red").save(file, form)
    return file.getvalue()


PICTURES = [
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"\nonload = "alert(1)"/>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"/onload="alert(1)"/>', "KB312"),
    (
        "x.svg",
        '<svg xmlns:x="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg"><a x:href="javascript:alert(1)"/></svg>',
        "KB312",
    ),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/t.png"/></svg>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"><image href=https://evil.example/t.png /></svg>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><iframe/></foreignObject></svg>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg" xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></svg>', "KB312"),
    (
        "x.svg",
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
        "KB312",
    ),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "https://evil.example/x.css"</style></svg>', "KB312"),
    (
        "x.svg",
        '<?xml version="1.0" encoding="UTF-16"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'.encode("utf-16"),
        "KB310",
    ),
    ("x.svg", '<?xml-stylesheet href="https://evil.example/x.css"?><svg xmlns="http://www.w3.org/2000/svg"/>', "KB312"),
    ("x.svg", '<svg xmlns="http://www.w3.org/2000/svg"><a href="&#106;avascript:alert(1)"/></svg>', "KB312"),
    ("x.svg", "<html><script>alert(1)</script></html>", "KB310"),
    ("x.png", "<html><script>alert(1)</script></html>", "KB310"),
    ("x.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "KB310"),
    ("x.png", b"", "KB310"),
    ("x.png", png(60_000, 60_000), "KB311"),
    ("x.png", png(20_000, 20_000), "KB311"),
    ("x.png", png(60_000, 1), "KB311"),
    ("x.jpg", jpeg_head(60_000, 60_000), "KB311"),
    ("x.png", png(2000, 2000), "KB310"),
    ("x.png", png(100, 100, b"no zlib data"), "KB310"),
    ("x.gif", b"GIF89a\xff\xff\xff\xff\0\0\0", "KB310"),
    ("x.jpg", small("JPEG")[:200], "KB310"),
]


@pytest.mark.parametrize(("name", "data", "rule"), PICTURES)
def test_w27_pictures_that_are_none(site_factory: Make, name: str, data: str | bytes, rule: str) -> None:
    """W27: what is no picture, acts, or promises too many pixels is refused, by its bytes and not by its name."""
    root = site_factory({FILE: article(f"One.\n\n![A lamp](images/{name})\n"), f"content/en/account/images/{name}": data})

    told(refused(root), FILE, rule, FIRST + 2, words=[f"images/{name}"])


def test_w27_photo_of_80_megabytes(site_factory: Make) -> None:
    """W27: a file that is too large is refused by its size, without being read."""
    root = site_factory({FILE: article("![A lamp](images/x.jpg)\n"), "content/en/account/images/x.jpg": small("JPEG")})
    os.truncate(root / "content/en/account/images/x.jpg", 80 << 20)

    told(refused(root), FILE, "KB311", FIRST, words=["80 MiB"])


def test_w27_sizes_come_from_the_header(site_factory: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """W27: no pixel of a picture that promises too many is decoded."""

    def never(*_: object) -> None:
        pytest.fail("pixels were decoded")

    monkeypatch.setattr(Image.Image, "load", never)
    monkeypatch.setattr(ImageFile.ImageFile, "load", never)
    root = site_factory({FILE: article("![A lamp](images/x.png)\n"), "content/en/account/images/x.png": png(60_000, 60_000)})

    told(refused(root), FILE, "KB311", words=["60000 × 60000"])


@pytest.mark.parametrize(("name", "form"), [("x.png", "WEBP"), ("x.png", "JPEG"), ("x.jpg", "PNG"), ("x.webp", "PNG")])
def test_w27_readable_picture_with_another_name(site_factory: Make, name: str, form: str) -> None:
    """W27: browsers read a picture by its bytes, so a wrong ending is a warning that names the right one."""
    root = site_factory({FILE: article(f"One.\n\n![A lamp](images/{name})\n"), f"content/en/account/images/{name}": small(form)})
    built = accepted(root)

    assert told(built, FILE, "KB310", FIRST + 2, words=[form]).severity == "warning"
    assert 'width="8"' in built.page(PAGE)
