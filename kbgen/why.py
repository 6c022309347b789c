"""Why a page was rendered again: the parts of its key that changed, in words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kbgen.model import Output

WORDS = {
    "theme": "the theme, the words of this locale, a hook or kbgen itself",
    "site": "the settings of the site: title, logo, footer, service, announcement",
    "locale": "the name or direction of its locale",
    "page": "its own head: title, description, translations, structured data",
    "article": "the article itself: its text, its date, or what a link or picture of it leads to",
    "breadcrumbs": "the title of a category above it",
    "switcher": "in which languages it exists",
    "siblings": "the titles in its category, shown beside it",
    "related": "its related articles, or their titles",
    "previous": "the article before it",
    "next": "the article after it",
    "feedback": "the settings of the feedback form",
    "home": "what the home page lists",
    "category": "what the category lists",
    "tag": "what the tag lists",
    "tags": "the tags in use",
    "days": "what changed recently",
    "filters": "the categories that search can be narrowed to",
    "contact": "the settings of the contact form",
    "languages": "the languages of the portal",
    "target": "where the redirect leads",
}


def record(root: Path, output: Path, made: Iterable[Output]) -> None:
    """
    Remember what the keys of rendered pages were made of, and which of it was new.

    A full disk or a second build costs only the answer of `kbgen why`.
    """
    try:
        db = _open(root)
    except sqlite3.Error:
        return
    name = str(output.absolute())
    try:
        with db:
            for one in made:
                parts = one.parts()
                if parts:
                    was = db.execute("SELECT parts FROM why WHERE output = ? AND path = ?", (name, one.path)).fetchone()
                    old: Mapping[str, str] = json.loads(was[0]) if was else {}
                    new = sorted(part for part in parts.keys() | old.keys() if parts.get(part) != old.get(part)) if old else None
                    db.execute("REPLACE INTO why VALUES (?, ?, ?, ?)", (name, one.path, json.dumps(dict(parts)), json.dumps(new)))
    except (sqlite3.Error, ValueError):
        return
    finally:
        db.close()


def reasons(root: Path, output: Path, url: str) -> list[str] | None:
    """
    Say why a page was rendered when it last was.

    Returns: Lines for people; None when no build has made such a page.
    """
    try:
        path = unquote(urlsplit(url).path).lstrip("/")
    except ValueError:  # no address at all, such as  http://[
        return None
    try:
        db = _open(root)
        row = db.execute(
            "SELECT path, changed FROM why WHERE output = ? AND path IN (?, ?)",
            (str(output), path, f"{path.rstrip('/')}/index.html".lstrip("/")),
        ).fetchone()
        db.close()
    except sqlite3.Error:
        return None
    if row is None:
        return None
    changed = json.loads(row[1])
    if changed is None:
        return [f"{row[0]} was rendered because it was new, or nothing was remembered of it."]
    if not changed:
        return [f"{row[0]} was rendered because its file in the output folder was missing or had been changed."]
    return [
        f"{row[0]} was rendered because this had changed:",
        *(f"  {part}: {WORDS.get(part, 'a value of the page')}" for part in changed),
    ]


def _open(root: Path) -> sqlite3.Connection:
    (root / ".kbgen").mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(str(root / ".kbgen" / "why.sqlite"), timeout=5)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")
    db.execute(
        "CREATE TABLE IF NOT EXISTS why (output TEXT, path TEXT, parts TEXT, changed TEXT, PRIMARY KEY (output, path)) WITHOUT ROWID"
    )
    return db
