"""The service's export, as one more source: a broken or old one never breaks a build."""

from __future__ import annotations

from datetime import timedelta

from kbgen import feedback
from kbgen.cache import Shelf
from kbgen.config import Config
from kbgen.feedback import Export
from kbgen.model import Job, Problem
from kbgen.read import bytes_of

EXPORT_DAYS = 7

RULES = {
    "KB150": "The service's export of ratings cannot be read, or is of another version. The build goes on with the last good one.",
    "KB151": "The service's export of ratings is older than seven days. The build goes on with it; look whether the export still runs.",
}


def read_export(job: Job, config: Config, shelf: Shelf) -> tuple[Export | None, list[Problem]]:
    """Read the export that kbgen.toml names, or else the last good one; None when there is none."""
    path = config.feedback.export
    if not path:
        return None, []
    good = shelf.key("good export", (path,))
    try:
        data = bytes_of(job.root / path)
        export = feedback.read(data)
    except FileNotFoundError:
        return None, []
    except (OSError, feedback.ExportError) as error:
        told = f"this export cannot be read ({error}); the last good one is used"
        last = shelf.get(good)
        return feedback.read(last) if last else None, [Problem(path, 0, 0, "KB150", told, "Export it again from the service", "warning")]
    shelf.put(good, data)
    if job.as_of - export.made_at <= timedelta(days=EXPORT_DAYS):
        return export, []
    told = f"this export is from {export.made_at.date()}, more than {EXPORT_DAYS} days ago"
    return export, [Problem(path, 0, 0, "KB151", told, "Look whether the export still runs", "warning")]
