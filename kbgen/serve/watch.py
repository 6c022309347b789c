"""
Which saves matter.  Watchdog also tells of files that were only opened or closed; an answer to those would rebuild for ever, because
a build opens every file.
"""

from __future__ import annotations

import threading
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent

SAVES = frozenset({"created", "modified", "moved", "deleted"})
FOLDERS = frozenset({"content", "themes", "hooks"})
FILES = frozenset({"kbgen.toml", ".kbignore", "feedback.json", "reviewers.toml"})
# What editors keep beside an article while it is open.
_DRAFT_ENDS = (
    "~",
    ".swp",
    ".swo",
    ".swx",
    ".tmp",
    ".kate-swp",
    "___jb_tmp___",
    "___jb_old___",
)
_DRAFT_STARTS = (".#", "#", ".goutputstream-", ".~lock.", ".syncthing.")


class Watcher:
    """Sets an event when a file of the knowledge base is saved."""

    def __init__(self, root: Path, changed: threading.Event, *, poll: bool = False) -> None:
        from watchdog.events import FileSystemEventHandler
        from watchdog.observers import Observer
        from watchdog.observers.polling import PollingObserver

        watcher = self

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                paths = str(event.src_path), str(getattr(event, "dest_path", "") or "")
                if matters(root, event.event_type, *paths, folders=watcher.folders):
                    changed.set()

        self._root = root
        self._observer: Any = PollingObserver() if poll else Observer()
        self._handler = Handler()
        self._seen: dict[str, tuple[Any, int]] = {}  # folder -> its watch, its inode
        self.folders = FOLDERS  # replaced as a whole: the watcher's thread reads it

    def start(self) -> None:
        """
        Begin to watch.

        Raises: OSError: The system's limit of watches is reached.
        """
        self._observer.schedule(self._handler, str(self._root), recursive=False)
        self.rescan()
        self._observer.start()

    def rescan(self) -> None:
        """Watch folders that have come since the last look, and those that were deleted and made again."""
        for name in sorted(FOLDERS | _overrides(self._root) | self._seen.keys()):
            inode = _inode(self._root / name)
            watch, known = self._seen.get(name, (None, 0))
            if inode == known:
                continue
            if watch is not None:
                del self._seen[name]
                with suppress(KeyError):  # a watch may end with its folder
                    self._observer.unschedule(watch)
            if inode:
                self._seen[name] = (self._observer.schedule(self._handler, str(self._root / name), recursive=True), inode)
        self.folders = FOLDERS | self._seen.keys()

    def stop(self) -> None:
        """End the watch."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(2)


def _inode(folder: Path) -> int:
    """Name a folder so that another one at its place is told apart; 0 when there is none."""
    try:
        return folder.stat().st_ino if folder.is_dir() else 0
    except OSError:
        return 0


def _overrides(root: Path) -> set[str]:
    """Return the folder that the settings lay over the theme, when it lies in the knowledge base but outside what is watched anyway."""
    try:
        theme = tomllib.loads((root / "kbgen.toml").read_text(encoding="utf-8-sig")).get("theme", {})
        folder = (root / str(theme.get("overrides") or "content")).relative_to(root)
    except (OSError, ValueError, AttributeError, RecursionError):
        return set()
    inside = not folder.parts or folder.parts[0] in FOLDERS or folder.parts[0].startswith(".") or ".." in folder.parts
    return set() if inside else {folder.as_posix()}


def matters(root: Path, kind: str, source: str, target: str = "", folders: frozenset[str] = FOLDERS) -> bool:
    """
    Say whether an event is a save of ours.

    Args:
        kind: Watchdog's event type.
        source, target: Paths; an editor that saves safely moves a new file over the old one, so both are looked at.
        folders: Those whose files matter, relative to the root.
    """
    return kind in SAVES and any(_ours(root, name, folders) for name in (source, target) if name)


def _ours(root: Path, name: str, folders: frozenset[str]) -> bool:
    try:
        path = Path(name).relative_to(root)
    except ValueError:
        return False
    if path.name.endswith(_DRAFT_ENDS) or path.name.startswith(_DRAFT_STARTS) or path.name == "4913":  # vim tries a folder with this name
        return False
    return str(path) in FILES or any(path.is_relative_to(folder) for folder in folders)
