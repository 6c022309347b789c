"""
Approvals kept in git itself.

An annotated tag review/<id>/<person>/<n>, or an empty commit of the proposal, whose message holds

    Article: kb-refund blob=3f2a…
    Reviewed-by: Bob B <bob@example.org>

One may name many articles.  The person is who tagged or committed, and the message has to say the same.  A signature with one of that
person's SSH keys proves it; without one it is a claim.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbgen.review import git
from kbgen.review.changes import GONE
from kbgen.review.history import refs_are_files, tags_mark
from kbgen.review.reviewers import Person, Reviewers, Trust
from kbgen.review.verdicts import Approval

TAGS = "refs/tags/review/"
_ARTICLE = re.compile(rf"^Article:[ \t]*(\S{{1,200}})[ \t]+blob=((?:{GONE})?[0-9a-f]{{40}})[ \t]*$", re.MULTILINE)
_BY = re.compile(r"^Reviewed-by:[^<\n]*<([^>\n]+)>[ \t]*$", re.MULTILINE)
_WHO = re.compile(r"^(?:tagger|author) .*?<([^>\n]*)> (\d{1,11}) [+-]\d{4}$", re.MULTILINE)
_AT = re.compile(r"object ([0-9a-f]{40,64})\ntype commit\n")
_SIGNATURE = "-----BEGIN SSH SIGNATURE-----"
_IN_COMMIT = re.compile(rb"^gpgsig ((?:.*\n)(?: .*\n)*)", re.MULTILINE)


class RecordError(Exception):
    """An approval cannot be written, or a list of them not read.  The message says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """A tag or commit that says that somebody approved something."""

    name: str  # "tag review/kb-refund/bob/1", "commit 3f2a…"
    email: str
    message: str
    payload: bytes  # what a signature covers
    signature: bytes  # b"": none
    seconds: int = 0  # since 1970: when it was written, as who wrote it says
    commit: str = ""  # that the tag stands at, or that it is


def message(articles: Iterable[tuple[str, str]], email: str, person: Person) -> str:
    """
    Write the message of an approval.

    Args:
        articles: Pairs of id and blob.
    """
    lines = [f"Article: {article} blob={blob}" for article, blob in articles]
    return "\n".join(["Approve", "", *lines, f"Reviewed-by: {person.name} <{email}>", ""])


def write_tag(root: Path, commit: str, articles: Sequence[tuple[str, str]], reviewers: Reviewers, *, sign: bool | None = None) -> str:
    """
    Tag a commit with an approval of some of its texts, as the person whom git knows here.

    Args:
        articles: Pairs of id and blob, at least one.
        sign: None: if git has a key to sign with.
    Returns: The tag's name.
    Raises: RecordError: Nobody in reviewers.toml has git's address.  git.GitError: git cannot sign, or write.
    """
    email, person, _ = author(root, reviewers)
    return tagged(root, commit, f"review/{articles[0][0]}/{person}/", message(articles, email, reviewers.people[person]), sign=sign)


def author(root: Path, reviewers: Reviewers) -> tuple[str, str, str]:
    """
    Return the address that git has for whoever asks, whose of reviewers.toml it is, and the person's name.

    Raises: RecordError: It is nobody's, or git has none.
    """
    email, _ = me(root)
    person = reviewers.by_email(email)
    if not person:
        raise RecordError(
            f"Nobody in reviewers.toml has the address {email}, which git has for you. Set it with  git config user.email , or add it there"
        )
    return email, person, reviewers.people[person].name


def tagged(root: Path, commit: str, stem: str, said: str, *, sign: bool | None = None) -> str:
    """
    Write an annotated tag.

    Args:
        stem: Its name up to the number, "review/kb-refund/bob/"; the next free number follows.
        said: The message.
        sign: None: if git has a key to sign with.
    Returns: Its name.
    Raises: git.GitError: git cannot sign, or write.
    """
    taken = git.run(root, "for-each-ref", "--format=%(refname:lstrip=2)", f"refs/tags/{stem}").decode("utf-8", "replace").split()
    name = f"{stem}{max((int(end) for one in taken if (end := one.removeprefix(stem)).isdecimal()), default=0) + 1}"
    signed = bool(_setting(root, "user.signingkey")) if sign is None else sign
    git.run(
        root,
        "tag",
        "--sign" if signed else "--annotate",
        "--cleanup=verbatim",
        "--file=-",
        "--end-of-options",
        name,
        commit,
        stdin=said.encode(),
    )
    return name


def me(root: Path) -> tuple[str, str]:
    """
    Return the address and the name that git will write into the tag.

    Raises: RecordError: It has none.
    """
    try:
        who = git.run(root, "var", "GIT_COMMITTER_IDENT").decode("utf-8", "replace")
    except git.GitError:
        raise RecordError("git does not know who you are. Set it with  git config user.email  and  git config user.name") from None
    name, _, rest = who.rpartition("<")
    return rest.partition(">")[0], name.strip()


def _setting(root: Path, name: str) -> str:
    try:
        return git.run(root, "config", "--get", name).decode("utf-8", "replace").strip()
    except git.GitError:  # it is not set
        return ""


def read(root: Path, commits: Sequence[str] = (), folder: str = TAGS) -> tuple[Record, ...]:
    """
    Read the annotated tags of approvals, or those below another name, and commits that may be records.

    A tag that is no object of its own says nothing.
    """
    names = tags_below(root, folder)
    return parsed(git.objects(root, [*names, *commits]), names, commits)


def tags_below(root: Path, folder: str = TAGS) -> list[str]:
    """Name the tags below a folder; git is only asked where they are no files."""
    if refs_are_files(root):
        return [line.rpartition(" ")[0] for line in tags_mark(root, folder).splitlines()]
    return git.run(root, "for-each-ref", "--format=%(refname)", folder).decode("utf-8", "replace").splitlines()


def parsed(found: Mapping[str, bytes], names: Sequence[str], commits: Sequence[str]) -> tuple[Record, ...]:
    """Make records of objects that were read; as `read`."""
    tags = [record for name in names if (record := _tag(name, found.get(name, b"")))]
    return (*tags, *(_commit(oid, found[oid]) for oid in commits if oid in found))


def approvals(records: Iterable[Record], reviewers: Reviewers) -> Iterator[Approval | str]:
    """
    Give what records say; a text stands for one that is not believed, and says why.

    A record that names no article says nothing.
    """
    for record in records:
        articles = _ARTICLE.findall(record.message)
        if not articles:
            continue
        person = reviewers.by_email(record.email)
        said = {reviewers.by_email(mail) for mail in _BY.findall(record.message)}
        if not person:
            yield f"{record.name}: nobody in reviewers.toml has the address {record.email}"
        elif said != {person}:
            yield f"{record.name}: Reviewed-by has to name who wrote it, {reviewers.people[person].name}, and nobody else"
        else:
            trust = trust_of(record, reviewers.people[person])
            yield from (Approval(person, article, blob, trust, "git", record.commit) for article, blob in articles)


def _tag(name: str, data: bytes) -> Record | None:
    text = data.decode("utf-8", "surrogateescape")
    head, _, said = text.partition("\n\n")
    who = _WHO.search(head)
    if not who or "\ntype " not in head:  # a lightweight tag is the commit itself
        return None
    at = said.find(_SIGNATURE)
    signature = said[at:] if at >= 0 else ""
    payload = text[: len(text) - len(signature)]
    said = said[: at if at >= 0 else None]
    commit = found[1] if (found := _AT.match(head)) else ""
    name = f"tag {name.removeprefix('refs/tags/')}"
    return Record(name, who[1], said, _bytes(payload), _bytes(signature), int(who[2]), commit)


def _commit(oid: str, data: bytes) -> Record:
    cut, _, said = data.partition(b"\n\n")
    signed = _IN_COMMIT.search(cut + b"\n")
    signature = signed[1].replace(b"\n ", b"\n") if signed else b""
    payload = _IN_COMMIT.sub(b"", cut + b"\n", count=1) + b"\n" + said if signed else data
    who = _WHO.search(cut.decode("utf-8", "surrogateescape"))
    email, seconds = (who[1], int(who[2])) if who else ("", 0)
    return Record(f"commit {oid[:10]}", email, said.decode("utf-8", "surrogateescape"), payload, signature, seconds, oid)


def trust_of(record: Record, person: Person) -> Trust:
    """Say how well a record is proven to be a person's."""
    return "signed" if record.signature.startswith(_SIGNATURE.encode()) and person.ssh and _signed(record, person.ssh) else "claimed"


def _signed(record: Record, keys: Iterable[str]) -> bool:
    """Ask ssh-keygen whether one of these keys signed this very payload."""
    with tempfile.TemporaryDirectory() as folder:
        allowed, signature = Path(folder, "allowed"), Path(folder, "signature")
        allowed.write_text("".join(f'person namespaces="git" {" ".join(key.split()[:2])}\n' for key in keys), encoding="utf-8")
        signature.write_bytes(record.signature)
        command = ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", "person", "-n", "git", "-s", str(signature)]
        try:
            done = subprocess.run(command, input=record.payload, capture_output=True, timeout=20, check=False)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            return False
    return done.returncode == 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def from_file(rows: object, reviewers: Reviewers) -> Iterator[Approval | str]:
    """
    Read approvals that another program keeps: a list of {"article": id, "blob": …, "person": key}.

    Raises: RecordError: It is no such list.
    """
    if not isinstance(rows, list):
        raise RecordError('this has to be a list of {"article": …, "blob": …, "person": …}')
    for at, row in enumerate(rows, 1):
        facts: Mapping[str, object] = row if isinstance(row, dict) else {}
        article, blob, person = (facts.get(name) for name in ("article", "blob", "person"))
        if not (isinstance(article, str) and isinstance(blob, str) and isinstance(person, str)):
            raise RecordError(f"item {at} has to hold the texts article, blob and person")
        if person in reviewers.people:
            yield Approval(person, article, blob, "recorded", "file")
        else:
            yield f"item {at}: there is no person {person} in reviewers.toml"
