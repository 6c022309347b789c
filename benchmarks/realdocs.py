"""
Build text that nobody here wrote: lay a public documentation repository out as a site of ours, build it, count its problems.

Usage: realdocs.py convert MIRROR SITE --locale fa --under src/content [--no-images]
       realdocs.py build SITE
       realdocs.py mend SITE COPY

MIRROR is a git directory; nothing of it is kept here.  Converting again with another locale adds that locale to the site.
A site with errors is not rendered, so its build says what is wrong but not what it costs: `mend` takes out of a copy every
line that has an error, until the copy builds.
The rules below are for throwing away: front matter, notes, images and heading anchors become ours, any other dialect stays
as it is, which is the point.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from measure import adopt_orphans, run
from tables import seconds
from tools import ROOT, WORK

_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
_ID_LIMIT = 70  # characters; ours may have 80
_ERROR = re.compile(r"^(content/[^\n:]+)(?::(\d+))?(?::\d+)?: error ", re.MULTILINE)
_RULE = re.compile(r": (error|warning) (KB\d+)")
_ROUNDS = 10  # a line that goes may leave another one wrong
_SKIPPED = {"readme", "toc", "license", "404"}
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*\r?\n", re.DOTALL)
_FIRST_TITLE = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_PROSE = re.compile(r"^(?![#>|:<!*`~{\-\d\s]).{20,}", re.MULTILINE)
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>|[*_`]")
_ALERT = re.compile(r"^([ \t]*)> ?\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*\n((?:[ \t]*>.*(?:\n|\Z))*)", re.MULTILINE)
_IMAGE = re.compile(r""":::image\s[^:]*?source="([^"]+)"[^:]*?(?:alt-text="([^"]*)"[^:]*?)?:::(?:\s*:::image-end:::)?""")
_ANCHOR = re.compile(r"^(#{1,6} .*?)\s*\{/\*\s*([\w-]+)\s*\*/\}", re.MULTILINE)


def convert(mirror: Path, site: Path, locale: str, under: str, *, images: bool = True) -> int:
    """
    Lay the Markdown below *under* of *mirror*'s newest commit out in *site* as *locale*.

    Returns: The number of articles written.
    Raises: CalledProcessError: If *mirror* is no git directory or has no such folder.
    """
    count = 0
    for name, data in _files(mirror, under):
        path = PurePosixPath(name)
        if len(path.parts) == 1:
            path = PurePosixPath("general") / path
        target = site / "content" / locale / path
        if path.suffix == ".md" and path.stem.lower() not in _SKIPPED and "includes" not in path.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(article(path, data.decode("utf-8", "replace").replace("\r\n", "\n")), encoding="utf-8")
            count += 1
        elif images and path.suffix.lower() in _IMAGES:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    _configure(site, locale)
    return count


def article(path: PurePosixPath, text: str) -> str:
    """Return the file of ours for *text*, the file at *path* of the repository."""
    match = _HEAD.match(text)
    fields, body = (_fields(match[1]), text[match.end() :]) if match else ({}, text)
    first = _FIRST_TITLE.match(body)
    title = str(fields.get("title") or (first and first[1]) or path.stem)
    if first:
        body = body[first.end() :]
    prose = _PROSE.search(body)
    description = str(fields.get("description") or (prose and prose[0]) or title)
    keywords = fields.get("appliesto")
    head = {
        "id": _id(path),
        "title": _plain(title, 120) or title[:120],  # a title may be all markup: "<Activity>"
        "description": _plain(description, 300),
        "kind": "guide",
        "status": "published",
        "keywords": [_plain(str(word), 80) for word in keywords][:60] if isinstance(keywords, list) else [],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "\n".join(["---", *lines, "---", _body(body)])


def _files(mirror: Path, under: str) -> Iterator[tuple[str, bytes]]:
    """Yield path below *under* and bytes of each file of the newest commit; a file that the mirror lacks is left out."""
    git = ("git", f"--git-dir={mirror}")
    names = subprocess.run((*git, "ls-tree", "-r", "-z", "--name-only", f"HEAD:{under}"), check=True, capture_output=True, text=True).stdout
    wanted = [name for name in names.split("\0") if PurePosixPath(name).suffix.lower() in {".md", *_IMAGES} and name[0] != "."]
    # Through a file, not a pipe: git answers while it is still asked, and two full pipes would wait for each other.
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"HEAD:{f'{under}/' if under else ''}{name}\n" for name in wanted).encode())
        asked.seek(0)
        process = subprocess.Popen((*git, "cat-file", "--batch"), stdin=asked, stdout=subprocess.PIPE)
    with process:
        answers = process.stdout
        if answers is None:
            raise OSError("git gives no answers")
        for name in wanted:
            kind, _, size = answers.readline().decode().rstrip("\n").rpartition(" ")
            if size.isdigit() and kind.endswith(" blob"):
                yield name, answers.read(int(size) + 1)[:-1]


def _fields(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _id(path: PurePosixPath) -> str:
    """Return an id that is equal in all locales and unlike every other path's."""
    slug = re.sub(r"[^a-z0-9]+", "-", path.with_suffix("").as_posix().lower()).strip("-")
    return slug if len(slug) <= _ID_LIMIT else f"{slug[:60].rstrip('-')}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"


def _plain(text: str, limit: int) -> str:
    plain = " ".join(_MARKS.sub(r"\1", text).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def _body(text: str) -> str:
    text = _IMAGE.sub(lambda match: f"![{match[2] or ''}]({match[1]})", text)
    return _ALERT.sub(_admonition, _ANCHOR.sub(r"\1 {#\2}", text))


def _admonition(match: re.Match[str]) -> str:
    kind = {"important": "warning", "caution": "danger"}.get(match[2].lower(), match[2].lower())
    lines = [re.sub(r"^[ \t]*> ?", "", line) for line in match[3].splitlines()]
    return "\n".join([f"{match[1]}!!! {kind}", *(f"{match[1]}    {line}".rstrip() for line in lines), "", ""])


def _configure(site: Path, locale: str) -> None:
    """Write kbgen.toml with every locale that the site has; the first one that was converted is the default."""
    path = site / "kbgen.toml"
    known = re.findall(r"^\[locales\.(.+)\]$", path.read_text("utf-8"), re.MULTILINE) if path.exists() else []
    locales = list(dict.fromkeys([*known, locale]))
    head = f'[site]\ntitle = "Real documents"\nbase_url = "https://kb.example.org/"\ndefault_locale = "{locales[0]}"\n'
    path.write_text(head + "".join(f'\n[locales.{tag}]\nname = "{tag}"\n' for tag in locales), encoding="utf-8")


def build(site: Path) -> str:
    """
    Build *site* cold, once for time and once for memory, then warm.

    Returns: A Markdown list of time, memory and how many problems each rule found.
    Raises: CommandFailedError: If a build ends in another way than built or problems found.
    """
    command, log = (str(ROOT / ".venv" / "bin" / "kbgen"), "build"), WORK / f"realdocs-{site.name}.txt"
    timed = run((*command, "--clean"), site, log, accept=(0, 1))
    said = log.read_text("utf-8", "replace")
    peak = run((*command, "--clean"), site, log, accept=(0, 1), memory=True).peak
    warm = run(command, site, log, accept=(0, 1))
    count = sum(1 for _ in (site / "content").rglob("*.md"))
    rules = Counter(_RULE.findall(said))
    lines = [f"- {site.name}: {count:,} articles, cold {seconds(timed.wall)} s ({seconds(timed.cpu)} s CPU), {peak / 1e6:,.0f} MB"]
    lines += [f"- built again without a change: {seconds(warm.wall)} s; tracebacks: {said.count('Traceback (most recent call last)')}"]
    lines += [f"- {rule} ({severity}): {number:,}" for (severity, rule), number in sorted(rules.items(), key=lambda item: item[0][1])]
    return "\n".join(lines)


def mend(site: Path, copy: Path) -> str:
    """
    Copy *site* and take lines with errors out of the copy until it builds; an article whose front matter is wrong goes.

    Returns: How much had to go, as a sentence.
    Raises: CommandFailedError: If the copy still has errors after ten rounds, or a build ends in another way.
    """
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("dist", ".kbgen", "handoff"))
    command, log = (str(ROOT / ".venv" / "bin" / "kbgen"), "build"), WORK / f"realdocs-mend-{site.name}.txt"
    gone: Counter[str] = Counter()
    for turn in range(_ROUNDS):
        run(command, copy, log, accept=(0,) if turn == _ROUNDS - 1 else (0, 1))
        wrong: dict[str, set[int]] = {}
        for name, line in _ERROR.findall(log.read_text("utf-8", "replace")):
            wrong.setdefault(name, set()).add(int(line or 0))
        if not wrong:
            break
        for name, lines in wrong.items():
            gone += _take_out(copy / name, lines)
    return f"{gone['lines']:,} lines and {gone['files']:,} files taken out of {copy}"


def _take_out(path: Path, lines: set[int]) -> Counter[str]:
    """Take *lines* out of the file at *path*; all of it when one of them is no line of its body."""
    text = path.read_text("utf-8").split("\n")
    head = text.index("---", 1) + 1 if path.suffix == ".md" and "---" in text[1:] else len(text)
    if min(lines) <= head:
        path.unlink()
        return Counter(files=1)
    path.write_text("\n".join(line for number, line in enumerate(text, 1) if number not in lines), encoding="utf-8")
    return Counter(lines=len(lines))


def main() -> None:
    """Read the command line; convert or build."""
    parser = argparse.ArgumentParser(description="Lay out and build public documentation that nobody here wrote.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    converting = verbs.add_parser("convert", help="lay a repository out as a site")
    converting.add_argument("mirror", type=Path, help="a git directory")
    converting.add_argument("site", type=Path, help="where to write content/ and kbgen.toml")
    converting.add_argument("--locale", default="en", help="language of the text (default: en)")
    converting.add_argument("--under", default="", help="folder of the repository that holds the text (default: all of it)")
    converting.add_argument("--no-images", action="store_true", help="leave images out")
    verbs.add_parser("build", help="build it and count problems by rule").add_argument("site", type=Path, help="a converted site")
    mending = verbs.add_parser("mend", help="copy a site without the lines that have errors")
    mending.add_argument("site", type=Path, help="a converted site")
    mending.add_argument("copy", type=Path, help="where to write the copy; emptied first")
    options = parser.parse_args()
    if options.verb == "build":
        adopt_orphans()
        print(build(options.site))
    elif options.verb == "mend":
        print(mend(options.site, options.copy))
    else:
        count = convert(options.mirror, options.site, options.locale, options.under, images=not options.no_images)
        print(f"{count} articles in {options.site}, {options.locale}")


if __name__ == "__main__":
    main()
