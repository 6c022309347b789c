"""
Articles that change their address or leave: the file, its links and its old addresses, in one go.

An id never changes.  An old address stays in the article's own `aliases`, because a list shared by all would conflict on every merge.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
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
    """What a move did to one article."""

    old: str  # path
    new: str
    before: str  # URL
    after: str
    kept: bool  # whether the old address leads to the new one


@dataclass(frozen=True, slots=True)
class Done:
    """What a move did."""

    articles: tuple[Moved, ...]
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


def move(root: Path, here: Path, old: str, new: str, public: Callable[[str], bool]) -> Done:
    """
    Move an article.

    Args:
        here: The folder that a person is in.
        old: Its path relative to the knowledge base.
        new: A file, or a category for it to lie in.
        public: Asked for a path: whether customers may know its address.  Then it stays as an alias.
    Raises: MoveError.
    """
    return carry(root, {old: _goal(root, here, read(root, old), new)}, public)


def carry(root: Path, places: Mapping[str, str], public: Callable[[str], bool]) -> Done:
    """
    Move files and folders with the articles in them, keep old addresses, mend links: all of it, or nothing.

    Args:
        places: Where each lies -> where it shall lie; checked.
        public: As for `move`.
    Raises: MoveError: Articles hold errors, all of which it tells, or the disk refuses; then everything is as it was.
    """
    articles, faults = dict[str, Written](), list[str]()
    for path in filter(is_article, _files(root)):
        if _goes(path, places):
            try:
                articles[path] = read(root, path)
            except MoveError as error:
                faults.append(str(error))
    if faults:
        raise MoveError("\n".join(faults))
    moved = [_moved(one, _goes(path, places), kept=public(path)) for path, one in articles.items()]
    told, mended, fresh = {one.old: one for one in moved}, list[str](), dict[str, bytes]()
    for path, was in readable(root):
        now = _goes(path, places) or path
        text = _with_aliases(articles[path], told[path]) if path in told else was
        text = texts.relinked(text, path, now, lambda leads: _goes(leads, places) or (leads if (root / leads).exists() else None))
        if text != was:
            fresh[now] = in_form(text, crlf=b"\r\n" in (root / path).read_bytes())
            mended += [path] if now == path else []
    _do(root, places, fresh)
    return Done(tuple(moved), tuple(mended))


def _goes(path: str, places: Mapping[str, str]) -> str:
    """Return where a file or folder goes, "" if it stays."""
    for old, new in places.items():
        if path == old or path.startswith(f"{old}/"):
            return new + path.removeprefix(old)
    return ""


def _moved(article: Written, path: str, *, kept: bool) -> Moved:
    before, after = article.url(), article.url(path)
    return Moved(article.path, path, before, after, kept and _folded(before) != _folded(after))


def _with_aliases(article: Written, moved: Moved) -> str:
    known = [unquote(one) for one in article.head.aliases]
    aliases = [one for one in known if _folded(one) != _folded(moved.after)]
    if moved.kept and not any(_folded(one) == _folded(moved.before) for one in aliases):
        aliases.append(f"/{unquote(moved.before)}")
    return article.text if aliases == known else texts.with_field(article.text, "aliases", aliases)


def _do(root: Path, places: Mapping[str, str], fresh: Mapping[str, bytes]) -> None:
    """Write it, or leave everything as it was."""
    undo: list[Callable[[], object]] = []
    try:
        for old, new in places.items():
            _rename(root, old, new)
            undo.append(partial(_rename, root, new, old))
        for path, data in fresh.items():
            undo.append(partial((root / path).write_bytes, (root / path).read_bytes()))
            (root / path).write_bytes(data)
    except BaseException as error:
        for step in reversed(undo):
            step()
        if isinstance(error, OSError):
            raise MoveError(f"It cannot be written, so everything is as it was: {error}") from error
        raise


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


def is_article(path: str) -> bool:
    """Tell whether a Markdown file is an article, and no snippet, transcript or download."""
    _, locale, *folders, _ = path.split("/")
    return not locale.startswith("_") and BESIDE.isdisjoint(folders)


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
    if fault := name_fault(path.removesuffix(".md")):
        raise MoveError(f"{path} cannot be an article: {fault}")
    return path


def name_fault(path: str) -> str:
    """Say what is wrong with a place below content/<locale>/ for articles, and what to do; "" for nothing."""
    for part in path.split("/")[2:]:
        fault, remedy = slug_fault(part)
        if fault or part.startswith("_") or part in BESIDE:
            return f"{part} {fault or 'is kept for other files'}. {remedy or 'Choose another name'}"
    return ""


def _folded(url: str) -> str:
    return unquote(url).strip("/").casefold()


def _files(root: Path) -> Iterator[str]:
    inside = (root / CONTENT).resolve()
    for file in sorted((root / CONTENT).glob("*/**/*.md")):
        if file.is_file() and file.resolve() == inside / file.relative_to(root / CONTENT):  # no link, nor below one
            yield file.relative_to(root).as_posix()


def readable(root: Path) -> Iterator[tuple[str, str]]:
    """Yield every text that may link to an article; one that is no text is left alone."""
    for path in _files(root):
        try:
            yield path, (root / path).read_bytes().decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue


def in_form(text: str, *, crlf: bool) -> bytes:
    """Return a text as its file has it."""
    return (text.replace("\n", "\r\n") if crlf else text).encode()


def _rename(root: Path, old: str, new: str) -> None:
    """Move a file or folder, in git too where git knows it."""
    (root / new).parent.mkdir(parents=True, exist_ok=True)
    try:
        git.run(root, "mv", "--", old, new)
    except git.GitError:  # outside git, or not added yet
        (root / old).rename(root / new)
