"""What the tests of search share: the five locales, and the browser's scripts run by Node.js."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kbgen.cache import Shelf
from kbgen.search import analyze
from kbgen.search.blocks import BOOSTS
from kbgen.search.index import Entry, row_of
from kbgen.search.index import index as make_index
from kbgen.search.query import Index
from kbgen.search.records import Record

LOCALES = ("en", "ca", "ro", "fa", "zh-Hant")
HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "themes" / "default" / "parts" / "search"
POOLS = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1E00, 0x1FFF),
    (0x2000, 0x206F), (0x3000, 0x30FF), (0x4E00, 0x4EFF), (0xAC00, 0xACFF), (0xD800, 0xDFFF), (0xF900, 0xFB06), (0xFF00, 0xFFEF),
    (0x1D400, 0x1D7FF), (0x1E000, 0x1EFFF), (0, 0xFFFF), (0, 0x10FFFF),
)  # fmt: skip
TANGLE = "lLl·.-'’\u200cdsnm t aàÇßİıΣς·ŀ٤ي\u0654漢字カ\u3099ｶﾞ\u00ad\u0149"


def vectors(locale: str) -> list[tuple[str, list[str]]]:
    """Return the reviewed strings of a locale with their forms."""
    rows = json.loads((HERE / "vectors" / f"{locale}.json").read_bytes())
    return [(text, forms.split(" ") if forms else []) for text, forms in rows]


def random_texts(seed: int, count: int) -> list[str]:
    """Return texts of any characters, and of those that the rules speak of, as UTF-16 holds them: JSON brings them over unchanged."""
    dice = random.Random(seed)
    texts = []
    for number in range(count):
        if number % 2:
            text = "".join(chr(dice.randint(*dice.choice(POOLS))) for _ in range(dice.randint(0, 40)))
        else:
            text = "".join(dice.choice(TANGLE) for _ in range(dice.randint(0, 30)))
        texts.append(text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))
    return texts


def in_node(program: str, value: Any) -> Any:
    """Run a program in Node.js: it finds `value` and `scripts` (their folder's address), and gives back what it puts into `result`."""
    source = (
        "let text = ''; for await (const part of process.stdin) text += part;"
        f"const value = JSON.parse(text); const scripts = {json.dumps(SCRIPTS.as_uri())}; let result; {program};"
        "process.stdout.write(JSON.stringify(result));"
    )
    node = shutil.which("node")
    assert node, "No Node.js. Run ./dev test, which installs it: a skip would hide that it is missing"
    command = [node, "--input-type=module", "--eval", source]
    done = subprocess.run(command, input=json.dumps(value).encode(), capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode(errors="replace"))
    return json.loads(done.stdout)


def sample(number: int, shelf: Shelf, locale: str, **fields: Any) -> Entry:
    """Return an entry whose terms lie on a shelf; what a test does not name is plain."""
    values = {"title": f"Article {number}", "description": "", "keywords": (), "tags": (), "headings": (), "body": "", **fields}
    url = values.get("url", f"en/help/article-{number}/")
    kind = values.get("kind", "guide")
    record = Record(
        url=url,
        title=values["title"],
        description=values["description"],
        category=values.get("category", "Help"),
        kind=kind,
        tags=tuple(values["tags"]),
        headings=tuple((f"h{at}", text) for at, text in enumerate(values["headings"])),
    )
    key = shelf.key("terms", [json.dumps([values[name] for name in analyze.FIELDS]), locale])
    shelf.put(key, analyze.pack(analyze.terms({name: values[name] for name in analyze.FIELDS}, locale)))
    folder = url.rstrip("/").rpartition("/")[0] + "/"
    return Entry(f"a{number:05}", folder, key.hex(), repr(record), folder, kind, record.tags, lambda: record)


def files_of(*articles: dict[str, Any], locale: str = "en", **wish: Any) -> dict[str, bytes]:
    """Return the files of the index of some articles, by path."""
    with TemporaryDirectory() as place:
        shelf = Shelf(Path(place) / "shelf.sqlite")
        entries = [sample(number, shelf, locale, **article) for number, article in enumerate(articles)]
        found = {path: row_of(shelf, key) for path, key in make_index(locale, entries, BOOSTS, shelf, **wish)}
        shelf.close()
    return found


def index_of(*articles: dict[str, Any], locale: str = "en") -> Index:
    """Return the index of some articles, read from its files."""
    return Index(files_of(*articles, locale=locale).__getitem__, f"{locale}/search/index.json")


def library(seed: int, count: int) -> list[dict[str, Any]]:
    """Return articles made of a small vocabulary, rare and frequent words, scripts and letters of every kind."""
    dice = random.Random(seed)
    words = [*"reset password account payment refund return delivery parcel lamp hub connect offline update cancel the to your how".split()]
    words += [word + end for word in words[:12] for end in ("s", "ing", "ed")]
    words += ["退貨", "付款資料", "重設密碼", "رمز", "می‌خواهم", "coŀlecció", "știri", "𐒰𐒱x", "ｆull", "constructor", "__proto__", "2fa"]

    def some(least: int, most: int) -> str:
        return " ".join(dice.choice(words[: dice.randint(1, len(words))]) for _ in range(dice.randint(least, most)))

    return [
        {
            "title": some(1, 5),
            "description": some(0, 12),
            "keywords": some(0, 3).split(),
            "headings": [some(1, 4) for _ in range(dice.randint(0, 4))],
            "body": some(0, 120),
            "kind": dice.choice(["guide", "faq"]),
            "category": dice.choice(["Account", "Orders"]),
            "url": f"en/{dice.choice(['account', 'orders'])}/a{number}/",
        }
        for number in range(count)
    ]
