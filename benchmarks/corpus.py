"""
Write the benchmark's corpus: one knowledge base, laid out for kbgen, Hugo and Material for MkDocs.

Usage: corpus.py SIZE FOLDER [--locales en,fa,...]

The same size and locales give the same bytes on every machine.  Further locales repeat the English text: they cost what
a translation costs, without being one.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from pathlib import Path

import dialects
from articles import Category, Entry, entries, write

_HERE = Path(__file__).resolve().parent
_TEMPLATES = _HERE / "peers"
_LOCALES = {"en": "English", "ca": "Català", "ro": "Română", "fa": "فارسی", "zh-Hant": "繁體中文"}


def make(size: int, folder: Path, locales: tuple[str, ...] = ("en",)) -> list[Entry]:
    """
    Lay out *size* articles below *folder* in kbgen/, hugo/ and mkdocs/; a folder that is already right is left alone.

    Returns: The articles, in the order of their numbers.
    Raises: OSError: If the folder cannot be written.
    """
    heads = entries(size)
    stamp, mark = folder / "stamp", _mark(size, locales)
    if stamp.exists() and stamp.read_text() == mark:
        return heads
    shutil.rmtree(folder, ignore_errors=True)
    files = _configuration(locales, heads)
    for category in dict.fromkeys(entry.category for entry in heads):
        files |= _category_files(category, locales)
    for entry in heads:
        article = write(entry, heads)
        ours, hugo, mkdocs = dialects.kbgen(article), dialects.hugo(article), dialects.mkdocs(article)
        for locale in locales:
            files[f"kbgen/content/{locale}/{entry.path}.md"] = ours
            files[f"hugo/content/{locale}/{entry.path}.md"] = hugo
            files[f"mkdocs/docs/{locale}/{entry.path}.md"] = mkdocs
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    stamp.write_text(mark)
    return heads


def _mark(size: int, locales: tuple[str, ...]) -> str:
    """Return a digest of everything that the corpus is made from."""
    digest = hashlib.sha256(f"{size} {locales}".encode())
    sources = [_HERE / f"{name}.py" for name in ("corpus", "articles", "dialects", "prose")]
    for path in [*sources, *sorted(path for path in _TEMPLATES.rglob("*") if path.is_file())]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _configuration(locales: tuple[str, ...], heads: list[Entry]) -> dict[str, str]:
    """Return the tools' configuration and templates, and the first page of MkDocs, by path."""
    names = [(locale, _LOCALES.get(locale, locale)) for locale in locales]
    files = {str(path.relative_to(_TEMPLATES)): path.read_text("utf-8") for path in sorted(_TEMPLATES.rglob("*")) if path.is_file()}
    site = '[site]\ntitle = "Benchmark"\nbase_url = "https://kb.example.org/"\n' + f'default_locale = "{locales[0]}"\n'
    files["kbgen/kbgen.toml"] = site + "".join(f'\n[locales.{locale}]\nname = "{name}"\n' for locale, name in names)
    files["hugo/hugo.toml"] += "".join(
        f'\n[languages.{locale}]\nlabel = "{name}"\ncontentDir = "content/{locale}"\nweight = {place}\n'
        for place, (locale, name) in enumerate(names, 1)
    )
    first = dict.fromkeys((entry.category.parent, entry.category.parent_title) for entry in heads)
    for locale, name in names:
        links = "".join(f"- [{title}]({locale}/{slug}/index.md)\n" for slug, title in first)
        files["mkdocs/docs/index.md"] = files.get("mkdocs/docs/index.md", "# Benchmark\n") + f"\n## {name}\n\n{links}"
        for slug, title in first:
            files |= _folder_files(locale, slug, title)
    return files


def _category_files(category: Category, locales: tuple[str, ...]) -> dict[str, str]:
    files: dict[str, str] = {}
    for locale in locales:
        files |= _folder_files(locale, category.path, category.title)
    return files


def _folder_files(locale: str, path: str, title: str) -> dict[str, str]:
    text = f"Articles about {title.lower()}."
    head = f'title = "{title}"\ndescription = "{text}"\n'
    return {
        f"kbgen/content/{locale}/{path}/_category.toml": head,
        f"hugo/content/{locale}/{path}/_index.md": f"+++\n{head}+++\n",
        f"mkdocs/docs/{locale}/{path}/index.md": f"# {title}\n\n{text}\n",
    }


def main() -> None:
    """Read the command line and write the corpus."""
    parser = argparse.ArgumentParser(description="Write the benchmark's corpus for kbgen, Hugo and Material for MkDocs.")
    parser.add_argument("size", type=int, help="number of articles: 100, 1000 or 10000")
    parser.add_argument("folder", type=Path, help="where to write kbgen/, hugo/ and mkdocs/; emptied first")
    parser.add_argument("--locales", default="en", help="comma-separated, the default locale first (default: en)")
    options = parser.parse_args()
    heads = make(options.size, options.folder, tuple(options.locales.split(",")))
    sizes = [path.stat().st_size for path in (options.folder / "kbgen" / "content").rglob("*.md")]
    print(f"{len(heads)} articles, {sum(sizes) / len(sizes):,.0f} bytes each on average, in {options.folder}")


if __name__ == "__main__":
    main()
