"""
Make the picture of the README: the sample's home page on a desk and on a phone, side by side.

    .venv/bin/kbgen build --output dist && .venv/bin/python docs/pictures/make.py dist
"""  # noqa: INP001 - a script, no package

from __future__ import annotations

import os
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parent / "portal-en.png"
PAPER = (228, 232, 231)
GAP = 32  # pixels around and between the two
DESK = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light", "reduced_motion": "reduce"}
PHONE = {
    "viewport": {"width": 390, "height": 860},
    "color_scheme": "dark",
    "reduced_motion": "reduce",
    "is_mobile": True,
    "has_touch": True,
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(portal: str) -> None:
    """Open the home page of a built portal twice and save both pictures as one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=portal))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/en/"
    executable = os.environ.get("KBGEN_CHROMIUM") or shutil.which("chromium")
    views = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for form in (DESK, PHONE):
            tab = browser.new_context(**form).new_page()
            tab.goto(address, wait_until="networkidle")
            views.append(Image.open(BytesIO(tab.screenshot())).convert("RGB"))
        browser.close()
    server.shutdown()
    size = (sum(one.width for one in views) + 3 * GAP, max(one.height for one in views) + 2 * GAP)
    sheet = Image.new("RGB", size, PAPER)
    left = GAP
    for one in views:
        sheet.paste(one, (left, GAP))
        left += one.width + GAP
    sheet.quantize(128, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
