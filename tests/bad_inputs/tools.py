"""How the rows of bad input are tried: a site with an old portal, something wrong in it, and a build by the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from kbgen.cli import main
from kbgen.model import Problem
from kbgen.publish import MARK
from kbgen.report import problem_text

AS_OF = "2026-03-12T08:00:00+00:00"
OLD = {MARK: b"an older build", "index.html": b"the old portal", "en/account/index.html": b"still served"}
SLIP = "content/en/zz-other.md"  # another writer's mistake, which has to be told in the same run
BODY = "Some words first.\n\n1. Open the app.\n2. Press the button.\n\n## If it did not work\n\nWait a minute, then try again.\n"


@dataclass(frozen=True)
class Built:
    """What came of a build."""

    root: Path
    code: int
    text: str  # all that was printed
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    written: bool

    def page(self, path: str) -> str:
        """Read a page of the new portal."""
        return (self.root / "dist" / path / "index.html").read_text(encoding="utf-8")

    def rules(self) -> list[str]:
        """Name what was found."""
        return [one.rule for one in self.problems]

    def of(self, path: str) -> list[Problem]:
        """Return the problems of one file."""
        return [one for one in self.problems if one.path == path]


def article(body: str = BODY, /, **fields: object) -> str:
    """Write an article; fields replace those of a good head, None takes one out."""
    head: dict[str, object] = {
        "id": "kb-tested",
        "title": "Pair a lamp",
        "description": "How to pair a lamp",
        "status": "published",
        "keywords": "[lamp]",
    }
    lines = [f"{name}: {value}" for name, value in {**head, **fields}.items() if value is not None]
    return "---\n" + "\n".join(lines) + f"\n---\n{body}"


def other(number: int, body: str = BODY, /, **fields: object) -> str:
    """Write one more good article, with an id and a title of its own."""
    return article(body, **{"id": f"kb-other{number}", "title": f"Another lamp {number}", **fields})


def add(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder."""
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def command(root: Path, *words: str) -> Result:
    """Run `kbgen` in this process."""
    return CliRunner().invoke(main, ["-C", str(root), *words])


def build(root: Path, *options: str) -> Built:
    """Build with one process at a moment that never changes; what is printed for programs is read back."""
    result = command(root, "build", "--jobs", "1", "--as-of", AS_OF, "--format", "json", *options)
    assert_calm(result)
    record: dict[str, Any] = json.loads(result.stdout) if result.stdout.startswith("{") else {}
    problems = tuple(
        Problem(**one) for one in record.get("problems", ()) if one["rule"] != "KB921"
    )  # the theme's weight is no writer's fault
    return Built(root, result.exit_code, result.output, problems, tuple(record.get("notices", ())), bool(record.get("written")))


def assert_calm(result: Result) -> None:
    """No traceback reaches a writer, and no sentence that calls it a mistake in kbgen."""
    assert "Traceback" not in result.output
    assert "mistake in kbgen" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code in {0, 1, 2}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def with_old_portal(root: Path) -> Path:
    """Put the portal of an older build where the next one will stand."""
    add(root / "dist", OLD)
    return root


def refused(root: Path, *options: str, slip: bool = True) -> Built:
    """
    Build a site that has something wrong in it; hold what every refusal has to keep.

    Args:
        slip: Whether to add another writer's mistake, which has to be told in the same run.
    """
    with_old_portal(root)
    if slip:
        add(root, {SLIP: article(id="kb-slip", title=None, tittle="A slip")})
    built = build(root, *options)

    assert built.code == 1, built.text
    assert not built.written
    assert tree(root / "dist") == OLD, "the old portal has changed"
    assert not slip or "KB111" in [one.rule for one in built.of(SLIP)], "another file's problem is missing"
    for one in built.problems:
        assert one.message
        assert one.remedy
    return built


def told(built: Built, path: str, rule: str, line: int | None = None, column: int | None = None, words: Sequence[str] = ()) -> Problem:
    """
    Find a problem and hold its place and its words.

    Args:
        words: Each has to stand in the message or in the remedy.
    """
    found = [one for one in built.of(path) if one.rule == rule]
    assert found, f"no {rule} in {path}: {[problem_text(one) for one in built.problems]}"
    one = found[0]
    assert line is None or one.line == line, problem_text(one)
    assert column is None or one.column == column, problem_text(one)
    place = path + (f":{one.line}" if one.line else "") + (f":{one.column}" if one.line and one.column else "")
    assert problem_text(one).startswith(f"{place}: {one.severity} {rule}: ")
    for word in words:
        assert word in f"{one.message}\n{one.remedy}", problem_text(one)
    return one


def accepted(root: Path, *options: str) -> Built:
    """Build a site that has to be built."""
    built = build(with_old_portal(root), *options)

    assert built.code == 0, built.text
    assert built.written
    return built


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every path of a folder with its bytes, folders too."""
    for path in sorted(folder.rglob("*")):
        yield path.relative_to(folder).as_posix(), path.read_bytes() if path.is_file() else b""
