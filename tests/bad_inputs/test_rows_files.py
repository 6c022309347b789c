"""Rows W17 and W18 of bad input: what lies among the files."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_inputs.tools import accepted, add, article, build, other, refused, told

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"
PAGE = "en/account/pair-a-lamp"
FIRST = 8  # the file's line on which a body begins
PLAIN_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


def link_to(target: str) -> Callable[[Path], None]:
    """Return what makes a symbolic link."""
    return lambda path: path.symlink_to(target)


def _socket(path: Path) -> None:
    here = os.open(path.parent, os.O_RDONLY)  # a socket's name is short, pytest's folders are not
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


KINDS: dict[str, Callable[[Path], None]] = {
    "passwd": link_to("/etc/passwd"),
    "itself": link_to("x.md"),
    "dangling": link_to("nowhere"),
    "folder above": link_to("../../.."),
    "folder outside": link_to("/etc"),
    "good article": link_to("pair-a-lamp.md"),
    "pipe": os.mkfifo,
    "socket": _socket,
}


@pytest.mark.parametrize("name", ["x.md", "_category.toml", "images"])
@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
@pytest.mark.timeout(20)
def test_w17_what_is_no_plain_file(site_factory: Make, make: Callable[[Path], None], name: str) -> None:
    """W17: links, pipes and sockets among the content are refused and never opened."""
    root = site_factory({FILE: article()})
    make(root / "content/en/account" / name)
    built = refused(root)

    told(built, f"content/en/account/{name}", "KB140")
    assert "root:" not in built.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_w17_device(site_factory: Make) -> None:
    """W17: a device is refused and never read."""
    root = site_factory({FILE: article()})
    try:
        os.mknod(root / "content/en/x.md", 0o20666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("this container makes no devices")

    told(refused(root), "content/en/x.md", "KB140")


@pytest.mark.parametrize("make", [link_to("/etc"), link_to("elsewhere"), os.mkfifo], ids=["outside", "inside", "pipe"])
@pytest.mark.timeout(20)
def test_w17_content_itself(site_factory: Make, make: Callable[[Path], None]) -> None:
    """W17: content/ has to be a folder itself, not a link to one."""
    root = site_factory({"elsewhere/en/a.md": article()})
    make(root / "content")

    told(refused(root, slip=False), "content", "KB140")


@pytest.mark.parametrize(
    "name", ["kbgen.toml", ".kbignore", "feedback.json", "hooks/x.py", "content/_vars.toml", "content/_snippets/en/x.md"]
)
@pytest.mark.parametrize("make", [os.mkfifo, link_to("/etc/passwd")], ids=["pipe", "link"])
@pytest.mark.timeout(20)
def test_w17_files_beside_the_content(site_factory: Make, name: str, make: Callable[[Path], None]) -> None:
    """W17: settings, hooks, exports and reused texts have to be plain files as well; a pipe never blocks a build, a link shows nothing."""
    config = '[site]\ntitle = "T"\nlogo = "logo.svg"\n[feedback]\nexport = "feedback.json"\n[hooks]\nfiles = ["hooks/x.py"]\n'
    root = site_factory({"kbgen.toml": config, "hooks/x.py": "", "logo.svg": PLAIN_SVG, FILE: article()})
    (root / name).unlink(missing_ok=True)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    make(root / name)
    built = build(root)

    assert "root:" not in built.text
    assert built.code == 1 or name == "feedback.json", built.text
    assert built.of(name)
    assert not any("root:x" in path.read_text(errors="replace") for path in (root / "dist").rglob("*") if path.is_file())


def test_w17_unreadable_file(site_factory: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """W17: a file that cannot be opened is a problem of that file."""
    from kbgen import read

    root = site_factory({FILE: article()})
    real = os.open

    def deny(path: object, *rest: object, **more: object) -> int:
        if str(path).endswith("pair-a-lamp.md"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(read.os, "open", deny)
    told(refused(root), FILE, "KB141", words=["Permission denied"])


def test_w18_ten_thousand_files_in_a_folder(site_factory: Make) -> None:
    """W18: ten thousand files beside an article are only looked at."""
    root = site_factory({FILE: article()})
    folder = root / "content/en/account/files"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number}.txt").touch()

    assert accepted(root).problems == ()


def test_w18_deep_paths_and_long_names(site_factory: Make) -> None:
    """W18: a path of 200 folders and a name of 255 bytes meet a limit that is told."""
    deep = "content/en/" + "/".join(["d"] * 200) + "/a.md"
    long = f"content/en/{'n' * 252}.md"
    built = refused(site_factory({deep: article(), long: other(1)}))
    found = [one for one in built.problems if one.rule == "KB142"]

    assert len(found) == 2
    assert all("200 bytes" in one.message and "20 folders" in one.message for one in found)


def test_files_of_more_than_a_mebibyte(site_factory: Make) -> None:
    """content.md 8: an article of 5 MB is refused by its size; front matter of 10 MB too."""
    root = site_factory({FILE: article("x" * 80 + "\n") + ("word " * 16 + "\n") * 70_000})
    add(root, {"content/en/b.md": "---\n" + "title: x\n" * 1_200_000})
    built = refused(root)

    told(built, FILE, "KB143", words=["1 MiB"])
    told(built, "content/en/b.md", "KB143")
