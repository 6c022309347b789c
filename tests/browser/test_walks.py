"""What customers come for, walked with keyboard and pointer: find an article, change language and colours, print, get lost."""

from __future__ import annotations

import re

import pytest
from browser.sample import LOCALES, articles, built, html_files, pages, text_of, url_of, word_of

pytestmark = pytest.mark.browser

HOME_TITLE = {"en": "en-GB", "ca": "ca-ES", "ro": "ro-RO", "fa": "fa-IR", "zh-Hant": "zh-TW"}  # what browsers say they prefer
HALF = {"en": "passwo", "ca": "contras", "ro": "parol", "fa": "رمز عبور", "zh-Hant": "密碼"}  # words are found before they are whole


@pytest.mark.parametrize("locale", LOCALES)
def test_an_article_is_found_with_the_keyboard_alone(reader, locale):
    """From the front page: Tab to the field, type half a word, arrow, Enter; the article has the words."""
    page = reader.open(f"{locale}/")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.className")
    page.keyboard.press("/")
    page.keyboard.type(HALF[locale])
    page.locator(".kb-hero-panel [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = page.locator('.kb-hero-panel [aria-selected="true"]')
    title = chosen.locator('[data-slot="title"]').inner_text()
    said = page.locator(".kb-hero-panel [role=status]").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith(f"/{locale}/"))

    assert skip == "kb-skip"
    assert re.search(r"[\d۰-۹]", said)
    assert page.locator("h1").inner_text() == title
    assert page.locator("html").get_attribute("lang") == locale


@pytest.mark.parametrize("locale", LOCALES)
def test_enter_without_a_choice_leads_to_the_search_page(reader, locale):
    """The search page shows the same words and results, keeps the address, and its results lead to articles."""
    page = reader.open(f"{locale}/")
    page.locator("#kb-hero-field").fill(word_of(locale))
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    first = page.locator(".kb-result a").first
    first.wait_for()
    value, title = page.locator("#kb-find-field").input_value(), first.inner_text()
    first.click()

    assert value == word_of(locale)
    assert page.locator("h1").inner_text() == title


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_keys_open_search_on_every_page(reader, key):
    """The dialog opens with the field focused, Escape closes it and gives the focus back, and typing a slash in a field is only a slash."""
    page = reader.open(pages("en")["guide"])
    page.locator(".kb-switcher summary").focus()
    page.keyboard.press(key)
    focused = page.evaluate("document.activeElement.id")
    page.keyboard.type("a/b")
    typed = page.locator("#kb-search-field").input_value()
    page.keyboard.press("Escape")

    assert focused == "kb-search-field"
    assert typed == "a/b"
    assert not page.locator("#kb-search").evaluate("one => one.open")
    assert page.evaluate("document.activeElement.localName") == "summary"


def test_nothing_found_leads_on(reader):
    """Words that nothing has are said back, and lead to the topics and to a person, who gets the words."""
    page = reader.open("en/search/?q=xqzwvk")
    page.locator("#kb-find [data-search-empty]").wait_for()
    status = page.locator("#kb-find [role=status]").inner_text()
    page.locator("#kb-find [data-search-empty] [data-search-carry]").click()
    page.locator("[data-contact-query]").wait_for()

    assert "xqzwvk" in status
    assert page.url.endswith("/en/contact/?query=xqzwvk")
    assert page.locator("[data-contact-query] dd").inner_text() == "xqzwvk"


@pytest.mark.parametrize(("locale", "named"), [("ro", "engleză"), ("fa", "انگلیسی")])
def test_a_result_in_another_language_says_so(reader, locale, named):
    """An article that is lent from English is marked as English, to the eye and to screen readers; the reader's own is not."""
    page = reader.open(f"{locale}/search/?q=webhooks")
    hit = page.locator("#kb-find .kb-result").filter(has=page.locator('[data-slot="title"]', has_text="webhooks"))
    hit.wait_for()
    lent = hit.locator('[data-slot="lang"]').inner_text()
    language = hit.locator('[data-slot="title"]').get_attribute("lang")
    page.locator("#kb-find-field").fill(word_of(locale))
    own = page.locator("#kb-find .kb-result").filter(has=page.locator("mark", has_text=word_of(locale)[:3])).first
    own.wait_for()

    assert (lent, language) == (named, "en")
    assert own.locator('[data-slot="lang"]').is_hidden()
    assert own.locator('[data-slot="title"]').get_attribute("lang") is None


def test_below_the_results_a_person_gets_the_words(reader):
    """Who found something else is led to the index of words, and to a person with the words along."""
    page = reader.open("en/search/?q=password")
    ask = page.locator("#kb-find [data-search-ask]")
    ask.wait_for()
    leads = ask.locator("a").first.get_attribute("href")
    ask.locator("[data-search-carry]").click()
    page.locator("[data-contact-query]").wait_for()

    assert leads.endswith("search/a-z/")
    assert page.locator("[data-contact-query] dd").inner_text() == "password"


def test_a_missing_part_of_the_index_is_said_while_the_rest_answers(reader):
    """When the files of one word do not come, the results of the other stand, with a word about it and a way to try again."""

    def files(words: str) -> set[str]:
        begun = len(reader.requests)
        page = reader.open(f"en/search/?q={words}")
        page.locator("#kb-find .kb-result").first.wait_for()
        page.wait_for_load_state("networkidle")
        return {url for url in reader.requests[begun:] if "/assets/search/" in url}

    lost = files("refund") - files("password")
    page = reader.page
    page.route(lambda url: url in lost, lambda route: route.fulfill(status=404))
    page.goto(reader.portal + "en/search/?q=password+refund")
    note = page.locator("#kb-find [data-search-part]")
    note.wait_for()
    titles = page.locator("#kb-find .kb-hit-title").all_inner_texts()
    page.unroute_all()
    note.locator("button").click()
    note.wait_for(state="hidden")
    reader.wrong = [one for one in reader.wrong if "assets/search" not in one]  # the browser reports what was withheld

    assert lost
    assert "Reset your password" in titles
    assert page.locator("#kb-find .kb-result").count() > 0


@pytest.mark.parametrize("locale", ["ca", "ro", "fa", "zh-Hant"])
def test_the_language_switch_keeps_the_article(reader, locale):
    """An English article leads to itself in every language, and back."""
    page = reader.open("en/account/sign-in/reset-password/")
    link = page.locator(f'.kb-footer a[hreflang="{locale}"]')
    link.click()
    page.wait_for_url(f"**/{locale}/**")
    there = page.locator("html").get_attribute("lang"), page.locator("h1").inner_text()
    page.locator(".kb-switcher summary").click()
    page.locator('.kb-switcher a[hreflang="en"]').click()
    page.wait_for_url("**/en/account/sign-in/reset-password/")

    assert there[0] == locale
    assert there[1] != page.locator("h1").inner_text()


@pytest.mark.parametrize("locale", ["fa", "zh-Hant"])
def test_an_article_without_translation_is_shown_as_what_it_is(reader, locale):
    """The page stays in the reader's language and direction; a note says so, and the text is marked as English."""
    page = reader.open(next(articles(locale, own=False)))
    text = page.locator(".kb-prose[data-module]")

    assert page.locator("html").get_attribute("lang") == locale
    assert page.locator(".kb-notice-fallback").is_visible()
    assert (text.get_attribute("lang"), text.get_attribute("dir")) == ("en", "ltr")
    assert text.evaluate("one => getComputedStyle(one).direction") == "ltr"
    assert page.locator("h1").evaluate("one => one.closest('[lang]').lang") == "en"


def test_the_colours_that_were_chosen_are_remembered(reader):
    """The switch goes from the device's choice to light and dark, and the next page begins with the chosen one."""
    page = reader.open("en/")
    switch = page.locator('[data-module="kb-scheme"]')
    switch.click()
    switch.click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page = reader.open(pages("en")["guide"])

    assert page.locator("html").get_attribute("data-scheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 200


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_print_shows_the_text_alone(reader, locale):
    """On paper there is the article, in dark on light, and nothing to click; transcripts are unfolded."""
    page = reader.open(pages(locale)["video"])
    page.emulate_media(media="print", color_scheme="dark")
    chrome = [
        ".kb-header",
        ".kb-footer",
        ".kb-crumbs",
        ".kb-rating",
        ".kb-callout",
        ".kb-tools",
        ".kb-side",
        ".kb-related",
        ".kb-skip",
        ".kb-tags",
    ]

    assert [one for one in chrome if page.locator(one).count() and page.locator(one).first.is_visible()] == []
    assert page.locator("h1").is_visible()
    assert page.locator(".kb-prose[data-module]").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("en/reset-password", "password"),
        ("en/reset_password.html", "password"),
        ("en/old/track-your-order/", "track"),
        ("no/such/payment-declined/", "payment"),
    ],
)
def test_a_lost_reader_is_shown_what_the_address_speaks_of(reader, url, part):
    """The page for missing addresses searches for their words, in whatever depth it is shown."""
    page = reader.open(url)
    first = page.locator(".kb-result a").first
    first.wait_for()
    title, asked = first.inner_text(), page.locator("#kb-find-field").input_value()
    first.click()

    assert not asked.startswith("en ")
    assert part in title.lower()
    assert page.locator("h1").inner_text() == title


@pytest.mark.parametrize(
    ("reader", "locale"), [({"locale": tag}, locale) for locale, tag in HOME_TITLE.items()], ids=list(HOME_TITLE), indirect=["reader"]
)
def test_the_root_goes_to_the_readers_language(reader, locale):
    """The first page leads to the language that the browser prefers."""
    page = reader.open("")
    page.wait_for_url(f"**/{locale}/")

    assert page.locator("html").get_attribute("lang") == locale


@pytest.mark.parametrize("reader", [{"locale": "zh-CN"}, {"locale": "de-DE"}], ids=["zh-CN", "de-DE"], indirect=True)
def test_the_root_leaves_the_choice_to_others(reader):
    """Who prefers a language that is not there, or Chinese in another script, chooses; each language is named in itself."""
    page = reader.open("")
    page.wait_for_timeout(300)

    assert page.url == reader.portal
    assert page.locator("main a[data-tag]").count() == len(LOCALES)
    assert page.locator('main a[data-tag="fa"]').get_attribute("dir") == "rtl"


def test_an_old_address_leads_to_the_article(reader):
    """A redirect arrives without a script and without a server's help."""
    old = next(url_of(file) for file in html_files() if 'http-equiv="refresh"' in text_of(file))
    page = reader.page
    page.goto(reader.portal + old, wait_until="commit")
    page.wait_for_url(lambda url: not url.endswith(old))

    assert page.locator("article h1").is_visible()


@pytest.mark.parametrize("path", ["index.html", "fa/index.html", "zh-Hant/search/index.html"])
def test_a_page_from_a_folder_says_what_to_do(chromium, reader, path):
    """Opened as a file, where no search and no link works, the first pages name the command; from a server they do not speak of it."""
    served = reader.open(path.removesuffix("index.html"))
    hidden = served.locator(".kb-disk").is_hidden()
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto((built() / path).as_uri())
        said = page.locator(".kb-disk").inner_text()

    assert hidden
    assert "python3 -m http.server" in said
    assert "http://localhost:8000/" in said
