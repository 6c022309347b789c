"""
Measure what asks git: the history of 3,000 articles in 12,000 commits, and the commands of reviewers on it.

Usage: history.py [--articles 3000] [--commits 12000] [--runs 5]

The repository is the same on every machine.  One commit in four stands on a branch that a merge takes in; one in ten moves an article or
touches its front matter alone, as real ones do.  It is packed as a clone is.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dialects
from articles import entries, write
from measure import Cost, run
from tables import machine

WORK = Path(__file__).resolve().parent / "work"
READING = """
import sys
from pathlib import Path
from kbgen.cache import Shelf
from kbgen.review.history import known
root = Path(sys.argv[1])
shelf = Shelf(root / ".kbgen" / "history.sqlite", empty=sys.argv[2] == "1")
known(root, shelf)
shelf.close()
"""
PEOPLE = [(f"Writer {at}", f"writer{at}@help.example") for at in range(40)]
BEGIN = 1_600_000_000  # seconds; a commit comes every hour
_LINK = re.compile(r"\]\((?:[^)\s]*/)?([^/)\s]+)\.md")
_OWNER = re.compile(r"\A---\n(?:owner: .*\n)?")
BRANCHED, QUIET = 4, 10  # one commit in so many
REVIEWERS = """[people.w0]
name = "Writer 0"
emails = ["writer0@help.example"]
[groups]
all = ["w0"]
[[rules]]
path = "content/**"
of = "all"
"""


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
    ids = {one.slug: one.id for one in heads}
    begun = [(f"content/en/{one.path}.md", _by_id(dialects.kbgen(write(one, heads)), ids)) for one in heads]
    made = Writing(random.Random(5))
    yield from made.commit(0, {"kbgen.toml": "", "reviewers.toml": REVIEWERS}, [])
    done = 1
    while done < commits:
        if len(made.texts) < articles and len(made.texts) * commits * 9 <= articles * done * 10:
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


def _by_id(text: str, ids: dict[str, str]) -> str:
    """Let all links be by id, so that moves break none."""
    return _LINK.sub(lambda found: f"](kb:{ids[found[1]]}", text)


def _edit(made: Writing, at: int) -> dict[str, str | None]:
    path = made.chance.choice(list(made.texts))
    text = made.texts[path]
    if made.chance.randrange(QUIET):
        return {path: f"{text}\nSince day {at} there is one more sentence.\n"}
    if made.chance.randrange(2):
        return {path: _OWNER.sub(f"---\nowner: team-{at}\n", text, count=1)}
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


@dataclass(frozen=True, slots=True)
class Bench:
    """The repository, and a kbgen to ask about it."""

    folder: Path
    runs: int

    def command(self, *words: str, accept: tuple[int, ...] = (0,)) -> Cost:
        """Run kbgen; return the median of some runs."""
        return self.python("-m", "kbgen", "-C", str(self.folder), *words, accept=accept)

    def reading(self, *, empty: bool) -> Cost:
        """Read the history in a process of its own."""
        return self.python("-c", READING, str(self.folder), str(int(empty)))

    def python(self, *words: str, accept: tuple[int, ...] = (0,)) -> Cost:
        """Run Python; return the median of some runs."""
        costs = [run((sys.executable, *words), WORK.parents[1], WORK / "history.txt", accept=accept) for _ in range(self.runs)]
        return Cost(statistics.median(one.wall for one in costs), statistics.median(one.cpu for one in costs), 0)


def measure(bench: Bench) -> dict[str, Cost]:
    """Return costs by what was measured."""
    path = min((bench.folder / "content").rglob("*.md")).relative_to(bench.folder).as_posix()
    title = next(row for row in (bench.folder / path).read_text().splitlines() if row.startswith("title:"))
    found = {"Python alone, in each of them": bench.python("-c", READING, str(WORK), "0")}
    found["history, cold"] = bench.reading(empty=True)
    found["history, HEAD as before"] = bench.reading(empty=False)
    bench.command("check", "--quiet", accept=(0, 1))
    found["`kbgen check`, nothing changed"] = bench.command("check", "--quiet", accept=(0, 1))
    found["`kbgen approvals HEAD~20..HEAD`"] = bench.command("approvals", "HEAD~20..HEAD", accept=(1,))
    found["`kbgen status`"] = bench.command("status", accept=(0, 1))
    found["`kbgen blame`"] = bench.command("blame", path, title.partition(" ")[2].strip('"'))
    return found


def table(found: dict[str, Cost], articles: int, commits: int) -> str:
    """Write the figures."""
    rows = [f"| {name} | {cost.wall:.2f} s | {cost.cpu:.2f} s |" for name, cost in found.items()]
    head = f"{articles:,} articles, {commits:,} commits; {machine()}."
    return "\n".join([head, "", "| what | wall | CPU, git included |", "|---|---:|---:|", *rows])


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description="Measure what asks git.")
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--commits", type=int, default=12000)
    parser.add_argument("--runs", type=int, default=5, help="timed runs of which the median counts (default: 5)")
    options = parser.parse_args()
    folder = make(options.articles, options.commits)
    print(table(measure(Bench(folder, options.runs)), options.articles, options.commits))


if __name__ == "__main__":
    main()
