"""KB74x: what may not happen to an article that customers know, seen from the base of a branch."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from urllib.parse import unquote

from kbgen.model import Article, Problem
from kbgen.urls import url_of

RULES = {
    "KB740": "The file of an article that customers could read is deleted. Its address, ratings, cases and links would lead nowhere. Keep "
    "the file and write `status: archived`, with `replaced_by` if another article answers now; `kbgen retire` does it.",
    "KB741": "The id of an article that customers could read is changed. Ratings, cases, translations and redirects hang on it. Write the "
    "old one again; title, folder and file name may change.",
    "KB742": "The id of an article that customers could read is given to another one, so that the other inherits its ratings, cases and "
    "links. Give the id back, and make a new one for the other: `kbgen new` does.",
}

Articles = Mapping[str, Article | None]  # by path; None for a file whose front matter cannot be used


def changes(before: Articles, after: Articles) -> Iterator[Problem]:
    """Yield what a branch does to the identity of articles: `before` is its base."""
    now = {(one.locale, one.head.id): one for one in after.values() if one}
    answered = {_plain(url) for one in now.values() for url in (url_of(one), *one.head.aliases)}
    for path, old in sorted(before.items()):
        if old is None or old.head.status not in {"published", "archived"}:
            continue
        here, heir = after.get(path), now.get((old.locale, old.head.id))
        changed = here is not None and here.head.id != old.head.id
        if changed and heir is not None and heir.path in before:  # else the article has moved, and another one has come in its place
            message = f"this id, {old.head.id}, was that of {path}"
            yield Problem(heir.path, 1, 0, "KB742", message, f"Give {path} its id back, and this article one of its own")
        elif changed and heir is None:
            yield Problem(path, 1, 0, "KB741", f"the id of this article was {old.head.id}", f"Write  id: {old.head.id}")
        elif path not in after and heir is None and old.head.status == "published":
            remedy = "Bring the file back and write  status: archived , and  replaced_by:  if another article answers now"
            yield Problem(path, 0, 0, "KB740", "the file of a published article is deleted", remedy)
        elif heir is not None and old.head.status == "published":
            yield from _address(old, heir, answered)


def _address(old: Article, heir: Article, answered: Container[str]) -> Iterator[Problem]:
    """Tell of an address that dies, as a publication does later (kbgen/release/urls.py)."""
    known = unquote(url_of(old))
    if heir.head.status in {"draft", "in_review"}:
        message = f"customers know this article at /{known}, and it is no longer shown ({heir.head.status})"
        yield Problem(heir.path, 1, 0, "KB412", message, "Write  status: archived , and  replaced_by  if there is a successor", "warning")
    elif _plain(known) not in answered:
        remedy = f"Write  aliases: [/{known}]  , as  kbgen move  does"
        yield Problem(heir.path, 1, 0, "KB412", f"customers know this article at /{known}", remedy, "warning")


def _plain(url: str) -> str:
    return unquote(url).strip("/").casefold()
