"""
Take pictures of the portal: every kind of page, narrow and wide, light and dark, in both directions of writing.

    python tests/browser/shots.py [--out shots] [--only article] [--base http://127.0.0.1:8000/]

Without --base it renders the example views of the theme's tests; with it, it visits a portal that is being served.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

PAGES = ("home", "category", "article", "search", "contact")
LOCALES = ("en", "fa", "zh-Hant")
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="300" viewBox="0 0 640 300">'
    '<rect width="640" height="300" rx="12" fill="#dfeae6"/><rect x="220" y="30" width="200" height="240" rx="18" fill="#fff"/>'
    '<rect x="245" y="90" width="150" height="26" rx="6" fill="#e5e7e6"/>'
    '<rect x="245" y="130" width="150" height="26" rx="6" fill="#e5e7e6"/>'
    '<rect x="245" y="180" width="150" height="32" rx="8" fill="#0e6b5c"/></svg>'
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def write_examples(folder: Path) -> dict[tuple[str, str], str]:
    """Render the example views into a folder; returns (page, locale) -> address within it."""
    import theme_views

    from kbgen.render import render
    from kbgen.urls import path_of

    look = theme_views.default_theme()
    found = {}
    for locale in theme_views.LOCALES:
        for name in theme_views.TEMPLATES:
            page = theme_views.page(name, locale)
            path = folder / path_of(page.url)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(render(page, look))
            found[name, locale] = page.url
    for asset in look.assets.values():
        path = folder / asset.url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(asset.data)
    (folder / "assets" / "picture.svg").write_text(PICTURE, encoding="utf-8")
    return found


def serve(folder: Path) -> tuple[ThreadingHTTPServer, str]:
    """Serve a folder on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def built_pages(base: str) -> dict[tuple[str, str], str]:
    """The addresses of a served portal, followed from each home page: its first category and that category's first article."""
    import re
    from urllib.request import urlopen

    found = {}
    for locale in LOCALES:
        home = urlopen(f"{base}{locale}/").read().decode()
        found |= {("home", locale): f"{locale}/", ("search", locale): f"{locale}/search/", ("contact", locale): f"{locale}/contact/"}
        tile = re.search(r'class="kb-tiles".*?href="\.\./(' + locale + r'/[^"]+)"', home, re.DOTALL)
        if tile:
            found["category", locale] = tile[1]
        card = re.search(r'id="kb-featured".*?href="\.\./(' + locale + r'/[^"]+)"', home, re.DOTALL)
        if card:
            found["article", locale] = card[1]
    return found


def shoot(base: str, pages: dict[tuple[str, str], str], out: Path, only: str) -> Iterator[str]:
    """Open each page in each form and save its picture; yields the names of the files."""
    from playwright.sync_api import sync_playwright

    executable = os.environ.get("KBGEN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for shape, (width, height) in WIDTHS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
                tab = context.new_page()
                for (name, locale), url in pages.items():
                    label = f"{name}-{locale}-{shape}-{scheme}"
                    if name not in PAGES or locale not in LOCALES or only not in label:
                        continue
                    tab.goto(base + url)
                    tab.wait_for_load_state("networkidle")
                    tab.screenshot(path=out / f"{label}.png", full_page=True)
                    yield label
                context.close()
        browser.close()


def main() -> None:
    """Read the wishes, take the pictures, say where they are."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("--out", type=Path, default=ROOT / "shots", help="folder for the pictures")
    wishes.add_argument("--only", default="", help="only pictures whose name has this text, such as article-fa or narrow-dark")
    wishes.add_argument("--base", default="", help="address of a served portal instead of the examples")
    wish = wishes.parse_args()
    wish.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if wish.base:
            base = wish.base.rstrip("/") + "/"
            pages, server = built_pages(base), None
        else:
            pages = write_examples(Path(folder))
            server, base = serve(Path(folder))
        count = sum(1 for _ in shoot(base, pages, wish.out, wish.only))
        if server:
            server.shutdown()
    print(f"{count} pictures in {wish.out}")


if __name__ == "__main__":
    main()
