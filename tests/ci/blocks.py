"""The blocks of a pipeline, run one after another as a runner does: `bash -e`, the variables of the pipeline, a fresh clone."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
_EXPRESSION = re.compile(r"\$\{\{\s*([^}]+?)\s*\}\}")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")


@dataclass(frozen=True)
class Block:
    """One `run:` or `script:`, and its variables."""

    name: str
    text: str
    variables: Mapping[str, str]


def steps_of(file: Path, job: str, known: Mapping[str, str]) -> Iterator[Block]:
    """
    Read the blocks of a job of GitHub or Forgejo, in their order.

    Args:
        known: expression -> value: "github.sha" -> "3f2a…".  An expression that is not among them fails the test.
    """
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    told = whole["jobs"][job]
    outer = {**whole.get("env", {}), **told.get("env", {})}
    for step in told["steps"]:
        if "run" in step:
            assert "${{" not in step["run"], "an expression in a block is code that a stranger may write"
            variables = {name: _filled(str(value), known) for name, value in {**outer, **step.get("env", {})}.items()}
            yield Block(step.get("name", job), step["run"], variables)


def script_of(file: Path, job: str, known: Mapping[str, str]) -> Block:
    """Read the script of a job of GitLab, which is one shell."""
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    outer = {**whole.get("variables", {}), **whole[job].get("variables", {})}
    return Block(job, "\n".join(whole[job]["script"]), {name: _expanded(str(value), known) for name, value in outer.items()})


@cache
def _programs() -> Path:
    """
    Make a folder whose `python` is this one, and whose pip is that of any Python around: an environment of `./dev` has none of its own.

    What the pipelines install is installed already, so pip looks, finds it, and fetches nothing.
    """
    places = [sys.executable, *(f"{place}/python3" for place in os.environ["PATH"].split(os.pathsep))]
    looked = (one for one in places if Path(one).exists())
    piped = next(one for one in looked if subprocess.run([one, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0)
    folder = Path(tempfile.mkdtemp(prefix="kb-programs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    text = f'#!/bin/sh\n[ "$1 $2" != "-m pip" ] || {{ shift 2; exec "{piped}" -m pip --python "{sys.executable}" "$@"; }}\nexec "{sys.executable}" "$@"\n'
    (folder / "python").write_text(text)
    (folder / "python").chmod(0o755)
    return folder


def run(block: Block, clone: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a block; what fails fails the test that runs it."""
    places = [str(_programs()), str(Path(sys.executable).parent), os.environ["PATH"]]
    whole = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "CI_", "KBGEN_"))},
        "PATH": os.pathsep.join(places), "PYTHONPATH": str(ROOT), "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "1",
        **variables, **block.variables,
    }  # fmt: skip
    words = ["bash", "-e", "-c", block.text]
    done = subprocess.run(words, cwd=clone, env=whole, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{block.name}\n{block.text}\n{done.stdout}\n{done.stderr}"
    return done


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: known[found[1]], text)


def _expanded(text: str, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: known[found[1] or found[2]], text)


def rows_of(file: Path) -> dict[str, Any]:
    """Read a pipeline."""
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found
