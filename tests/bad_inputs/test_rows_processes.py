"""Rows W43 to W45 of bad input: files that change, disks that are full, processes that are killed, and builds at the same time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bad_inputs.tools import AS_OF, accepted, add, article, build, command, other, tree

from kbgen import lock, publish
from kbgen.publish import MARK, spare_of

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


def started(root: Path, *words: str, **more: object) -> subprocess.Popen[str]:
    """Start `kbgen build` as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1"}
    line = [sys.executable, "-m", "kbgen", "-C", str(root), "build", "--as-of", AS_OF, *words]
    return subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload, no-any-return]


def ended(process: subprocess.Popen[str], within: float = 30) -> tuple[int, str]:
    """Wait for a build; what it printed."""
    out, err = process.communicate(timeout=within)
    return process.returncode, out + err


def portal(folder: Path) -> dict[str, bytes]:
    """Every file of a portal but our mark."""
    return {path: data for path, data in tree(folder).items() if path != MARK}


@pytest.fixture
def many(site_factory: Make) -> Path:
    """A site that takes a moment, with a portal built before."""
    root = site_factory({f"content/en/account/a{number}.md": other(number) for number in range(60)})
    accepted(root, "--jobs", "2")
    return root


def changed(root: Path) -> None:
    """Change every article, and add one that another writer takes back later."""
    for number in range(60):
        add(root, {f"content/en/account/a{number}.md": other(number, f"Changed words {number}.\n\n" + "word " * 2000)})
    add(root, {"content/en/account/gone.md": article("Words that were taken back.\n", title="Taken back")})


def test_w43_article_that_goes_during_the_build(site_factory: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """W43: a file that was seen and is gone begins the build again, once; the portal does not show it."""
    from kbgen import read

    root = site_factory({FILE: article(), "content/en/b.md": other(1)})
    real = read.data_of

    def vanish(top: Path, fact: read.Fact) -> bytes:
        (root / FILE).unlink(missing_ok=True)
        return real(top, fact)

    monkeypatch.setattr(read, "data_of", vanish)
    accepted(root)

    assert not (root / "dist" / PAGE).exists()
    assert (root / "dist/en/b/index.html").exists()


@pytest.mark.parametrize("then", [SVG.replace("9", "7"), None], ids=["changed", "deleted"])
def test_w43_picture_that_changes_during_the_build(site_factory: Make, then: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """W43: a picture that changes after it was measured begins the build again: size and bytes on the page agree."""
    from kbgen.steps import outputs

    picture = "content/en/account/images/a.svg"
    root = site_factory({FILE: article("![A lamp](images/a.svg)\n"), picture: SVG})
    real, times = outputs.write_outputs, []

    def meddle(*args: object, **more: object) -> object:
        times.append(1)
        if len(times) == 1:
            add(root, {picture: then}) if then else (root / picture).unlink()
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(outputs, "write_outputs", meddle)
    built = build(root)

    if then is None:
        assert built.code == 1
        assert "KB330" in built.rules()
        return
    assert built.written
    assert 'width="7"' in built.page(PAGE)
    assert (root / "dist/en/account/images/a.svg").read_text() == then


def test_w43_file_that_never_rests(site_factory: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """W43: what changes again and again is said in a sentence, and the old portal stays."""
    from kbgen.steps import files
    from kbgen.workers import ChangedError

    def never(*_: object) -> bytes:
        raise ChangedError("content/en/account/images/a.svg")

    root = site_factory({FILE: article("![A lamp](images/a.svg)\n"), "content/en/account/images/a.svg": SVG})
    accepted(root)
    before = tree(root / "dist")
    monkeypatch.setattr(files, "same_data_of", never)
    add(root, {"content/en/account/images/a.svg": SVG.replace("9", "8")})
    result = command(root, "build", "--as-of", AS_OF, "--jobs", "1")

    assert result.exit_code == 1
    assert "images/a.svg changes" in result.output
    assert "mistake" not in result.output
    assert tree(root / "dist") == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(place)], capture_output=True, check=False).returncode
    ):
        pytest.skip("only root mounts a disk; the limit on file sizes is tried instead")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_w44_full_disk(site_factory: Make, small_disk: Path) -> None:
    """W44: on a full disk the build ends with a sentence, the old portal stays whole, and the next build cleans up."""
    root = site_factory({FILE: article()})
    output = small_disk / "dist"
    assert command(root, "build", "-j1", "--as-of", AS_OF, "-o", str(output)).exit_code == 0
    before = tree(output)
    add(root, {f"content/en/account/a{number}.md": other(number) for number in range(30)})
    result = command(root, "build", "-j1", "--as-of", AS_OF, "-o", str(output))
    for number in range(30):
        (root / f"content/en/account/a{number}.md").unlink()
    again = command(root, "build", "-j1", "--as-of", AS_OF, "-o", str(output))

    assert result.exit_code == 1
    assert "No space left" in result.output
    assert "mistake" not in result.output
    assert "Traceback" not in result.output
    assert again.exit_code == 0
    assert {name: data for name, data in tree(output).items() if name != MARK} == {
        name: data for name, data in before.items() if name != MARK
    }


def test_w44_files_that_cannot_grow(many: Path) -> None:
    """W44: where a file may not grow (a quota), the old portal stays and the exit code is not 0."""
    before = tree(many / "dist")
    changed(many)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    code, text = ended(started(many, "--jobs", "2", preexec_fn=limit))

    assert code == 1
    assert "Traceback" not in text
    assert "mistake" not in text
    assert tree(many / "dist") == before


def test_w44_output_that_refuses(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W44: a read-only output is a sentence that names it."""
    before = tree(many / "dist")
    changed(many)
    real = os.open

    def deny(path: object, flags: int, *rest: object, **more: object) -> int:
        if ".dist.spare" in str(path) and flags & os.O_CREAT:
            raise OSError(30, "Read-only file system", str(path))
        return real(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(publish.os, "open", deny)
    result = command(many, "build", "--jobs", "1", "--as-of", AS_OF)

    assert result.exit_code == 1
    assert "Read-only file system" in result.output
    assert "mistake" not in result.output
    assert tree(many / "dist") == before


def hold_pages(root: Path) -> None:
    """Add a hook that takes long, so that a signal meets the build in the middle of its pages."""
    add(root, {"kbgen.toml": '[hooks]\nfiles = ["hooks/slow.py"]\n', "hooks/slow.py": SLOW})


SLOW = """
import os, pathlib, time
from kbgen import publish
real = publish.write
def slow(tree, path, data, folders):
    found = real(tree, path, data, folders)
    if path.endswith("gone/index.html"):
        pathlib.Path(str(tree) + ".here").touch()
        time.sleep(60)
    return found
publish.write = slow
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda one: signal.Signals(one).name)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_w44_killed_in_the_middle(many: Path, number: int, jobs: str) -> None:
    """W44, W45: a build that is killed among its pages leaves the old portal whole and no lock; the next build is a clean one."""
    before = tree(many / "dist")
    changed(many)
    hold_pages(many)
    process = started(many, "--jobs", jobs, start_new_session=True)
    sign = Path(f"{spare_of(many / 'dist')}.here")
    end = time.monotonic() + 30
    while not sign.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    sign.unlink()
    process.send_signal(number)
    if number == signal.SIGINT:
        time.sleep(0.1)
        process.send_signal(number)
    code, text = ended(process, 15)

    assert code != 0
    assert "Traceback" not in text
    assert tree(many / "dist") == before

    (many / "content/en/account/gone.md").unlink()
    add(many, {"kbgen.toml": '[site]\ntitle = "Test"\n', "hooks/slow.py": ""})
    start = time.monotonic()
    accepted(many)
    warm = portal(many / "dist")
    accepted(many, "--clean")

    assert time.monotonic() - start < 20
    assert not any(b"taken back" in data or "gone" in path for path, data in warm.items())
    assert portal(many / "dist") == warm


def test_w45_a_lock_that_is_held(site_factory: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """W45: a second build waits; when the first does not end, its process is named."""
    root = site_factory({FILE: article()})
    monkeypatch.setattr(lock, "WAIT", 0.2)
    monkeypatch.setattr(lock.holding.__wrapped__, "__defaults__", (0.2,))  # type: ignore[attr-defined]
    with lock.holding(root):
        result = command(root, "build", "--jobs", "1", "--as-of", AS_OF)

    assert result.exit_code == 1
    assert f"process {os.getpid()}" in result.output
    assert "mistake" not in result.output


def test_w45_a_stale_lock(site_factory: Make) -> None:
    """W45: the lock of a process that is gone is taken over at once."""
    root = site_factory({FILE: article(), ".kbgen/lock": "999999"})

    start = time.monotonic()
    accepted(root)

    assert time.monotonic() - start < 10


def test_w45_builds_at_the_same_time(many: Path) -> None:
    """W45: builds that begin together come one after the other, and each ends with a whole portal."""
    changed(many)
    processes = [started(many, "--jobs", "2") for _ in range(3)]
    ends = [ended(process, 60) for process in processes]
    together = portal(many / "dist")
    accepted(many, "--clean")

    assert [code for code, _ in ends] == [0, 0, 0], ends
    assert portal(many / "dist") == together


def test_w44_what_killed_builds_left_goes(many: Path) -> None:
    """W44: drafts of files that a killed process left are gone after the next build."""
    add(many, {".dist.spare/en/leak.html": "half"})
    (spare_of(many / "dist") / MARK).unlink(missing_ok=True)
    changed(many)
    accepted(many)

    assert not (spare_of(many / "dist") / "en/leak.html").exists()
    assert not (many / "dist/en/leak.html").exists()
