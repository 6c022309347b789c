"""A real git repository with a knowledge base in it, and people who write, review and merge."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

REVIEWERS = """
[people.ana]
name = "Ana A"
emails = ["ana@help.example"]
github = "ana-gh"
gitlab = "ana.gl"
forgejo = "ana_fj"
[people.bob]
name = "Bob B"
emails = ["bob@help.example"]
github = "bob-gh"
gitlab = "bob.gl"
forgejo = "bob_fj"
[people.cat]
name = "Cat C"
emails = ["cat@help.example"]
github = "cat-gh"
gitlab = "cat.gl"
forgejo = "cat_fj"
[groups]
billing = ["bob", "cat"]
legal = ["ana"]
[[rules]]
category = "billing/**"
of = "billing"
[[rules]]
tag = "terms"
of = "legal"
"""
LAMP = "content/en/devices/lamp.md"
REFUND = "content/en/billing/refund.md"


def article(name: str, text: str = "A text.", *, tags: str = "[]") -> str:
    """Write an article."""
    return f"---\nid: kb-{name}\ntitle: About {name}\ndescription: All about {name}\nstatus: published\ntags: {tags}\n---\n{text}\n"


class Repository:
    """A repository on the branch main, with reviewers and two articles."""

    def __init__(self, folder: Path, reviewers: str = REVIEWERS, prefix: str = "") -> None:
        self.top = folder
        self.root = folder / prefix
        self.root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.clock = 1_770_000_000
        self.write({"kbgen.toml": "", "reviewers.toml": reviewers, LAMP: article("lamp"), REFUND: article("refund")})
        self.commit("Begin")

    def git(self, *words: str, who: str = "ana", stdin: str = "") -> str:
        """Run git as somebody."""
        name = {"GIT_AUTHOR_NAME": who, "GIT_COMMITTER_NAME": who}
        mail = {"GIT_AUTHOR_EMAIL": f"{who}@help.example", "GIT_COMMITTER_EMAIL": f"{who}@help.example"}
        at = f"{getattr(self, 'clock', 1_770_000_000)} +0000"
        environment = {**os.environ, **name, **mail, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(["git", *words], cwd=self.top, env=environment, input=stdin, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, files: dict[str, str | None]) -> None:
        """Write files; None deletes one."""
        for path, text in files.items():
            file = self.root / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")

    def commit(self, message: str, files: dict[str, str | None] | None = None, *, who: str = "ana") -> str:
        """Write and commit everything; returns the commit."""
        self.clock += 60
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, who=who)
        return self.git("rev-parse", "HEAD")

    def blob(self, path: str, at: str = "HEAD") -> str:
        """Name a text of a commit."""
        return self.git("rev-parse", f"{at}:{(self.root / path).relative_to(self.top).as_posix()}")


class CountedGit:
    """A git that is found first and notes each call before it becomes the real one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = shutil.which("git")
        self._log = folder / "calls"
        self._log.touch()
        script = folder / "git"
        script.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$(printf '%s ' \"$@\" | tr '\\n' ' ')\" >> '{self._log}'\nexec '{real}' \"$@\"\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    @property
    def calls(self) -> list[str]:
        """The words of each process that was started since the last `forget`."""
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines()

    def forget(self) -> None:
        """Begin to count again."""
        self._log.write_text("")
