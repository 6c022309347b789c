"""
Measure the sample portal with Lighthouse, as a reader on a middling phone sees it.

    .venv/bin/python benchmarks/lighthouse.py [--page home --page search] [--runs 3]

Serves the portal with gzip, as hosts do, and prints for each kind of page four scores (0 to 100), the largest paint and the blocked time
in milliseconds, and the layout shift.  With several runs the median counts.  Needs node_modules (./dev test) and Chromium; measure on a
quiet machine, because the processor is slowed down four times by counting.
Exit codes: 0 everything reaches the goals, 1 something does not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

PAGES = ("home", "category", "article", "search", "contact")
SCORES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = {"LCP": "largest-contentful-paint", "TBT": "total-blocking-time", "CLS": "cumulative-layout-shift"}
GOALS = {**dict.fromkeys(SCORES, 100.0), "LCP": 1100.0, "TBT": 0.0, "CLS": 0.0}
FLAGS = "--headless=new --no-first-run --disable-background-networking --disable-component-update"


class Host(BaseHTTPRequestHandler):
    """A static host: folder pages, types, gzip, long life for assets."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, folder: Path) -> None:
        self.folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file of the portal."""
        path = unquote(urlsplit(self.path).path).lstrip("/")
        file = (self.folder / path / "index.html") if not path or path.endswith("/") else self.folder / path
        status = 200 if file.is_file() else 404
        kind, body, packed = answer_of(file if status == 200 else self.folder / "404.html")  # noqa: PLR2004
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)


@cache
def answer_of(file: Path) -> tuple[str, bytes, bool]:
    """Return type, bytes, and whether they are compressed."""
    from conftest import MIME

    kind = MIME.get(file.suffix, "application/octet-stream")
    data = file.read_bytes()
    packed = kind.startswith(("text/", "application/")) or kind.endswith("+xml")
    return kind, gzip.compress(data, 6) if packed else data, packed


def addresses() -> dict[str, str]:
    """Return page -> address in the sample portal."""
    from browser.sample import pages

    found = pages("en")
    return {**found, "article": found["guide"], "contact": "en/contact/"}


def measure(url: str, chromium: str) -> dict[str, float]:
    """Run Lighthouse once.  Returns its scores and figures; raises CalledProcessError if it fails."""
    flags = FLAGS + (" --no-sandbox" if os.geteuid() == 0 else "")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            str(ROOT / "node_modules/.bin/lighthouse"),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--chrome-flags={flags}",
        ]
        subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": chromium}, stdout=subprocess.DEVNULL)
        told = json.loads(report.read_bytes())
    lost = [
        f"{name}: {told['audits'][one['id']]['title']}"
        for name in SCORES[1:]
        for one in told["categories"][name]["auditRefs"]
        if one["weight"] and told["audits"][one["id"]]["score"] not in (1, None)
    ]
    for line in lost:
        print(f"  {line}")
    scores = {name: round(told["categories"][name]["score"] * 100, 1) for name in SCORES}
    return scores | {name: round(told["audits"][audit]["numericValue"], 3) for name, audit in FIGURES.items()}


def reached(name: str, value: float) -> bool:
    """Tell whether a figure is as good as its goal."""
    return value >= GOALS[name] if name in SCORES else value <= GOALS[name]


def main() -> int:
    """Measure the pages that were asked for and print a table."""
    from browser.sample import built

    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--page", action="append", choices=PAGES, help="only this kind of page; may be given several times")
    parser.add_argument("--runs", type=int, default=1, help="measure so many times; the median counts")
    asked = parser.parse_args()
    chromium = os.environ.get("KBGEN_CHROMIUM", "/usr/bin/chromium")
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, folder=built()))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    print("page      " + "".join(f"{name:>16}" for name in GOALS), flush=True)
    fine = True
    for name in asked.page or PAGES:
        runs = [measure(f"http://127.0.0.1:{host.server_port}/{addresses()[name]}", chromium) for _ in range(asked.runs)]
        medians = {figure: statistics.median(run[figure] for run in runs) for figure in GOALS}
        fine = fine and all(reached(figure, value) for figure, value in medians.items())
        print(f"{name:10}" + "".join(f"{value:>16g}" for value in medians.values()), flush=True)
    host.shutdown()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
