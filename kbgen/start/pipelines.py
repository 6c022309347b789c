"""Pipelines for a forge: checks and a report on pull requests, publication after a merge and by the clock, reviews that are due."""

from __future__ import annotations

import re
from pathlib import Path

from kbgen import __version__
from kbgen.review import git
from kbgen.review.changes import articles_here
from kbgen.review.owners import PLACES, codeowners
from kbgen.review.reviewers import FILE, Forge, read
from kbgen.start.words import StartError

TEXTS = Path(__file__).with_name("ci")  # all/ and one folder a forge, laid out as in a repository
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def pipelines(folder: Path, forge: Forge) -> list[Path]:
    """
    Write what a forge runs, CODEOWNERS, a template for pull requests and a hook for each clone.

    Args:
        folder: The top of the knowledge base, which is the top of its repository.
    Returns: The files that were written; what exists stays.
    Raises: StartError: The folder lies deeper in a repository, or its branch has a name that these files cannot hold.
    """
    branch = _branch(folder)
    texts = {
        file.relative_to(source): file.read_text(encoding="utf-8").replace("__BRANCH__", branch).replace("__VERSION__", __version__)
        for source in (TEXTS / "all", TEXTS / forge)
        for file in sorted(source.rglob("*"))
        if file.is_file()
    }
    if owners := _owners(folder, forge):
        texts[Path(PLACES[forge])] = owners
    made = [path for path in texts if not (folder / path).exists()]
    for path in made:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(texts[path], encoding="utf-8")
        if path.suffix == "":
            (folder / path).chmod(0o755 if path.parent.name == ".githooks" else 0o644)
    return [folder / path for path in made]


def _branch(folder: Path) -> str:
    try:
        inside = git.run(folder, "rev-parse", "--show-prefix").decode("utf-8", "replace").strip()
        branch = git.run(folder, "symbolic-ref", "--short", "HEAD").decode("utf-8", "replace").strip()
    except git.GitError:
        return "main"  # no repository yet, or no branch: what forges begin with
    if inside:
        raise StartError(f"A forge reads pipelines at the top of a repository, and this is {inside} in one. Copy them from a new folder")
    if not _BRANCH.fullmatch(branch):
        raise StartError(f"The branch {branch} cannot be named in a pipeline. Switch to the one that customers read, such as  main")
    return branch


def _owners(folder: Path, forge: Forge) -> str:
    try:
        text = (folder / FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    reviewers, problems = read(text)
    if reviewers is None:
        raise StartError(f"{FILE}:{problems[0].line}: {problems[0].message}. {problems[0].remedy}")
    return codeowners(reviewers, forge, articles_here(folder)) if reviewers.rules else ""
