"""A SQLite store for who only looks, such as an export, while a service may have it.  Takes no lock and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from feedback_service.rules import NO_RULES
from feedback_service.sla import Sla, book
from feedback_service.store.backup import settle
from feedback_service.store.errors import StoreError, UnavailableError
from feedback_service.store.schema import HEAD, version_of
from feedback_service.store.sqlite import NAME, engine_of
from feedback_service.store.tx import Tx

T = TypeVar("T")
P = ParamSpec("P")


class Onlooker:
    """
    One connection that reads.

    Args:
        folder: Of the service.
    Raises: StoreError: If there is no database, or it has another schema.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        if not path.is_file():
            raise StoreError(f"There is no {path} to read.")
        settle(folder)
        self._engine = engine_of(path, is_reader=True)
        if (version := self.read(lambda tx: version_of(tx.conn))) != HEAD:
            raise StoreError(f"{path} has schema {version or 'none'}, this program reads {HEAD}. Run: feedback-service migrate")

    def read(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Look at one moment, as `Store.read` does."""
        try:
            with self._engine.connect() as conn, conn.begin():
                return verb(Tx(conn, book(Sla("none")), NO_RULES), *args, **more)
        except OperationalError as error:
            raise UnavailableError(str(error.orig)) from error

    def close(self) -> None:
        """Let the connection go."""
        self._engine.dispose()
