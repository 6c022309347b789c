"""
Measure what asks git: the history of 3,000 articles in 12,000 commits, and the commands of reviewers on it.

Usage: history.py [--articles 3000] [--commits 12000] [--runs 5] [--write docs/benchmarks.md]

The repository is the same on every machine.  One commit in four stands on a branch that a merge takes in; one in ten moves an article or
touches its front matter alone, as real ones do.  It is packed as a clone is.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dialects
from articles import entries, write
from measure import run
from tables import machine

WORK = Path(__file__).resolve().parent / "work"
PYTHON = sys.executable
PEOPLE = [(f"Writer {at}", f"writer{at}@help.example") for at in range(40)]
BEGIN = 1_600_000_000  # seconds; a commit comes every hour
BRANCHED, QUIET = 4, 10  # one commit in so many
REVIEWERS = '[people.w0]\nname = "Writer 0"\nemails = ["writer0@help.example"]\n[groups]\nall = ["w0"]\n[[rules]]\npath = "content/**"\nof = "all"\n'


@dataclass(slots=True)
class Writing:
    """A stream for git fast-import, and the articles as the branch main has them."""

    chance: random.Random
    texts: dict[str, str] = field(default_factory=dict)  # path -> text
    mark: int = 0  # of the tip of main

    def commit(self, at: int, changes: dict[str, str | None], parents: list[int], branch: str = "main") -> Iterator[bytes]:
        """Write a commit and remember it as the newest mark."""
        name, mail = PEOPLE[self.chance.randrange(len(PEOPLE))]
        reviewer, _ = PEOPLE[self.chance.randrange(len(PEOPLE))]
        said = f"Edit {at}\n\nReviewed-by: {reviewer} <{reviewer.lower().replace(' ', '')}@help.example>\n".encode()
        self.mark += 1
        yield f"commit refs/heads/{branch}\nmark :{self.mark}\ncommitter {name} <{mail}> {BEGIN + at * 3600} +0000\n".encode()
        yield f"data {len(said)}\n".encode() + said
        for word, parent in zip(("from", "merge"), parents, strict=False):
            yield f"{word} :{parent}\n".encode()
        for path, text in changes.items():
            if text is None:
                yield f"D {path}\n".encode()
            else:
                data = text.encode()
                yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
        yield b"\n"


def stream(articles: int, commits: int) -> Iterator[bytes]:
    """Write the repository: each article begins in a commit of its own, then they are edited."""
    heads = entries(articles)
    begun = [(f"content/en/{one.path}.md", dialects.kbgen(write(one, heads))) for one in heads]
    made = Writing(random.Random(5))
    yield from made.commit(0, {"kbgen.toml": "", "reviewers.toml": REVIEWERS}, [])
    done = 1
    while done < commits:
        if len(made.texts) < articles and (not made.texts or made.chance.random() < articles / commits * 1.3):
            path, text = begun[len(made.texts)]
            changes: dict[str, str | None] = {path: text}
        else:
            changes = _edit(made, done)
        main = made.mark
        if made.chance.randrange(BRANCHED) or done + 2 > commits:
            yield from made.commit(done, changes, [main])
            done += 1
        else:
            yield from made.commit(done, changes, [main], "side")
            yield from made.commit(done + 1, changes, [main, made.mark])
            done += 2
        for path, text in changes.items():
            if text is None:
                made.texts.pop(path)
            else:
                made.texts[path] = text


def _edit(made: Writing, at: int) -> dict[str, str | None]:
    path = made.chance.choice(list(made.texts))
    text = made.texts[path]
    if made.chance.randrange(QUIET):
        return {path: f"{text}\nSince day {at} there is one more sentence.\n"}
    if made.chance.randrange(2):
        return {path: text.replace("---\n", f"---\nlast_reviewed: {at}\n", 1)}
    return {path: None, f"{path.removesuffix('.md')}-{at}.md": text}


def make(articles: int, commits: int) -> Path:
    """Make the repository, unless it is there."""
    folder = WORK / f"history-{articles}-{commits}"
    stamp = folder / ".git" / "made"
    if stamp.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE) as importing:
        assert importing.stdin is not None
        for part in stream(articles, commits):
            importing.stdin.write(part)
    _git(folder, "repack", "-a", "-d", "-f", "-q")
    _git(folder, "checkout", "--quiet", "main")
    (folder / ".git" / "info" / "exclude").write_text("dist/\n.kbgen/\nhandoff/\n.dist.spare/\n")
    stamp.touch()
    return folder


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


if __name__ == "__main__":
    start = time.perf_counter()
    print(make(int(sys.argv[1]), int(sys.argv[2])), time.perf_counter() - start)
