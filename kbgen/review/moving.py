"""
Articles that change their address or leave: the file, its links and its old addresses, in one go.

An id never changes.  An old address stays in the article's own `aliases`, because a list shared by all would conflict on every merge.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from kbgen import head as front_matter
from kbgen.head.names import slug_fault
from kbgen.model import Head
from kbgen.review import git, texts
from kbgen.review.glance import glance
from kbgen.urls import article_url

CONTENT = "content"
BESIDE = frozenset({"images", "media", "files"})  # folders of what articles show and offer
MOST_HEIRS = 100


class MoveError(Exception):
    """It cannot be done.  The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """An article as it lies on disk."""

    path: str  # relative to the knowledge base
    text: str  # every line ends with a line feed
    head: Head
    crlf: bool  # its lines end with a carriage return too

    @property
    def locale(self) -> str:
        """The language whose folder it lies in."""
        return self.path.split("/")[1]

    def url(self, path: str = "") -> str:
        """Return its address, or the one that it would have at another path."""
        _, locale, *folders, name = (path or self.path).split("/")
        return article_url(locale, "/".join(folders), self.head.slug or name.removesuffix(".md"))


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did."""

    new: str  # path
    before: str  # URL
    after: str
    kept: bool  # whether the old address leads to the new one
    mended: tuple[str, ...]  # other files whose links were mended


def find(root: Path, here: Path, name: str) -> str:
    """
    Find an article by its file, seen from *here* or the top, or by its id.

    Returns: Its path relative to the knowledge base.
    Raises: MoveError: There is none, or several.
    """
    for place in (here / name, root / name, root / CONTENT / name):
        path = Path(os.path.normpath(place))
        if path.is_file() and path.is_relative_to(root / CONTENT) and path.suffix == ".md":
            return path.relative_to(root).as_posix()
    found = [path for path, key in ids(root) if key == name]
    if len(found) > 1:
        raise MoveError(f"{name} is {', '.join(found)}. Name one of the files")
    if not found:
        raise MoveError(f"There is no article {name}. Name its file, such as  content/en/account/reset-password.md , or its id")
    return found[0]


def move(root: Path, here: Path, old: str, new: str, *, public: bool) -> Moved:
    """
    Move an article.

    Args:
        here: The folder that a person is in.
        old: Its path relative to the knowledge base.
        new: A file, or a category for it to lie in.
        public: Whether customers may know its address: then it stays as an alias.
    Raises: MoveError.
    """
    article = read(root, old)
    path = _goal(root, here, article, new)
    before, after = article.url(), article.url(path)
    known = [unquote(one) for one in article.head.aliases]
    aliases = [one for one in known if _folded(one) != _folded(after)]
    kept = public and _folded(before) != _folded(after)
    if kept and not any(_folded(one) == _folded(before) for one in aliases):
        aliases.append(f"/{unquote(before)}")
    text = article.text if aliases == known else texts.with_field(article.text, "aliases", aliases)
    text = texts.relinked(text, old, path, lambda leads: path if leads == old else leads if (root / leads).exists() else None)
    others = {
        name: fresh
        for name, other in _texts(root)
        if name != old and (fresh := texts.relinked(other, name, name, lambda leads: path if leads == old else None)) != other
    }
    _rename(root, old, path)
    _write(root, path, text, crlf=article.crlf)
    for name, fresh in others.items():
        _write(root, name, fresh, crlf=b"\r\n" in (root / name).read_bytes())
    return Moved(path, before, after, kept, tuple(others))


def retire(root: Path, key: str, heir: str, locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Take an article from the portal, in all its languages or in one; its addresses go on to another, or say that it has gone.

    Args:
        heir: The id of the article that replaces it, "" for none.
        locale: "" for all.
    Returns: Its files, and those that link to it.
    Raises: MoveError.
    """
    known: dict[str, list[str]] = {}
    for path, name in ids(root):
        known.setdefault(name, []).append(path)
    files = [path for path in known.get(key, []) if not locale or path.split("/")[1] == locale]
    if not files:
        raise MoveError(f"No article has the id {key}" + (f" in {locale}" if locale else "") + ". Take it from the article's first lines")
    _check_heir(root, key, heir, known)
    for article in [read(root, path) for path in files]:
        text = texts.with_field(article.text, "status", "archived")
        _write(root, article.path, texts.with_field(text, "replaced_by", heir) if heir else text, crlf=article.crlf)
    link = re.compile(rf"\bkb:{re.escape(key)}(?![\w-])")
    return tuple(files), tuple(path for path, text in _texts(root) if path not in files and link.search(text))


def _check_heir(root: Path, key: str, heir: str, known: dict[str, list[str]]) -> None:
    """Refuse an heir that nobody can read: one that is missing, gone itself, or leads back."""
    if not heir:
        return
    if heir == key:
        raise MoveError("An article cannot replace itself. Name another id")
    if heir not in known:
        raise MoveError(f"No article has the id {heir}. Take it from the first lines of the article that replaces this one")
    heads = [read(root, path).head for path in known[heir]]
    if all(one.status == "archived" for one in heads):
        onward = next((one.replaced_by for one in heads if one.replaced_by), "")
        remedy = f"Name  {onward} , which replaces it" if onward and onward != key else "Name an article that customers can read"
        raise MoveError(f"{heir} is archived itself. {remedy}")


def ids(root: Path) -> Iterator[tuple[str, str]]:
    """Yield path and id of every article on disk."""
    for path in _files(root):
        if path.split("/")[1] != "_snippets" and (key := glance((root / path).read_bytes()).id):
            yield path, key


def read(root: Path, path: str) -> Written:
    """
    Read an article.

    Raises: MoveError: Its front matter holds an error.
    """
    data = (root / path).read_bytes()
    parts, problems = front_matter.split(data, path)
    head, more = front_matter.read(parts.front, path) if parts else (None, ())
    if head is None:
        first = next(one for one in (*problems, *more) if one.severity == "error")
        raise MoveError(f"{path}:{first.line}: {first.message}. {first.remedy}")
    return Written(path, data.decode("utf-8").replace("\r\n", "\n"), head, b"\r\n" in data)


def _goal(root: Path, here: Path, article: Written, new: str) -> str:
    """Return the path that a person means, checked."""
    place = Path(os.path.normpath(here / new))
    if new.startswith(f"{CONTENT}/"):
        place = Path(os.path.normpath(root / new))
    elif not here.is_relative_to(root / CONTENT):
        top = root / CONTENT if new.split("/", 1)[0] == article.locale else root / CONTENT / article.locale
        place = Path(os.path.normpath(top / new))
    if place.suffix != ".md":
        place /= article.path.rpartition("/")[2]
    if not place.is_relative_to(root / CONTENT / article.locale):
        remedy = f"Write  {CONTENT}/{article.locale}/…  ; a translation is a new article:  kbgen new --id {article.head.id}"
        raise MoveError(f"{new} is not in {CONTENT}/{article.locale}/. {remedy}")
    path = place.relative_to(root).as_posix()
    if place.exists() and not (root / article.path).samefile(place):
        raise MoveError(f"{path} exists already. Choose another name")
    if path == article.path:
        raise MoveError(f"{path} is where it lies already. Name another category or file")
    for part in path.removesuffix(".md").split("/")[2:]:
        fault, remedy = slug_fault(part)
        if fault or part.startswith("_") or part in BESIDE:
            raise MoveError(f"{path} cannot be an article: {part} {fault or 'is kept for other files'}. {remedy or 'Choose another name'}")
    return path


def _folded(url: str) -> str:
    return unquote(url).strip("/").casefold()


def _files(root: Path) -> Iterator[str]:
    inside = (root / CONTENT).resolve()
    for file in sorted((root / CONTENT).glob("*/**/*.md")):
        if file.is_file() and file.resolve() == inside / file.relative_to(root / CONTENT):  # no link, nor below one
            yield file.relative_to(root).as_posix()


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield every text that may link to an article; one that is no text is left alone."""
    for path in _files(root):
        try:
            yield path, (root / path).read_bytes().decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue


def _rename(root: Path, old: str, new: str) -> None:
    """Move the file, in git too where git knows it."""
    (root / new).parent.mkdir(parents=True, exist_ok=True)
    try:
        git.run(root, "mv", "--", old, new)
    except git.GitError:  # outside git, or not added yet
        (root / old).rename(root / new)


def _write(root: Path, path: str, text: str, *, crlf: bool) -> None:
    (root / path).write_bytes((text.replace("\n", "\r\n") if crlf else text).encode())
