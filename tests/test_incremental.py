"""The most important test of the house: the cache changes nothing but time."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kbgen.model import Job, Report
from kbgen.pipeline import build
from kbgen.publish import MARK
from kbgen.state import Memory

NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)
LOCALES = ("en", "fa")
WORDS = "lamp hub router password invoice parcel refund sensor light battery account email order button screen cable چراغ رمز سفارش".split()
CONFIG = '[site]\ntitle = "{title}"\nbase_url = "https://help.example"\nedit_url = "https://git.example/{{path}}"\n[locales.en]\n[locales.fa]\nfallback = "en"\n[feedback]\nurl = "http://127.0.0.1:8001"\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40" viewBox="0 0 {width} 40"><rect width="10" height="10"/></svg>'

Edit = Callable[[Path, random.Random], None]


def job(root: Path, **wish: object) -> Job:
    """A build of a test: one process, a moment that never changes."""
    return Job(root=root, output=root / "dist", as_of=NOW, **wish)  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a portal."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MARK
    }


def article(rng: random.Random, key: str, others: list[str]) -> str:
    """Some article."""
    words = [rng.choice(WORDS) for _ in range(40)]
    link = f"See [another](kb:{rng.choice(others)}).\n\n" if others and rng.random() < 0.6 else ""
    image = "![A lamp](images/one.svg)\n\n" if rng.random() < 0.3 else ""
    image += "[A file](files/one.pdf)\n\n" if rng.random() < 0.3 else ""
    more = ["", "status: draft\n", "featured: true\n", f"tags: [{rng.choice(WORDS)}]\n", "kind: faq\n", "audience: agents\n"]
    extra = rng.choice([*more, "order: 3\n", f"aliases: [/old/{key}/]\n", "status: archived\n"])  # the seeds below know this order
    status = "" if "status" in extra else "status: published\n"
    return (
        f"---\nid: {key}\ntitle: {words[0]} {words[1]} {key}\ndescription: {' '.join(words[:8])}\n{status}{extra}---\n"
        f"1. {words[5]}\n2. {words[6]}\n\n{link}{image}## {words[2]} {{{{ name }}}}\n\n{' '.join(words)}\n"
    )


def articles_of(root: Path) -> list[Path]:
    """The articles on disk."""
    return sorted(path for path in (root / "content").rglob("*.md") if "_snippets" not in path.parts)


def ids(root: Path) -> list[str]:
    """The ids of all articles."""
    return sorted({path.read_text(encoding="utf-8").split("id: ", 1)[1].split("\n", 1)[0] for path in articles_of(root)})


def add(root: Path, rng: random.Random) -> None:
    """A writer adds an article, perhaps as a translation."""
    known = ids(root)
    locale = rng.choice(LOCALES)
    key = rng.choice(known) if known and rng.random() < 0.4 else f"kb-{rng.randrange(10**6, 10**7)}"
    folder = root / "content" / locale / rng.choice(["account", "account/sign-in", "devices"])
    folder.mkdir(parents=True, exist_ok=True)
    if not any(f"id: {key}\n" in path.read_text(encoding="utf-8") for path in (root / "content" / locale).rglob("*.md")):
        (folder / f"a{rng.randrange(10**6)}.md").write_text(article(rng, key, known), encoding="utf-8")


def rewrite(root: Path, rng: random.Random) -> None:
    """A writer rewrites an article."""
    path = rng.choice(articles_of(root))
    key = path.read_text(encoding="utf-8").split("id: ", 1)[1].split("\n", 1)[0]
    path.write_text(article(rng, key, ids(root)), encoding="utf-8")


def lengthen(root: Path, rng: random.Random) -> None:
    """A writer adds a sentence, at the end or at the beginning."""
    path = rng.choice(articles_of(root))
    head, fence, body = path.read_text(encoding="utf-8").rpartition("\n---\n")
    texts = rng.sample([body, f"{rng.choice(WORDS)} {rng.random()}."], k=2)
    path.write_text(f"{head}{fence}{texts[0]}\n\n{texts[1]}\n", encoding="utf-8")


def retitle(root: Path, rng: random.Random) -> None:
    """A writer changes a title only."""
    path = rng.choice(articles_of(root))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: ", f"title: {rng.choice(WORDS)} ", 1), encoding="utf-8")


def move(root: Path, rng: random.Random) -> None:
    """An article moves to another category."""
    path = rng.choice(articles_of(root))
    target = root / "content" / path.relative_to(root / "content").parts[0] / rng.choice(["account", "devices", "new"]) / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        path.rename(target)


def rename(root: Path, rng: random.Random) -> None:
    """A file gets another name; its address stays, because the slug says so."""
    path = rng.choice(articles_of(root))
    text = path.read_text(encoding="utf-8")
    if "slug:" not in text:
        text = text.replace("title: ", f"slug: {path.stem}\ntitle: ", 1)
    path.unlink()
    path.with_name(f"b{rng.randrange(10**6)}.md").write_text(text, encoding="utf-8")


def hook(root: Path, rng: random.Random) -> None:
    """The site's own code changes titles."""
    (root / "hooks").mkdir(exist_ok=True)
    body = f"from dataclasses import replace\ndef on_article(a):\n    return replace(a, head=replace(a.head, title=a.head.title + ' {rng.randrange(3)}'))\n"
    (root / "hooks" / "a.py").write_text(body, encoding="utf-8")
    (root / "kbgen.toml").write_text(CONFIG.format(title="Hooked") + '[hooks]\nfiles = ["hooks/a.py"]\n', encoding="utf-8")


def delete(root: Path, rng: random.Random) -> None:
    """An article is deleted."""
    if len(articles_of(root)) > 2:
        rng.choice(articles_of(root)).unlink()


def undo(root: Path, rng: random.Random) -> None:
    """An editor writes the same text again."""
    path = rng.choice(articles_of(root))
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def configure(root: Path, rng: random.Random) -> None:
    """The site gets another title."""
    (root / "kbgen.toml").write_text(CONFIG.format(title=f"Help {rng.randrange(3)}"), encoding="utf-8")


def vary(root: Path, rng: random.Random) -> None:
    """A name that many articles use changes."""
    (root / "content" / "_vars.toml").write_text(f'name = "n{rng.randrange(3)}"\n', encoding="utf-8")


def describe(root: Path, rng: random.Random) -> None:
    """A category gets another title."""
    folder = root / "content" / rng.choice(LOCALES) / "account"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_category.toml").write_text(f'title = "Account {rng.randrange(3)}"\norder = {rng.randrange(3)}\n', encoding="utf-8")


def draw(root: Path, rng: random.Random) -> None:
    """A picture changes its size, appears everywhere, or goes."""
    for folder in {path.parent for path in articles_of(root)}:
        (folder / "images").mkdir(exist_ok=True)
        (folder / "images" / "one.svg").write_text(SVG.format(width=rng.randrange(40, 44)), encoding="utf-8")
        (folder / "files").mkdir(exist_ok=True)
        (folder / "files" / "one.pdf").write_bytes(b"%PDF-1.7" + b" " * rng.choice([10, 5000, 900_000]))


def theme(root: Path, rng: random.Random) -> None:
    """The site changes a word or a part of the theme of its own."""
    own = root / "themes" / "own"
    (own / "words").mkdir(parents=True, exist_ok=True)
    (own / "words" / "en.toml").write_text(f'skip = "Skip {rng.randrange(3)}"\n', encoding="utf-8")
    (root / "kbgen.toml").write_text(CONFIG.format(title="Own") + '[theme]\nname = "own"\n', encoding="utf-8")


def tamper(root: Path, rng: random.Random) -> None:
    """Somebody changes or deletes files of the output by hand."""
    files = [path for path in (root / "dist").rglob("*.html") if path.is_file()]
    if files:
        victim = rng.choice(files)
        victim.unlink() if rng.random() < 0.5 else victim.write_text("changed", encoding="utf-8")


EDITS: list[Edit] = [add, add, lengthen, rewrite, rewrite, retitle, move, rename, hook, delete]
EDITS += [undo, configure, vary, describe, draw, theme, tamper]


def start(root: Path, rng: random.Random) -> None:
    """A small site."""
    root.mkdir()
    (root / "kbgen.toml").write_text(CONFIG.format(title="Help"), encoding="utf-8")
    (root / "content" / "en").mkdir(parents=True)
    (root / "content" / "_vars.toml").write_text('name = "n"\n', encoding="utf-8")
    for _ in range(8):
        add(root, rng)


def clean(root: Path, place: Path) -> tuple[Report, dict[str, bytes]]:
    """Build a copy that remembers nothing."""
    copy = place / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("dist", ".dist.spare", ".kbgen"))
    report = build(job(copy))
    return report, tree(copy / "dist") if report.written else {}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("warm", [False, True], ids=["new process", "same process"])
def test_incremental_build_equals_clean_build(tmp_path: Path, seed: int, *, warm: bool) -> None:
    """After any run of edits, moves, deletions, settings and theme changes, the output is that of a clean build, byte for byte."""
    rng = random.Random(seed)
    root = tmp_path / "site"
    start(root, rng)
    draw(root, rng)
    memory = Memory() if warm else None
    good: dict[str, bytes] = {}
    built = 0
    for _ in range(6):
        for edit in rng.sample(EDITS, k=rng.randrange(1, 4)):
            if not (warm and edit is tamper):  # a live portal owns its folder
                edit(root, rng)
        draw(root, rng) if rng.random() < 0.7 else None
        report = build(job(root), memory=memory)
        expected, files = clean(root, tmp_path)

        assert report.written == expected.written
        assert [problem.message for problem in report.problems] == [problem.message for problem in expected.problems]
        if report.written:
            built += 1
            good = tree(root / "dist")
            assert good.keys() == files.keys()
            assert {path for path in good if good[path] != files[path]} == set()
    assert built or not good


def test_nothing_changed_is_said_and_touches_nothing(tmp_path: Path) -> None:
    """A second build without a change writes no file and returns the same problems."""
    root = tmp_path / "site"
    start(root, random.Random(11))
    draw(root, random.Random(11))
    first = build(job(root))
    _age(root)
    second = build(job(root))
    before = {path: path.stat().st_mtime_ns for path in (root / "dist").rglob("*")}
    third = build(job(root))

    assert first.written
    assert second.made == 0
    assert third.unchanged
    assert third.problems == first.problems
    assert {path: path.stat().st_mtime_ns for path in (root / "dist").rglob("*")} == before


def _age(root: Path) -> None:
    """Make every source older than the moment in which a file may change unseen."""
    import os

    for path in (root / "content").rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    os.utime(root / "kbgen.toml", (1_700_000_000, 1_700_000_000))


def test_failing_build_keeps_the_old_portal_and_fails_again_when_warm(tmp_path: Path) -> None:
    """A broken article leaves every byte of the old output, and a second run without a change fails just as the first one."""
    root = tmp_path / "site"
    start(root, random.Random(2))
    draw(root, random.Random(2))
    build(job(root))
    good = tree(root / "dist")
    path = articles_of(root)[0]
    path.write_text(path.read_text(encoding="utf-8").replace("title:", "tittle:"), encoding="utf-8")
    first = build(job(root))
    _age(root)
    again = [build(job(root)) for _ in range(3)]

    assert first.failed
    assert any("title" in problem.remedy for problem in first.problems)
    assert all(report.failed and report.problems == first.problems for report in again)
    assert tree(root / "dist") == good


def test_drafts_and_public_builds_share_the_shelf_but_no_page(tmp_path: Path) -> None:
    """A preview with drafts into another folder leaves the public portal as it was."""
    root = tmp_path / "site"
    start(root, random.Random(3))
    draw(root, random.Random(3))
    build(job(root))
    good = tree(root / "dist")
    preview = Job(root=root, output=root / "preview", as_of=NOW, drafts=True)
    report = build(preview)
    build(job(root))

    assert report.written
    assert tree(root / "dist") == good


def _pages(root: Path) -> Iterator[Path]:
    yield from (root / "dist").rglob("*.html")
