"""The three generators: where they live, how they are called, what they leave behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from articles import Entry

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "benchmarks" / "work"


@dataclass(frozen=True, slots=True)
class Tool:
    """A generator, ready to run in its folder of the corpus."""

    name: str  # as the tables show it
    folder: str  # of the corpus: "kbgen", "hugo" or "mkdocs"
    version: str
    build: tuple[str, ...]
    serve: tuple[str, ...]  # prints its address; empty: not measured
    leftovers: tuple[str, ...]  # what a build leaves in the folder; a cold build starts without
    source: str  # pattern of an article's file, with {path}
    largest: int  # the largest corpus that it is asked to build

    def article(self, site: Path, entry: Entry) -> Path:
        """Return the file of *entry* in *site*."""
        return site / self.source.format(path=entry.path)

    def forget(self, site: Path) -> None:
        """Remove everything that earlier builds left in *site*."""
        for name in self.leftovers:
            path = site / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def kbgen(command: str = str(ROOT / ".venv" / "bin" / "kbgen")) -> Tool:
    """Return ours, or another copy of it at *command*.  Raises: FileNotFoundError: If the project is not set up."""
    if not os.access(command, os.X_OK):
        raise FileNotFoundError(f"{command} is missing: run ./dev setup")
    return Tool(
        name="kbgen",
        folder="kbgen",
        version=_said((command, "--version")),
        build=(command, "build"),
        serve=(command, "serve", "--port", "0"),
        leftovers=("dist", ".dist.spare", ".kbgen", "handoff"),
        source="content/en/{path}.md",
        largest=10_000,
    )


def hugo() -> Tool:
    """Return Hugo, called without the Python wrapper of its package, which would add its own start to every run."""
    folder = _environment("hugo")
    command = str(next(folder.glob("lib/python*/site-packages/hugo/binaries/hugo*")))
    return Tool(
        name="Hugo",
        folder="hugo",
        version=_said((command, "version")).split("-")[0].removeprefix("hugo v"),
        build=(command, "--quiet"),
        serve=(command, "server", "--bind", "127.0.0.1", "--baseURL", "http://127.0.0.1/", "--watch"),
        leftovers=("public", "resources", ".hugo_build.lock"),
        source="content/en/{path}.md",
        largest=10_000,
    )


def mkdocs() -> Tool:
    """Return Material for MkDocs; above 1,000 articles it does not end within any time worth waiting."""
    folder = _environment("mkdocs-material")
    version = _said((str(folder / "bin" / "python"), "-c", "import importlib.metadata as m; print(m.version('mkdocs-material'))"))
    return Tool(
        name="Material for MkDocs",
        folder="mkdocs",
        version=version,
        build=("env", "NO_MKDOCS_2_WARNING=1", str(folder / "bin" / "mkdocs"), "build", "--quiet"),
        serve=(),
        leftovers=("site",),
        source="docs/en/{path}.md",
        largest=1_000,
    )


TOOLS: dict[str, Callable[[], Tool]] = {"hugo": hugo, "mkdocs": mkdocs}


def _environment(package: str) -> Path:
    """Return a virtual environment that has *package*, made on first use.  Raises: CalledProcessError: If it cannot be installed."""
    folder = WORK / f"venv-{package}"
    ready = folder / "ready"
    if not ready.exists():
        pip = (str(Path(sys.base_prefix) / "bin" / "python3"), "-m", "pip")
        python = str(folder / "bin" / "python")
        lent = subprocess.run((*pip, "--version"), capture_output=True, check=False).returncode == 0
        venv.create(folder, with_pip=not lent, clear=True)  # Debian makes none with a pip unless python3-venv is installed
        install = (*pip, "--python", python) if lent else (python, "-m", "pip")
        subprocess.run((*install, "install", "--quiet", package), check=True)
        ready.touch()
    return folder


def _said(command: tuple[str, ...]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
