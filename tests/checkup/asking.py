"""What the tests of checks ask: a command in a folder, what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from kbgen.cli import main


def check(root: Path, *words: str) -> Result:
    """Run `kbgen check` there, in one process."""
    return CliRunner().invoke(main, ["-C", str(root), "check", "--jobs", "1", *words])


def found(root: Path, *words: str) -> list[dict[str, Any]]:
    """Return the findings of a check."""
    problems: list[dict[str, Any]] = json.loads(check(root, "--format", "json", *words).stdout)["problems"]
    return problems


def errors(root: Path, *words: str) -> list[str]:
    """Return the rules of the errors that are new."""
    return [one["rule"] for one in found(root, *words) if one["state"] == "new" and one["severity"] == "error"]
