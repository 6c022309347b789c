"""
Take pictures of the portal: five pages, wide and narrow, light and dark, in three scripts; and the pictures of the documentation.

    ./dev shots [--out shots] [--only article-fa] [--base http://127.0.0.1:8000/]

Without --base it builds the sample portal, always as on the same day, and writes docs/pictures/ too.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote, urljoin
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser.pictures import SHEETS, save  # noqa: E402 - the path is set above
from conftest import BROWSER_FLAGS, GIT_ENVIRONMENT, chromium_path, reader_options, serving  # noqa: E402 - as above
from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - as above

LOCALES = ("en", "fa", "zh-Hant")
SHAPES = {"wide": "desk", "narrow": "phone"}  # -> how tests/conftest.py calls such a reader
SCHEMES = ("light", "dark")
SAMPLE = {
    "home": "en/",
    "article": "en/devices/hub/hub-manual/",
    "search": "en/search/",
    "contact": "en/contact/",
}
WORDS = {"en": "password", "fa": "رمز", "zh-Hant": "密碼"}
SUBJECTS = {"en": "My parcel has not arrived", "fa": "سفارش من نرسیده است", "zh-Hant": "我的包裹還沒送到"}
OFFERED = 1500  # ms from the last key to the articles that the contact form offers
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="300" viewBox="0 0 640 300">'
    '<rect width="640" height="300" rx="12" fill="#dfeae6"/><rect x="220" y="30" width="200" height="240" rx="18" fill="#fff"/></svg>'
)


def write_examples(folder: Path) -> dict[tuple[str, str], str]:
    """Render the example views of the theme's tests into a folder; returns (page, locale) -> address within it."""
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


def read(address: str) -> str:
    """Return a served page's HTML."""
    with urlopen(address) as answer:
        text: str = answer.read().decode()
    return text


def english_pages(base: str) -> dict[str, str]:
    """Follow the English home page of any portal to its first category and that category's first article."""
    article = "en/"
    for mark in ("kb-tiles", "kb-(?:cards|links)"):
        link = re.search(rf'class="{mark}".*?<a href="([^"]+)"', read(base + article), re.DOTALL)
        article = urljoin(article, link[1]) if link else article
    return {**SAMPLE, "article": article}


def in_all_locales(base: str, english: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Add the same pages in the other languages, as each page's language menu leads to them, and each article's first category."""
    found = {}
    for name, url in english.items():
        links = re.findall(r'<a href="([^"]+)" lang="([^"]+)" dir="\w+" hreflang', read(base + url))
        found |= {(name, locale): urljoin(base + url, link).removeprefix(base) for link, locale in links if locale in LOCALES}
    categories = {
        ("category", locale): "/".join(found["article", locale].split("/")[:2]) + "/" for locale in LOCALES if ("article", locale) in found
    }
    return found | categories


@dataclass(frozen=True, slots=True)
class Camera:
    """A browser before a served portal."""

    browser: Browser
    base: str
    pages: Mapping[tuple[str, str], str]  # (page, locale) -> address below the base

    def shoot(self, page: str, locale: str, shape: str, scheme: str, *, whole: bool = False) -> bytes:
        """
        Return a PNG of what a reader sees: without scrolling, or the *whole* page.

        A search page has been asked something, and the subject of a message has been typed, so that both show what they find.
        """
        options = reader_options((SHAPES[shape], scheme, "calm"))
        with closing(self.browser.new_context(**options)) as context:
            tab = context.new_page()
            tab.goto(self.base + self.pages[page, locale] + (f"?q={quote(WORDS[locale])}" if page == "search" else ""))
            tab.wait_for_load_state("networkidle")
            if page == "contact":
                tab.locator("input[name=subject]").press_sequentially(SUBJECTS[locale])
                tab.wait_for_timeout(OFFERED)
                tab.evaluate("document.activeElement.blur()")
            return tab.screenshot(full_page=whole, animations="disabled")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium as the tests do: it resolves no name but localhost."""
    with sync_playwright() as play:
        path = chromium_path(play.chromium.executable_path)
        with closing(
            play.chromium.launch(executable_path=path, args=[*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])])
        ) as browser:
            yield browser


@contextmanager
def portal(base: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the address of a served portal and its English pages; without an address, the sample is built and served."""
    if base:
        base = base.rstrip("/") + "/"
        yield base, english_pages(base)
        return
    from browser.sample import built

    with serving(built()) as served:
        yield served, SAMPLE


def take(camera: Camera, out: Path, only: str) -> int:
    """Save the pictures of every page, form and scheme whose name has *only* in it; returns their number."""
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for (page, locale), shape, scheme in product(camera.pages, SHAPES, SCHEMES):
        name = f"{page}-{locale}-{shape}-{scheme}"
        if only in name:
            (out / f"{name}.png").write_bytes(camera.shoot(page, locale, shape, scheme, whole=True))
            count += 1
    return count


def mistake(browser: Browser) -> bytes:
    """Return a PNG of the live preview of an article in which its writer has just mistyped two things."""
    from browser.sample import AS_OF, built
    from serve.served import Served

    with tempfile.TemporaryDirectory() as folder, closing(browser.new_context(**reader_options("calm"))) as context:
        site = Path(folder, "site")
        shutil.copytree(built().parent / "site", site)
        article = site / "content" / "en" / "account" / "sign-in" / "reset-password.md"
        served = Served(site, "--as-of", AS_OF)
        try:
            tab = context.new_page()
            tab.goto(f"{served.address}en/account/sign-in/reset-password/")
            text = article.read_text(encoding="utf-8")
            article.write_text(
                text.replace("kb:kb-phishing", "kb:kb-phising").replace("reset-mail.svg", "reset-mial.svg"), encoding="utf-8"
            )
            tab.locator("#kbgen-overlay pre").first.wait_for()
            return tab.screenshot(animations="disabled")
        finally:
            served.end()


def for_the_docs(camera: Camera, only: str) -> Iterator[Path]:
    """Write the pictures of the documentation whose name has *only* in it."""
    for name, sheet in SHEETS.items():
        if only in name:
            shapes = (("wide", sheet.desk), ("narrow", sheet.phone))
            yield save(name, [camera.shoot(sheet.page, sheet.locale, *one) for one in shapes])
    if only in "mistake-en":
        yield save("mistake-en", [mistake(camera.browser)])
    if only in "diff-en":
        from browser import proposal

        yield save("diff-en", proposal.pictures(camera.browser))
    if only in "desk-en":
        from browser import desk
        from browser.sample import built

        yield save("desk-en", desk.pictures(camera.browser, built().parent / "site" / "handoff" / "kb-manifest.json"))


def main() -> None:
    """Read the wishes, take the pictures, say where they are."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("--out", type=Path, default=ROOT / "shots", help="folder for the pictures")
    wishes.add_argument("--only", default="", help="only pictures whose name has this text, such as article-fa or narrow-dark")
    wishes.add_argument("--base", default="", help="address of a served portal instead of the sample")
    wish = wishes.parse_args()
    os.environ |= GIT_ENVIRONMENT
    with portal(wish.base) as (base, english), chromium() as browser:
        camera = Camera(browser, base, in_all_locales(base, english))
        print(f"{take(camera, wish.out, wish.only)} pictures in {wish.out}")
        if not wish.base:
            for path in for_the_docs(camera, wish.only):
                print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
