"""
How long one article's Markdown takes: milliseconds of CPU, best of five rounds, sanitising and text included.

    python benchmarks/markup.py [FOLDER]     FOLDER holds articles, *.md; without it a few bodies written here are used
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from kbgen.markup import Settings, Text, render

PROSE = "Choose **Change identity**, then archive it, and record the result in `camera_1739`. See [the guide](kb:kb-guide) first.\n\n"
STEPS = "1. Open **Record battery** and select the bill.\n2. Wait until the menu is *empty*.\n3. Press Enter to go on.\n\n"
TABLE = "| Plan | Period | What you get |\n|---|---|---|\n" + "| Basic | 12 days | parcels, seats |\n" * 4 + "\n"
CODE = "```python\ndef renew(names: list[str], limit: int = 3) -> int:\n    return len([name for name in names])  # short\n```\n\n"
PERSIAN = "برای **بازنشانی** گذرواژه روی «فراموش کرده‌ام» بزنید و نشانی رایانامه خود را بنویسید. "
BODIES = {
    "prose": "".join(f"## Part {part}\n\n{PROSE * 5}" for part in range(4)),
    "guide": "".join(f"## Part {part}\n\n{PROSE * 2}{STEPS}" for part in range(7)),
    "tables, boxes": "".join(f"## Part {part}\n\n{PROSE}{TABLE}!!! tip\n    {PROSE}" for part in range(5)),
    "code": "".join(f"## Part {part}\n\n{PROSE * 2}{CODE}" for part in range(7)),
    "فارسی": "".join(f"## بخش {part}\n\n{PERSIAN * 7}\n\n" for part in range(6)),
}


def milliseconds(bodies: list[str]) -> float:
    """Return the mean CPU time of a body in milliseconds, in the best of five rounds."""
    texts = [Text(body, "content/en/x.md", 1, "en", "guide", {}, {}) for body in bodies]
    rounds = []
    for _ in range(6):
        start = time.process_time()
        for text in texts:
            render(text, Settings())
        rounds.append(time.process_time() - start)
    return min(rounds[1:]) * 1000 / len(texts)


def main(arguments: list[str]) -> None:
    """Print a line for each body, or one for a folder."""
    if arguments:
        bodies = [path.read_text(encoding="utf-8").split("---\n", 2)[-1] for path in sorted(Path(arguments[0]).rglob("*.md"))[:300]]
        print(f"{len(bodies)} articles of {sum(map(len, bodies)) / len(bodies):.0f} characters: {milliseconds(bodies):.2f} ms each")
        return
    for name, body in BODIES.items():
        print(f"{name:>14}: {len(body):5} characters  {milliseconds([body] * 30):.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
