"""A help centre in three languages with a proposal that edits every kind of thing a reviewer has to see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from kbgen.cli import main

if TYPE_CHECKING:
    from review.repository import Repository

SETTINGS = """
[site]
title = "Test help"
base_url = "https://help.example"
[locales.en]
[locales.fa]
[locales.zh-Hant]
"""
PRICES = "content/en/billing/prices.md"
STEPS = "content/en/devices/steps.md"
FARSI = "content/fa/billing/prices.md"
CHINESE = "content/zh-Hant/billing/prices.md"
TRACK = "content/en/devices/track.md"
TESTS = "content/en/search-tests.toml"
PICTURE = "content/en/devices/images/lamp.svg"
SNIPPET = "content/_snippets/en/call.md"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20"><rect width="40" height="20" fill="{}"/></svg>'


def text(key: str, title: str, body: str, **head: str) -> str:
    """Write an article."""
    more = "".join(f"{name}: {value}\n" for name, value in head.items())
    return f"---\nid: {key}\ntitle: {title}\ndescription: About {title}\nstatus: published\n{more}---\n{body.strip()}\n"


TABLE = """
Working days are Monday to Friday.

## The options {{#options}}

| Option | Price | Days |
|---|---|---|
| Standard | 3.90 € | 2–4 |
| Express | {express} | {days} |
{more}
"""
BEFORE: dict[str, str | None] = {
    ".gitignore": ".kbgen/\ndist/\nreport/\n",
    "kbgen.toml": SETTINGS,
    PRICES: text("kb-prices", "Delivery prices", TABLE.format(express="9.90 €", days="1", more="")),
    STEPS: text(
        "kb-steps",
        "Set up the lamp",
        "Read on to [track your order](kb:kb-track).\n\n1. Open the app.\n2. Choose **Add**.\n3. Set 23:00.\n4. Save.\n\n"
        '![A lamp that is off](images/lamp.svg "The lamp")\n\n{{ snippet call }}\n',
    ),
    TRACK: text("kb-track", "Track your order", "## Where it is {#where}\n\nLook here.", keywords="[parcel]"),
    PICTURE: SVG.format("red"),
    "content/en/devices/images/on.svg": SVG.format("green"),
    SNIPPET: "Call 800 555 0142.\n",
    FARSI: text("kb-prices", "هزینهٔ ارسال", "سناریو در هاب اجرا می‌شود؛ برای همین وقتی گوشی‌تان خاموش است هم کار می‌کند."),
    CHINESE: text("kb-prices", "運費", "若要重設密碼，請按「設定」，再按「密碼」。"),
    TESTS: '[[test]]\nquery = "parcel"\narticle = "kb-track"\n',
}
AFTER: dict[str, str | None] = {
    PRICES: text("kb-prices", "Delivery prices", TABLE.format(express="11.90 €", days="1", more="| Evening | 6.90 € | 2–4 |")),
    STEPS: text(
        "kb-steps",
        "Set up the lamp",
        "Read on to [track your order](kb:kb-refund).\n\n1. Open the app.\n2. Choose **Add**.\n3. Tick Only at home.\n4. Set 22:30.\n5. Save.\n\n"
        '![A lamp that is on](images/on.svg "The lamp")\n\n{{ snippet call }}\n',
    ),
    FARSI: text("kb-prices", "هزینهٔ ارسال", "سناریو در هاب Lumbra اجرا می‌شود؛ برای همین حتی وقتی گوشی‌تان خاموش است هم کار می‌کند."),
    CHINESE: text("kb-prices", "運費", "若要重設密碼，請按「帳號」，再按「密碼」。"),
}


def begun(kept: Repository) -> None:
    """Put the help centre onto main, and stand on a branch of it."""
    kept.git("switch", "--quiet", "main")
    kept.commit("A help centre", BEFORE)
    kept.git("switch", "--quiet", "--force-create", "edit")


def diffed(kept: Repository, folder: Path, *words: str, proposal: str = "main..HEAD") -> tuple[Result, dict[str, Any]]:
    """Run `kbgen diff` on a day that never changes; returns what it said and its report.json."""
    command = [
        "--traceback",
        "-C",
        str(kept.root),
        "diff",
        proposal,
        "--output",
        str(folder),
        "--as-of",
        "2026-03-01",
        "--jobs",
        "1",
        *words,
    ]
    done = CliRunner().invoke(main, command)
    if done.exit_code not in {0, 1} or (done.exception and not isinstance(done.exception, SystemExit)):
        raise AssertionError(done.output) from done.exception
    return done, json.loads((folder / "report.json").read_bytes())


def article_of(report: dict[str, Any], key: str, locale: str = "en") -> dict[str, Any]:
    """Return what a report says of an article."""
    return next(one for one in report["articles"] if (one["id"], one["locale"]) == (key, locale))


def notes_of(report: dict[str, Any], key: str, locale: str = "en") -> list[tuple[str, ...]]:
    """Return the edits of an article as kind and values."""
    return [tuple(one.values()) for one in article_of(report, key, locale)["edits"]]
