"""
How long the desk's queue page and a report take over 100,000 cases, on SQLite and on PostgreSQL: the store's part only.

    python benchmarks/service/desk.py               # fills a store in some minutes first
    python benchmarks/service/desk.py --cases 10000
    python benchmarks/service/desk.py --database-url postgresql://…  # an empty database of yours, and no other

Prints lines of a table for docs/benchmarks.md.  On PostgreSQL the CPU is that of this process; the server's own shows in the time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from feedback_service.can import Sight  # noqa: E402 - the checkout's, wherever this was started from
from feedback_service.clocks import clocks_of  # noqa: E402
from feedback_service.desk import figures  # noqa: E402
from feedback_service.domain.acts import Linked, link_article  # noqa: E402
from feedback_service.domain.moves import resolve  # noqa: E402
from feedback_service.domain.nouns import Particulars  # noqa: E402
from feedback_service.intake import RatingForm  # noqa: E402
from feedback_service.searches import SearchEvent  # noqa: E402
from feedback_service.store import Store, Tx, findable, open_store, posts, queue  # noqa: E402
from feedback_service.store.rows import case_row, particulars_row  # noqa: E402
from feedback_service.store.tables import cases, particulars  # noqa: E402
from service.made import MONDAY, Story, at, sla  # noqa: E402
from service.servers import running_postgres  # noqa: E402

AT_ONCE = 500
VOCABULARY = [f"{random.Random(n).choice('bcdfglmnprst')}{n:x}a" for n in range(20_000)]
WEIGHTS = [1 / (n + 10) for n in range(20_000)]  # as words of a language are: a few everywhere, most of them rare
SEARCHES = {
    "a rare word": "r77777",
    "a word of every case": "light",
    "two words": f"{VOCABULARY[3]} {VOCABULARY[900]}",
    "Persian": "نمی‌کند",
    "nothing": "zebra",
}
WEEKS = 8  # over which the cases came in


def fill(store: Store, count: int) -> None:
    """Keep cases, nine of ten resolved, and as many ratings and searches."""
    chosen = random.Random(1)
    book = sla()

    def some(tx: Tx, first: int) -> None:
        for n in range(first, min(first + AT_ONCE, count)):
            hour = n * WEEKS * 7 * 24 / count
            story = Story(at(hour), name=f"c{n}", number=n, category=f"topic-{n % 20}", team=chosen.choice(["orders", "billing", None]))
            if n % 10:
                story.do(link_article, at(hour), Linked("a1", "r1", "used")).reply(hour + chosen.random() * 20)
                story.do(resolve, at(hour + 20 + chosen.random() * 20))
            clocks = clocks_of(story.events, book, MONDAY + timedelta(weeks=WEEKS))
            running = [clock.due_at for clock in clocks if clock.due_at is not None and clock.ended is None]
            tx.put(cases, case_row(story.case, clocks, min(running, default=None)))
            said = " ".join(chosen.choices(VOCABULARY, WEIGHTS, k=60))
            told = Particulars(f"Question {n}", f"It does not light. {said} کار نمی‌کند 無法開機", f"Reader {n}", f"r{n}@example.org")
            tx.put(particulars, particulars_row(story.case.id, told))
            findable.enter(tx, story.case, told)
            form = RatingForm(f"a{n % 300}", "en", helpful=n % 3 > 0, revision="r1")
            posts.rate(tx, form, f"voter-{n:010}", story.case.created_at)
            posts.note_search(tx, SearchEvent(story.case.created_at, "en", f"query {n % 999}", n % 7, 1 if n % 2 else None))

    for first in range(0, count, AT_ONCE):
        store.write(some, first)


def measure(what: str, work: Callable[[], object], turns: int) -> None:
    """Print the median of CPU and time, and the worst time."""
    work()  # fills caches
    cpu, took = [], []
    for _ in range(turns):
        began, used = time.perf_counter(), time.process_time()
        work()
        cpu.append(time.process_time() - used)
        took.append(time.perf_counter() - began)
    line = f"{statistics.median(cpu) * 1000:.0f} ms of CPU, {statistics.median(took) * 1000:.0f} ms (worst {max(took) * 1000:.0f})"
    print(f"| {what} | {line} |", flush=True)


def main() -> None:
    """Fill and measure on both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    count = given.cases
    now = MONDAY + timedelta(weeks=WEEKS)
    wish = figures.wish_of({"start": MONDAY.date().isoformat(), "end": now.date().isoformat()}, now.date())
    sights = {"all": Sight(all=True), "a team's": Sight(teams=frozenset({"orders"}), teamless=True, assignee="maria")}

    with ExitStack() as open_:
        if given.database_url:
            stores = [("PostgreSQL", open_store(None, given.database_url))]
        else:
            folder, postgres = open_.enter_context(tempfile.TemporaryDirectory()), open_.enter_context(running_postgres())
            stores = [("SQLite", open_store(Path(folder))), ("PostgreSQL", open_store(None, postgres.database()))]
        for name, store in stores:
            fill(store, count)
            store.database.sweep(1)  # PostgreSQL learns what its tables hold
            for whose, sight in sights.items():
                measure(f"{name}, {count:,} cases: queue page, {whose}", partial(store.read, page, sight, now), 20)
            for kind, words in SEARCHES.items():
                asked = queue.Wish(words=words, sort="updated")
                search = partial(store.read, queue.find, sights["a team's"], "maria", asked, now)
                measure(f"{name}, {count:,} cases: search, {kind}", search, 20)
            measure(f"{name}, {count:,} cases: report of eight weeks", partial(store.read, figures.count, wish), 7)
            store.close()


def page(tx: Tx, sight: Sight, now: datetime) -> None:
    """Read what a page of the queue shows."""
    queue.find(tx, sight, "maria", queue.Wish(view="open"), now)
    queue.counts(tx, sight, "maria", now)


if __name__ == "__main__":
    main()
