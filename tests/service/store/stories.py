"""What the tests of the store put into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from service.made import JOAN, MARIA, at, sla

from feedback_service.domain.nouns import Message, Particulars
from feedback_service.store import Store, cases, open_store
from feedback_service.store.cases import NewCase

ASKED = NewCase(Particulars("Factura duplicada", "M'heu cobrat dues vegades.", "Joan Serra", "joan@example.org"), "ca", "web")


def ask(store, *, when=0.0, secret="", subject=None, body=None, **told):
    """Let Joan open a case so many hours after Monday nine."""
    told |= {name: value for name, value in (("subject", subject), ("body", body)) if value is not None}
    new = replace(ASKED, told=replace(ASKED.told, **told), secret=secret)
    return store.write(cases.open_case, new, at(when, by=JOAN))


def said(case, name, *, when=1.0, kind="public", text=""):
    """Write a message of Maria's."""
    return Message(name, case.id, kind, "agent", MARIA.id, text or f"Text of {name}", at(when).at)


class Opener:
    """Opens the test's store; called again, another door to the same PostgreSQL, or the same file once more."""

    def __init__(self, kind: str, folder: Path, url: str = ""):
        self.kind, self.folder, self.url, self.opened = kind, folder, url, []

    def __call__(self) -> Store:
        """Open."""
        self.opened.append(open_store(self.folder, self.url, sla()))
        return self.opened[-1]
