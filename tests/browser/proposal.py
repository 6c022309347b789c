"""A proposal for the sample portal that edits a table, a numbered list, a Farsi and a Chinese paragraph, a picture and a link target."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from browser.sample import AS_OF, ROOT
from conftest import commit_all, reader_options

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PRICES = "content/en/delivery/delivery-times-and-prices.md"
ROUTINE = "content/en/app/create-a-routine.md"
PAYMENT = "content/en/billing/update-payment-details.md"
EDITS = {
    PRICES: {
        "| Express | {{ express_price }} | 1 | 15 kg |": "| Express | €11.90 | 1 | 20 kg |",
        "| €12.90 | 5–7 | 20 kg |\n": "| €12.90 | 4–6 | 20 kg |\n| Evening, 18:00–22:00 | €6.90 | 2–4 | 15 kg |\n",
        "working day for €9.90 if": "working day for €11.90 if",
        "[change the address](kb:kb-chaddr)": "[change the address](kb:kb-track1)",
    },
    ROUTINE: {
        "4. Choose **Add end** and set 23:00.\n5. Choose": "4. Choose **Add end** and set 22:30.\n5. Tick **Only when somebody is at home**.\n6. Choose",
        "A routine in two cards: a sun on the horizon under When, a lamp under Do](images/routine.svg": "The first page of the app](images/home-screen.png",
    },
    PAYMENT: {"](kb:kb-pluscxl)": "](kb:kb-plus00)"},
    "content/fa/اپلیکیشن-و-سناریو/ساخت-سناریو.md": {
        "سناریو در هاب اجرا می‌شود؛ برای همین وقتی": "سناریو در هاب Lumbra اجرا می‌شود؛ برای همین حتی وقتی"
    },
    "content/zh-Hant/會員方案/取消-lumbra-plus.md": {"必須由支付 Plus 費用的人操作": "只有支付 Plus 費用的人能操作"},
}


@cache
def proposed() -> Path:
    """Make the sample, commit the proposal to it, and return its folder."""
    folder = Path(tempfile.mkdtemp(prefix="kbgen-proposal-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    site = folder / "site"
    shutil.copytree(ROOT / "content", site / "content")
    shutil.copy(ROOT / "kbgen.toml", site)
    commit_all(site)
    for path, edits in EDITS.items():
        text = (site / path).read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old in text, f"{path} no longer holds {old}"
            text = text.replace(old, new)
        (site / path).write_text(text, encoding="utf-8")
    (site / "content/en/delivery/winter-delivery-dates.md").rename(site / "content/en/delivery/holiday-delivery.md")
    commit_all(site, message="Edit", date="2026-02-05T10:00:00+00:00")
    return site


@cache
def changed(locale: str) -> Path:
    """Write the report on the proposal, and return its folder."""
    site = proposed()
    report = site.parent / f"report-{locale}"
    command = [sys.executable, "-m", "kbgen", "diff", "main~1..main", "--locale", locale, "--as-of", AS_OF, "--output", str(report)]
    done = subprocess.run(command, cwd=site, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stdout + done.stderr

    return report


def page_of(report: Path, path: str) -> Path:
    """Return the page of a report about the article at a path."""
    return next(file for file in sorted((report / "articles").iterdir()) if f"<bdi>{path}</bdi>" in file.read_text(encoding="utf-8"))


def pictures(browser: Browser) -> list[bytes]:
    """Return PNGs of the page about the table, on a desk, and of the one about the list, on a phone."""
    found = []
    for shape, scheme, path in (("desk", "light", PRICES), ("phone", "dark", ROUTINE)):
        with closing(browser.new_context(**reader_options((shape, scheme, "calm")))) as context:
            tab = context.new_page()
            tab.goto(page_of(changed("en"), path).as_uri())
            tab.locator(".kd-change").first.evaluate("one => scrollTo(0, one.offsetTop - 150)")
            found.append(tab.screenshot(animations="disabled"))
    return found
