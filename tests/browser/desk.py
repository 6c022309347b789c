"""The desk of the feedback service as an agent sees it, with the sample's cases, for the documentation."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import reader_options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CASE = "Parcel marked as delivered"


@contextmanager
def running(manifest: Path) -> Iterator[tuple[str, str]]:
    """Run a service with samples; yields its address and the agents' password."""
    program = [sys.executable, "-m", "feedback_service"]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--data", folder, "--manifest", str(manifest)]
        told = subprocess.run([*program, "sample", *options], check=True, capture_output=True, text=True).stdout
        with subprocess.Popen(
            [*program, "serve", "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as service:
            assert service.stdout is not None
            try:
                yield service.stdout.readline().split()[-1], told.split()[-1]
            finally:
                service.terminate()


def pictures(browser: Browser, manifest: Path) -> list[bytes]:
    """Return two PNGs: a case on a desktop, in English and light; the queue on a phone, in Persian and dark."""
    with running(manifest) as (address, password):
        found = []
        for login, variants, case in (("nora", ("desk", "light", "calm"), CASE), ("sara", ("phone", "dark", "calm"), "")):
            with closing(browser.new_context(**reader_options(variants))) as context:
                tab = context.new_page()
                _sign_in(tab, address, login, password)
                if case:
                    tab.locator("main a", has_text=case).first.click()
                    tab.locator("#editor").wait_for()
                found.append(tab.screenshot(animations="disabled"))
        return found


def _sign_in(tab: Page, address: str, login: str, password: str) -> None:
    tab.goto(f"{address}desk/")
    tab.locator("#login").fill(login)
    tab.locator("#password").fill(password)
    tab.keyboard.press("Enter")
    tab.locator("main table, main ul, main ol").first.wait_for()
