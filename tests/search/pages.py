"""Pages for the tests of search in Chromium: nothing but the markup that the scripts ask for, under the strictest policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.engines import SCRIPTS, files_of

from kbgen.theme.lean import lean

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    '"><b>x',
    "${alert(1)}",
    "{{7*7}}",
)
SERVED = ("open", "search", "ask", "page", "events", "query", "meant", "analyze", "files")
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types kb-search"
FORM = """
<form role="search" action="../find/" method="get" data-search-form>
  <label for="field">Search</label>
  <input id="field" type="search" name="q" maxlength="200" autocomplete="off" data-search-field>
  <button type="submit">Go</button>{filters}
</form>
<div {panel}><p role="status" data-search-status></p><button type="button" data-search-typed hidden></button><div data-search-start>Popular</div>
<{list} id="results" {role} aria-label="Results" data-search-results></{list}>
<p data-search-part hidden>A part is missing. <button type="button" data-search-retry>Again</button></p>
<div data-search-empty hidden>Nothing. <button type="button" data-search-everywhere data-search-filtered hidden>No filters</button> <a href="../contact/?topic=1" data-search-carry>Ask us</a></div>
<div role="alert" data-search-error hidden><p>Search could not be loaded.</p><button type="button" data-search-retry>Again</button></div>
<p data-search-more hidden><button type="button">More</button></p>
<a href="../find/" data-search-all hidden>All results</a> <a href="../contact/" data-search-ask data-search-carry hidden>Ask us</a></div>
{templates}
"""
FILTERS = """
<label>Category <select name="category" data-search-filter="category"><option value="">All</option>
  <option value="en/account/">Account</option></select></label>
<label>Kind <select name="kind" data-search-filter="kind"><option value="">All</option>
  <option value="faq">Questions</option></select></label>
<p hidden><label>Tag <select name="tag" data-search-filter="tag"><option value="">All</option></select></label></p>"""
OPTIONS = """
<template data-search-result><a><b data-slot="title"></b> <i data-slot="description"></i> <i data-slot="category"></i>
  <i data-slot="kind"></i></a></template>
<template data-search-section><a><i data-slot="section"></i></a></template>"""
ITEMS = """
<template data-search-result><li><a data-slot="title"></a> <p data-slot="description"></p> <i data-slot="kind"></i></li></template>
<template data-search-section><li><a data-slot="section"></a></li></template>"""
ARTICLES: tuple[dict[str, Any], ...] = (
    {
        "title": "Reset your password",
        "description": "A new password in two minutes",
        "tags": ["signing in"],
        "headings": ["Reset it with the app"],
        "url": "en/account/reset/",
    },
    {"title": "Update payment details", "body": "password", "url": "en/account/update/", "kind": "faq"},
    {"title": "Return an item", "body": "refund", "url": "en/orders/return/"},
    {"title": "重設密碼的方法", "url": "zh/reset/"},
    *(
        {"title": f"{payload} trap", "description": payload, "headings": [f"{payload} trap"], "url": f"en/trap/{at}/"}
        for at, payload in enumerate(PAYLOADS)
    ),
)


def html(mode: str, language: str = "en", initial: str = "") -> str:
    """Return a page: `dialog` with an opener and a text field beside it, `hero`, or `list`."""
    attributes = (
        f'data-module="kb-search" data-script="../{"page" if mode == "list" else "search"}.mjs" data-early="../search.mjs" data-query="../query.mjs" data-index="../en/search/index.json"'
        ' data-up="../" data-loading="Loading" data-slow="Slow" data-corrected="Results for {query}." data-typed="Search for {query}"'
        ' data-events="../told"'
        ' data-none="No results for {query}" data-count-one="{n} result" data-count-other="{n} results" data-kind-faq="Question"'
        f' data-initial="{initial}" data-mode="{"list" if mode == "list" else "combobox"}"'
    )
    tag, panel = ("ol", "") if mode == "list" else ("div", "data-search-panel hidden" if mode == "hero" else "")
    inner = FORM.format(
        filters=FILTERS if tag == "ol" else "",
        panel=panel,
        list=tag,
        role="" if tag == "ol" else 'role="listbox"',
        templates=ITEMS if tag == "ol" else OPTIONS,
    )
    body = f"<div {attributes}>{inner}</div>"
    if mode == "dialog":
        inner += '<button type="button" data-search-close>Close</button>'
        body = '<a id="opener" href="../find/" data-search-open>Search</a><input id="other" aria-label="Other">'
        body += f'<dialog aria-label="Search" {attributes}><div>{inner}</div></dialog>'
    return (
        f'<!doctype html><html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"><head><meta charset="utf-8">'
        "<title>Test</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<link rel="icon" href="data:,">'
        f'<script type="module" src="../run.mjs"></script></head><body><main><h1>Test</h1>{body}</main></body></html>'
    )


def portal_in(folder: Path) -> Path:
    """Write a page of each sort, the scripts as the theme serves them, and an index."""
    for name in SERVED:
        (folder / f"{name}.mjs").write_text(lean((SCRIPTS / f"{name}.mjs").read_text()))
    (folder / "outbox").mkdir()
    (folder / "outbox" / "outbox.mjs").write_text(lean((SCRIPTS.parent / "outbox" / "outbox.mjs").read_text()))
    (folder / "run.mjs").write_text('import enhance from "./open.mjs";\ndocument.querySelectorAll("[data-module]").forEach(enhance);\n')
    for path, data in files_of(*ARTICLES).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    pages = {
        "dialog": html("dialog"),
        "hero": html("hero"),
        "find": html("list", initial="url"),
        "fa": html("list", "fa", "url"),
        "reset-password": html("list", initial="path"),
    }
    for name, text in pages.items():
        (folder / name).mkdir()
        (folder / name / "index.html").write_text(text)
    return folder


def wait(page: Page, *states: str) -> None:
    """Wait until search is in one of the states; the policy of the pages forbids Playwright's own waiting for functions."""
    page.locator(", ".join(f"[data-module][data-state={state}]" for state in states)).wait_for(state="attached")


def shown(page: Page) -> list[str]:
    """Return the titles of the results, without the sections."""
    wait(page, "ready", "none", "error")
    return page.locator("[data-search-results] [data-slot=title]").all_inner_texts()
