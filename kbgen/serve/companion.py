"""
The feedback service beside the live portal: a process of its own, with a store for trying things out below .kbgen/.

The two houses share nothing but files and addresses, so the service is started as anybody would start it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from kbgen.serve.server import ServeError

FOLDER = Path(".kbgen") / "feedback"
SIGN_IN, LOG = "sign-in.txt", "service.log"
_WORDS = (sys.executable, "-m", "feedback_service")


def free_address(portal_port: int) -> str:
    """Return an address for the service: the port behind the portal's, if nobody has it."""
    for port in (portal_port + 1, 0):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return f"http://127.0.0.1:{door.getsockname()[1]}"
    raise ServeError("No port is free for the feedback service.")


class Companion:
    """
    The service, once it runs.

    Args:
        root: The knowledge base, built once: its manifest is there.
        portal, address: Where the portal is served, and where the service will be, without a slash at the end.
        say: Told what a person wants to know.
    Raises: ServeError: The service is not installed, or does not start.
    """

    def __init__(self, root: Path, portal: str, address: str, say: Callable[[str], None]) -> None:
        if any(find_spec(name) is None for name in ("feedback_service", "sqlalchemy", "argon2")):
            raise ServeError("The feedback service is not installed here. Install  kbgen[service]")
        folder = root / FOLDER
        manifest = folder / "kb-manifest.json"
        if not (folder / SIGN_IN).is_file():
            self._fill(folder, manifest)
        options = ("--data", str(folder), "--manifest", str(manifest), "--portal", portal, "--port", address.rpartition(":")[2])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}  # a real service's settings
        log = folder / LOG
        with log.open("w", encoding="utf-8") as lines:
            self._process = subprocess.Popen(  # noqa: S603
                [*_WORDS, "serve", *options], stdout=subprocess.PIPE, stderr=lines, env=environment, text=True
            )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise ServeError(f"The feedback service did not start; {log} says why.")
        say(f"The desk of the feedback service: {address}/desk/")
        say((folder / SIGN_IN).read_text(encoding="utf-8").strip())

    def stop(self) -> None:
        """End the service, and wait until it has written what was posted."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @staticmethod
    def _fill(folder: Path, manifest: Path) -> None:
        """Make the store, with its samples, and keep how to sign in where only this account reads it."""
        folder.chmod(0o700)
        command = [*_WORDS, "sample", "--data", str(folder), "--manifest", str(manifest)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise ServeError(f"The feedback service has no samples: {done.stderr.strip()}")
        place = os.open(folder / SIGN_IN, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(place, "w", encoding="utf-8") as file:
            file.write(done.stdout)
