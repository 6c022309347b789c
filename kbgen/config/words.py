"""What the settings and their rules mean, in words: for problems, `kbgen explain` and the JSON Schemas."""

from __future__ import annotations

# Setting -> what it means, an example of right text.  "*" stands for any name.
HELP: dict[str, tuple[str, str]] = {
    "site": ("What the portal is called and where it stands.", '[site]  with  title = "Help centre"'),
    "site.title": ("The portal's name; [locales.<tag>] may have one of its own.", 'title = "Help centre"'),
    "site.description": (
        "A sentence about the portal, one text or one for each locale.",
        'description = {en = "Answers about your orders", ca = "…"}',
    ),
    "site.base_url": ("The portal's address, for canonical links, feeds and the sitemap.", 'base_url = "https://help.example.org"'),
    "site.default_locale": ("The language that stands in for missing ones.", 'default_locale = "en"'),
    "site.logo": ("A picture file, named from the top of the knowledge base.", 'logo = "content/logo.svg"'),
    "site.footer": ("Links at the foot of every page.", 'footer = [{title = "Terms", url = "https://example.org/terms/"}]'),
    "site.footer.*": ("A link: its title and its address.", '{title = "Terms", url = "https://example.org/terms/"}'),
    "site.footer.*.title": ("The text of the link, one text or one for each locale.", 'title = "Terms"'),
    "site.footer.*.url": ("Where the link leads.", 'url = "https://example.org/terms/"'),
    "site.edit_url": (
        "Where an article can be edited on the forge; {path} stands for its file.",
        'edit_url = "https://git.example.org/help/edit/main/{path}"',
    ),
    "site.announcement": (
        "A message above every page, one text or one for each locale.",
        'announcement = {en = "Delivery is late this week", ca = "…"}',
    ),
    "site.time_zone": ("The zone that days are counted in.", 'time_zone = "Europe/Madrid"'),
    "locales": ("The languages, one table each, in the order of the switcher.", '[locales.ca]  with  name = "Català"'),
    "locales.*": ("A language of the portal.", '[locales.ca]  with  name = "Català"'),
    "locales.*.name": ("The language in itself; else as Unicode's CLDR calls it.", 'name = "Català"'),
    "locales.*.region": (
        "A heading that groups languages in the switcher, one text or one for each locale.",
        'region = {en = "Europe", ro = "Europa"}',
    ),
    "locales.*.fallback": ("The language whose text stands in for a missing one; else the default.", 'fallback = "en"'),
    "locales.*.title": ("The portal's name in this language.", 'title = "Ajuda"'),
    "feedback": (
        "The service that takes ratings and cases, and the ways to a person.",
        '[feedback]  with  url = "https://feedback.example.org"',
    ),
    "feedback.url": ("The address of the service; without it, forms are not shown.", 'url = "https://feedback.example.org"'),
    "feedback.contact": ("Whether there is a contact page.", "contact = true"),
    "feedback.opening_hours": (
        "When people answer, one text or one for each locale.",
        'opening_hours = {en = "Monday to Friday, 9:00–17:00", ca = "…"}',
    ),
    "feedback.response_time": (
        "How soon they answer, one text or one for each locale.",
        'response_time = {en = "one working day", ca = "…"}',
    ),
    "feedback.export": ("The service's export of ratings and searches.", 'export = "feedback.json"'),
    "theme": ("How the portal looks.", '[theme]  with  colours = {accent = "#0a6b5c"}'),
    "theme.name": ("A theme: default, or a folder below themes/.", 'name = "default"'),
    "theme.overrides": ("A folder whose files replace the theme's files of the same name.", 'overrides = "theme"'),
    "theme.colours": ("Colours by name.", 'colours = {accent = "#0a6b5c"}'),
    "theme.colours.*": ("A colour as CSS writes it.", 'accent = "#0a6b5c"'),
    "markdown": ("What Markdown may do beyond the usual.", '[markdown]  with  allowed_hosts = ["www.youtube-nocookie.com"]'),
    "markdown.extensions": ("Python-Markdown extensions to load besides the usual ones.", 'extensions = ["mdx_math"]'),
    "markdown.raw_html": ("Whether HTML in articles is cleaned or shown as text.", 'raw_html = "sanitise"'),
    "markdown.allowed_hosts": ("Hosts that pictures and films may come from.", 'allowed_hosts = ["www.youtube-nocookie.com"]'),
    "markdown.allowed_hosts.*": ("A host's name, without https:// and without a path.", '"www.youtube-nocookie.com"'),
    "markdown.allow_tags": ("HTML elements to let through besides the usual ones.", 'allow_tags = ["ruby", "rt"]'),
    "build": ("Where a build writes.", '[build]  with  output = "dist"'),
    "build.output": ("The folder of the portal, below that of kbgen.toml.", 'output = "dist"'),
    "search": ("How search weighs.", "[search]  with  boosts = {title = 3}"),
    "search.boosts": ("How much a word in a field weighs.", "boosts = {title = 3, body = 1}"),
    "search.lunr_index": ("Whether a whole index in lunr's format is written too, for other clients.", "lunr_index = true"),
    "search.boosts.*": ("The weight of a word in this field.", "title = 3"),
    "suggest": ("Where else articles are offered: suggest.mjs.", '[suggest]  with  origins = ["https://shop.example.org"]'),
    "suggest.origins": ("Sites whose pages may offer and show articles.", 'origins = ["https://shop.example.org"]'),
    "suggest.origins.*": ("A site's address, without a path.", '"https://shop.example.org"'),
    "review": ("How articles stay right.", '[review]  with  every = "6mo"'),
    "review.every": (
        "The time between two reviews of an article that names none; articles at high risk come twice as often.",
        'every = "6mo"',
    ),
    "review.notices": (
        "What readers are told: that a translation is behind its original, that a review is overdue.",
        'notices = ["outdated", "overdue"]',
    ),
    "review.notices.*": ("outdated or overdue.", '"overdue"'),
    "review.credits": ("Whether an article's page names who wrote and who reviewed it; never an address.", "credits = true"),
    "review.approval": (
        "What becomes of a text that waits for an approval: published (off), published and told (warn), or an older one instead (enforce).",
        'approval = "enforce"',
    ),
    "hooks": ("The site's own code.", '[hooks]  with  files = ["hooks/glossary.py"]'),
    "hooks.files": ("Python files with on_article, on_site or on_pages.", 'files = ["hooks/glossary.py"]'),
    "budgets": ("The most that a page may weigh, in kB after gzip; 0 means no limit.", "[budgets]  with  article_html_kb = 14"),
    "budgets.article_html_kb": ("The HTML of an article's page.", "article_html_kb = 14"),
    "budgets.css_kb": ("All style sheets of a page.", "css_kb = 9"),
    "budgets.js_kb": ("All scripts that load before the reader acts.", "js_kb = 6"),
    "budgets.total_kb": ("An article's first view, without its own pictures.", "total_kb = 30"),
}

CATEGORY_HELP: dict[str, tuple[str, str]] = {
    "title": ("What the category is called; else its folder's name.", 'title = "Your account"'),
    "description": ("A sentence about what is in it.", 'description = "Signing in, passwords and your details."'),
    "icon": ("The name of one of the theme's icons.", 'icon = "account"'),
    "order": ("The place among its neighbours: lower comes first.", "order = 10"),
    "owner": ("Who looks after its articles.", 'owner = "account-team"'),
    "queue": ("The team that gets cases about it.", 'queue = "accounts"'),
    "featured": ("Ids of articles to show first.", 'featured = ["kb-7f3k2q"]'),
}

ELSEWHERE: dict[str, str] = {
    "title": "Put it below  [site]",
    "site_name": 'Write  [site]  with  title = "Help centre"',
    "base_url": "Put it below  [site]",
    "baseURL": 'Write  [site]  with  base_url = "https://help.example.org"',
    "languages": 'Write a table for each language:  [locales.ca]  with  name = "Català"',
    "nav": "Remove it: folders are the navigation",
    "plugins": 'Write  [hooks]  with  files = ["hooks/glossary.py"]',
}

RULES: dict[str, str] = {
    "KB120": "A settings file that is not TOML. The usual causes are text without quotes, a quote or bracket that is not closed, and"
    ' a key that stands twice. Right:  title = "Help centre"',
    "KB121": "A setting that is not known. A misspelt setting would silently keep its default. The message names the nearest known "
    "one;  kbgen schema  lists them all.",
    "KB122": "A setting whose value is not of the right kind, or out of its limits. The message names what to write.",
    "KB123": "A setting that is needed, because the table that it belongs to makes no sense without it: the url of a footer link, "
    "for instance.",
    "KB124": "An address that is not one. base_url, the url of the service and edit_url begin with https:// (or http://); base_url "
    'has no ? and no #. Right:  base_url = "https://help.example.org"',
    "KB125": "A locale that is not well formed or not known to Unicode's CLDR, a fallback or default that no [locales.<tag>] table "
    'names, or an unknown time zone. Right:  [locales.zh-Hant]  and  default_locale = "en"',
    "KB126": "A path in the settings that leads out of the knowledge base, or an output folder that holds the sources. A "
    'build replaces its output folder, so it must not be the top folder, content/ or themes/. Right:  output = "dist"',
    "KB127": "A variable of _vars.toml that cannot be used: its name has to be letters, digits and _, its value text or a whole "
    "number. What stands at the top holds for every locale; a table  [locales.ca]  replaces it for one. Right:  phone = "
    '"800 555 0142"',
    "KB128": "Text in the settings that holds invisible or deceiving characters: controls, bidirectional overrides, zero-width "
    "characters. Delete the character at the place shown.",
    "KB129": "An extension of Python-Markdown that cannot be loaded: it is not installed where kbgen runs, its name is misspelt, or it "
    'fails. Install its package beside kbgen. Right:  extensions = ["toc"]',
}
