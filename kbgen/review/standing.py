"""
Which text of each file customers may see: the newest approved one.

What was published stays approved, and the manifest of the last release remembers it.  Before the first release, the texts that the
repository held when reviewers.toml came are taken as approved: rules hold from the day on which they are written.  Everything that
changed since is judged as a proposal is: as trees, by blobs, and by the reviewers.toml that was in force before, so that a push to
the branch itself appoints no judge either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kbgen.ignored import FILE as IGNORE
from kbgen.release.manifest import Release
from kbgen.review import between, changes, evidence, git, records
from kbgen.review.changes import Change, Proposal
from kbgen.review.evidence import EvidenceError, Provider
from kbgen.review.reviewers import FILE, Reviewers
from kbgen.review.reviewers import read as read_reviewers
from kbgen.review.verdicts import Approval, Verdict, judge
from kbgen.review.writers import Touch, Written, log


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
    since: str  # the newest commit of which all texts were in force: what came later is judged with its authors, release after release
    texts: Mapping[str, str]  # path -> blob of every text in force
    tip: Mapping[str, str]  # path -> blob as the commit has it
    dirty: frozenset[str] = frozenset()  # paths that are not on disk as the commit has them
    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # path -> who approved the text in force
    held: tuple[Held, ...] = ()
    notes: tuple[str, ...] = ()  # what was not believed
    data: Mapping[str, bytes] = field(default_factory=dict)  # blob -> text, of those that had to be read anyway


def present(root: Path) -> Standing:
    """
    Say what the commit that is checked out holds, approved or not.

    Raises: git.GitError: There is no commit.
    """
    prefix, tip = between.named(root)
    here, dirty = changes.tree(root, tip), between.dirty(root, prefix)
    return Standing(tip, tip, {path: blob for path, blob in here.items() if path not in dirty}, here, dirty)


def settle(root: Path, last: Release | None, payloads: Mapping[Provider, Path]) -> Standing:
    """
    Choose the newest approved text of every file.

    Args:
        last: The release that was published last; what it showed is approved.
        payloads: What forges told, as `evidence.gather` takes it.
    Raises: git.GitError, EvidenceError: It cannot be told.
    """
    prefix, tip = between.named(root)
    here, dirty = changes.tree(root, tip), between.dirty(root, prefix)
    if last and last.texts:
        before, base = last.texts, last.since or last.commit
    elif base := between.beginning(root):
        before = changes.tree(root, base)
    else:
        return Standing(tip, tip, here, here, dirty)
    rows = [(path, before.get(path, ""), here.get(path, "")) for path in sorted({*before, *here})]
    rows = [row for row in rows if row[1] != row[2]]
    if not rows:
        return Standing(tip, tip, before, here, dirty, dict(_remembered(last)))
    written = _log(root, base, tip)
    read = [blob for path, *blobs in rows if changes.is_article(path) or path == FILE for blob in blobs if blob]
    bare, tags = [one.oid for one in written.commits if not one.paths], records.tags_below(root)
    texts = git.objects(root, [*read, *([before[FILE]] if FILE in before else []), *tags, *bare])
    proposal = Proposal(
        tip,
        base,
        tip,
        prefix,
        tuple(_with_kin(one, last) for one in changes.paired(rows, texts, written)),
        written.commits,
        (),
        tuple(changes.with_hidden(root, changes.other_changes(rows, written), lambda: {**before, **here})),
    )
    judged = _Judging(root, proposal, payloads, written, dict(texts), records.parsed(texts, tags, bare))
    return judged.standing(before, here, dirty, last)


class _Judging:
    """One settlement; what git keeps is read once."""

    def __init__(
        self,
        root: Path,
        proposal: Proposal,
        payloads: Mapping[Provider, Path],
        written: Written,
        data: dict[str, bytes],
        kept: Sequence[records.Record],
    ) -> None:
        self._root, self._proposal, self._payloads, self._data, self._kept = root, proposal, payloads, data, kept
        self._written = written
        self._ignored: Callable[[str], bool] = lambda _: False
        self._at: dict[str, list[Touch]] = {}  # path, or blob -> which commits gave it
        for one in written.touches:
            for name in (one.path, one.blob):
                self._at.setdefault(name, []).append(one)

    def standing(self, before: Mapping[str, str], here: Mapping[str, str], dirty: frozenset[str], last: Release | None) -> Standing:
        """Judge reviewers.toml by the one before it, then .kbignore, and everything else by those in force."""
        reviewers = self._reviewers(before.get(FILE, ""))
        held: list[Held] = []
        texts, by = dict(before), dict(_remembered(last))
        for name in (FILE, IGNORE):
            self._decide([one for one in self._proposal.others if one.path == name], reviewers, texts, by, held)
            reviewers = self._reviewers(texts.get(FILE, ""))
        rest = [one for one in (*self._proposal.changes, *self._proposal.others) if one.path not in {FILE, IGNORE}]
        if IGNORE in texts and texts[IGNORE] not in self._data:
            self._data |= git.objects(self._root, [texts[IGNORE]])
        self._ignored = changes.ignored(self._data.get(texts.get(IGNORE, ""), b""))
        notes = self._decide(rest, reviewers, texts, by, held)
        since = self._proposal.base if held else self._proposal.head
        return Standing(self._proposal.head, since, texts, here, dirty, by, tuple(held), notes, self._data)

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
        verdicts = [self._moved(one, reviewers) or one for one in judge(wanted, found.approvals, reviewers)]
        waiting = [one for one in verdicts if not one.approved]
        older = self._older([one.change for one in waiting], found.approvals, reviewers)
        chosen: dict[Change, Verdict | None] = {one.change: one for one in verdicts if one.approved}
        stays: dict[str, str] = {}  # path -> id of an article whose older text stands there
        for one in waiting:
            best = next((better for better in judge(older[one.change], found.approvals, reviewers) if better.approved), None)
            chosen[one.change] = best
            text = best.change.after if best else one.change.before
            held.append(Held(one.change, text.blob if text else "", one.why))
            if text:
                stays[text.facts.path] = one.change.id
        held += _displaced(chosen, stays, {one.change for one in waiting})
        _apply(chosen, texts, by)
        return found.notes

    def _moved(self, one: Verdict, reviewers: Reviewers) -> Verdict | None:
        """Free a text that was approved at its old place, if no rule asks more at the new one, and it is not left out there."""
        was, now = one.change.before, one.change.after
        if not was or not now or was.blob != now.blob or self._ignored(was.facts.path) != self._ignored(now.facts.path):
            return None
        return replace(one, asked=()) if set(reviewers.asked([now.facts])) == set(reviewers.asked([was.facts])) else None

    def _older(self, waiting: Sequence[Change], approvals: Iterable[Approval], reviewers: Reviewers) -> dict[Change, list[Change]]:
        """Return the texts that each article had between what it was and what it is, the newest first."""
        named: dict[str, set[str]] = {}
        for one in approvals:
            named.setdefault(one.article, set()).add(one.blob)
        rows = {change: list(self._touched(change, named.get(change.id, set()), reviewers)) for change in waiting}
        read = [one.blob for found in rows.values() for one in found if changes.is_article(one.path) or one.path == FILE]
        self._data |= git.objects(self._root, [blob for blob in read if blob and blob not in self._data])
        return {change: list(self._versions(change, found)) for change, found in rows.items()}

    def _touched(self, change: Change, named: set[str], reviewers: Reviewers) -> Iterator[Touch]:
        """Name the texts that may be approved: those that somebody named, and those that no rule asked about."""
        if change.before and reviewers.asked([change.before.facts]) and not named:
            return
        paths = {one.facts.path for one in (change.before, change.after) if one}
        seen = {(change.path, change.blob)}
        wanted = {one for path in paths for one in self._at.get(path, ())} | {one for blob in named for one in self._at.get(blob, ())}
        for one in sorted(wanted, key=lambda one: (one.at, one.path, one.blob)):
            if change.before and (one.path, one.blob) == (change.before.facts.path, change.before.blob):
                return  # what is older than what customers see is no way forward
            if one.blob and (one.path, one.blob) not in seen:
                seen.add((one.path, one.blob))
                if one.blob in named or not reviewers.asked([changes.version(one.path, "", {}).facts]):
                    yield one

    def _versions(self, change: Change, touches: Iterable[Touch]) -> Iterator[Change]:
        was = change.before or change.after
        assert was is not None
        for one in touches:
            new = changes.version(one.path, one.blob, self._data)
            if (new.id, new.facts.locale) != (was.id, was.facts.locale):
                continue
            yield replace(change, after=new, authors=self._written.who({one.path, was.facts.path}, one.blob, newest=one.at))


def _log(root: Path, base: str, tip: str) -> Written:
    try:
        return log(root, base, tip)
    except git.GitError as error:
        raise git.GitError(f"the commit of the last release, {base[:12]}, is not here: fetch the whole history ({error})") from error


def _with_kin(change: Change, last: Release | None) -> Change:
    """A new file with the id of an article that customers know takes its addresses over, so the rules of that one are asked too."""
    if change.before or not change.after or not last:
        return change
    mine = change.after.facts
    places = {changes.version(page.path, "", {}).facts.category for page in last.pages if page.id == change.after.id}
    return replace(change, kin=tuple(replace(mine, category=one) for one in sorted(places)))


def _displaced(chosen: dict[Change, Verdict | None], stays: dict[str, str], waiting: set[Change]) -> Iterator[Held]:
    """Hold what is approved for a place where another article's older text still stands, until nothing is in the way."""
    while True:
        crowded = {
            change: stays[new.facts.path]
            for change, verdict in chosen.items()
            if change not in waiting and verdict and (new := verdict.change.after) and new.facts.path in stays
        }
        if not crowded:
            return
        for change, other in crowded.items():
            chosen[change] = None
            waiting.add(change)
            if change.before:
                stays[change.before.facts.path] = change.id
            yield Held(
                change,
                change.before.blob if change.before else "",
                (f"{other} still stands at {change.path}, and has to be approved first",),
            )


def _apply(chosen: Mapping[Change, Verdict | None], texts: dict[str, str], by: dict[str, tuple[str, ...]]) -> None:
    """Bring what is approved into `texts` and `by`."""
    known = dict(by)
    for change, verdict in chosen.items():
        if verdict and change.before:
            texts.pop(change.before.facts.path, None)
            by.pop(change.before.facts.path, None)
    for change, verdict in chosen.items():
        if verdict and (new := verdict.change.after):
            texts[new.facts.path] = new.blob
            same = change.before and change.before.blob == new.blob
            older = known.get(change.before.facts.path, ()) if same and change.before else ()
            by[new.facts.path] = tuple(sorted({given.person for asked in verdict.asked for given in asked.given})) or older


def _remembered(last: Release | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((page.path, page.by) for page in last.pages if page.by) if last else iter(())
