"""The migrations make exactly the tables that the store writes to, on both databases, and are loaded only when there is work for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from feedback_service.store import open_store
from feedback_service.store.schema import HEAD, MIGRATIONS
from feedback_service.store.tables import metadata

ROOT = Path(__file__).parents[3]


def test_migrations_make_the_tables_of_today(store):
    """No table, column, index or constraint differs from tables.py: a change there needs a migration."""

    def compare(tx):
        # The index over words is written in each database's own way, and no part of tables.py.
        ours = {"include_name": lambda name, kind, _: not (kind in {"table", "index"} and str(name).startswith("findable_index"))}
        context = MigrationContext.configure(tx.conn, opts={"compare_type": True, **ours})
        uniques = {table: {each["name"] for each in inspect(tx.conn).get_unique_constraints(table)} for table in metadata.tables}
        keys = {table: inspect(tx.conn).get_pk_constraint(table)["constrained_columns"] for table in metadata.tables}
        return compare_metadata(context, metadata), uniques, keys

    changes, uniques, keys = store.read(compare)

    assert changes == []
    assert uniques["cases"] == {"uq_cases_number"}
    assert keys == {name: [column.name for column in table.primary_key] for name, table in metadata.tables.items()}


def test_head_is_the_last_migration():
    """The program believes a database whose version is HEAD without loading Alembic, so HEAD must be right."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_database_of_today_is_opened_without_the_migrations_library(tmp_path):
    """Start-up is quick: Alembic is only for databases that need it."""
    open_store(tmp_path).close()
    code = "import sys; from pathlib import Path; from feedback_service.store import open_store; "
    code += f"open_store(Path({str(tmp_path)!r})).close(); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
