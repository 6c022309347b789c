"""
Which text of each file customers may see: the newest approved one.

What was published stays approved, and the manifest of the last release remembers it.  Before the first release, the texts that the
repository held when reviewers.toml came are taken as approved: rules hold from the day on which they are written.  Everything that
changed since is judged as a proposal is: as trees, by blobs, and by the reviewers.toml that was in force before, so that a push to
the branch itself appoints no judge either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kbgen.release.manifest import Release
from kbgen.review import changes, evidence, git, records
from kbgen.review.changes import CONTENT, GONE, Change, Commit, Proposal
from kbgen.review.evidence import EvidenceError, Provider
from kbgen.review.history import head_of, shallow_mark
from kbgen.review.reviewers import FILE, Reviewers
from kbgen.review.reviewers import read as read_reviewers
from kbgen.review.verdicts import Approval, Verdict, judge

_PLAIN = ("100644", "100755")
_FORMAT = "--format=%x01%H%x00%ae%x00%B%x00"


@dataclass(frozen=True, slots=True)
class Held:
    """A change that customers do not see, because somebody has to approve it first."""

    change: Change
    shown: str  # the blob that stands in its place; "" when nothing does
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be published."""

    commit: str
    texts: Mapping[str, str]  # path -> blob of every text in force
    tip: Mapping[str, str]  # path -> blob as the commit has it
    dirty: frozenset[str] = frozenset()  # paths that are not on disk as the commit has them
    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # path -> who approved the text in force
    held: tuple[Held, ...] = ()
    notes: tuple[str, ...] = ()  # what was not believed
    data: Mapping[str, bytes] = field(default_factory=dict)  # blob -> text, of those that had to be read anyway


@dataclass(frozen=True, slots=True)
class _Touch:
    """A commit gave a file this text."""

    at: int  # place in the log, the newest first
    path: str
    blob: str


def present(root: Path) -> Standing:
    """
    Say what the commit that is checked out holds, approved or not.

    Raises: git.GitError: There is no commit.
    """
    prefix, tip = _named(root)
    here, dirty = _tree(root, tip), _dirty(root, prefix)
    return Standing(tip, {path: blob for path, blob in here.items() if path not in dirty}, here, dirty)


def settle(root: Path, last: Release | None, payloads: Mapping[Provider, Path]) -> Standing:
    """
    Choose the newest approved text of every file.

    Args:
        last: The release that was published last; what it showed is approved.
        payloads: What forges told, as `evidence.gather` takes it.
    Raises: git.GitError, EvidenceError: It cannot be told.
    """
    prefix, tip = _named(root)
    here, dirty = _tree(root, tip), _dirty(root, prefix)
    if last and last.texts:
        before, base = last.texts, last.commit
    elif base := _beginning(root):
        before = _tree(root, base)
    else:
        return Standing(tip, here, here, dirty)
    rows = [(path, before.get(path, ""), here.get(path, "")) for path in sorted({*before, *here})]
    rows = [row for row in rows if row[1] != row[2]]
    if not rows:
        return Standing(tip, before, here, dirty, dict(_remembered(last)))
    commits, touches = _log(root, base, tip)
    read = [blob for path, *blobs in rows if changes.is_article(path) or path == FILE for blob in blobs if blob]
    bare, tags = [one.oid for one in commits if not one.paths], records.tags_below(root)
    texts = git.objects(root, [*read, *([before[FILE]] if FILE in before else []), *tags, *bare])
    proposal = Proposal(
        tip, base, tip, prefix, tuple(changes.paired(rows, texts, commits)), commits, (), tuple(changes.other_changes(rows, commits))
    )
    judged = _Judging(root, proposal, payloads, touches, dict(texts), records.parsed(texts, tags, bare))
    return judged.standing(before, here, dirty, last)


class _Judging:
    """One settlement; what git keeps is read once."""

    def __init__(
        self,
        root: Path,
        proposal: Proposal,
        payloads: Mapping[Provider, Path],
        touches: Sequence[_Touch],
        data: dict[str, bytes],
        kept: Sequence[records.Record],
    ) -> None:
        self._root, self._proposal, self._payloads, self._touches, self._data = root, proposal, payloads, touches, data
        self._kept = kept

    def standing(self, before: Mapping[str, str], here: Mapping[str, str], dirty: frozenset[str], last: Release | None) -> Standing:
        """Judge reviewers.toml by the one before it, and everything else by the one in force."""
        file = next((one for one in self._proposal.others if one.path == FILE), None)
        reviewers = self._reviewers(before.get(FILE, ""))
        held: list[Held] = []
        texts, by = dict(before), dict(_remembered(last))
        if file is not None:
            self._decide([file], reviewers, texts, by, held)
            reviewers = self._reviewers(texts.get(FILE, ""))
        rest = [one for one in (*self._proposal.changes, *self._proposal.others) if one is not file]
        notes = self._decide(rest, reviewers, texts, by, held)
        return Standing(self._proposal.head, texts, here, dirty, by, tuple(held), notes, self._data)

    def _reviewers(self, blob: str) -> Reviewers:
        data = self._data.get(blob) if blob else b""
        found, problems = read_reviewers((data or b"").decode("utf-8", "replace"))
        if found is None or data is None:
            said = f"{problems[0].line}:{problems[0].column}: {problems[0].message}. {problems[0].remedy}" if problems else "it is not here"
            raise EvidenceError(f"{FILE} {blob[:10]}, which is in force: {said}")
        return found

    def _decide(
        self, wanted: Sequence[Change], reviewers: Reviewers, texts: dict[str, str], by: dict[str, tuple[str, ...]], held: list[Held]
    ) -> tuple[str, ...]:
        """Bring what is approved into `texts` and `by`, what waits into `held`; return what was not believed."""
        if not wanted:
            return ()
        found = evidence.gather(self._root, self._proposal, self._payloads, reviewers, self._kept)
        verdicts = judge(wanted, found.approvals, reviewers)
        waiting = [one for one in verdicts if not one.approved]
        older = self._older([one.change for one in waiting], found.approvals)
        chosen: list[tuple[Change, Verdict | None]] = [(one.change, one) for one in verdicts if one.approved]
        for one in waiting:
            best = next((better for better in judge(older[one.change], found.approvals, reviewers) if better.approved), None)
            chosen.append((one.change, best))
            was = one.change.before
            shown = best.change.after.blob if best and best.change.after else "" if best else was.blob if was else ""
            held.append(Held(one.change, shown, one.why))
        for change, verdict in chosen:
            if verdict and change.before:
                texts.pop(change.before.facts.path, None)
                by.pop(change.before.facts.path, None)
        for _, verdict in chosen:
            if verdict and (new := verdict.change.after):
                texts[new.facts.path] = new.blob
                by[new.facts.path] = tuple(sorted({given.person for asked in verdict.asked for given in asked.given}))
        return found.notes

    def _older(self, waiting: Sequence[Change], approvals: Iterable[Approval]) -> dict[Change, list[Change]]:
        """Return the texts that each article had between what it was and what it is, the newest first."""
        named: dict[str, set[str]] = {}
        for one in approvals:
            named.setdefault(one.article, set()).add(one.blob)
        rows = {change: list(self._touched(change, named.get(change.id, set()))) for change in waiting}
        read = [one.blob for found in rows.values() for one in found if changes.is_article(one.path) or one.path == FILE]
        self._data |= git.objects(self._root, [blob for blob in read if blob and blob not in self._data])
        return {change: list(self._versions(change, found)) for change, found in rows.items()}

    def _touched(self, change: Change, named: set[str]) -> Iterator[_Touch]:
        paths = {one.facts.path for one in (change.before, change.after) if one}
        seen = {(change.path, change.blob)}
        for one in self._touches:
            if (one.path in paths or one.blob in named) and (one.path, one.blob or GONE) not in seen:
                seen.add((one.path, one.blob or GONE))
                yield one

    def _versions(self, change: Change, touches: Iterable[_Touch]) -> Iterator[Change]:
        was = change.before or change.after
        assert was is not None
        for one in touches:
            new = changes.version(one.path, one.blob, self._data) if one.blob else None
            if new is None and (change.before is None or one.path != was.facts.path):
                continue
            if new is not None and (new.id, new.facts.locale) != (was.id, was.facts.locale):
                continue
            paths = {one.path, was.facts.path}
            wrote = (commit.authors for commit in self._proposal.commits[one.at :] if paths.intersection(commit.paths))
            yield replace(change, after=new, authors=frozenset(mail for mails in wrote for mail in mails))


def _remembered(last: Release | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((page.path, page.by) for page in last.pages if page.by) if last else iter(())


def _named(root: Path) -> tuple[str, str]:
    """Return where the knowledge base lies in its repository, and its commit, mostly without starting git."""
    top = next((one for one in (root.resolve(), *root.resolve().parents) if (one / ".git").exists()), None)
    prefix = root.resolve().relative_to(top).as_posix() if top else ""
    return f"{prefix}/" if prefix not in {"", "."} else "", head_of(root) or git.commit_of(root, "HEAD")


def _tree(root: Path, commit: str) -> dict[str, str]:
    """Return path -> blob of the texts of a commit: plain files only."""
    found = {}
    for row in git.run(root, "ls-tree", "-r", "-z", commit, "--", CONTENT, FILE).decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = row.partition("\t")
        if facts.startswith(_PLAIN):
            found[path] = facts.split(" ")[2]
    return found


def _dirty(root: Path, prefix: str) -> frozenset[str]:
    """Name the texts that are not on disk as the commit has them, those that git does not know among them."""
    said = git.run(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--", CONTENT)
    rows = said.decode("utf-8", "surrogateescape").split("\0")
    return frozenset(row[3:].removeprefix(prefix) for row in rows if row)


def _beginning(root: Path) -> str:
    """Return the commit that brought reviewers.toml, "" if none did."""
    said = git.run(root, "log", "--first-parent", "--diff-filter=A", "--format=%H", "HEAD", "--", FILE).decode().split()
    if said and said[-1] in shallow_mark(root).split():
        raise EvidenceError(
            f"the history is cut off, so it cannot be told which texts are older than {FILE}: fetch all of it, or name the last release"
        )
    return said[-1] if said else ""


def _log(root: Path, base: str, tip: str) -> tuple[tuple[Commit, ...], tuple[_Touch, ...]]:
    """
    Read the commits between two, the newest first, and which texts they brought.

    Of a merge, only what it has from none of its parents: who presses the button has written nothing.

    No field can pass for another: git keeps no NUL in a message, and a path follows its facts.
    """
    told = ("--topo-order", "-c", "--no-renames", "--raw", "--no-abbrev", "--relative", _FORMAT)
    try:
        raw = git.run(root, "log", "-z", *told, f"{base}..{tip}", "--")
    except git.GitError as error:
        raise git.GitError(f"the commit of the last release, {base[:12]}, is not here: fetch the whole history ({error})") from error
    commits: dict[str, Commit] = {}
    touches: list[_Touch] = []
    fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    oid = ""
    for one in fields:
        mark = one.strip("\n")
        if mark.startswith("\x01"):
            oid = mark[1:]
            email, message = next(fields, ""), next(fields, "")
            commits.setdefault(oid, Commit(oid, email, message, ()))
        elif mark.startswith(":"):
            path = next(fields, "")
            if changes.is_text(path):
                parents = len(mark) - len(mark.lstrip(":"))
                facts = mark.lstrip(":").split(" ")
                mode, blob = facts[parents], facts[2 * parents + 1]
                commits[oid] = replace(commits[oid], paths=(*commits[oid].paths, path))
                touches.append(_Touch(len(commits) - 1, path, blob if mode in _PLAIN else ""))
    return tuple(commits.values()), tuple(touches)
