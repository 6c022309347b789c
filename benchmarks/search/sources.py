"""
Fetch public documentation and lay it out as one file of articles a locale: work/corpora/<locale>.json.

Usage: sources.py [--source DIR] [--locales ca,fa] [--most 2000]

Every source of sources.toml is fetched from its public address at the commit that is named there; --source names a folder that may have
the git directories already (owner+name or name, with or without .git or /repo), for machines without a network.
A page stays when it has a title that no page before it had, enough text, and that text is in the language of its locale.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from plaintext import Page, clean, page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = HERE / "work"
MOST = 2000  # articles of a locale
LEAST = {"zh-Hant": 60}  # characters of a body
LEAST_ELSEWHERE = 150
SHOWN = {"zh-Hant": 80}  # characters of a description that is taken from the text
# What only one language says: a page counts as translated when its own words outnumber the English ones.
_COMMON = {
    "en": "the of and to is in for that with this you are on be".split(),
    "ca": "el la els les de del i per amb una que és en al dels aquesta aquest no es".split(),
    "ro": "de și în la pentru este cu un o din pe nu care să mai sau se dacă".split(),
}
_LETTERS = {"fa": re.compile(r"[\u0600-\u06ff]"), "zh-Hant": re.compile(r"[\u3400-\u9fff]")}
_SHARE = {"fa": 0.4, "zh-Hant": 0.4}  # of the letters; the rest are names of products


@dataclass(frozen=True, slots=True)
class Article:
    """One article, the same for every engine."""

    id: str  # also the last folder of its address
    category: str
    title: str
    description: str
    blocks: tuple[tuple[int, str], ...]  # level of a heading from 2, or 0 for a paragraph; text

    @property
    def headings(self) -> list[str]:
        """Return the texts of its headings."""
        return [text for level, text in self.blocks if level]

    @property
    def text(self) -> str:
        """Return all that stands below its title."""
        return "\n".join(text for _, text in self.blocks)

    @property
    def body(self) -> str:
        """Return all paragraphs."""
        return "\n".join(text for level, text in self.blocks if not level)


def load(locale: str, size: int | None = None) -> list[Article]:
    """
    Read a corpus that was laid out before.

    Args:
        size: Only the first so many articles.

    Raises: FileNotFoundError: If there is none; run sources.py.
    """
    rows = json.loads((WORK / "corpora" / f"{locale}.json").read_bytes())["articles"][:size]
    return [Article(**{**row, "blocks": tuple((level, text) for level, text in row["blocks"])}) for row in rows]


def repository(address: str, commit: str, source: Path | None) -> Path:
    """Return a git directory that holds a commit of a public address: one below *source*, or else one of ours, fetched when it is new."""
    owner, name = address.removesuffix(".git").split("/")[-2:]
    for candidate in (f"{owner}+{name}/repo", f"{owner}+{name}", f"{name}.git", name):
        if source and _holds(source / candidate, commit):
            return source / candidate
    target = WORK / "sources" / f"{owner}+{name}"
    if not _holds(target, commit):
        subprocess.run(("git", "init", "--quiet", "--bare", str(target)), check=True)
        subprocess.run(("git", f"--git-dir={target}", "fetch", "--quiet", "--depth", "1", address, commit), check=True)
    return target


def _holds(git_dir: Path, commit: str) -> bool:
    command = ("git", f"--git-dir={git_dir}", "cat-file", "-e", f"{commit}^{{tree}}")
    return git_dir.is_dir() and not subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode


def files(git_dir: Path, commit: str, under: str) -> Iterator[tuple[str, str]]:
    """Yield path below *under* and text of the Markdown of a commit."""
    git = ("git", f"--git-dir={git_dir}")
    names = subprocess.run((*git, "ls-tree", "-r", "-z", "--name-only", f"{commit}:{under}"), check=True, capture_output=True, text=True)
    wanted = [name for name in names.stdout.split("\0") if name.endswith((".md", ".mdx"))]
    asked = "".join(f"{commit}:{f'{under}/' if under else ''}{name}\n" for name in wanted)
    answers = subprocess.run((*git, "cat-file", "--batch"), check=True, capture_output=True, input=asked.encode()).stdout
    at = 0
    for name in wanted:
        end = answers.index(b"\n", at)
        header = answers[at:end].split(b" ")
        at = end + 1
        if header[-1].isdigit():
            size = int(header[-1])
            yield name, answers[at : at + size].decode("utf-8", "replace")
            at += size + 1


def article(locale: str, path: str, found: Page) -> Article | None:
    """Return the article of a page, or nothing if it is too short, has no title or is in another language."""
    blocks = list(found.blocks)
    title = str(found.fields.get("title") or "")
    if blocks and blocks[0][0] == 1:
        title = title or blocks[0][1]
        blocks = blocks[1:]
    title = clean(re.sub(r"^\d{3,}\s+", "", title))
    paragraphs = [text for level, text in blocks if not level]
    description = str(found.fields.get("description") or "") or next((text for text in paragraphs if len(text) > 20), "")
    shown = SHOWN.get(locale, 160)
    description = clean(description)
    description = description if len(description) <= shown else description[:shown].rsplit(" ", 1)[0]
    body = "\n".join(paragraphs)
    if not title or len(body) < LEAST.get(locale, LEAST_ELSEWHERE) or not in_language(locale, f"{title}\n{body}"):
        return None
    slug = re.sub(r"[^a-z0-9]+", "-", path.rsplit(".", 1)[0].lower()).strip("-")[-50:].strip("-")
    name = f"{slug}-{hashlib.sha256(path.encode()).hexdigest()[:6]}".strip("-")
    return Article(name, "", title[:120], description, tuple((max(level, 2) if level else 0, text) for level, text in blocks))


def in_language(locale: str, text: str) -> bool:
    """Say whether a text is mostly in the language of its locale and not left in English."""
    if locale in _LETTERS:
        letters = sum(map(str.isalpha, text))
        return letters > 0 and len(_LETTERS[locale].findall(text)) >= _SHARE[locale] * letters
    words = re.findall(r"\w+", text.lower())
    if locale == "en":
        return True
    return sum(word in _COMMON[locale] for word in words) > 2 * sum(word in _COMMON["en"] for word in words)


def lay_out(locale: str, entries: Sequence[dict[str, object]], source: Path | None, most: int) -> dict[str, object]:
    """Return the corpus of a locale: where it comes from, and its articles dealt into categories of fifty."""
    articles: dict[str, Article] = {}
    seen: set[str] = set()
    origins = []
    for entry in entries:
        commit = str(entry["commit"])
        git_dir = repository(str(entry["git"]), commit, source)
        fresh = {}
        under = entry["under"]
        for folder in under if isinstance(under, list) else []:
            for name, text in files(git_dir, commit, folder):
                made = None if re.search(str(entry["skip"]), name, re.IGNORECASE) else article(locale, f"{folder}/{name}", page(text))
                mark = made.title.casefold() if made else ""
                if made and mark not in seen:
                    seen.add(mark)
                    fresh[made.id] = made
        limit = entry.get("most")
        articles |= drawn(fresh, limit if isinstance(limit, int) else most)
        origins.append({"git": entry["git"], "commit": commit, "articles": len(fresh)})
    kept = drawn(articles, most)
    rows = [asdict(kept[name]) | {"category": f"c{number // 50:02}"} for number, name in enumerate(sorted(kept))]
    return {"locale": locale, "origins": origins, "articles": rows}


def drawn(articles: Mapping[str, Article], most: int) -> dict[str, Article]:
    """Return at most so many of the articles, drawn by the digest of their id, so that another machine draws the same."""
    return {name: articles[name] for name in sorted(articles, key=lambda name: hashlib.sha256(name.encode()).digest())[:most]}


def main() -> None:
    """Lay out the corpora that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--source", type=Path, help="a folder that may have the repositories already")
    parser.add_argument("--locales", default="", help="only these, with commas between")
    parser.add_argument("--most", type=int, default=MOST, help=f"articles of a locale (default: {MOST})")
    asked = parser.parse_args()
    known = tomllib.loads((HERE / "sources.toml").read_text("utf-8"))
    (WORK / "corpora").mkdir(parents=True, exist_ok=True)
    for locale, entries in known.items():
        if not asked.locales or locale in asked.locales.split(","):
            corpus = lay_out(locale, entries, asked.source, asked.most)
            (WORK / "corpora" / f"{locale}.json").write_text(json.dumps(corpus, ensure_ascii=False), encoding="utf-8")
            print(locale, corpus["origins"], len(load(locale)), "articles")


if __name__ == "__main__":
    main()
