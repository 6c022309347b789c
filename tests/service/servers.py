"""Real servers for the tests of the service, started in a folder of their own and thrown away: PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

PATIENCE = 30  # seconds; on a calm machine a server is there in one


class Postgres:
    """
    A PostgreSQL of the tests' own: it listens on a socket in its folder and on nothing else.

    Nothing is ever forced to the disk: what tests do to it are kills of processes, and those lose no page that was written.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._bin, self._account = _programs(), _account()
        self._made = 0
        if self._account:
            shutil.chown(folder, **self._account)
        self._run(
            "initdb", "--pgdata=data", "--username=test", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"
        )
        self._server: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, *options: str) -> None:
        """Start the server, with settings such as "-c", "max_connections=9", and wait until it answers."""
        command = [self._bin / "postgres", "-D", self.folder / "data", "-k", self.folder, *options]
        for setting in ("listen_addresses=", "fsync=off", "max_connections=60", "shared_buffers=16MB", "timezone=GMT", "log_timezone=GMT"):
            command[1:1] = ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **self._as())
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text(errors='replace')[-2000:]}", pytrace=False)
            time.sleep(0.02)

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """End the server and wait: SIGINT breaks connections off, SIGQUIT leaves as if it had crashed."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(PATIENCE)
            self._server = None

    def database(self, template: str = "template1") -> str:
        """Make an empty database, or a copy of another one; returns its address."""
        self._made += 1
        name = f"test{self._made}"
        self.ask(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def url(self, name: str) -> str:
        """Write the address of a database."""
        return f"postgresql://test@/{name}?host={quote(str(self.folder), safe='')}"

    def ask(self, statement: str, name: str = "postgres") -> list[tuple]:
        """Run one statement from outside the service."""
        with psycopg.connect(self.url(name), autocommit=True) as conn:
            cursor = conn.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([self._bin / program, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, **self._as())

        assert done.returncode == 0, f"{program} failed:\n{done.stdout}{done.stderr}"

    def _as(self) -> dict:
        """Run as somebody else if we are root, whom PostgreSQL refuses."""
        return {**self._account, "extra_groups": []} if self._account else {}


def _account() -> dict[str, int]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid}
    return pytest.fail("PostgreSQL refuses to run as root, and there is no other account: postgres or nobody.", pytrace=False)


def _programs() -> Path:
    """Find PostgreSQL: KBGEN_POSTGRES, then Debian's newest, then the PATH.  A missing one fails the test: a skip would hide it."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    for folder in (Path(os.environ.get("KBGEN_POSTGRES", "/nowhere")), *debian, Path(shutil.which("initdb") or "/nowhere/initdb").parent):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    return pytest.fail(
        "No PostgreSQL. Run ./dev test, which installs it, or set KBGEN_POSTGRES to the folder of its programs.", pytrace=False
    )


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL, and remove every trace of it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="kbgen-pg-"))  # a socket's path has at most 107 characters: pytest's folders are too deep
    server = None
    try:
        server = Postgres(folder)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
