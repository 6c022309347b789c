"""The whole way, with the real portal, service and desk: a customer in Farsi on a phone, and the agent who answers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from conftest import reader_options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

WORD = "تنظیم دوبارهٔ رمز عبور"
SITE = {
    "kbgen.toml": '[site]\ntitle = "راهنما"\ndefault_locale = "fa"\n[locales.fa]\n',
    "content/fa/account/_category.toml": 'title = "حساب"\nqueue = "accounts"\n',
    "content/fa/account/password.md": (
        f"---\nid: kb-resetpw\ntitle: {WORD}\ndescription: رمز تازه در دو دقیقه\nstatus: published\n---\n"
        "۱. برنامه را باز کنید.\n\n۲. **رمز را فراموش کرده‌ام** را انتخاب کنید.\n"
    ),
    "content/fa/account/phone.md": (
        "---\nid: kb-newphone\ntitle: تلفن تازه\ndescription: ورود با تلفن تازه\nstatus: published\n---\nبا کد بازیابی وارد شوید.\n"
    ),
}


class Running(NamedTuple):
    """A live portal with its service."""

    portal: str
    password: str


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Run `kbgen serve --feedback` on a small help centre in Farsi."""
    for path, text in SITE.items():
        file = tmp_path / "site" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    log = tmp_path / "log"
    command = [sys.executable, "-m", "kbgen", "-C", str(tmp_path / "site"), "serve", "--feedback", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        text = _until(log, "Serving on", process)
        yield Running(re.findall(r"Serving on (\S+)/", text)[0], re.findall(r"password: (\S+)", text)[0])
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert _left(process.pid) == []
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _until(log: Path, words: str, process: subprocess.Popen[Any]) -> str:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        if words in (text := log.read_text(encoding="utf-8")):
            return text
        time.sleep(0.1)
    return pytest.fail(f"{words!r} never came: {log.read_text(encoding='utf-8')}")


def _left(group: int) -> list[str]:
    """List the processes that a portal left behind."""
    stats = [stat.read_text(errors="replace").rpartition(")")[2].split() for stat in Path("/proc").glob("[0-9]*/stat") if stat.exists()]
    return [fields[0] for fields in stats if fields[2] == str(group) and fields[0] != "Z"]


@pytest.fixture
def context_options() -> tuple[str, ...]:
    """A phone that speaks Farsi."""
    return ("phone", "rtl")


def test_from_a_search_to_a_reopened_case(running: Running, page: Page, chromium: Browser) -> None:
    """Search, article, "no", contact form, secret link, an agent's answer, a reply that reopens: nothing is lost between two houses."""
    page.goto(f"{running.portal}/fa/search/")
    page.locator("main [data-search-field]").fill("رمز")
    page.locator("main [data-search-results] a", has_text=WORD).click()
    page.locator("form.kb-rating button[value=no]").first.click()
    page.locator("form.kb-rating [name=reason][value=unclear]").check()
    page.locator("main a[href*='contact']").first.click()
    form = page.locator("form[action$='/api/v1/cases']")
    form.locator("[name=subject]").fill("رمز تازه نمی‌رسد")
    form.locator("[name=body]").fill("سه بار درخواست کردم.")
    form.locator("[name=email]").fill("negar@example.org")
    page.wait_for_timeout(2_500)  # who sends a form faster than two seconds is looked at first
    form.locator("[type=submit]").last.click()
    link = page.locator("a[href*='/case/#']")
    link.wait_for()
    secret = link.get_attribute("href") or ""
    number = re.findall(r"[0-9۰-۹]{4,}", page.locator("main").inner_text())[0]
    page.goto(secret)
    page.locator("form[action='/case/reply']").wait_for()

    desk = chromium.new_context(**reader_options("desk")).new_page()
    desk.set_default_timeout(30_000)
    service = secret.partition("/case/")[0]
    desk.goto(f"{service}/desk/")
    desk.locator("#login").fill("sara")
    desk.locator("#password").fill(running.password)
    desk.locator("form[action='/desk/sign-in'] button[type=submit], form[action='/desk/sign-in'] button").first.click()
    case = f"{service}/desk/cases/{int(number)}"
    desk.locator(f"a[href^='/desk/cases/{int(number)}']").first.wait_for()
    desk.goto(case)
    seen = desk.locator("main").inner_text()
    desk.locator("#editor #text").fill("پیوند را دوباره فرستادم.")
    desk.locator("#editor button[value=resolved]").click()
    desk.locator(".badges .status-resolved").first.wait_for()

    page.reload()
    page.get_by_text("پیوند را دوباره فرستادم.").wait_for()
    page.locator("form[action='/case/reply'] #text").fill("هنوز نمی‌رسد.")
    page.locator("form[action='/case/reply'] [type=submit]").click()
    page.get_by_text("هنوز نمی‌رسد.").wait_for()
    desk.goto(case)
    thread = desk.locator("main").inner_text()
    reopened = desk.locator(".badges .status-open").count()
    desk.goto(f"{service}/desk/triage")
    rated = desk.locator("main").inner_text()
    desk.context.close()

    assert "سه بار درخواست کردم." in seen
    assert "kb-resetpw" in seen or WORD in seen
    assert "هنوز نمی‌رسد." in thread
    assert reopened
    assert WORD in rated or "kb-resetpw" in rated
