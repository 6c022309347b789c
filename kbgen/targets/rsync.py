"""
A web space that rsync reaches, such as  www@help.example.org:/srv/help .

Files come before the pages that need them, and what nobody needs any more goes last, so a reader never meets a page without its style.
Manifests lie beside the folder, in PATH.manifests, and the new one is sent first: a publication that is killed forgets no address.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from kbgen.publish import MARK
from kbgen.release.manifest import Release, write
from kbgen.targets.place import SUFFIX, TargetError, parsed

SECONDS = 3600
_MISSING = 23  # rsync's exit code when what it was to fetch is not there


class Rsync:
    """A folder on another machine."""

    def __init__(self, place: str) -> None:
        self._place = place.rstrip("/")
        if not self._place or self._place.startswith("-"):
            raise TargetError(f"{place} is no place that rsync knows. Write  rsync:HOST:PATH")

    def last(self) -> Release | None:
        """See Target."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"current{SUFFIX}")
            done = self._run(f"{self._place}.manifests/current{SUFFIX}", str(file))
            if done.returncode == _MISSING and "No such file" in done.stderr:
                return None
            self._expect(done)
            return parsed(file.read_bytes(), f"{self._place}.manifests/current{SUFFIX}")

    def names(self) -> list[str]:
        """See Target.  None: the space holds one portal."""
        return []

    def publish(self, tree: Path, release: Release) -> None:
        """See Target."""
        with tempfile.TemporaryDirectory() as folder:
            for name in (release.name, "current"):
                Path(folder, f"{name}{SUFFIX}").write_bytes(write(release))
            self._expect(self._run(f"{folder}/", f"{self._place}.manifests/"))
        for phase in (["--exclude=*.html"], [], ["--delete"]):
            self._expect(self._run("--checksum", f"--exclude=/{MARK}", *phase, f"{tree}/", f"{self._place}/"))

    def bring(self, name: str, folder: Path) -> Release:  # noqa: ARG002
        """See Target."""
        raise TargetError(
            f"{self._place} holds one portal only, so {name or 'the one before'} cannot be brought back from there. Publish its commit "
            "again:  kbgen releases  names it"
        )

    def told(self) -> str:
        """See Target."""
        return ""

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["rsync", "--recursive", "--links", "--times", *words[:-2], "--", *words[-2:]]
        try:
            return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise TargetError(f"rsync cannot be run: {error}") from error

    def _expect(self, done: subprocess.CompletedProcess[str]) -> None:
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise TargetError(f"rsync to {self._place} failed: {said[0] if said else done.returncode}. Publish again once it answers")
