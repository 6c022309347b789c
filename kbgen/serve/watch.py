"""
Which saves matter.  Watchdog also tells of files that were only opened or closed; an answer to those would rebuild for ever, because
a build opens every file.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent

SAVES = frozenset({"created", "modified", "moved", "deleted"})
FOLDERS = ("content", "themes", "hooks")
FILES = frozenset({"kbgen.toml", ".kbignore", "feedback.json", "reviewers.toml"})


class Watcher:
    """Sets an event when a file of the knowledge base is saved."""

    def __init__(self, root: Path, changed: threading.Event, *, poll: bool = False) -> None:
        from watchdog.events import FileSystemEventHandler  # noqa: PLC0415 - only `kbgen serve` watches
        from watchdog.observers import Observer  # noqa: PLC0415
        from watchdog.observers.polling import PollingObserver  # noqa: PLC0415

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if matters(root, event.event_type, str(event.src_path), str(getattr(event, "dest_path", "") or "")):
                    changed.set()

        self._observer: Any = PollingObserver() if poll else Observer()
        self._observer.schedule(Handler(), str(root), recursive=False)
        for name in FOLDERS:
            if (root / name).is_dir():
                self._observer.schedule(Handler(), str(root / name), recursive=True)

    def start(self) -> None:
        """Begin to watch."""
        self._observer.start()

    def stop(self) -> None:
        """End the watch."""
        self._observer.stop()
        self._observer.join(2)


def matters(root: Path, kind: str, source: str, target: str) -> bool:
    """
    Say whether an event is a save of ours.

    Args:
        kind: Watchdog's event type.
        source, target: Paths; an editor that saves safely moves a new file over the old one, so both are looked at.
    """
    if kind not in SAVES:
        return False
    for name in (source, target):
        if not name:
            continue
        try:
            path = Path(name).relative_to(root)
        except ValueError:
            continue
        if path.name.endswith(("~", ".swp", ".swx", ".tmp")) or path.name.startswith((".#", "4913")):
            continue
        if path.parts and (path.parts[0] in FOLDERS or str(path) in FILES):
            return True
    return False
