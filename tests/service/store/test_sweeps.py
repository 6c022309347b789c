"""Words that were struck out are gone from the bytes of the files, too, some minutes later."""

from __future__ import annotations

import pytest
from service.made import MARIA, MONDAY, at, run_apart
from service.store.stories import Opener, ask

from feedback_service import care
from feedback_service.store import audit, cases, sweeps
from feedback_service.store.redaction import strike
from feedback_service.worker import sweep_job


@pytest.fixture
def opener(tmp_path):
    """Open a SQLite store in a folder of its own."""
    (tmp_path / "data").mkdir()
    opener = Opener("sqlite", tmp_path / "data")
    yield opener
    for store in opener.opened:
        store.close()


def bytes_with(folder, word: str) -> list[str]:
    """Name the files of the service in which a word stands, whatever its capitals."""
    return [file.name for file in folder.iterdir() if word.encode() in file.read_bytes().lower()]


def test_no_byte_is_left_of_struck_words(opener):
    """Minutes after words were struck out, database, log and index hold nothing of them; a second round has nothing to do."""
    store = opener()
    for n in range(300):  # pages are split and moved, so that copies of rows may lie anywhere
        ask(
            store,
            requester_email=f"p{n}@example.net",
            requester_name="Pau",
            subject="My card",
            body=f"It is Xyzzy4000{n}. " + "x" * (n * 13 % 900),
        )
    told = [store.read(cases.case_by_number, 1001 + n) for n in range(300)]
    before = bytes_with(opener.folder, "xyzzy4000")
    for n, each in enumerate(told):
        store.write(strike, each.id, "", [f"xyzzy4000{n}"], at(1, by=MARIA))
    assert store.read(sweeps.unswept) > 0
    run_apart(sweep_job(store).round(MONDAY))
    last = store.read(audit.entries, most=1)
    run_apart(sweep_job(store).round(MONDAY))

    assert set(before) >= {"service.db-wal"}
    assert bytes_with(opener.folder, "xyzzy4000") == []
    assert bytes_with(opener.folder, "my card") != []
    assert last[0].act == "store.swept"
    assert store.read(audit.entries, most=1) == last


def test_words_struck_out_while_the_files_are_swept(store):
    """A sweep is noted for what was removed before it began; what came meanwhile waits for the next."""
    first, second = ask(store, body="abc").case, ask(store, body="abc").case
    store.write(strike, first.id, "", ["abc"], at(1, by=MARIA))
    began = store.read(sweeps.unswept)
    store.write(strike, second.id, "", ["abc"], at(1, by=MARIA))
    store.write(sweeps.note_swept, began, MONDAY)
    waits = store.read(sweeps.unswept)
    swept = care.sweep(store, MONDAY)

    assert 0 < began < waits
    assert swept
    assert store.read(sweeps.unswept) == 0
