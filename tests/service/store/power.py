"""
Power cuts and failing syncs, run in a process of their own: `python power.py cuts 12 SEED` or `python power.py errors`.

Prints one line of JSON with what was counted; ends with an error at the first promise that was broken.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import threading
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[3])]

from service.faults import Disk  # noqa: E402 - the paths above
from service.made import JOAN, MONDAY, at  # noqa: E402
from service.store.stories import ASKED  # noqa: E402

from feedback_service.store import UnavailableError, cases, open_store, posts, sqlite  # noqa: E402
from feedback_service.store.replay import differences  # noqa: E402

THREADS, POSTS = 4, 40
sqlite._WRITER = (*sqlite._WRITER, "wal_autocheckpoint=40")  # so that syncs of checkpoints are among those that fail and are cut


def take(tx, key):
    """Take a case once per key, as the public API does."""
    if (before := posts.answered(tx, key, "body", MONDAY)) is not None:
        return before["number"]
    number = cases.open_case(tx, ASKED, at(by=JOAN)).case.number
    posts.remember(tx, key, "body", {"number": number}, MONDAY)
    return number


def look(folder, acknowledged):
    """See that everything acknowledged is there once, whole, and that the store takes the next post; returns how many cases there are."""
    store = open_store(folder)
    count, wrong = store.read(differences)
    assert wrong == [], wrong
    for key, number in acknowledged.items():
        answer = store.read(posts.answered, key, "body", MONDAY)
        assert answer == {"number": number}, f"{key} was acknowledged as {number} and is {answer}"
        store.read(cases.case_by_number, number)
    new = store.write(take, "after")
    assert new == 1001 + count, f"{new} was given out after {count} cases"
    store.close()
    return count


def cuts(wanted, seed):
    """Cut the power at random syncs of a busy store: what was synced stays, with any blocks of what was only written."""
    chosen = random.Random(seed)
    folder = Path(tempfile.mkdtemp())
    acknowledged, images, lock = {}, [], threading.Lock()
    disk = Disk(lambda _: False)
    store = open_store(folder)

    def before(_):
        if len(images) < wanted and chosen.random() < 0.5:
            with lock:
                acked = dict(acknowledged)
            images.append((disk.image(chosen if chosen.random() < 0.5 else None), acked))
        return False

    def post(name):
        for n in range(POSTS):
            key = f"{name}-{n}-{len(images)}"
            number = store.write(take, key)
            with lock:
                acknowledged[key] = number

    disk.before_sync = before
    while len(images) < wanted:
        threads = [threading.Thread(target=post, args=(f"{name}-{len(acknowledged)}",)) for name in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    disk.before_sync = lambda _: False
    store.close()
    asked = 0
    for image, acked in images:
        left = Path(tempfile.mkdtemp())
        for path, content in image.items():
            (left / Path(path).name).write_bytes(content)
        look(left, acked)
        asked += len(acked)
        shutil.rmtree(left)
    shutil.rmtree(folder)
    return {"cuts": len(images), "torn": "half", "acknowledged": asked, "lost": 0}


def errors(most):
    """Let sync 1, 2, ... *most* of some posts fail, once and for ever, while cases are posted; then mend the disk and try again with the same keys."""
    disk = Disk(lambda _: False)
    blank = Path(tempfile.mkdtemp())
    open_store(blank).close()
    refused = 0
    for number in range(1, most + 1):
        for for_ever in (False, True):
            folder = Path(tempfile.mkdtemp())
            shutil.copy(blank / sqlite.NAME, folder)
            store = open_store(folder)
            first = disk.syncs + number
            disk.before_sync = lambda sync, first=first, for_ever=for_ever: sync == first or (for_ever and sync > first)
            acknowledged = {}
            for n in range(most + 4):
                try:
                    acknowledged[f"k{n}"] = store.write(take, f"k{n}")
                except UnavailableError:
                    refused += 1
            disk.before_sync = lambda _: False
            assert disk.syncs >= first, "no sync failed"
            for n in range(most + 4):
                again = store.write(take, f"k{n}")
                assert acknowledged.setdefault(f"k{n}", again) == again
            store.close()
            assert look(folder, acknowledged) == most + 4
            shutil.rmtree(folder)
    shutil.rmtree(blank)
    assert refused > 2 * most, "hardly any sync failed"
    return {"syncs": most, "refused": refused, "lost": 0}


if __name__ == "__main__":
    if sys.argv[1] == "cuts":
        print(json.dumps(cuts(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(json.dumps(errors(int(sys.argv[2]))))
