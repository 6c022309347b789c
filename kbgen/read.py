"""
Disk -> Sources.  The only stage that opens a writer's files.

What is not a plain file or folder is refused and never opened: a pull request may hold a link to /etc/passwd or a pipe that
blocks a reader for ever.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kbgen.digests import blob
from kbgen.ignored import FILE as IGNORE
from kbgen.ignored import matcher
from kbgen.model import Fact, Owed, Problem, Reading, Source
from kbgen.workers import ChangedError

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT = "content"
ASSET_FOLDERS = frozenset({"images", "media", "files"})  # Markdown in these is a transcript or a download, not an article
MAX_ARTICLE = 1 << 20  # bytes; a longer article is a Problem
MAX_DEPTH = 20  # folders below content/
MAX_NAME = 200  # bytes of one name: room for what the web server and the file system add

RULES = {
    "KB140": "A file under content/ that is not a plain file: a symbolic link, pipe, socket or device. It is never opened, because a "
    "link may lead out of the knowledge base. Copy the file to where the link stands.",
    "KB141": "A file or folder that cannot be read, or that changed while it was read. Check its permissions and build again.",
    "KB142": "A name or a path that is too long or too deep to publish safely on every system. Use a shorter name, or fewer folders.",
    "KB144": "A line of .kbignore that is no pattern. The file has the form of a .gitignore: one pattern a line, # begins a comment, "
    "! takes back what an earlier line left out.",
    "KB143": "An article of more than 1 MiB. Split it into several articles, and keep pictures in files beside it.",
}


def scan(root: Path, owed: Owed | None = None) -> Reading:
    """
    Find the files of a knowledge base.

    Args:
        root: The folder that holds content/.
        owed: Says which files count, and which others stand in their places.

    Returns: Facts without contents; what cannot be read stands in `problems`.
    """
    problems: list[Problem] = []
    kinds: dict[str, list[Fact]] = {"articles": [], "categories": [], "snippets": [], "variables": [], "assets": []}
    ignored = _ignored(root, owed, problems)
    if (root / CONTENT).is_symlink() or ((root / CONTENT).exists() and not (root / CONTENT).is_dir()):
        return Reading(problems=(_problem(CONTENT, "KB140", "this is not a plain folder", "Put the folder itself here"),))
    found = _walk(root, CONTENT, 0, problems)
    for fact in _as_approved(root, found, owed) if owed else found:
        if ignored is None or not ignored(fact.path):
            kinds[_kind(fact.path)].append(fact)
    sorted_kinds = {kind: tuple(sorted(facts, key=lambda fact: fact.path)) for kind, facts in kinds.items()}
    return Reading(problems=tuple(sorted(problems)), **sorted_kinds)


def _as_approved(root: Path, found: Iterable[Fact], owed: Owed) -> Iterator[Fact]:
    """Leave out what does not count, and take what stands in its place."""
    yield from (fact for fact in found if fact.path not in owed.instead and (owed.only is None or fact.path in owed.only))
    for path, place in owed.instead.items():
        if path == IGNORE:
            continue
        facts = (root / place).stat()
        yield Fact(path, facts.st_size, facts.st_mtime_ns, facts.st_ino, place)


def data_of(root: Path, fact: Fact) -> bytes:
    """
    Read a file that `scan` found.

    Raises: OSError: It is gone, unreadable, or no longer the plain file that was seen.
    """
    return bytes_of(root / (fact.at or fact.path))


def same_data_of(root: Path, fact: Fact, digest: str) -> bytes:
    """
    Read a file whose digest pages already carry.

    Raises: ChangedError: It is not what it was, or gone.
    """
    try:
        data = data_of(root, fact)
    except OSError as error:
        raise ChangedError(fact.path) from error
    if blob(data) != digest:
        raise ChangedError(fact.path)
    return data


def bytes_of(path: Path) -> bytes:
    """
    Read a plain file; a link is not followed, and a pipe does not block.

    Raises: OSError: It is not there, not readable, or something else than a file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        return file.read()


def source_of(root: Path, fact: Fact) -> tuple[Source | None, Problem | None]:
    """
    Read an article; None with the Problem when it cannot be had.

    Raises: ChangedError: It was there a moment ago.
    """
    if fact.size > MAX_ARTICLE:
        message = f"this article has {fact.size / 2**20:.1f} MiB; the limit is 1 MiB"
        return None, _problem(fact.path, "KB143", message, "Split it into several articles, and keep pictures in files beside it")
    try:
        data = data_of(root, fact)
    except FileNotFoundError as error:
        raise ChangedError(fact.path) from error
    except OSError as error:
        return None, _unreadable(fact.path, error)
    return Source(fact.path, data, blob(data)), None


def _walk(root: Path, folder: str, depth: int, problems: list[Problem]) -> Iterator[Fact]:
    try:
        entries = list(os.scandir(root / folder))
    except FileNotFoundError:
        return
    except OSError as error:
        problems.append(_unreadable(folder, error))
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.endswith(("~", ".swp", ".tmp")):
            continue
        path = f"{folder}/{entry.name}"
        try:
            facts = entry.stat(follow_symlinks=False)
            path.encode()
        except OSError as error:
            problems.append(_unreadable(path, error))
            continue
        except UnicodeEncodeError:
            shown = path.encode("utf-8", "backslashreplace").decode()
            problems.append(_problem(shown, "KB142", "this name is not valid UTF-8", "Rename it"))
            continue
        if len(os.fsencode(entry.name)) > MAX_NAME or depth >= MAX_DEPTH:
            limit = f"a name may have {MAX_NAME} bytes, a path {MAX_DEPTH} folders"
            problems.append(_problem(path[:300], "KB142", f"this name is too long or too deep: {limit}", "Use a shorter name"))
        elif stat.S_ISDIR(facts.st_mode):
            yield from _walk(root, path, depth + 1, problems)
        elif stat.S_ISREG(facts.st_mode):
            yield Fact(path, facts.st_size, facts.st_mtime_ns, facts.st_ino)
        else:
            kind = "a symbolic link" if stat.S_ISLNK(facts.st_mode) else "not a plain file"
            problems.append(_problem(path, "KB140", f"this is {kind}", "Put the file itself here"))


def _kind(path: str) -> str:
    parts = path.split("/")
    if parts[1] == "_snippets":
        return "snippets"
    if path == f"{CONTENT}/_vars.toml":
        return "variables"
    if parts[-1] == "_category.toml":
        return "categories"
    if parts[-1].endswith(".md") and len(parts) > 2 and not ASSET_FOLDERS.intersection(parts[2:-1]):  # noqa: PLR2004 - content/<locale>/…
        return "articles"
    return "assets"


def _ignored(root: Path, owed: Owed | None, problems: list[Problem]) -> Callable[[str], bool] | None:
    """Read .kbignore, the one that is in force; None when there is none."""
    if owed and owed.only is not None and IGNORE not in owed.only and IGNORE not in owed.instead:
        return None
    try:
        text = bytes_of(root / (owed.instead.get(IGNORE, IGNORE) if owed else IGNORE)).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        problems.append(_unreadable(IGNORE, error))
        return None
    except UnicodeDecodeError:
        problems.append(_problem(IGNORE, "KB141", "this is not UTF-8 text", "Save it as UTF-8"))
        return None
    ignored, wrong = matcher(text)
    for row in wrong:
        message = f"this is no pattern: {text.splitlines()[row - 1][:60]}"
        problems.append(Problem(IGNORE, row, 1, "KB144", message, "Write it as in a .gitignore, such as  *.bak  or  /drafts/", "error"))
    return ignored


def known(facts: Mapping[str, list[object]], fact: Fact) -> str:
    """Return the digest that a file had when it was last read, "" when it may have changed since."""
    row = facts.get(fact.path)
    return str(row[3]) if row and row[:3] == [fact.size, fact.mtime, fact.inode] else ""


def _problem(path: str, rule: str, message: str, remedy: str) -> Problem:
    return Problem(path, 0, 0, rule, message, remedy)


def _unreadable(path: str, error: OSError) -> Problem:
    reason = error.strerror or type(error).__name__
    return _problem(path, "KB141", f"this cannot be read: {reason}", "Check its permissions, then build again")
