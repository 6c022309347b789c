"""How the desk's pages stand in a browser: axe finds nothing, nothing is wider than the screen, the policy stops nothing of ours."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from service.desk.examples import PAGES
from service.desk.examples_cases import frame

from feedback_service.desk.render import TYPES, assets, page
from feedback_service.http.guard import POLICY

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ("color-contrast", "link-in-text-block")  # all that a colour scheme can break
SHAPES = (("light", 1280), ("light", 360), ("dark", 1280))


@pytest.fixture
def gallery(context):
    """Show examples of pages as the server would; gives the page and a list of what the browser complained about."""
    wrong: list[str] = []
    shown = context.new_page()
    shown.on("console", lambda said: wrong.append(f"{shown.url}: {said.text}") if said.type in {"error", "warning"} else None)
    shown.on("pageerror", lambda error: wrong.append(f"{shown.url}: {error}"))

    def answer(route):
        path = PurePosixPath(urlsplit(route.request.url).path)
        if route.request.method == "POST":
            route.fulfill(status=200, body="", content_type="text/html")
        elif path.name == "rows":  # the queue asks after ten seconds, which pass on a busy machine
            route.fulfill(status=204)
        elif path.suffix in TYPES:
            route.fulfill(body=assets()[path.name], content_type=TYPES[path.suffix])
        else:
            _, locale, name = path.parts
            template, view, changes = PAGES[name]
            text = page(template, frame(locale, **changes), view)
            route.fulfill(body=text, content_type="text/html; charset=utf-8", headers={"content-security-policy": POLICY})

    context.route("http://localhost/**", answer)
    shown.wrong = wrong
    return shown


def violations(shown, scheme: str) -> list[str]:
    """Run axe: all its rules by day, those about colours by night too."""
    rules = {"type": "tag", "values": TAGS} if scheme == "light" else {"type": "rule", "values": COLOURS}
    answer = AXE.run(shown, options={"runOnly": rules, "resultTypes": ["violations"]}).response
    return [f"{one['id']} {node['target']} {node['failureSummary'][:300]}" for one in answer["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_shuts_anybody_out(gallery, name, locale):
    """Every page passes WCAG 2.2 AA and the best practices, by day and night, wide and narrow, in both directions, and fits the screen."""
    found = []
    gallery.goto(f"http://localhost/{locale}/{name}")
    for details in gallery.locator("details").all():
        details.evaluate("node => { node.open = true; }")
    for scheme, width in SHAPES:
        gallery.emulate_media(color_scheme=scheme)
        gallery.set_viewport_size({"width": width, "height": 900})
        found += [f"{scheme} {width}: {each}" for each in violations(gallery, scheme)]
        if (wide := gallery.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{width}: the page is {wide} wide")

    assert not found, "\n".join(found)
    assert not gallery.wrong


@pytest.mark.parametrize("width", [1280, 360])
def test_an_excerpt_is_cut_at_its_own_end(gallery, width):
    """In a queue that reads from the right, what somebody wrote from the left is cut on its right, and its first word is whole."""
    gallery.set_viewport_size({"width": width, "height": 900})
    gallery.goto("http://localhost/fa/queue")
    look = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => getComputedStyle(each).direction)"
    for line in gallery.locator(".excerpt").all():
        line.evaluate("each => { each.textContent = 'Every evening between eight and nine the hub drops out of the app. '.repeat(4); }")
    cut = gallery.locator(".excerpt").evaluate_all(look)

    assert cut
    assert set(cut) == {"ltr"}


@pytest.mark.parametrize("locale", ["ca", "ro", "zh-Hant"])
def test_longer_words_fit(gallery, locale):
    """In the other languages, too, nothing is wider than a phone or a desk."""
    wide = []
    for name in PAGES:
        gallery.goto(f"http://localhost/{locale}/{name}")
        for width in (320, 1280):
            gallery.set_viewport_size({"width": width, "height": 900})
            if (has := gallery.evaluate("document.documentElement.scrollWidth")) > width:
                wide.append(f"{name} {width}: {has}")

    assert not wide


@pytest.mark.parametrize("context_options", ["phone"])
def test_open_menus_shut_nobody_out(gallery):
    """The menu of a phone and the list of keys are popovers that work without script, and pass as well."""
    gallery.goto("http://localhost/en/queue")
    gallery.locator(".bar [popovertarget=rail]").click()
    gallery.locator("#rail").wait_for()
    found = violations(gallery, "light")
    gallery.locator("#rail [popovertarget=keys]").click()
    gallery.locator("#keys").wait_for()
    found += violations(gallery, "light")

    assert not found, "\n".join(found)
