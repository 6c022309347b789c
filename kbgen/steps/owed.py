"""What a build owes to what came before it, settled before it begins: approved texts in the place of others, and known addresses."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Literal

from kbgen import plan
from kbgen.digests import blob as name_of
from kbgen.digests import digest
from kbgen.ignored import FILE as IGNORE
from kbgen.model import Job, Owed, Problem
from kbgen.plan import Ground
from kbgen.release.manifest import Former, Release, Shown, read, write
from kbgen.release.urls import page_url
from kbgen.review import git
from kbgen.review.evidence import EvidenceError, Provider
from kbgen.review.reviewers import FILE
from kbgen.review.standing import Held, Standing, present, settle
from kbgen.review.writers import CONTENT

Approval = Literal["off", "warn", "enforce"]

FOLDER = ".kbgen/approved"
LARGEST = 512 << 20  # bytes of one file that is brought back: films are files too

RULES = {
    "KB720": "A text that is ahead of its approval. With  --approval enforce  customers see the newest approved text instead, or nothing "
    "where there never was one; with  warn  they see this one. What is missing stands in the message; `kbgen approvals` says the same "
    "before a merge. An approval is bound to the very text, so it lapses when the text is edited.",
    "KB721": "A file that is not on disk as git has it, in a build with  --approval enforce . Nobody can approve what is not committed, so "
    "customers see what is. Commit it, or build without  enforce  to look at it.",
}


def settled(job: Job, approval: Approval, payloads: Mapping[Provider, Path], last: Release | None) -> tuple[Job, Standing | None]:
    """
    Settle what customers may see, and which addresses they know.

    Args:
        approval: "off": what is on disk; "warn": the same, and say what nobody approved; "enforce": the newest approved texts.
        payloads: What forges told.
        last: The manifest of the release that was published last.
    Returns: The job with what it owes, and what may be published; None outside git.
    Raises: git.GitError, EvidenceError: What is approved cannot be told.
    """
    standing: Standing | None = None
    try:
        standing = settle(job.root, last, payloads) if approval != "off" else present(job.root)
    except git.GitError:
        if approval != "off":
            raise
    former = {url: (one.id, one.title, one.lent) for url, one in last.urls.items()} if last else {}
    swaps, problems = dict[str, str](), tuple[Problem, ...]()
    if standing and approval != "off":
        swaps = _swaps(standing) if approval == "enforce" else {}
        problems = tuple(_problems(standing, approval))
    instead = _laid(job.root, swaps, standing.data if standing else {})
    only = frozenset(path for path in standing.texts if path not in swaps) if standing and approval == "enforce" else None
    named = [f"{path}\0{place}" for path, place in sorted(instead.items())]
    rows = [f"{url}\0{key}\0{title}\0{lent}" for url, (key, title, lent) in sorted(former.items())]
    name = digest(approval, *named, "", *sorted(only or ()), "", *map(repr, problems), "", *rows)
    return replace(job, owed=Owed(name, problems, only, instead, former)), standing


def leave(job: Job, ground: Ground, paths: AbstractSet[str], due: str) -> None:
    """
    Leave what a release has to know of a build, where `left_by` finds it.

    Args:
        paths: Every file of the portal.
        due: ISO time at which it changes by dates alone; "" for never.
    """
    site = ground.site
    pages = tuple(
        Shown(place.url, key, locale, place.article.path, place.article.revision, place.article.head.title)
        for (locale, key), place in sorted(site.places.items())
    )
    led = dict(plan.led_on(ground))
    known = {page.url: Former(page.id, page.title, page.lent) for page in pages}
    known |= {place.url: Former(key, place.article.head.title) for (_, key), place in site.archived.items() if place.url not in known}
    known |= {page_url(old): known[new] for old, new in led.items() if new in known and page_url(old) not in known}
    known |= {f"{url}index.md": one for url, one in known.items()}
    past = {url: Former(*row) for url, row in job.owed.former.items()} if job.owed else {}
    offered = {asset.path.partition("/")[2] for asset in ground.files.values()}
    urls = past | {
        url: known.get(url) or past.get(url) or Former()
        for url in plan.addresses(paths, offered)
        if url[:-1] not in past  # the page that stands in for a file that is gone is no address of its own
    }
    file = _place(job)
    draft = file.with_suffix(".new")
    draft.write_bytes(write(Release("", "", job.as_of.isoformat(), "", due=due, pages=pages, redirects=led, urls=urls)))
    draft.replace(file)


def left_by(job: Job) -> Release:
    """Read what the last build into this output left."""
    return read(_place(job).read_bytes())


def _place(job: Job) -> Path:
    return job.root / ".kbgen" / f"release-{digest(str(job.output.absolute()))[:12]}.json"


def _swaps(standing: Standing) -> dict[str, str]:
    """Return path -> blob of the texts that are not on disk as customers may see them."""
    return {
        path: name
        for path, name in standing.texts.items()
        if (path.startswith(f"{CONTENT}/") or path == IGNORE) and (standing.tip.get(path) != name or path in standing.dirty)
    }


def _laid(root: Path, swaps: Mapping[str, str], known: Mapping[str, bytes]) -> dict[str, str]:
    """
    Write texts of git's to where a build reads them.

    Raises: EvidenceError: One is not in this clone.
    """
    folder = root / FOLDER
    if not swaps:
        shutil.rmtree(folder, ignore_errors=True)
        return {}
    if folder.is_symlink():  # it may have come with a checkout
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if file.name not in swaps.values():
            file.unlink()
    wanted = [name for name in dict.fromkeys(swaps.values()) if not _holds(folder / name, name)]
    found = {name: known[name] for name in wanted if name in known}
    found |= git.objects(root, [name for name in wanted if name not in found], LARGEST)
    for name in wanted:
        if name not in found:
            path = next(path for path, one in swaps.items() if one == name)
            raise EvidenceError(f"the approved text of {path}, {name[:10]}, is not here: fetch the whole history")
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_bytes(found[name])
    return {path: f"{FOLDER}/{name}" for path, name in swaps.items()}


def _holds(file: Path, name: str) -> bool:
    return file.is_file() and not file.is_symlink() and name_of(file.read_bytes()) == name


def _problems(standing: Standing, approval: Approval) -> Iterator[Problem]:
    for one in standing.held:
        yield _told(one, approval)
    if approval == "enforce":
        remedy = "Commit it, or build without  --approval enforce  to look at it"
        for path in sorted(standing.dirty):
            yield Problem(path, 0, 0, "KB721", "this is not as git has it, so customers see what git has", remedy, "warning")
    for note in standing.notes:
        yield Problem(FILE, 0, 0, "KB720", f"an approval is not believed: {note}", "Let them approve again as themselves", "warning")


def _told(one: Held, approval: Approval) -> Problem:
    change = one.change
    if change.path == FILE:
        said = "these rules are not in force, the older ones are"
    elif change.path == IGNORE:
        said = "this list is not in force, the older one is" if approval == "enforce" else "this list is in force without approval"
    elif approval == "warn":
        said = "customers see this without approval"
    elif change.after is None:
        said = "the file is deleted, and customers still see it"
    elif one.shown:
        said = f"customers still see the older text {one.shown[:10]}"
    else:
        said = "customers do not see this, because it was never approved"
    return Problem(
        change.path, 0, 0, "KB720", f"{said}: {_listed(one.why)}", f"Ask for the approval:  kbgen approve {change.id}", "warning"
    )


def _listed(reasons: Iterable[str]) -> str:
    return "; ".join(reasons)
