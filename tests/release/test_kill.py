"""A publication that is killed, at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from release.places import publish, served
from review.repository import REFUND, Repository, article

from kbgen.release.manifest import read
from kbgen.targets import opened
from kbgen.targets.place import measured, paths_of

AGAIN = """
import sys
from dataclasses import replace
from pathlib import Path
from kbgen.release.manifest import read
from kbgen.targets import opened
out, tree = Path(sys.argv[1]), Path(sys.argv[2])
target = opened(f"dir:{out}", out, 2)
number = 0
print("ready", flush=True)
while True:
    last = target.last()
    number += 1
    target.publish(tree, replace(last, name=f"{last.name[:8]}-{sys.argv[3]}-{number:06}"))
"""


def test_readers_see_a_whole_portal_whenever_it_is_killed(kept: Repository, tmp_path: Path) -> None:
    """Ten publishers in a row are killed at random moments: the link is never broken, and what is served is what its manifest says."""
    publish(kept)
    out = tmp_path / "out"
    tree = kept.root / "dist"
    rng = random.Random(3)
    torn: list[str] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            try:
                (out / "current" / "en" / "billing" / "refund" / "index.html").read_bytes()
            except FileNotFoundError:
                top = (out / "current").readlink()  # it moved on between two looks at the link, or it is broken
                if not (out / top / "index.html").is_file() and (out / "current").readlink() == top:
                    torn.append(str(top))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(10):
            with subprocess.Popen(
                [sys.executable, "-c", AGAIN, str(out), str(tree), f"{number:02}"], stdout=subprocess.PIPE, text=True
            ) as child:
                assert child.stdout is not None
                assert child.stdout.readline() == "ready\n"
                begun = served(out).name
                while served(out).name == begun and child.poll() is None:  # it is at work
                    pass
                for _ in range(rng.randrange(200)):
                    list((out / "releases").iterdir())
                child.kill()
            top = out / "current"
            assert measured(top) == read((out / "manifests" / f"{top.readlink().name}.json").read_bytes()).files
    finally:
        stop.set()
        reader.join()
    kept.commit("Edit", {REFUND: article("refund", "New.")})
    publish(kept)

    assert torn == []
    assert "New." in (out / "current/en/billing/refund/index.html").read_text()
    assert not [one for one in (out / "releases").iterdir() if one.name.startswith(".")]


def test_two_publishers_take_turns(kept: Repository, tmp_path: Path) -> None:
    """Two at once both end, and the folder serves one of them whole."""
    publish(kept)
    out, tree = tmp_path / "out", kept.root / "dist"
    last = served(out)
    places = [opened(f"dir:{out}", out, 5) for _ in range(2)]
    threads = [
        threading.Thread(target=place.publish, args=(tree, replace(last, name=f"{last.name}-{number}")))
        for number, place in enumerate(places)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert served(out).files.keys() == set(paths_of(out / "current"))
    assert len(places[0].names()) == 3
