"""What front matter's fields and rules mean, in words: for problems, `kbgen explain` and the JSON Schema."""

from __future__ import annotations

# Field -> what it means, an example of right text.
HELP: dict[str, tuple[str, str]] = {
    "id": ("Names the article for ever, in every language; ratings, cases and links hang on it.", "id: kb-7f3k2q"),
    "title": ("Clear and short; at most 120 characters.", "title: Reset your password"),
    "description": (
        "The answer in a sentence or two: shown under the title, in results and to search engines.",
        "description: How to choose a new password when you have forgotten yours.",
    ),
    "kind": ("What sort of article this is; it decides how the page is built.", "kind: guide"),
    "status": ("Where the article stands in its life; only published ones are shown.", "status: published"),
    "tags": ("Topics that are shown and have a page each.", "tags: [password, account]"),
    "keywords": ("Words that customers use and the text does not; search finds them.", "keywords: [log in, passcode]"),
    "audience": ("Who may read it; agents only ever see it in the agents' portal.", "audience: agents"),
    "owner": ("Who looks after the article; else the category's owner.", "owner: billing-team"),
    "authors": ("Who wrote it; else git's authors.", "authors: [Ana Puig, Bob Ionescu]"),
    "review": ("How often the article has to be read again, and what is at stake.", "review: {every: 6mo, risk: normal}"),
    "review.every": ("The time between two reviews, in months or years.", "every: 6mo"),
    "review.risk": ("What a wrong sentence would cost.", "risk: normal"),
    "publish_at": ("When the article appears; a time with a zone.", "publish_at: 2026-03-12T08:00:00+01:00"),
    "expire_at": ("When it is archived; a time with a zone.", "expire_at: 2026-12-31T23:59:00+01:00"),
    "aliases": ("Old addresses on this site that lead here.", "aliases: [/en/account/old-name/]"),
    "slug": ("The last part of the URL; else the file's name.", "slug: reset-password"),
    "replaced_by": ("The id of the article that readers of an archived one are led to.", "replaced_by: kb-7f3k2q"),
    "sources": ("Where the facts come from; shown at the end.", "sources: [{title: Postal rates 2026, url: https://example.org/rates}]"),
    "sources.*": ("A source: its title and its address.", "{title: Postal rates 2026, url: https://example.org/rates}"),
    "sources.*.title": ("The name of the source.", "title: Postal rates 2026"),
    "sources.*.url": ("The web address of the source.", "url: https://example.org/rates"),
    "related": ("Ids of articles to offer first at the end.", "related: [kb-7f3k2q]"),
    "translation": ("The text that a translation was made from.", "translation: {source_blob: 5f3c9d1, source_commit: 8a2b7e4}"),
    "translation.source_blob": ("git's name for the text that was translated.", "source_blob: 5f3c9d1"),
    "translation.source_commit": ("git's name for the commit that holds it.", "source_commit: 8a2b7e4"),
    "video": ("A film: a file beside the article, or a page of an allowed host.", "video: {src: media/reset.webm, duration: 1:05}"),
    "video.src": ("The film's file, named from the article's folder, or its address.", "src: media/reset.webm"),
    "video.poster": ("A picture to show before the film starts.", "poster: media/reset.webp"),
    "video.captions": ("Subtitles, one WebVTT file a language.", "captions: [{locale: en, src: media/reset.en.vtt}]"),
    "video.captions.*": ("A WebVTT file and its language.", "{locale: en, src: media/reset.en.vtt}"),
    "video.captions.*.locale": ("The language of the subtitles.", "locale: en"),
    "video.captions.*.src": ("The WebVTT file, named from the article's folder.", "src: media/reset.en.vtt"),
    "video.transcript": ("A text file with what is said and shown.", "transcript: media/reset.md"),
    "video.duration": ("The film's length, in seconds or as minutes:seconds.", "duration: 1:05"),
    "order": ("The place in the category: lower comes first.", "order: 10"),
    "featured": ("Whether the home page offers the article.", "featured: true"),
}

# Names that other programs use -> what to do here.
ELSEWHERE: dict[str, str] = {
    "draft": "Write  status: draft  or  status: published",
    "published": "Write  status: published  or  status: draft",
    "date": "Remove it: git knows when the article changed. To publish later, write  publish_at: 2026-03-12T08:00:00+01:00",
    "updated": "Remove it: git knows when the article changed",
    "lastmod": "Remove it: git knows when the article changed",
    "last_modified": "Remove it: git knows when the article changed",
    "expires": "Write  expire_at: 2026-12-31T23:59:00+01:00",
    "lang": "Remove it: the folder below content/ says the language",
    "language": "Remove it: the folder below content/ says the language",
    "locale": "Remove it: the folder below content/ says the language",
    "category": "Remove it: the folder is the category",
    "categories": "Remove it: the folder is the category",
    "url": "Write  slug: …  for this address, or  aliases: […]  for old ones",
    "permalink": "Write  slug: …  for this address, or  aliases: […]  for old ones",
    "redirect_from": "Write  aliases: [/en/account/old-name/]",
    "summary": "Write  description: …",
    "excerpt": "Write  description: …",
    "author": "Write  authors: [Ana Puig]",
    "type": "Write  kind: guide  (or faq, manual, video, troubleshooting, exercise, reply)",
    "layout": "Remove it: the kind decides how the page is built",
    "template": "Remove it: the kind decides how the page is built",
    "weight": "Write  order: 10",
    "visibility": "Write  audience: agents",
}

RULES: dict[str, str] = {
    "KB101": "An article without front matter. Without it the article has no id, no title and no status, so it cannot be shown. The "
    "file begins with a line of three hyphens, then the fields, then a second line of three hyphens:\n\n"
    "---\nid: kb-7f3k2q\ntitle: Reset your password\ndescription: How to choose a new password.\n---",
    "KB102": "Front matter that is opened and not closed. The end of the fields would be a guess, and a wrong guess could publish a "
    "draft. Put a line of three hyphens after the last field.",
    "KB103": "Front matter that is too large: more than 64 kB, a number of more than 1,000 digits, or lists nested more than 20 "
    "deep. Fields are short; text belongs below the second line of three hyphens.",
    "KB104": "A field whose value is not of the right kind. The message names the field and what to write, for instance  review: "
    '{every: 6mo}  or  tags: [password, account] . Text that looks like something else goes in quotes:  title: "2026" .',
    "KB105": "A field that stands twice. Most programs silently take the last one, so a second  status:  could publish what the "
    "first one held back. Keep one.",
    "KB106": "An anchor (&name), an alias (*name) or a merge key (<<) in front matter. A few lines of them can grow to gigabytes, "
    "and readers of the file cannot see what a field holds. Write values out; put text that begins with & or * in quotes.",
    "KB107": "A YAML tag (!name) in front matter. Tags ask the reading program to make objects, in some programs even to run "
    "commands. Remove it; put text that begins with ! in quotes.",
    "KB108": "Invisible or deceiving characters: controls, bidirectional overrides, zero-width characters, piles of combining marks."
    " They make text read differently from what it is, break search, or spill over their neighbours. Delete the character "
    "at the place shown. Joiners (ZWNJ) between Persian letters and the marks LRM and RLM are fine.",
    "KB109": "A file that is not UTF-8 text. The message names the first wrong byte and the encoding that the file is most likely "
    "in. Open it in that encoding and save it as UTF-8.",
    "KB110": "Front matter that is not YAML. The usual causes are a tab, a colon in text without quotes, a missing space after a "
    'colon, and a quote or bracket that is not closed. Right:  title: "Billing: what is new"',
    "KB111": "A field that is not known. A misspelt field is ignored by most programs, and nobody notices that its value has no "
    "effect. The message names the nearest known field;  kbgen schema  lists them all.",
    "KB112": "A field that is needed and missing or empty: id, title, description, or a part of a table such as the url of a source.",
    "KB113": "A time that cannot be read, does not exist or has no zone. Without a zone an article would appear at different moments"
    " on different machines. Right:  publish_at: 2026-03-12T08:00:00+01:00",
    "KB114": "An id that is not well formed. Ids stand in links, file names and addresses of the feedback service, so they hold 3 to"
    " 80 of a-z, 0-9 and single hyphens. Right:  id: kb-7f3k2q  or  id: reset-password",
    "KB115": "A slug, or the name of a file without one, that cannot be the last part of a URL on every system: a path, a space, an "
    "invisible character, a name that Windows keeps (con, aux …), a dot at the end, more than 80 characters. Right:  slug: "
    "reset-password  or  slug: بازیابی-رمز",
    "KB116": "Front matter that is not a table of keys and values, but a list or plain text. Right:  title: Reset your password",
    "KB117": "An article that expires before it appears. Write a later  expire_at , or remove one of the two times.",
    "KB118": "An empty article: an empty file (an error), or front matter without a text below it (a warning).",
    "KB119": "A word that stands twice in tags, keywords or authors; capital letters do not count as a difference. Remove one.",
    "KB403": "An alias that is not a path on this site. Aliases become redirects, so one that leads elsewhere could send customers "
    "to a stranger's site. Right:  aliases: [/en/account/old-name/]",
}
