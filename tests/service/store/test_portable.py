"""S44: a whole store goes out as lines of JSON and into either database, all of it or nothing."""

from __future__ import annotations

import json

import pytest
from service.made import MONDAY
from service.store.stories import Opener, ask
from service.store.test_erasure import fill

from feedback_service import care
from feedback_service.store import StoreError, audit, cases
from feedback_service.store.replay import differences
from feedback_service.store.tables import metadata


def rows_of(store):
    """Read everything."""
    return store.read(lambda tx: {table.name: tx.all(table.select().order_by(*table.primary_key)) for table in metadata.sorted_tables})


@pytest.fixture(params=["sqlite", "postgres"])
def another(request, tmp_path, postgres, postgres_schema):
    """Open an empty store of each kind."""
    folder = tmp_path / "another"
    folder.mkdir()
    opener = Opener(request.param, folder, postgres.database(postgres_schema) if request.param == "postgres" else "")
    yield opener()
    for store in opener.opened:
        store.close()


@pytest.fixture
def exported(tmp_path_factory):
    """Write a store with everything in it to a file."""
    folder = tmp_path_factory.mktemp("exported")
    opener = Opener("sqlite", folder)
    store = opener()
    fill(store)
    store.write(audit.note, "maria", "agent.added", "pau", "", MONDAY)
    care.export_to(store, folder / "all.jsonl", MONDAY)
    store.close()
    return folder / "all.jsonl"


def test_what_goes_out_comes_in(store, another, tmp_path):
    """From each kind of database to each: every row is the same, histories fold to the same cases, and life goes on from there."""
    fill(store)
    store.write(audit.note, "maria", "agent.added", "pau", "", MONDAY)
    out = care.export_to(store, tmp_path / "all.jsonl", MONDAY)
    taken = care.import_from(another, tmp_path / "all.jsonl", MONDAY)
    before, after = rows_of(store), rows_of(another)
    imported = [row for row in after["audit"] if row["act"] == "store.imported"]

    assert (out, len(imported)) == (taken, 1)
    assert {name for name, rows in before.items() if rows != after[name]} == {"audit", "counters"}
    assert another.read(audit.verify).broken is None
    assert another.read(differences)[1] == []

    ask(another)
    one = rows_of(another)

    assert max(row["number"] for row in one["cases"]) == max(row["number"] for row in before["cases"]) + 1
    assert len({row["id"] for row in one["outbox"]}) == len(before["outbox"]) + 1


def test_an_empty_store_goes_out_and_in(store, another, tmp_path):
    """Nothing is a whole export too."""
    care.export_to(store, tmp_path / "all.jsonl", MONDAY)

    assert care.import_from(another, tmp_path / "all.jsonl", MONDAY).rows == 0


def cut(lines):
    """Lose the end."""
    return lines[:-1]


def cut_in_a_line(lines):
    """Lose half of the last row, and the end."""
    return [*lines[:-2], lines[-2][: len(lines[-2]) // 2]]


def change(lines):
    """Change one letter."""
    return [line.replace("Factura", "Factora", 1) for line in lines]


def double(lines):
    """Have a row twice, with a digest that is right."""
    return signed([*lines[:-1], lines[-2]])


def unknown(lines):
    """Have a column that nobody knows."""
    row = json.loads(lines[1])
    row["row"]["colour"] = "red"
    return signed([lines[0], json.dumps(row) + "\n", *lines[2:-1]])


def newer(lines):
    """Come from another schema."""
    head = json.loads(lines[0]) | {"schema": "9999"}
    return signed([json.dumps(head) + "\n", *lines[1:-1]])


def behind(lines):
    """Have something behind the end."""
    return [*lines, lines[-2]]


def empty(_):
    """Have nothing."""
    return []


def other(_):
    """Be something else."""
    return ['{"kb": 1}\n']


def binary(_):
    """Be no text."""
    return ["\x00\x01\x02\n"]


def deep(lines):
    """Have a line of brackets inside each other."""
    return signed([lines[0], '{"table":"counters","row":' + "[" * 50_000 + "]" * 50_000 + "}\n", *lines[1:-1]])


def odd(lines, value=None):
    """Have a value that no column takes."""
    row = {"table": "counters", "row": {"name": "x", "value": {"a": 1} if value is None else value}}
    return signed([lines[0], json.dumps(row) + "\n", *lines[1:-1]])


def huge(lines):
    """Have a number that no column takes."""
    return odd(lines, 2**80)


def signed(lines):
    """Write the end that these lines have."""
    import hashlib

    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return [*lines, json.dumps({"rows": len(lines) - 1, "sha256": digest}) + "\n"]


@pytest.mark.parametrize(
    "spoil",
    [cut, cut_in_a_line, change, double, unknown, newer, behind, empty, other, binary, deep, odd, huge],
    ids=lambda spoil: spoil.__name__,
)
def test_a_spoilt_export_is_refused_whole(exported, another, tmp_path, spoil):
    """Cut, changed, doubled, of another program or no export at all: one line, and the store is as empty as before."""
    lines = exported.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "spoilt.jsonl").write_text("".join(spoil(lines)), encoding="utf-8")
    before = rows_of(another)
    with pytest.raises(StoreError) as caught:
        care.import_from(another, tmp_path / "spoilt.jsonl", MONDAY)

    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("Nothing was taken.")
    assert rows_of(another) == before


def test_a_store_that_is_lived_in_takes_no_import(exported, store):
    """Two stores are never mixed."""
    ask(store)
    with pytest.raises(StoreError, match="not empty"):
        care.import_from(store, exported, MONDAY)

    assert store.read(cases.case_by_number, 1001).number == 1001


def test_an_export_never_replaces_a_file(store, tmp_path):
    """A name that is taken is refused, and what stands there stays."""
    (tmp_path / "all.jsonl").write_text("mine")
    with pytest.raises(StoreError, match="there already"):
        care.export_to(store, tmp_path / "all.jsonl", MONDAY)

    assert (tmp_path / "all.jsonl").read_text() == "mine"


def test_what_lies_in_the_place_of_the_copy_is_not_written_to(store, tmp_path):
    """In a folder that others write to, a link or a file of theirs stands where the copy begins: it gets nothing, and loses nothing."""
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "all.jsonl.part").symlink_to(tmp_path / "precious")
    care.export_to(store, tmp_path / "all.jsonl", MONDAY)
    (tmp_path / "more.jsonl.part").touch(0o666)
    care.export_to(store, tmp_path / "more.jsonl", MONDAY)

    assert (tmp_path / "precious").read_text() == "mine"
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("all.jsonl", "more.jsonl")] == [0o600] * 2
