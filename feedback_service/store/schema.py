"""Brings a database to the schema of this program.  Alembic is loaded only when something is to be done: it takes longer than all else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect

from feedback_service.store.errors import StoreError

HEAD = "0002"  # the last migration; a test compares it with the files
MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(conn: Connection) -> str:
    """Name the migration a database stands at; "" for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return str(conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def is_known(version: str) -> bool:
    """Tell whether this program has the migration that a database stands at."""
    return version in {file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def bring_up(migrate: Callable[[Callable[[Connection], None]], None]) -> None:
    """Bring a database up to HEAD, in one transaction.  Raises: StoreError: If a newer program wrote it."""
    migrate(_upgrade)


def _upgrade(conn: Connection) -> None:
    version = version_of(conn)
    if version == HEAD:
        return
    if version and not is_known(version):
        raise StoreError(f"The database has schema {version}, this program knows {HEAD}. A newer program wrote it: install that one.")
    if not version and inspect(conn).get_table_names():
        raise StoreError("This is no database of this service: it holds tables of something else. Use another one.")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
