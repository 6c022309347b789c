"""
What a proposal changes: the articles whose text differs between the merge base and its tip, as trees, and who wrote that.

Trees are compared, not commits read one by one: what a merge commit smuggles in shows too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from kbgen import head as front_matter
from kbgen.ignored import FILE as IGNORE
from kbgen.ignored import matcher
from kbgen.review import git
from kbgen.review.reviewers import FILE, Facts, Reviewers
from kbgen.review.writers import CONTENT, PLAIN, Commit, Written, is_text, log

GONE = "deleted-"  # before the text of an article whose file is deleted: that can be approved like any text, and for this text only
_NOTHING = re.compile(r"0+\Z")
_ODD = re.compile(r"[\s~^:?*\[\\%{]|\.\.|\.lock$|(?<![^/])\.")  # what cannot stand in a line or in the name of a tag


@dataclass(frozen=True, slots=True)
class Version:
    """An article at one commit."""

    id: str  # of its front matter; its path where that cannot be read
    blob: str  # git's name for its very text
    facts: Facts


@dataclass(frozen=True, slots=True)
class Change:
    """One article that a proposal adds, edits, moves or deletes."""

    before: Version | None
    after: Version | None
    authors: frozenset[str]  # e-mail addresses, in lower case
    kin: tuple[Facts, ...] = ()  # of a new translation: as if it lay where customers know the article; of .kbignore: what it hides, shows

    @property
    def id(self) -> str:
        """The article's id: that of before, so that who changes an id is judged by the old one."""
        return (self.before or self.after or _NOBODY).id

    @property
    def path(self) -> str:
        """Where it lies, or lay."""
        return (self.after or self.before or _NOBODY).facts.path

    @property
    def blob(self) -> str:
        """The text that has to be approved."""
        return self.after.blob if self.after else f"{GONE}{self.before.blob if self.before else ''}"

    @property
    def facts(self) -> tuple[Facts, ...]:
        """What rules can ask: as it was and as it is."""
        return (*(one.facts for one in (self.before, self.after) if one), *self.kin)


_NOBODY = Version("", GONE, Facts("", "", "", ()))


@dataclass(frozen=True, slots=True)
class Proposal:
    """BASE..HEAD, read."""

    target: str  # where it wants to go, as that is now: its reviewers.toml judges
    base: str  # the merge base: what the proposal began from
    head: str
    prefix: str  # of the knowledge base in the repository, "" or "help/"
    changes: tuple[Change, ...]
    commits: tuple[Commit, ...]
    files: tuple[tuple[str, str, str], ...]  # path, blob before, blob after, of all files that differ; "" where there is none
    others: tuple[Change, ...] = ()  # pictures, downloads, settings of categories, reviewers.toml: what is no article and can be approved

    @property
    def bare(self) -> list[str]:
        """The commits that change no text: they may be approvals."""
        return [commit.oid for commit in self.commits if not commit.paths]

    def asked(self, reviewers: Reviewers) -> tuple[Change, ...]:
        """Return what has to be judged: every article, and the other texts that a rule asks about."""
        return (*self.changes, *(one for one in self.others if reviewers.asked(one.facts)))


def read(root: Path, base: str, head: str) -> Proposal:
    """
    Compare a proposal with what it began from.

    Args:
        root: The knowledge base's folder.
        base, head: What a person calls the two commits.
    Raises: git.GitError: One of them is not there, or they have no common past.
    """
    prefix, start, tip = _named(root, base, head)
    try:
        origin = git.run(root, "merge-base", start, tip).decode().strip()
    except git.GitError:
        raise git.GitError(
            f"{base} and {head} have no common past here. A shallow clone may hide it: fetch more, or all, of the history"
        ) from None
    files = _differences(git.run(root, "diff-tree", "-r", "-z", "--no-renames", "--raw", "--relative", origin, tip, "--"))
    rows = [row for row in files if is_text(row[0])]
    texts = git.objects(root, [blob for row in rows if is_article(row[0]) for blob in row[1:] if blob])
    written = log(root, origin, tip)
    others = with_hidden(root, other_changes(rows, written), lambda: tree(root, tip))
    return Proposal(start, origin, tip, prefix, tuple(paired(rows, texts, written)), written.commits, tuple(files), tuple(others))


def is_article(path: str) -> bool:
    """Tell whether a text is known by the id in it, if it has one; others are known by their path."""
    return path.startswith(f"{CONTENT}/") and path.endswith(".md") and path.count("/") > 1  # content/<locale>/…


def _named(root: Path, base: str, head: str) -> tuple[str, str, str]:
    """Return where the knowledge base lies in its repository, and the two commits, from one process; a name that is none costs another."""
    try:
        names = [f"{name}^{{commit}}" for name in (base, head) if not name.startswith("-")]
        told = git.run(root, "rev-parse", "--show-prefix", *names).decode("utf-8", "surrogateescape").split("\n")
        prefix, start, tip = told[:-1]
    except (git.GitError, ValueError):
        tip, start = git.commit_of(root, head), git.commit_of(root, base)
        prefix = git.run(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
    return prefix, start, tip


def articles_here(root: Path) -> tuple[Facts, ...]:
    """Read what rules ask of every article in the folder as it is on disk, drafts too."""
    found = []
    for file in sorted(root.glob(f"{CONTENT}/*/**/*.md")):
        path = file.relative_to(root).as_posix()
        if file.is_file() and not file.is_symlink():
            found.append(version(path, path, {path: file.read_bytes()}).facts)
    return tuple(found)


def _differences(raw: bytes) -> list[tuple[str, str, str]]:
    """Read `diff-tree -z`: path, blob before, blob after; "" where there is none."""
    found = []
    fields = raw.decode("utf-8", "surrogateescape").split("\0")
    for facts, path in zip(fields[::2], fields[1::2], strict=False):
        _, _, before, after, _ = facts.split(" ")
        found.append((path, "" if _NOTHING.match(before) else before, "" if _NOTHING.match(after) else after))
    return found


def paired(rows: Sequence[tuple[str, str, str]], texts: Mapping[str, bytes], written: Written) -> Iterable[Change]:
    """
    Put the two sides of an article together by its id: a move is one change.

    Args:
        rows: Path, blob before, blob after; "" where there is none.
        texts: By blob.
        written: What happened between the two.
    """
    before = [version(path, blob, texts) for path, blob, _ in rows if blob and is_article(path)]
    after = [version(path, blob, texts) for path, _, blob in rows if blob and is_article(path)]
    by_key: dict[tuple[str, str], list[Version]] = {}
    for one in after:
        by_key.setdefault(_key(one), []).append(one)
    at_path = {one.facts.path: one for one in after}
    taken = set[str]()
    for one in before:
        same = [other for other in by_key.get(_key(one), ()) if other.facts.path not in taken]
        same.sort(key=lambda other: other.facts.path != one.facts.path)  # two files with one id: neither is forgotten
        other = same[0] if same else at_path.get(one.facts.path)
        if other is not None and other.facts.path in taken:
            other = None
        if other is not None:
            taken.add(other.facts.path)
        yield Change(one, other, _who(written, one, other))
    for other in after:
        if other.facts.path not in taken:
            yield Change(None, other, _who(written, None, other))


def other_changes(rows: Iterable[tuple[str, str, str]], written: Written) -> Iterable[Change]:
    """Return the changes of files that are no articles; as `paired`."""
    for path, before, after in rows:
        if not is_article(path):
            old, new = (version(path, blob, {}) if blob else None for blob in (before, after))
            yield Change(old, new, _who(written, old, new))


def _key(one: Version) -> tuple[str, str]:
    """A translation has the id of its source."""
    return one.id, one.facts.locale


def with_hidden(root: Path, changes: Iterable[Change], files: Callable[[], Mapping[str, str]]) -> Iterator[Change]:
    """
    Let the rules of every file that a change of .kbignore hides or shows be asked about that change.

    Args:
        files: Gives path -> blob of the texts that there are.
    """
    for one in changes:
        if one.path != IGNORE:
            yield one
            continue
        lists = git.objects(root, [side.blob for side in (one.before, one.after) if side])
        was, now = (ignored(lists.get(side.blob, b"") if side else b"") for side in (one.before, one.after))
        differ = {path: blob for path, blob in files().items() if path.startswith(f"{CONTENT}/") and was(path) != now(path)}
        texts = git.objects(root, [blob for path, blob in differ.items() if is_article(path)])
        yield replace(one, kin=tuple(dict.fromkeys(version(path, blob, texts).facts for path, blob in differ.items())))


def ignored(data: bytes) -> Callable[[str], bool]:
    """Return what a .kbignore asks of paths; one that is no text leaves nothing out, as in a build."""
    try:
        return matcher(data.decode("utf-8"))[0]
    except UnicodeDecodeError:
        return lambda _: False


def tree(root: Path, commit: str) -> dict[str, str]:
    """Return path -> blob of the texts of a commit: plain files only."""
    found = {}
    for row in git.run(root, "ls-tree", "-r", "-z", commit, "--", CONTENT, FILE, IGNORE).decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = row.partition("\t")
        if facts.startswith(PLAIN):
            found[path] = facts.split(" ")[2]
    return found


def _who(written: Written, before: Version | None, after: Version | None) -> frozenset[str]:
    return written.who([one.facts.path for one in (before, after) if one], after.blob if after else "")


def version(path: str, blob: str, texts: Mapping[str, bytes]) -> Version:
    """
    Read what rules ask of a file.

    An article whose text cannot be read is known by its path, as files that are no articles are, and has no tags.
    """
    _, *folders, _ = ["", *path.split("/")] if "/" not in path else path.split("/")
    if folders[:1] == ["_snippets"]:
        folders = folders[1:]
    category = "".join(f"{folder}/" for folder in folders[1:])
    parts = front_matter.split(texts.get(blob, b""), path)[0] if is_article(path) else None
    name, tags = front_matter.glimpse(parts.front, path) if parts else ("", ())
    return Version(
        name or _ODD.sub(lambda odd: quote(odd[0], safe="").replace(".", "%2E"), path),
        blob,
        Facts(path, "".join(folders[:1]), category, tags),
    )
