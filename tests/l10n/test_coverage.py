"""The page of translations: valid, whole in every language, and for everybody on every screen."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kbgen.l10n import coverage
from kbgen.l10n.status import Part, Row, Version, rows

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).parent
TOP = HERE.parents[1]
LOCALES = ["en", "ca", "ro", "fa", "zh-Hant"]
EDIT = "https://git.example/edit/main/{path}"


def found() -> list[Row]:
    """Rows in which every state stands, and a title that is hostile."""
    titles = {"kb-a": "Return an <script>alert(1)</script> item", "kb-b": "Reset", "kb-c": "شروع"}
    versions = [Version(key, "en", f"content/en/{key}.md", title, "a" * 40) for key, title in titles.items()]
    for key, tag, source, shown in (
        ("kb-a", "ca", "a" * 40, True),
        ("kb-a", "ro", "b" * 40, True),
        ("kb-a", "fa", "c" * 40, False),
        ("kb-a", "zh-Hant", "", True),
        *(("kb-b", tag, "aaaaaaaa", True) for tag in LOCALES[1:]),
    ):
        versions.append(Version(key, tag, f"content/{tag}/{key}.md", f"{key} {tag}", "d" * 40, source, shown))
    parts = (Part("changed", "One", 9), Part("same", "Two", 12), Part("added", "Three", 15))
    return rows(versions, LOCALES, lambda source, _: parts if source == "b" * 40 else None)


def page_in(tongue: str) -> str:
    """Write the page in a language."""
    return coverage.page(found(), LOCALES, dict.fromkeys(LOCALES, ""), tongue, "2026-03-12", EDIT)


def test_the_page_says_every_state_once_in_the_words_of_its_language() -> None:
    """What readers see wrong comes first; numbers and dates are those of the language; a title is text and nothing else."""
    english, persian = page_in("en"), page_in("fa")

    assert "2 of 3 sections changed" in english
    assert english.index("2 of 3 sections") < english.index("شروع")
    assert all(
        word in english for word in ("Source not recorded", "Source not found", "Missing", "(Draft)", "Up to date in every language (1)")
    )
    assert '<html lang="fa" dir="rtl">' in persian
    assert "۲ بخش از ۳ بخش" in persian
    assert "<script" not in english
    assert 'href="https://git.example/edit/main/content/ro/kb-a.md"' in english


def test_a_language_without_words_of_its_own_has_english_ones() -> None:
    """The page says which language it is in."""
    assert '<html lang="en" dir="ltr">' in page_in("de")


@pytest.mark.parametrize("tongue", LOCALES)
def test_every_language_has_every_word(tongue: str) -> None:
    """No word is missing, none is left over, and each fills the same gaps as the English one."""

    def words(tag: str) -> dict[str, Any]:
        return tomllib.loads((Path(coverage.__file__).parent / "words" / f"{tag}.toml").read_text(encoding="utf-8"))

    own, english = words(tongue), words("en")

    assert own.keys() - {"number"} == english.keys()
    assert all(own[key].count("{") == english[key].count("{") for key in english if isinstance(english[key], str))


def test_the_page_is_valid_html(tmp_path: Path) -> None:
    """The validator that the portal's pages pass finds nothing."""
    program = TOP / "node_modules" / ".bin" / "html-validate"
    if not program.exists() or not shutil.which("node"):
        pytest.fail("html-validate is missing. Run ./dev test, which installs it.", pytrace=False)
    for tongue in ("en", "fa"):
        (tmp_path / f"{tongue}.html").write_text(page_in(tongue), encoding="utf-8")
    command = [str(program), "--config", str(HERE.parent / ".htmlvalidate.json"), "--formatter", "json", *map(str, tmp_path.glob("*.html"))]
    answer = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)

    assert [(said["ruleId"], said["message"], said["line"]) for one in answer for said in one["messages"]] == []


@pytest.mark.parametrize("context_options", [("light", "desk"), ("dark", "narrow")], ids=str)
@pytest.mark.parametrize("tongue", ["en", "fa"])
def test_the_page_is_for_everybody(page: Page, tongue: str) -> None:
    """Axe finds nothing, light on a desk and dark at 320 pixels, in both directions; nothing scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_content(page_in(tongue))
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    violations = Axe().run(page).response["violations"]

    assert width <= 0
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in violations] == []
