"""No address that was ever published dies, whatever writers and operators do."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from release.places import dead, publish, served
from review.asking import run
from review.repository import Repository, article

FOLDERS = ("account", "account/sign-in", "devices", "پرداخت")
SETTINGS = '[site]\nbase_url = "https://help.example"\n[locales.en]\n[locales.fa]\nfallback = "en"\n'

Act = Callable[[Repository, random.Random], None]


def files(kept: Repository) -> list[Path]:
    """The articles on disk."""
    return sorted((kept.root / "content").rglob("*.md"))


def key_of(file: Path) -> str:
    """An article's id."""
    return file.read_text(encoding="utf-8").split("id: ", 1)[1].split("\n", 1)[0]


def place(kept: Repository, rng: random.Random, locale: str, name: str) -> Path:
    """Somewhere in a locale."""
    return kept.root / "content" / locale / rng.choice(FOLDERS) / name


def put(file: Path, text: str) -> None:
    """Write a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def add(kept: Repository, rng: random.Random) -> None:
    """A new article, or a translation that has been lent so far; with a file that it offers."""
    known = {key_of(file) for file in files(kept)}
    name = f"n{rng.randrange(1000)}"
    if rng.random() < 0.4:
        name = rng.choice(sorted(known)).removeprefix("kb-")
        locale = "fa"
    else:
        locale = "en"
    if not any(key_of(file) == f"kb-{name}" for file in (kept.root / "content" / locale).rglob("*.md")):
        file = place(kept, rng, locale, f"{name}-{rng.randrange(9)}.md")
        put(file, article(name, "See [the form](files/form.txt).", tags=f"[t{rng.randrange(4)}]"))
        put(file.parent / "files" / "form.txt", "A form.")


def move(kept: Repository, rng: random.Random) -> None:
    """An article gets another address, with the old one as an alias or without."""
    file = rng.choice(files(kept))
    locale, *folders = file.relative_to(kept.root / "content").with_suffix("").parts
    target = place(kept, rng, locale, f"m{rng.randrange(1000)}.md")
    text = file.read_text(encoding="utf-8").replace("See [the form](files/form.txt).", "No form.")
    if rng.random() < 0.5 and "aliases" not in text:
        text = text.replace("tags:", f"aliases: [/{'/'.join((locale, *folders))}/]\ntags:", 1)
    put(target, text)
    file.unlink()


def split(kept: Repository, rng: random.Random) -> None:
    """Half of an article becomes another one."""
    file = rng.choice(files(kept))
    file.write_text(file.read_text(encoding="utf-8") + "\nShorter.\n", encoding="utf-8")
    add(kept, rng)


def archive(kept: Repository, rng: random.Random) -> None:
    """An article is archived, perhaps for another one, which may be archived too, or be this one."""
    file = rng.choice(files(kept))
    heir = key_of(rng.choice(files(kept)))
    extra = f"\nreplaced_by: {heir}" if rng.random() < 0.6 and heir != key_of(file) else ""
    text = file.read_text(encoding="utf-8")
    if "replaced_by" not in text:
        file.write_text(text.replace("status: published", f"status: archived{extra}"), encoding="utf-8")


def hide(kept: Repository, rng: random.Random) -> None:
    """A published article becomes a draft again."""
    file = rng.choice(files(kept))
    file.write_text(file.read_text(encoding="utf-8").replace("status: published", "status: draft"), encoding="utf-8")


def restore(kept: Repository, rng: random.Random) -> None:
    """What was archived or made a draft is published again."""
    for file in files(kept):
        if rng.random() < 0.5:
            lines = [one for one in file.read_text(encoding="utf-8").splitlines() if not one.startswith("replaced_by")]
            text = "\n".join(lines) + "\n"
            file.write_text(
                text.replace("status: archived", "status: published").replace("status: draft", "status: published"), encoding="utf-8"
            )


def delete(kept: Repository, rng: random.Random) -> None:
    """A file goes, with what lies beside it or without."""
    found = [file for file in files(kept) if "/en/" in file.as_posix()]
    if len(found) > 2:
        rng.choice(found).unlink()


ACTS: list[Act] = [add, add, move, move, split, archive, hide, restore, delete]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_address_answers_for_ever(tmp_path: Path, seed: int) -> None:
    """After any run of additions, moves, splits, deletions and roll-backs, each address of any release leads to a page in one step."""
    rng = random.Random(seed)
    kept = Repository(tmp_path / "kb", reviewers="")
    kept.commit("Settings", {"kbgen.toml": SETTINGS})
    published = 0
    publish(kept)
    for _ in range(5):
        for act in rng.sample(ACTS, k=rng.randrange(1, 5)):
            act(kept, rng)
        kept.commit("Edit")
        if published and rng.random() < 0.3:
            done = run(kept, "rollback", "--to", "dir:../out")
            assert done.exit_code == 0, done.output
        else:
            done = run(kept, "publish", "--to", "dir:../out", "--jobs", "1")
            published += done.exit_code == 0
            if done.exit_code:  # two articles want one address, or the like: the writer mends it, and nothing was published
                kept.git("checkout", "--quiet", "HEAD~1", "--", "content")
                kept.git("clean", "--quiet", "-fd", "content")
                kept.commit("Mend")

        assert dead(tmp_path / "out") == []

    assert published
    assert len(served(tmp_path / "out").urls) > 20
